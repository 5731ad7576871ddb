# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Uploads a file of 2 GiB to a real server, kills the client and the server on the way, and reads it back.

The content is made as it is sent and as it is compared, so nothing here holds it. Memory is what /proc says of the serving process, above
what it has after a small upload.
"""

import argparse
import hashlib
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/lib"))
sys.path.insert(0, str(ROOT / "Tests/crash"))
from learning import make_courses  # noqa: E402
from lms import Client, Platform, rss_kilobytes  # noqa: E402

MEBIBYTE = 1 << 20
REQUEST = 256 * MEBIBYTE
HEAD = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
FILLING = random.Random(1).randbytes(MEBIBYTE)
LIMIT_IN_KILOBYTES = 16 * 1024


def block(number: int) -> bytes:
    """A mebibyte of the file; the first one begins as a video does."""
    beginning = HEAD if number == 0 else number.to_bytes(24, "big")
    return beginning + FILLING[len(beginning):]


def pieces(start: int, end: int):
    while start < end:
        number, skipped = divmod(start, MEBIBYTE)
        piece = block(number)[skipped:skipped + end - start]
        yield piece
        start += len(piece)


class Connection:
    def __init__(self, port: int, token: str):
        self.port, self.token = port, token

    def send(self, method: str, path: str, body=None, **fields: str):
        """The status, the fields and the open reply of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Host": f"acme.localhost:{self.port}", "Authorization": f"Bearer {self.token}"}
        headers.update({name.replace("_", "-"): value for name, value in fields.items()})
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def offset(self, path: str) -> int:
        reply = self.send("HEAD", path, Tus_Resumable="1.0.0")
        if reply.status != 200:
            raise RuntimeError(f"HEAD {path}: {reply.status}")
        return int(reply.headers["Upload-Offset"])

    def status(self, path: str) -> dict:
        return json.loads(self.send("GET", path).read())


def upload(connection: Connection, path: str, length: int):
    """Goes on where the server says until all is there, whatever happens to the server."""
    while True:
        try:
            start = connection.offset(path)
            if start == length:
                return
            end = min(start + REQUEST, length)
            reply = connection.send(
                "PATCH", path, pieces(start, end), Tus_Resumable="1.0.0", Upload_Offset=str(start),
                Content_Type="application/offset+octet-stream", Content_Length=str(end - start),
            )
            if reply.status not in (204, 409, 423, 503):
                raise RuntimeError(f"PATCH at {start}: {reply.status} {reply.read()[:400]!r}")
            if reply.status != 204:
                time.sleep(1)
        except (OSError, http.client.HTTPException):
            time.sleep(0.5)


class Memory:
    """The highest resident size of the serving process above a base, looked at every 20 ms."""

    def __init__(self):
        self.growth, self.base, self.process = 0, 0, 0
        threading.Thread(target=self.watch, daemon=True).start()

    def begin(self, process: int):
        self.base = rss_kilobytes(process)
        self.process = process

    def watch(self):
        while True:
            if self.process:
                self.growth = max(self.growth, rss_kilobytes(self.process) - self.base)
            time.sleep(0.02)


def begin(client: Client, course: str, length: int, digest: str) -> str:
    body = {"courseId": course, "use": "course_asset", "name": "lecture.mp4", "byteCount": length, "sha256": digest}
    return "/api/v1/uploads/" + client.expect(201, "POST", "/api/v1/uploads", body)["id"]


def digest(length: int) -> str:
    sha256 = hashlib.sha256()
    for piece in pieces(0, length):
        sha256.update(piece)
    return sha256.hexdigest()


def wait(condition, seconds: float, what: str):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(1)
    raise RuntimeError(f"waited {seconds} s for {what}")


def stored(connection: Connection, path: str, seconds: float) -> str:
    """The file that came of an upload."""
    def look():
        upload = connection.status(path)
        if upload["status"] == "refused":
            raise RuntimeError(f"refused: {upload['refusal']}")
        return upload["fileId"] if upload["status"] == "stored" else None
    return wait(look, seconds, "the file")


def read_back(connection: Connection, file: str) -> str:
    reply = connection.send("GET", f"/api/v1/files/{file}")
    sha256 = hashlib.sha256()
    while piece := reply.read(MEBIBYTE):
        sha256.update(piece)
    return sha256.hexdigest()


def run(platform: Platform, length: int) -> list[str]:
    client = Client(platform.port, "acme")
    client.sign_in(*platform.login("acme", "owner"))
    course = next(iter(make_courses(platform, client, count=1, lessons=1)))
    connection = Connection(platform.port, client.token)
    memory = Memory()

    def warm():
        small = begin(client, course, 8 * MEBIBYTE, digest(8 * MEBIBYTE))
        upload(connection, small, 8 * MEBIBYTE)
        read_back(connection, stored(connection, small, 30))
        memory.begin(platform.servers()[0])

    warm()
    wanted = digest(length)
    path = begin(client, course, length, wanted)

    def sender() -> subprocess.Popen:
        program = [sys.executable, __file__, "--send", path, "--port", str(platform.port), "--bytes", str(length)]
        return subprocess.Popen(program, env={**os.environ, "LMS_TOKEN": client.token})

    began = time.monotonic()
    process = sender()
    wait(lambda: connection.offset(path) > length // 4, 300, "a quarter")
    process.send_signal(signal.SIGKILL)
    process.wait()
    after_client = connection.offset(path)
    process = sender()
    wait(lambda: connection.offset(path) > length // 2, 300, "the half")
    known = connection.offset(path)
    server = platform.servers()[0]
    os.kill(server, signal.SIGKILL)
    wait(lambda: set(platform.servers()) - {server}, 30, "the next host")
    platform.wait_ready(30)
    after_host = connection.offset(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    client.close()
    # The new process has a beginning of its own.
    warm()
    process = sender()
    if process.wait(timeout=1_200) != 0:
        raise RuntimeError("the sender failed")
    sent = time.monotonic() - began
    file = stored(connection, path, 600)
    checked = time.monotonic() - began - sent
    same = read_back(connection, file) == wanted
    print(f"uploads: {length / MEBIBYTE:.0f} MiB in {sent:.1f} s, killed at {after_client / MEBIBYTE:.0f} MiB (client) and"
          f" {known / MEBIBYTE:.0f} MiB (host, went on at {after_host / MEBIBYTE:.0f}); looked at for {checked:.1f} s")
    print(f"uploads: the host's memory grew by at most {memory.growth / 1024:.1f} MiB")
    return [
        text
        for text, failed in [
            ("what was received before the host was killed was lost", after_host < known),
            ("the content is another one", not same),
            ("the host's memory grew by 16 MiB or more", memory.growth >= LIMIT_IN_KILOBYTES),
        ]
        if failed
    ]


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser()
    parser.add_argument("--mebibytes", type=int, default=2_048)
    parser.add_argument("--send", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--bytes", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.send:
        upload(Connection(arguments.port, os.environ["LMS_TOKEN"]), arguments.send, arguments.bytes)
        return 0
    platform = Platform(LMS_LOG_LEVEL="error")
    try:
        platform.start()
        faults = run(platform, arguments.mebibytes * MEBIBYTE)
        for fault in faults:
            print(f"FAULT: {fault}")
        return 1 if faults else 0
    finally:
        platform.stop()


if __name__ == "__main__":
    sys.exit(main())
