# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""SIGTERM under load: what had begun to arrive is answered, and the listeners close first."""

import signal
import socket
import threading
import time

from learning import Journal
from lms import Client, Platform

BEGUN = 40
LOADED = 8


def read_reply(connection: socket.socket) -> bytes:
    """One reply with a Content-Length, or what came before the connection ended."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body if len(body) >= length else b""


class Load(threading.Thread):
    """One request after another on a connection; remembers those that were sent before the signal and not answered."""

    def __init__(self, platform: Platform, path: str, signaled: list[float]):
        super().__init__(daemon=True)
        self.platform, self.path, self.signaled = platform, path, signaled
        self.answered, self.unanswered = 0, 0

    def run(self):
        client = Client(self.platform.port, "acme", timeout=10)
        while True:
            sent_at = time.monotonic()
            try:
                reply = client.send("GET", self.path)
            except OSError:
                reply = None
            except Exception:  # noqa: BLE001 an incomplete reply
                reply = None
            if reply is not None and reply.status < 500:
                self.answered += 1
                continue
            # Sent well before the signal, so read by then: it had to be answered.
            if not self.signaled or sent_at < self.signaled[0] - 0.25:
                self.unanswered += 1
            return


def check_drain(platform: Platform, journal: Journal, courses: dict[str, list[str]]):
    path = f"/api/v1/courses/{next(iter(courses))}"
    request = (f"GET {path} HTTP/1.1\r\nHost: acme.localhost:{platform.port}\r\nAccept: application/json\r\n\r\n").encode()
    signaled: list[float] = []
    loads = [Load(platform, path, signaled) for _ in range(LOADED)]
    for load in loads:
        load.start()

    begun = []
    for number in range(BEGUN):
        connection = socket.create_connection(("127.0.0.1", platform.port), timeout=15)
        # Some have sent one byte, some a part of the head, some everything but the last byte.
        cut = [1, 20, len(request) - 1][number % 3]
        connection.sendall(request[:cut])
        begun.append((connection, request[cut:]))
    time.sleep(0.5)

    supervisor = platform.process
    signaled.append(time.monotonic())
    supervisor.send_signal(signal.SIGTERM)

    refused_at = None
    while time.monotonic() - signaled[0] < 5 and refused_at is None:
        try:
            socket.create_connection(("127.0.0.1", platform.port), timeout=1).close()
            time.sleep(0.002)
        except OSError:
            refused_at = time.monotonic()
    if refused_at is None:
        journal.fault("drain: the listeners were still open five seconds after SIGTERM")

    answered = 0
    for connection, rest in begun:
        try:
            connection.sendall(rest)
            reply = read_reply(connection)
        except OSError as error:
            reply = repr(error).encode()
        if reply.startswith(b"HTTP/1.1 200 "):
            answered += 1
        else:
            journal.fault(f"drain: a request that had begun got {reply[:120]!r}")
        connection.close()
    for load in loads:
        load.join(15)
        if load.unanswered:
            journal.fault("drain: a request sent before the signal got no answer")
    code = platform.stop(30)
    if code != 0:
        journal.fault(f"drain: lms dev ended with {code}\n{platform.tail(10)}")
    closed = f"{(refused_at - signaled[0]) * 1000:.0f} ms" if refused_at else "never"
    print(f"drain: {answered} of {BEGUN} begun requests answered after SIGTERM,"
          f" {sum(load.answered for load in loads)} by the load before; listeners closed after {closed}; exit code {code}")
