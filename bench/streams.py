# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Open streams of notifications: what each costs the process, and how long a notification takes to a stream of another process."""

import os
import pathlib
import resource
import selectors
import socket
import subprocess
import threading
import time

from measure import Client, Platform, free_port, quantile, rss_kilobytes
from lms import BINARY

NEEDS_REDIS = True
STREAMS = int(os.environ.get("LMS_BENCH_STREAMS", "5000"))
DELIVERIES = int(os.environ.get("LMS_BENCH_DELIVERIES", "300"))
PER_USER = 5
PASSWORD = "measured-by-the-bench"


class Second:
    """Another serving process over the same database."""

    def __init__(self, platform: Platform):
        first = platform.servers()[0]
        variables = pathlib.Path(f"/proc/{first}/environ").read_bytes().split(b"\0")
        environment = dict(line.decode().split("=", 1) for line in variables if b"=" in line)
        # It would end with a supervisor that it does not have.
        environment.pop("LMS_SUPERVISED", None)
        self.port = free_port()
        environment.update(LMS_HTTP_PORT=str(self.port), LMS_METRICS_PORT="0")
        self.log = open(platform.directory / "second.log", "ab")
        self.process = subprocess.Popen([str(BINARY), "serve"], env=environment, stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, cwd=platform.directory)
        deadline = time.monotonic() + 60
        while True:
            try:
                if Client(self.port, "acme", timeout=2).send("GET", "/api/v1/ready").status == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise RuntimeError(f"the second process does not serve: see {self.log.name}")
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def register(platform: Platform, count: int) -> list[tuple[str, str]]:
    """Users with their access tokens."""
    users: list[tuple[str, str]] = []
    lock = threading.Lock()
    numbers = iter(range(count))

    def work():
        client = Client(platform.port, "acme", timeout=60)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            name = f"stream-{time.time_ns()}-{number}@example.org"
            body = client.expect(201, "POST", "/api/v1/auth/register",
                                 {"email": name, "password": PASSWORD, "displayName": "A Listener"})
            with lock:
                users.append((body["user"]["id"], body["accessToken"]))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(users) < count:
        raise RuntimeError(f"{len(users)} of {count} users")
    return users


def listen(port: int, token: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(f"GET /api/v1/notifications/stream HTTP/1.1\r\nHost: acme.localhost:{port}\r\n"
                       f"Authorization: Bearer {token}\r\n\r\n".encode())
    data = b""
    while b"retry: " not in data:
        piece = connection.recv(65_536)
        data += piece
        if not piece or not data.startswith(b"HTTP/1.1 200"[:len(data)]):
            raise RuntimeError(f"no stream: {data[:300]!r}")
    return connection


class Ears(threading.Thread):
    """Reads all streams, and notes when a title arrived first."""

    def __init__(self, streams: list[socket.socket]):
        super().__init__(daemon=True)
        self.selector = selectors.DefaultSelector()
        for stream in streams:
            stream.setblocking(False)
            self.selector.register(stream, selectors.EVENT_READ)
        self.arrived: dict[str, list[float]] = {}
        self.ended = 0
        self.stopped = False

    def run(self):
        while not self.stopped:
            for key, _ in self.selector.select(0.2):
                data = key.fileobj.recv(65_536)
                now = time.perf_counter()
                if not data:
                    self.ended += 1
                    self.selector.unregister(key.fileobj)
                    continue
                start = data.find(b"delivery-")
                while start >= 0:
                    title = data[start:data.index(b'"', start)].decode()
                    self.arrived.setdefault(title, []).append(now)
                    start = data.find(b"delivery-", start + 9)


def measure(platform: Platform):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(STREAMS, hard - 500)
    users = register(platform, (count + PER_USER - 1) // PER_USER + 20)
    other = Second(platform)
    port, pid = other.port, other.process.pid
    try:
        # What the first requests make once: connections, buffers, caches.
        warm = [listen(port, token) for _, token in users[-20:]]
        before = rss_kilobytes(pid)
        streams = [listen(port, token) for _, token in users[:-20] for _ in range(PER_USER)][:count]
        time.sleep(2)
        after = rss_kilobytes(pid)
        each = (after - before) * 1024 / len(streams)
        yield {
            "what": f"open stream of notifications, growth of the host's RSS ({len(streams)} streams)",
            "ours": f"{each:,.0f} bytes",
            "reference": "–",
            "value": f"{each / 1024:.1f} KB",
            "bar": "≤ 8 KB",
            "passed": each <= 8 * 1024,
            "notes": [f"{len(streams)} streams of {len(users) - 20} users on one process, each with its session, its place and its channel;"
                      " without the kernel's socket memory."],
        }
        ears = Ears(streams + warm)
        ears.start()
        owner = Client(platform.port, "acme", timeout=30)
        owner.sign_in(*platform.login("acme", "owner"))
        sent: dict[str, float] = {}
        for number in range(DELIVERIES):
            title = f"delivery-{number}"
            user = users[number * 7 % (len(users) - 20)][0]
            body = {"userIds": [user], "title": title, "message": "Measured", "channels": ["in_app"]}
            sent[title] = time.perf_counter()
            owner.expect(201, "POST", "/api/v1/notifications", body)
            time.sleep(0.02)
        deadline = time.monotonic() + 15
        while len(ears.arrived) < DELIVERIES and time.monotonic() < deadline:
            time.sleep(0.05)
        ears.stopped = True
        ears.join()
        late = [(times[0] - sent[title]) * 1000 for title, times in ears.arrived.items() if title in sent]
        missing = DELIVERIES - len(late)
        p99 = quantile(late, 0.99) if late else float("inf")
        yield {
            "what": "notification to a stream of another process, p99",
            "ours": f"{p99:.1f} ms",
            "reference": "–",
            "value": f"p50 {quantile(late, 0.5) if late else 0:.1f} ms, {missing} missing",
            "bar": "< 200 ms",
            "passed": p99 < 200 and missing == 0 and ears.ended == 0,
            "notes": [f"From before the request that tells one user something to the first of their streams, {DELIVERIES} times, with"
                      f" {len(streams)} streams open; the client that reads them all is one Python process."],
        }
        for stream in streams + warm:
            stream.close()
    finally:
        other.stop()
