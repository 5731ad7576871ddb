"""The other ends of pushes: a push service of browsers (RFC 8030) and Firebase Cloud Messaging, and APNs beside it.

    push_service.py DIRECTORY

Writes DIRECTORY/ca.pem, then says "ready HTTPS-PORT APNS-PORT". What arrives is decrypted by http-ece, VAPID tokens are verified by
py-vapid, and the tokens of the others by PyJWT: nothing here is code of the platform.

    POST /browser                  a browser subscribes with {"applicationServerKey": …}: what PushSubscription.toJSON() gives
    POST /behave/ID                {"status": 429, "fields": {"Retry-After": "7"}}: how the next messages to it are answered
    GET  /received/ID              what arrived there, in order
    GET  /accounts                 a service account's file and an APNs key, as consoles give them out
"""
import base64, datetime, http.server, ipaddress, json, secrets, ssl, sys, threading, time, urllib.parse

import http_ece
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from py_vapid import Vapid02

import apns_service


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def make_certificate(directory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    with open(f"{directory}/key.pem", "w") as file:
        file.write(pem(key))
    with open(f"{directory}/ca.pem", "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))


class State:
    browsers = {}
    behavior = {}
    received = {}
    lock = threading.Lock()
    account_key = rsa.generate_private_key(65537, 2048)
    apns_key = ec.generate_private_key(ec.SECP256R1())
    access_tokens = set()
    port = 0

    @classmethod
    def receive(cls, name, message):
        with cls.lock:
            cls.received.setdefault(name, []).append(message)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, value=None, fields=None):
        body = json.dumps(value).encode() if value is not None else b""
        self.send_response(status)
        for field, content in (fields or {}).items():
            self.send_header(field, content)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "received":
            with State.lock:
                return self.answer(200, State.received.get(parts[1], []))
        if parts[0] == "accounts":
            return self.answer(200, {
                "fcm": {
                    "type": "service_account", "project_id": "academy", "private_key_id": "k1",
                    "private_key": pem(State.account_key),
                    "client_email": "push@academy.iam.gserviceaccount.com",
                    "token_uri": "https://evil.example/token",
                },
                "apns": pem(State.apns_key),
            })
        self.answer(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self.path.strip("/").split("/")
        try:
            if parts[0] == "browser":
                return self.subscribe(json.loads(body)["applicationServerKey"])
            if parts[0] == "behave":
                State.behavior[parts[1]] = json.loads(body)
                return self.answer(204)
            if parts[0] == "send":
                return self.take(parts[1], body)
            if parts[0] == "token":
                return self.give_token(body)
            if parts[0] == "v1":
                return self.take_fcm(parts, body)
            self.answer(404)
        except Exception as error:  # what a peer refuses, the test must see
            State.receive("refused", f"{type(error).__name__}: {error}")
            self.answer(400, {"error": {"status": "INVALID_ARGUMENT", "message": str(error)}})

    def subscribe(self, sender):
        key, auth, name = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16), secrets.token_urlsafe(24)
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        State.browsers[name] = (key, auth, sender)
        endpoint = f"https://localhost:{State.port}/send/{name}"
        self.answer(201, {"endpoint": endpoint, "expirationTime": None, "keys": {"p256dh": text(point), "auth": text(auth)}})

    def take(self, name, body):
        if name not in State.browsers:
            return self.answer(404)
        behavior = State.behavior.get(name)
        if behavior:
            State.receive(name, {"status": behavior["status"]})
            return self.answer(behavior["status"], None, behavior.get("fields"))
        authorization = self.headers["Authorization"]
        parsed = dict(part.strip().split("=", 1) for part in authorization.removeprefix("vapid ").split(","))
        # RFC 9110 §11.4 allows a blank after the comma, and RFC 8292 has one in its example; py-vapid does not.
        if not Vapid02.verify(authorization.replace(", ", ",")):
            raise ValueError("VAPID")
        claims = jwt.decode(parsed["t"], options={"verify_signature": False})
        assert claims["aud"] == f"https://localhost:{State.port}", claims
        assert time.time() < claims["exp"] + 86400 and claims["sub"].startswith(("mailto:", "https://")), claims
        key, auth, sender = State.browsers[name]
        if parsed["k"] != sender:
            return self.answer(403)
        plain = http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")
        fields = {name: self.headers[name] for name in ("TTL", "Urgency", "Topic", "Content-Encoding", "Content-Type")}
        State.receive(name, {
            "status": 201, "text": plain.decode(), "length": len(body), "fields": fields, "key": parsed["k"],
            "token": parsed["t"], "claims": claims,
        })
        self.answer(201, None, {"Location": f"https://localhost:{State.port}/m/{secrets.token_hex(8)}"})

    def give_token(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        address = f"https://localhost:{State.port}/token"
        assertion = form["assertion"]
        assert jwt.get_unverified_header(assertion) == {"typ": "JWT", "alg": "RS256", "kid": "k1"}
        try:
            claims = jwt.decode(
                assertion, State.account_key.public_key(), ["RS256"], audience=address,
                options={"verify_iat": False, "verify_exp": False},
            )
        except jwt.InvalidSignatureError:
            return self.answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        assert claims["iss"] == "push@academy.iam.gserviceaccount.com"
        assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        assert 0 < claims["exp"] - claims["iat"] <= 3600
        token = secrets.token_urlsafe(32)
        State.access_tokens.add(token)
        State.receive("tokens", claims)
        self.answer(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def take_fcm(self, parts, body):
        if self.headers["Authorization"].removeprefix("Bearer ") not in State.access_tokens:
            return self.answer(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})
        assert parts[1:] == ["projects", "academy", "messages:send"], parts
        sent = json.loads(body)
        message = sent["message"]
        if sent.get("validate_only"):
            return self.answer(200, {"name": "projects/academy/messages/fake_message_id"})
        device = message["token"]
        behavior = State.behavior.get(device)
        if behavior == "revoke":
            State.behavior.pop(device)
            State.access_tokens.clear()
            return self.answer(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}})
        if behavior:
            State.receive(device, {"status": behavior["status"]})
            return self.answer(behavior["status"], {"error": {
                "code": behavior["status"], "status": behavior["code"],
                "details": [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": behavior["code"]}],
            }}, behavior.get("fields"))
        assert len(body) <= 4096 + len(device)
        State.receive(device, {"status": 200, "message": message})
        self.answer(200, {"name": f"projects/academy/messages/{secrets.token_hex(8)}"})


def main():
    directory = sys.argv[1]
    make_certificate(directory)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/ca.pem", f"{directory}/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    State.port = server.server_address[1]
    apns = apns_service.start(directory, State)
    print(f"ready {State.port} {apns}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
