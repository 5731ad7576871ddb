"""A receiver of webhooks over TLS that checks what arrives with the verifier of Standard Webhooks: nothing here is code of the platform.

    webhook_receiver.py DIRECTORY

Writes DIRECTORY/ca.pem, then says "ready PORT".

    POST /secrets      ["whsec_…"]: what arrives is checked with each of these from now on
    POST /behave       {"status": 503, "fields": {"Retry-After": "7"}}: how what arrives is answered from now on
    POST /hook         a webhook
    GET  /received     what arrived, in order: its identifier, type and which secrets verify it
"""
import http.server, json, ssl, sys, threading

from standardwebhooks import Webhook, WebhookVerificationError

from push_service import make_certificate

lock = threading.Lock()
state = {"secrets": [], "received": [], "status": 204, "fields": {}}


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, value=None, fields={}):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in fields.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with lock:
            self.answer(200, state["received"])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        with lock:
            if self.path == "/secrets":
                state["secrets"] = json.loads(body)
                return self.answer(204)
            if self.path == "/behave":
                state.update({"fields": {}} | json.loads(body))
                return self.answer(204)
            verified = []
            for secret in state["secrets"]:
                try:
                    Webhook(secret).verify(body, dict(self.headers))
                    verified.append(True)
                except WebhookVerificationError:
                    verified.append(False)
            state["received"].append(
                {"id": self.headers["webhook-id"], "type": json.loads(body)["type"], "verified": verified}
            )
            self.answer(state["status"], fields=state["fields"])


def main():
    directory = sys.argv[1]
    make_certificate(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/ca.pem", f"{directory}/key.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", server.server_port, flush=True)
    server.serve_forever()


main()
