"""A service that speaks the Blob service REST API of Azure Storage, as its reference says, in memory. There is no emulator in PyPI; what
decides is Microsoft's own code: requests are checked with the signer of azure-storage-blob, shared access signatures are computed
again with it, and checksums with azure-storage-extensions.

    azure_service.py ACCOUNT CONTAINER KEY

Addresses are http://127.0.0.1:PORT/ACCOUNT/CONTAINER/BLOB, as emulators have them. Says "ready PORT", and ends with its standard input.
Where the reference leaves something open it does what is worse for a client. Nothing here is code of the platform.

    POST /_faults    [{"method": "PUT", "comp": "block", "kind": "status", "status": 503, "fields": {"Retry-After": "0"}}, …]: each befalls the
                     next request of its method, and of its `comp` if it has one ("" for none in the query), in order. Kinds: "status" refuses
                     it; "corrupt" changes a bit of its content on the way; "drop" does what was asked and closes the connection without a reply;
                     "cut" closes it in the middle of the reply's content. What arrived is forgotten.
    GET  /_requests  what arrived since: method, path with query, status
    GET  /_microsoft/NAME  what Microsoft's own client makes of it over this service: {"content": SHA-256 of the blob or null, "names": the
                     blobs whose names begin as NAME up to its last "/", "uncommitted": names there that have blocks and are no blobs yet}
    GET  /_grant?permission=rcwdl  a shared access signature for the container, for an hour, made by Microsoft's code
"""
import base64, datetime, email.utils, hashlib, http.server, itertools, json, os, socket, sys, threading, time, urllib.parse
import xml.etree.ElementTree as xml
from xml.sax.saxutils import escape

from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob import ContainerClient
from azure.storage.blob._serialize import _SUPPORTED_API_VERSIONS as versions
from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy
from azure.storage.blob._shared_access_signature import BlobSharedAccessSignature
from azure.storage.extensions.checksums import crc64

account, container, key = sys.argv[1:4]
lock = threading.RLock()
state = {"faults": [], "requests": [], "blobs": {}, "blocks": {}}
tags = itertools.count(0x8DC0000000000000)


