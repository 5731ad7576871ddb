# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Sign-ups of tenants while the pool of spares is refilled, and what the other tenants notice."""

import os
import threading
import time

from measure import Client, PgBench, Platform, quantile, save

TENANTS = int(os.environ.get("LMS_BENCH_TENANTS", "1000"))
SIGNUPS = int(os.environ.get("LMS_BENCH_SIGNUPS", "500"))
RATE = float(os.environ.get("LMS_BENCH_SIGNUP_RATE", "2"))


def ensure_tenants(platform: Platform, count: int) -> list[str]:
    """Claims spares until there are `count` active tenants; the platform refills the pool meanwhile."""
    while True:
        have = int(platform.sql("select count(*) from control.tenants where status = 'active'")[0][0])
        if have >= count:
            break
        claimed = platform.sql(
            "update control.tenants set status = 'active', slug = 'bench-' || right(replace(id::text, '-', ''), 12),"
            " name = 'Measured', claimed_at = now() where id in (select id from control.tenants where status = 'spare'"
            f" order by id limit {count - have}) returning id"
        )
        if not claimed:
            time.sleep(0.2)
    return [row[0] for row in platform.sql(
        f"select slug from control.tenants where status = 'active' order by slug limit {count}")]


class Neighbors(threading.Thread):
    """Reads of other tenants at a steady pace; their latencies."""

    def __init__(self, platform: Platform, slugs: list[str], per_second: float, stop: threading.Event):
        super().__init__(daemon=True)
        self.platform, self.slugs, self.pace, self.stop_event = platform, slugs, 1 / per_second, stop
        self.latencies: list[float] = []
        self.failed = 0

    def run(self):
        clients = [Client(self.platform.port, slug) for slug in self.slugs]
        number, due = 0, time.monotonic()
        while not self.stop_event.is_set():
            due += self.pace
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            reply = clients[number % len(clients)].send("GET", "/api/v1/courses")
            self.latencies.append((time.monotonic() - began) * 1000)
            self.failed += reply.status != 200
            number += 1


def neighbors(platform: Platform, slugs: list[str], seconds: float | None, during=None) -> Neighbors:
    stop = threading.Event()
    thread = Neighbors(platform, slugs[:40], 100, stop)
    thread.start()
    if during:
        during()
    else:
        time.sleep(seconds)
    stop.set()
    thread.join()
    return thread


def measure(platform: Platform):
    slugs = ensure_tenants(platform, TENANTS)
    neighbors(platform, slugs, 5)
    quiet = neighbors(platform, slugs, 20)
    latencies: list[float] = []
    prefix = platform.directory / "claims"
    prefix.mkdir()
    prefix.chmod(0o777)

    def sign_up():
        bench = PgBench(platform, "claim.sql", {})
        bench.run("-c", "1", "-t", str(SIGNUPS), "-R", str(RATE), "-l", f"--log-prefix={prefix}/claim", cwd=str(prefix))

    began = time.monotonic()
    busy = neighbors(platform, slugs, None, sign_up)
    took = time.monotonic() - began
    for log in prefix.glob("claim.*"):
        # client, transaction, microseconds, script, epoch, microseconds, schedule lag (with -R, part of the latency)
        latencies += [(int(line.split()[2]) - int(line.split()[6])) / 1000 for line in log.read_text().splitlines()]
    built = int(platform.sql("select count(*) from control.tenants where slug like 'signup-%'")[0][0])
    save("claims", {"claims": latencies, "quiet": quiet.latencies, "busy": busy.latencies})
    p99 = quantile(latencies, 0.99)
    before, meanwhile = quantile(quiet.latencies, 0.99), quantile(busy.latencies, 0.99)
    yield {
        "what": f"claim of a spare, {SIGNUPS} sign-ups at {RATE:g}/s, {len(slugs)} tenants, refill running; p99",
        "ours": f"{p99:.2f} ms",
        "reference": "–",
        "value": f"{p99:.2f} ms",
        "bar": "< 20 ms",
        "passed": p99 < 20 and built == SIGNUPS,
        "notes": [
            f"`bench/sql/claim.sql`, the statement of the directory, {built} tenants claimed in {took:.0f} s (no password is hashed). p50"
            f" {quantile(latencies, 0.5):.2f} ms, worst {max(latencies):.2f} ms. Other tenants, 100 reads per second over 40 of them:"
            f" p99 {before:.1f} ms without and {meanwhile:.1f} ms with sign-ups and refill"
            f" (p50 {quantile(quiet.latencies, 0.5):.1f} and {quantile(busy.latencies, 0.5):.1f}); {busy.failed} failed."
        ],
    }
