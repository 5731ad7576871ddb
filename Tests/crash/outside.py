# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""The outside: a server that takes webhooks and messages for apps, and writes down what came. Standard library and openssl."""

import http.server
import json
import pathlib
import ssl
import subprocess
import threading


class Outside:
    """Listens on loopback with TLS, for a certificate of its own, until the process ends."""

    def __init__(self, directory: pathlib.Path):
        self.certificate, key = directory / "outside.pem", directory / "outside.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(self.certificate),
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
            check=True, capture_output=True,
        )
        self.account_key = key.read_text()
        self.webhooks: list[str] = []
        """The identifier of each webhook that came, in the order of their coming."""
        self.pushes: list[tuple[str, str]] = []
        """Title and identifier of each message for an app that came."""
        outside = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply = outside.take(self.path, self.headers, body)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a client that is killed in the middle

        server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        # The handshake is the handler's, so that one who does not come to it keeps nobody else waiting.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def take(self, path: str, headers, body: bytes) -> bytes:
        if path.endswith("/token"):
            return b'{"access_token":"outside","expires_in":3600,"token_type":"Bearer"}'
        if path.endswith("messages:send"):
            message = json.loads(body)["message"]
            self.pushes.append((message["notification"]["title"], message["data"]["id"]))
            return b'{"name":"projects/outside/messages/1"}'
        self.webhooks.append(headers["webhook-id"])
        return b"{}"

    @property
    def environment(self) -> dict[str, str]:
        """What tells a host to call here."""
        return {
            "LMS_OUTGOING_ALLOW_NETWORKS": "127.0.0.1,::1",
            "LMS_OUTGOING_CA_FILE": str(self.certificate),
            "LMS_FCM_URL": self.url,
            "LMS_FCM_TOKEN_URL": f"{self.url}/token",
        }

    @property
    def service_account(self) -> dict[str, str]:
        return {
            "type": "service_account", "project_id": "outside", "private_key_id": "0123456789abcdef",
            "client_email": "push@outside.iam.gserviceaccount.com", "private_key": self.account_key,
        }
