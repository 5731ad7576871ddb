# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Credential stuffing against a real server: 10,000 wrong sign-ins over 200 accounts and 50 addresses.

Meanwhile the owner of an account that is guessed signs in from a remembered device, and /health is asked 50 times a second. Each
address is one of 127.0.0.0/8, so that the server sees as many clients.
"""

import collections
import http.client
import json
import pathlib
import signal
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/lib"))
from lms import Client, Platform  # noqa: E402

GUESSES, ACCOUNTS, ADDRESSES = 10_000, 200, 50
PASSWORD = "a long enough passphrase"


def connect(port: int, source: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))


def send(connection: http.client.HTTPConnection, path: str, body: dict) -> tuple[int, dict]:
    headers = {"Host": f"acme.localhost:{connection.port}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read() or b"{}")


def post(port: int, path: str, body: dict, source: str) -> tuple[int, dict]:
    connection = connect(port, source)
    try:
        return send(connection, path, body)
    finally:
        connection.close()


class Attack:
    def __init__(self, port: int):
        self.port = port
        self.lock = threading.Lock()
        self.next = 0
        self.codes: collections.Counter = collections.Counter()
        self.hashed: collections.Counter = collections.Counter()

    def run(self, address: int):
        connection = connect(self.port, f"127.0.1.{address + 1}")
        for number in range(address, GUESSES, ADDRESSES):
            account = (number // ADDRESSES + number) % ACCOUNTS
            email = f"user{account}@example.org"
            status, reply = send(connection, "/api/v1/auth/login", {"email": email, "password": f"guess {number}"})
            with self.lock:
                self.codes[reply.get("code", str(status))] += 1
                if reply.get("code") == "INVALID_CREDENTIALS":
                    self.hashed[account] += 1


def watch(port: int, times: list[float], stop: threading.Event):
    client = Client(port, "acme")
    while not stop.is_set():
        began = time.monotonic()
        client.expect(200, "GET", "/api/v1/health")
        times.append((time.monotonic() - began) * 1000)
        stop.wait(max(0.0, 0.02 - (time.monotonic() - began)))


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    platform = Platform(LMS_LOG_LEVEL="error")
    try:
        platform.start()
        for number in range(ACCOUNTS):
            body = {"email": f"user{number}@example.org", "password": PASSWORD}
            status, reply = post(platform.port, "/api/v1/auth/register", body, f"127.0.2.{number + 1}")
            assert status == 201, reply
        owner = {"email": "user7@example.org", "password": PASSWORD, "rememberDevice": True}
        status, reply = post(platform.port, "/api/v1/auth/login", owner, "127.0.3.1")
        assert status == 200, reply
        owner = {"email": "user7@example.org", "password": PASSWORD, "deviceToken": reply["deviceToken"]}
        times: list[float] = []
        stop = threading.Event()
        watcher = threading.Thread(target=watch, args=(platform.port, times, stop))
        attack = Attack(platform.port)
        threads = [threading.Thread(target=attack.run, args=(number,)) for number in range(ADDRESSES)]
        watcher.start()
        began = time.monotonic()
        for thread in threads:
            thread.start()
        entered: list[int] = []
        while any(thread.is_alive() for thread in threads):
            entered.append(post(platform.port, "/api/v1/auth/login", owner, "127.0.3.1")[0])
            time.sleep(1)
        seconds = time.monotonic() - began
        stop.set()
        watcher.join()
        times.sort()
        fastest = max(attack.hashed.values(), default=0) / seconds
        p99 = times[int(len(times) * 0.99)]
        print(f"{GUESSES} guesses in {seconds:.1f} s: {dict(attack.codes)}")
        print(f"that reached hashing: {sum(attack.hashed.values())}, at most {fastest:.2f} a second for one account")
        print(f"owner on a remembered device: {entered.count(200)} of {len(entered)} sign-ins succeeded")
        print(f"/health: {len(times)} asked, p50 {times[len(times) // 2]:.1f} ms, p99 {p99:.1f} ms, longest {times[-1]:.1f} ms")
        faults = [
            text
            for text, failed in [
                ("an account was guessed once a second or more often", fastest >= 1),
                ("the owner was kept out", entered.count(200) != len(entered)),
                ("p99 of /health reached 20 ms", p99 >= 20),
            ]
            if failed
        ]
        for fault in faults:
            print(f"FAULT: {fault}")
        return 1 if faults else 0
    finally:
        platform.stop()


if __name__ == "__main__":
    sys.exit(main())
