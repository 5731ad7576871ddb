"""A service that speaks S3: moto's, with what moto leaves out in front of it: signatures are checked with botocore, and
digests, and parts of uploads that are over are refused.

    s3_service.py BUCKET ACCESS-KEY SECRET REGION

Says "ready PORT", and ends with its standard input. Nothing here is code of the platform.

    POST /_faults    [{"method": "PUT", "kind": "status", "status": 503, "fields": {"Retry-After": "0"}}, …]: each befalls the next request of
                     its method, in order. Kinds: "status" refuses it; "corrupt" changes a bit of its content on the way; "drop" does what was
                     asked and closes the connection without a reply; "cut" closes it in the middle of the reply's content. What arrived is forgotten.
    GET  /_requests  what arrived since: method, path with query, status
"""
import base64, datetime, hashlib, io, json, os, re, socket, sys, threading, urllib.parse

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

bucket, access_key, secret, region = sys.argv[1:5]
lock = threading.Lock()
state = {"faults": [], "requests": [], "uploads": set()}


class Refusal(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code


def fields_of(environ):
    fields = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        fields["content-type"] = environ["CONTENT_TYPE"]
    if environ.get("CONTENT_LENGTH"):
        fields["content-length"] = environ["CONTENT_LENGTH"]
    return fields


def check_signature(environ, fields, body):
    address = urllib.parse.urlsplit(f"http://{fields['host']}{environ['RAW_URI']}")
    query = urllib.parse.parse_qsl(address.query, keep_blank_values=True)
    values = dict(query)
    credentials = Credentials(access_key, secret)
    if "X-Amz-Signature" in values:
        begun = datetime.datetime.strptime(values["X-Amz-Date"], "%Y%m%dT%H%M%S%z")
        age = (datetime.datetime.now(datetime.timezone.utc) - begun).total_seconds()
        if age > int(values["X-Amz-Expires"]) or age < -900:
            raise Refusal(403, "AccessDenied")
        names, time = values["X-Amz-SignedHeaders"].split(";"), values["X-Amz-Date"]
        claimed, signature = values["X-Amz-Credential"], values["X-Amz-Signature"]
        auth = S3SigV4QueryAuth(credentials, "s3", region)
        rest = "&".join(part for part in address.query.split("&") if not part.startswith("X-Amz-Signature="))
        address = address._replace(query=rest)
    else:
        scheme, _, text = fields.get("authorization", "").partition(" ")
        if scheme != "AWS4-HMAC-SHA256":
            raise Refusal(403, "AccessDenied")
        parts = dict(part.strip().split("=", 1) for part in text.split(","))
        names, time = parts["SignedHeaders"].split(";"), fields["x-amz-date"]
        claimed, signature = parts["Credential"], parts["Signature"]
        auth = S3SigV4Auth(credentials, "s3", region)
    if claimed != f"{access_key}/{time[:8]}/{region}/s3/aws4_request":
        raise Refusal(403, "InvalidAccessKeyId")
    # What S3 demands to be signed.
    needed = {"host"} | {name for name in fields if name.startswith("x-amz-")}
    if not needed <= set(names):
        raise Refusal(403, "AccessDenied")
    signed = {name: fields[name] for name in names if name != "host"}
    request = AWSRequest(environ["REQUEST_METHOD"], address.geturl(), headers=signed, data=body)
    request.context["timestamp"] = time
    text = auth.string_to_sign(request, auth.canonical_request(request))
    if auth.signature(text, request) != signature:
        raise Refusal(403, "SignatureDoesNotMatch")


def check_digests(fields, body):
    digest = hashlib.sha256(body)
    announced = fields.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    if announced != "UNSIGNED-PAYLOAD" and announced != digest.hexdigest():
        raise Refusal(400, "XAmzContentSHA256Mismatch")
    checksum = fields.get("x-amz-checksum-sha256")
    if checksum and base64.b64decode(checksum) != digest.digest():
        raise Refusal(400, "BadDigest")


def upload_of(environ):
    return dict(urllib.parse.parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)).get("uploadId")


class Service:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, environ, start):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path, method = environ["RAW_URI"], environ["REQUEST_METHOD"]
        if path == "/_faults":
            with lock:
                state["faults"] = json.loads(body)
                state["requests"].clear()
            start("204 No Content", [])
            return []
        if path == "/_requests":
            with lock:
                text = json.dumps(state["requests"]).encode()
            start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
            return [text]
        with lock:
            fault = next((fault for fault in state["faults"] if fault["method"] == method), None)
            if fault:
                state["faults"].remove(fault)
        answer = {"status": 500}
        try:
            fields = fields_of(environ)
            if fault and fault["kind"] == "status":
                raise Refusal(fault["status"], "SlowDown")
            if fault and fault["kind"] == "corrupt":
                body = bytes([body[0] ^ 1]) + body[1:]
            check_signature(environ, fields, body)
            check_digests(fields, body)
            upload = upload_of(environ)
            with lock:
                if upload is not None and upload not in state["uploads"]:
                    raise Refusal(404, "NoSuchUpload")
            environ["wsgi.input"] = io.BytesIO(body)

            def begin(status, reply_fields, *_):
                answer["status"], answer["fields"] = status, reply_fields

            content = b"".join(self.inner(environ, begin))
            if answer["status"].startswith("2"):
                with lock:
                    if begun := re.search(b"<UploadId>([^<]+)</UploadId>", content) if method == "POST" else None:
                        state["uploads"].add(begun[1].decode())
                    if upload is not None and method in ("POST", "DELETE"):
                        state["uploads"].discard(upload)
        except Refusal as refusal:
            content = f"<Error><Code>{refusal.code}</Code><Message>No.</Message></Error>".encode()
            answer["status"] = f"{refusal.status} No"
            answer["fields"] = [("Content-Type", "application/xml"), ("Content-Length", str(len(content)))]
            answer["fields"] += (fault or {}).get("fields", {}).items()
        with lock:
            state["requests"].append({"method": method, "path": path, "status": int(answer["status"].split()[0])})
        if fault and fault["kind"] in ("drop", "cut"):
            connection = environ["werkzeug.socket"]
            if fault["kind"] == "cut":
                connection.sendall(b"HTTP/1.1 206 Partial Content\r\nContent-Length: %d\r\n\r\n" % len(content))
                connection.sendall(content[: len(content) // 2])
            connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionError("as asked")
        start(answer["status"], answer["fields"])
        return [] if method == "HEAD" else [content]


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *arguments):
        pass


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    threading.Thread(target=end_with_input, daemon=True).start()
    service = DomainDispatcherApplication(create_backend_app)
    assert Client(service).put(f"/{bucket}", headers={"Host": "127.0.0.1"}).status_code == 200
    server = make_server("127.0.0.1", 0, Service(service), threaded=True, request_handler=Quiet)
    print("ready", server.server_port, flush=True)
    server.serve_forever()


main()