class Refusal(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code


class Blob:
    """What is committed: content, the blocks it was made of, and what was said of it."""

    def __init__(self, blocks, fields, media_type):
        self.blocks, self.media_type = blocks, media_type
        self.content = b"".join(content for _, content in blocks)
        self.metadata = {name[10:]: value for name, value in fields.items() if name.startswith("x-ms-meta-")}
        self.tag, self.changed = f'"0x{next(tags):X}"', email.utils.formatdate(usegmt=True)


def http_date(text):
    try:
        return email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        raise Refusal(400, "InvalidHeaderValue")


class Request:
    def __init__(self, method, target, fields, body):
        self.method, self.target, self.fields, self.body = method, target, fields, body
        address = urllib.parse.urlsplit(target)
        pairs = urllib.parse.parse_qsl(address.query, keep_blank_values=True, strict_parsing=bool(address.query))
        self.query = dict(pairs)
        if len(self.query) != len(pairs):
            raise Refusal(400, "InvalidQueryParameterValue")
        places = urllib.parse.unquote(address.path).split("/", 3)
        if len(places) < 3 or places[1] != account:
            raise Refusal(403, "AuthenticationFailed")
        self.container, self.name = places[2], places[3] if len(places) > 3 else ""
        self.comp = self.query.get("comp", "")

    def authorize(self):
        version = self.fields.get("x-ms-version")
        if version is not None and version not in versions:
            raise Refusal(400, "InvalidHeaderValue")
        if "authorization" in self.fields:
            if version is None or "x-ms-date" not in self.fields:
                raise Refusal(400, "MissingRequiredHeader")
            age = datetime.datetime.now(datetime.timezone.utc) - http_date(self.fields["x-ms-date"])
            if abs(age.total_seconds()) > 900:
                raise Refusal(403, "AuthenticationFailed")
            # Microsoft's signer signs no `Range`, the service does: only `x-ms-range` is the same for both.
            if "range" in self.fields or self.authorization() != self.fields["authorization"]:
                raise Refusal(403, "AuthenticationFailed")
        elif "sig" in self.query:
            self.check_shared_access()
        else:
            raise Refusal(401, "NoAuthenticationInformation")

    def authorization(self):
        fields = {name: value for name, value in self.fields.items() if name != "authorization"}
        request = HttpRequest(self.method, f"http://{self.fields['host']}{self.target}", headers=fields)
        SharedKeyCredentialPolicy(account, key).on_request(PipelineRequest(request, PipelineContext(None)))
        return request.headers["Authorization"]

    def check_shared_access(self):
        given = {name: self.query.get(name) for name in ("sp", "st", "se", "sip", "spr", "sv", "sr", "rscd", "rsct", "sig")}
        if given["sv"] not in versions or not given["se"] or not given["sp"] or given["sip"]:
            raise Refusal(403, "AuthenticationFailed")
        signer = BlobSharedAccessSignature(account, key)
        signer.x_ms_version = given["sv"]
        values = {
            "permission": given["sp"], "start": given["st"], "expiry": given["se"], "protocol": given["spr"],
            "content_disposition": given["rscd"], "content_type": given["rsct"],
        }
        if given["sr"] == "b":
            token = signer.generate_blob(self.container, self.name, **values)
        elif given["sr"] == "c":
            token = signer.generate_container(self.container, **values)
        else:
            raise Refusal(403, "AuthenticationFailed")
        if dict(urllib.parse.parse_qsl(token)).get("sig") != given["sig"]:
            raise Refusal(403, "AuthenticationFailed")
        now = datetime.datetime.now(datetime.timezone.utc)
        end, begin = (datetime.datetime.fromisoformat(given[name]) if given[name] else None for name in ("se", "st"))
        if now > end or begin and now < begin:
            raise Refusal(403, "AuthenticationFailed")
        if given["spr"] == "https":
            raise Refusal(403, "AuthorizationProtocolMismatch")
        if not set(self.needed()) & set(given["sp"]) or not self.name and given["sr"] != "c":
            raise Refusal(403, "AuthorizationPermissionMismatch")

    def needed(self):
        """The permissions of which one suffices."""
        if self.method == "PUT":
            return "w" if self.comp or self.name in state["blobs"] else "cw"
        return {"GET": "r" if self.name else "l", "HEAD": "r", "DELETE": "d"}[self.method]

    def check_content(self):
        if self.method == "PUT" and "content-length" not in self.fields:
            raise Refusal(411, "MissingContentLengthHeader")
        md5, crc = self.fields.get("content-md5"), self.fields.get("x-ms-content-crc64")
        if md5 and crc:
            raise Refusal(400, "InvalidHeaderValue")
        if md5 and base64.b64decode(md5) != hashlib.md5(self.body).digest():
            raise Refusal(400, "Md5Mismatch")
        if crc and base64.b64decode(crc) != crc64.compute(self.body, 0).to_bytes(8, "little"):
            raise Refusal(400, "Crc64Mismatch")

    def check_conditions(self, blob):
        match, none = self.fields.get("if-match"), self.fields.get("if-none-match")
        if match and (blob is None or match not in ("*", blob.tag)):
            raise Refusal(412, "ConditionNotMet")
        if none and blob is not None and none in ("*", blob.tag):
            if self.method == "PUT" and none == "*":
                raise Refusal(409, "BlobAlreadyExists")
            raise Refusal(412 if self.method in ("PUT", "DELETE") else 304, "ConditionNotMet")

    def committed(self):
        blob = state["blobs"].get(self.name)
        if blob is None:
            raise Refusal(404, "BlobNotFound")
        self.check_conditions(blob)
        return blob

    def answer(self):
        if self.container != container:
            raise Refusal(404, "ContainerNotFound")
        self.check_content()
        if not self.name:
            if (self.method, self.comp, self.query.get("restype")) == ("GET", "list", "container"):
                return self.list()
            raise Refusal(400, "InvalidQueryParameterValue")
        ways = {
            ("PUT", ""): self.put, ("PUT", "block"): self.put_block, ("PUT", "blocklist"): self.put_block_list,
            ("GET", "blocklist"): self.block_list, ("GET", ""): self.get, ("HEAD", ""): self.head, ("DELETE", ""): self.delete,
        }
        way = ways.get((self.method, self.comp))
        if way is None:
            raise Refusal(400, "UnsupportedHttpVerb")
        return way()

    def put(self):
        if self.fields.get("x-ms-blob-type") != "BlockBlob":
            raise Refusal(400, "MissingRequiredHeader")
        self.check_conditions(state["blobs"].get(self.name))
        media_type = self.fields.get("x-ms-blob-content-type") or self.fields.get("content-type", "application/octet-stream")
        blob = state["blobs"][self.name] = Blob([(None, self.body)], self.fields, media_type)
        # "If Put Blob is called on the blob, any uncommitted blocks are garbage collected."
        state["blocks"].pop(self.name, None)
        return 201, {"ETag": blob.tag, "Last-Modified": blob.changed}, b""

    def put_block(self):
        name = self.query.get("blockid", "")
        try:
            raw = base64.b64decode(name, validate=True)
        except ValueError:
            raise Refusal(400, "InvalidQueryParameterValue")
        if not 1 <= len(raw) <= 64:
            raise Refusal(400, "OutOfRangeQueryParameterValue")
        if not self.body:
            raise Refusal(400, "InvalidHeaderValue")
        if {"if-match", "if-none-match"} & set(self.fields):
            raise Refusal(400, "UnsupportedHeader")
        blocks, blob = state["blocks"].setdefault(self.name, {}), state["blobs"].get(self.name)
        others = list(blocks) + [name for name, _ in (blob.blocks if blob else []) if name is not None]
        if any(len(other) != len(name) for other in others):
            raise Refusal(400, "InvalidBlobOrBlock")
        if name not in blocks and len(blocks) >= 100_000:
            raise Refusal(409, "BlockCountExceedsLimit")
        blocks[name] = self.body
        return 201, {}, b""

    def put_block_list(self):
        blob, pending = state["blobs"].get(self.name), state["blocks"].get(self.name, {})
        self.check_conditions(blob)
        kept = {name: content for name, content in (blob.blocks if blob else []) if name is not None}
        try:
            elements = list(xml.fromstring(self.body))
        except xml.ParseError:
            raise Refusal(400, "InvalidXmlDocument")
        if len(elements) > 50_000:
            raise Refusal(400, "BlockListTooLong")
        chosen = []
        for element in elements:
            places = {"Committed": [kept], "Uncommitted": [pending], "Latest": [pending, kept]}.get(element.tag, [])
            content = next((place[element.text] for place in places if element.text in place), None)
            if content is None:
                raise Refusal(400, "InvalidBlockList")
            chosen.append((element.text, content))
        media_type = self.fields.get("x-ms-blob-content-type", "application/octet-stream")
        blob = state["blobs"][self.name] = Blob(chosen, self.fields, media_type)
        # "Any uncommitted blocks that are not specified in the list are garbage collected."
        state["blocks"].pop(self.name, None)
        return 201, {"ETag": blob.tag, "Last-Modified": blob.changed}, b""

    def block_list(self):
        blob, pending = state["blobs"].get(self.name), state["blocks"].get(self.name, {})
        kind = self.query.get("blocklisttype", "committed")
        if blob is None and not pending:
            raise Refusal(404, "BlobNotFound")
        if kind not in ("committed", "uncommitted", "all"):
            raise Refusal(400, "InvalidQueryParameterValue")

        def element(tag, blocks):
            each = "".join(
                f"<Block><Name>{name}</Name><Size>{len(content)}</Size></Block>" for name, content in blocks if name is not None
            )
            return f"<{tag}>{each}</{tag}>"

        text = element("CommittedBlocks", blob.blocks if blob else []) if kind != "uncommitted" else ""
        text += element("UncommittedBlocks", pending.items()) if kind != "committed" else ""
        text = f'\ufeff<?xml version="1.0" encoding="utf-8"?><BlockList>{text}</BlockList>'
        fields = {"Content-Type": "application/xml", "x-ms-blob-content-length": str(len(blob.content) if blob else 0)}
        if blob:
            fields |= {"ETag": blob.tag, "Last-Modified": blob.changed}
        return 200, fields, text.encode()

    def facts(self, blob):
        fields = {
            "ETag": blob.tag, "Last-Modified": blob.changed, "Content-Type": self.query.get("rsct") or blob.media_type,
            "Accept-Ranges": "bytes", "x-ms-blob-type": "BlockBlob",
        }
        if "rscd" in self.query:
            fields["Content-Disposition"] = self.query["rscd"]
        return fields | {f"x-ms-meta-{name}": value for name, value in blob.metadata.items()}

    def head(self):
        blob = self.committed()
        return 200, self.facts(blob) | {"Content-Length": str(len(blob.content))}, b""

    def get(self):
        blob = self.committed()
        fields, length = self.facts(blob), len(blob.content)
        text = self.fields.get("x-ms-range") or self.fields.get("range")
        if not text:
            return 200, fields, blob.content
        unit, _, span = text.partition("=")
        first, _, last = span.partition("-")
        if unit != "bytes" or not first.isdigit() or int(first) >= length or last and int(last) < int(first):
            raise Refusal(416, "InvalidRange")
        end = min(int(last) + 1 if last else length, length)
        fields["Content-Range"] = f"bytes {first}-{end - 1}/{length}"
        return 206, fields, blob.content[int(first) : end]

    def delete(self):
        self.committed()
        # Whether blocks that are in no blob go with it the reference does not say.
        del state["blobs"][self.name]
        return 202, {}, b""

    def list(self):
        prefix, marker = self.query.get("prefix", ""), self.query.get("marker", "")
        limit, include = int(self.query.get("maxresults", "5000")), self.query.get("include", "").split(",")
        if not 1 <= limit <= 5000:
            raise Refusal(400, "OutOfRangeQueryParameterValue")
        names = set(state["blobs"])
        if "uncommittedblobs" in include:
            names |= {name for name, blocks in state["blocks"].items() if blocks}
        try:
            start = base64.b64decode(marker, validate=True).decode()
        except ValueError:
            raise Refusal(400, "OutOfRangeInput")
        found = sorted(name for name in names if name.startswith(prefix) and name >= start)
        # "It's possible for the service to return fewer results than specified by maxresults".
        count = min(limit, len(found)) if marker else min(limit, len(found) // 2 + len(found) % 2)
        rest = base64.b64encode(found[count].encode()).decode() if count < len(found) else ""
        text = "".join(self.entry(name, "metadata" in include) for name in found[:count])
        text = (
            f'\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://{self.fields["host"]}/{account}/"'
            f' ContainerName="{container}"><Prefix>{escape(prefix)}</Prefix><MaxResults>{limit}</MaxResults>'
            f"<Blobs>{text}</Blobs><NextMarker>{rest}</NextMarker></EnumerationResults>"
        )
        return 200, {"Content-Type": "application/xml"}, text.encode()

    @staticmethod
    def entry(name, has_metadata):
        blob = state["blobs"].get(name)
        facts = f"<Content-Length>{len(blob.content) if blob else 0}</Content-Length><BlobType>BlockBlob</BlobType>"
        if blob:
            facts = f"<Last-Modified>{blob.changed}</Last-Modified><Etag>{blob.tag.strip(chr(34))}</Etag>{facts}"
            facts += f"<Content-Type>{escape(blob.media_type)}</Content-Type>"
        more = ""
        if has_metadata and blob:
            more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in blob.metadata.items())
            more = f"<Metadata>{more}</Metadata>"
        return f"<Blob><Name>{escape(name)}</Name><Properties>{facts}</Properties>{more}</Blob>"


def ask_microsoft(port, name):
    client = ContainerClient(f"http://127.0.0.1:{port}/{account}", container, credential={"account_name": account, "account_key": key})
    try:
        content = hashlib.sha256(client.download_blob(name).readall()).hexdigest()
    except ResourceNotFoundError:
        content = None
    prefix = name.rpartition("/")[0] + "/"
    names = [blob.name for blob in client.list_blobs(prefix)]
    everything = [blob.name for blob in client.list_blobs(prefix, include=["uncommittedblobs"])]
    return {"content": content, "names": names, "uncommitted": [name for name in everything if name not in names]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def reply(self, status, fields, content):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        if "Content-Length" not in fields:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def reply_json(self, value):
        self.reply(200, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fields = {name.lower(): value for name, value in self.headers.items()}
        if self.path == "/_faults":
            with lock:
                state["faults"] = json.loads(body)
                state["requests"].clear()
            return self.reply(204, {}, b"")
        if self.path == "/_requests":
            with lock:
                return self.reply_json(list(state["requests"]))
        if self.path.startswith("/_microsoft/"):
            return self.reply_json(ask_microsoft(self.server.server_port, urllib.parse.unquote(self.path.split("/", 2)[2])))
        if self.path.startswith("/_grant?permission="):
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
            token = BlobSharedAccessSignature(account, key).generate_container(container, self.path.split("=")[1], end)
            return self.reply_json({"token": token})
        fault = None
        try:
            request = Request(self.command, self.path, fields, body)
            with lock:
                wanted = (fault for fault in state["faults"] if fault["method"] == self.command)
                fault = next((fault for fault in wanted if fault.get("comp") in (None, request.comp)), None)
                if fault:
                    state["faults"].remove(fault)
            if fault and fault["kind"] == "status":
                raise Refusal(fault["status"], "ServerBusy")
            if fault and fault["kind"] == "corrupt":
                request.body = bytes([body[0] ^ 1]) + body[1:]
            request.authorize()
            with lock:
                status, head, content = request.answer()
        except Refusal as refusal:
            status, head = refusal.status, {"x-ms-error-code": refusal.code, "Content-Type": "application/xml"}
            content = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{refusal.code}</Code><Message>No.</Message></Error>'
            content = content.encode()
            head |= (fault or {}).get("fields", {})
        with lock:
            state["requests"].append({"method": self.command, "path": self.path, "status": status})
        if fault and fault["kind"] in ("drop", "cut"):
            self.close_connection = True
            if fault["kind"] == "cut":
                self.reply(status, head | {"Content-Length": str(len(content))}, content[: len(content) // 2])
            return self.connection.shutdown(socket.SHUT_RDWR)
        self.reply(status, head | {"x-ms-version": fields.get("x-ms-version", versions[-1])}, content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    threading.Thread(target=end_with_input, daemon=True).start()
    server = Server(("127.0.0.1", 0), Handler)
    print("ready", server.server_port, flush=True)
    server.serve_forever()


main()
