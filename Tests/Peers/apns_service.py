"""The Apple Push Notification service, as far as its documents describe it: HTTP/2 by h2, tokens checked by PyJWT."""
import json, re, socket, ssl, threading

import h2.config
import h2.connection
import h2.events
import jwt

TEAM, KEY, TOPIC = "DEF123GHIJ", "ABC123DEFG", "org.example.academy"


def judge(fields, body, state, connection):
    """What the service answers: a status, and a reason if it is none of success."""
    token = fields.get("authorization", "").removeprefix("bearer ")
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(
            token, state.apns_key.public_key(), ["ES256"],
            options={"verify_iat": False, "verify_aud": False, "verify_exp": False},
        )
    except jwt.PyJWTError:
        return 403, "InvalidProviderToken"
    if header.get("kid") != KEY or claims["iss"] != TEAM or "exp" in claims:
        return 403, "InvalidProviderToken"
    path = re.fullmatch("/3/device/([0-9a-f]{64,})", fields[":path"])
    if fields[":method"] != "POST" or not path:
        return 404, "BadPath"
    if fields.get("apns-topic") != TOPIC:
        return 400, "DeviceTokenNotForTopic"
    if len(body) > 4096:
        return 413, "PayloadTooLarge"
    device = path.group(1)
    if set(device) == {"0"}:
        return 400, "BadDeviceToken"
    behavior = state.behavior.get(device)
    if behavior:
        state.receive(device, {"status": behavior["status"], "connection": connection, "token": token})
        return behavior["status"], behavior["code"]
    names = ("apns-id", "apns-collapse-id", "apns-expiration", "apns-priority", "apns-push-type")
    state.receive(device, {
        "status": 200, "message": json.loads(body), "fields": {name: fields.get(name) for name in names},
        "connection": connection, "token": token, "iat": claims["iat"],
    })
    return 200, None


def serve(sock, context, state, number):
    try:
        sock = context.wrap_socket(sock, server_side=True)
        if sock.selected_alpn_protocol() != "h2":
            return sock.close()
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        sock.sendall(connection.data_to_send())
        fields, bodies = {}, {}
        while data := sock.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    fields[event.stream_id] = {
                        (n if isinstance(n, str) else n.decode()): (v if isinstance(v, str) else v.decode())
                        for n, v in event.headers
                    }
                    bodies[event.stream_id] = b""
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    stream = event.stream_id
                    status, reason = judge(fields.pop(stream), bodies.pop(stream), state, number)
                    connection.send_headers(stream, [(":status", str(status))], end_stream=reason is None)
                    if reason:
                        connection.send_data(stream, json.dumps({"reason": reason}).encode(), end_stream=True)
            sock.sendall(connection.data_to_send())
    except (OSError, ssl.SSLError):
        pass


def start(directory, state):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/ca.pem", f"{directory}/key.pem")
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        number = 0
        while True:
            sock, _ = listener.accept()
            number += 1
            threading.Thread(target=serve, args=(sock, context, state, number), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]
