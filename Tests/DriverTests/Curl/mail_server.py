"""A mail server (aiosmtpd) for the tests: prints its port and keeps what it gets as JSON, decoded by Python's own parser.

mail_server.py DIRECTORY PROTECTION CERTIFICATE KEY
    PROTECTION: none, starttls, login (starttls, then AUTH), tls, silent (says nothing) or busy (greets with 554).
    What it answers depends on the recipient: later@ 451, never@ 550, later.content@ 452, never.content@ 554.
mail_server.py read FILE
    Prints a message of a file as JSON.
"""
import asyncio, base64, email, email.policy, json, os, socket, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

RECIPIENTS = {"later": "451 4.3.0 Later", "never": "550 5.1.1 Never"}
CONTENTS = {"later.content": "452 4.2.2 Later", "never.content": "554 5.6.0 Never"}


def local(address):
    return address.partition("@")[0]


def read(content):
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = [
        {
            "type": part.get_content_type(),
            "charset": part.get_content_charset(),
            "content": base64.b64encode(part.get_payload(decode=True)).decode(),
        }
        for part in message.iter_parts()
    ]
    return {
        "type": message.get_content_type(),
        "fields": [{"name": name, "value": str(value)} for name, value in message.items()],
        "sentBy": [address.display_name for address in message["From"].addresses],
        "parts": parts,
        "defects": [str(defect) for defect in message.defects],
        # libcurl does not fold the field with the boundary; RFC 5322 only asks for less than 998.
        "longestLine": max(
            len(line) for line in content.split(b"\r\n") if not line.lower().startswith(b"content-type: multipart")
        ),
    }


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = RECIPIENTS.get(local(address))
        if answer is None:
            envelope.rcpt_tos.append(address)
            answer = "250 OK"
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = CONTENTS.get(local(envelope.rcpt_tos[0]))
        if answer is not None:
            return answer
        kept = read(envelope.content)
        kept["delivery"] = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "isEncrypted": session.ssl is not None or protection == "tls",
            "user": session.auth_data,
            "greeting": session.host_name,
        }
        Handler.count += 1
        path = os.path.join(directory, f"{Handler.count}.json")
        with open(path + ".new", "w") as file:
            json.dump(kept, file)
        os.rename(path + ".new", path)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if (data.login, data.password) == (b"postmaster", "correct horse: ñ".encode()):
        session.auth_data = data.login.decode()
        return AuthResult(success=True, auth_data=data.login.decode())
    return AuthResult(success=False, handled=False)


async def main():
    loop = asyncio.get_running_loop()
    context = None
    if protection in ("starttls", "login", "tls"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

    def server():
        options = {"enable_SMTPUTF8": True}
        if protection in ("starttls", "login"):
            options |= {"tls_context": context, "require_starttls": True}
        if protection == "login":
            options |= {"authenticator": authenticate, "auth_required": True}
        return SMTP(Handler(), **options)

    class Busy(asyncio.Protocol):
        def connection_made(self, transport):
            transport.write(b"554 No service here\r\n")

    if protection == "silent":
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    else:
        listening = await loop.create_server(
            Busy if protection == "busy" else server, "127.0.0.1", 0, ssl=context if protection == "tls" else None
        )
        port = listening.sockets[0].getsockname()[1]
    print(port, flush=True)
    # Ends with the test, whose end of the pipe closes.
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


if sys.argv[1] == "read":
    with open(sys.argv[2], "rb") as file:
        print(json.dumps(read(file.read())))
else:
    directory, protection, certificate, key = sys.argv[1:5]
    asyncio.run(main())
