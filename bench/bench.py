# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Runs the measurements, prints each with its bar, and writes docs/benchmarks.md."""

import datetime
import os
import pathlib
import platform as machine
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import claims  # noqa: E402
import gradebook  # noqa: E402
import http_route  # noqa: E402
import jobs  # noqa: E402
import memory  # noqa: E402
import reads  # noqa: E402
import streams  # noqa: E402
import writes  # noqa: E402
from lms import ROOT, Platform  # noqa: E402
from measure import CONNECTIONS, ROUNDS, SECONDS  # noqa: E402
from storm import Redis  # noqa: E402

# Enough for the refill not to wait for its next look while a thousand tenants are made.
SPARES = "50"
PARTS = {
    "http": http_route, "read": reads, "write": writes, "claims": claims, "memory": memory, "jobs": jobs, "streams": streams,
    "gradebook": gradebook,
}


def version(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True)
    return (result.stdout or result.stderr).strip().splitlines()[0]


def processor() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return machine.processor()


def report(results: list[dict]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`bench/run`); every figure is of one run on one machine, on which the host, its PostgreSQL, the",
        "load generator and the reference share the cores. A figure that misses its bar is reported as it is.",
        "",
        f"* {datetime.date.today().isoformat()}, {os.cpu_count()} × {processor()}, Linux {machine.release()}",
        f"* {version('swift', '--version')}; {version('nginx', '-v')}; {version('psql', '--version')}",
        f"* medians of {ROUNDS} interleaved rounds of {SECONDS} s, {CONNECTIONS} connections",
        "",
        "| what | ours | reference | ratio or value | bar | |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        mark = "pass" if result["passed"] else "**missed**"
        lines.append(
            f"| {result['what']} | {result['ours']} | {result['reference']} | {result['value']} | {result['bar']} | {mark} |"
        )
    for result in results:
        if result.get("notes"):
            lines += ["", f"## {result['what']}", ""] + result["notes"]
    return "\n".join(lines) + "\n"


def main() -> int:
    # So that `finally` below runs and nothing is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"bench: unknown part {unknown[0]}; known are {', '.join(PARTS)}")
        return 64
    results = []
    for name in wanted:
        part, environment = PARTS[name], {"LMS_RATE_LIMITS": "off", "LMS_SPARE_TENANTS": SPARES}
        redis = Redis(pathlib.Path(tempfile.mkdtemp(prefix="lms-bench-redis-"))).start() if getattr(part, "NEEDS_REDIS", False) else None
        if redis:
            environment["REDIS_URL"] = redis.url
        server = Platform(**environment).start()
        try:
            for result in part.measure(server):
                results.append(result)
                print(f"bench: {result['what']}: {result['ours']} | {result['reference']} | {result['value']}"
                      f" (bar {result['bar']}) {'pass' if result['passed'] else 'MISSED'}", flush=True)
        except Exception:
            print(f"bench: {name} failed; log and data are in {server.directory}\n{server.tail()}", file=sys.stderr)
            raise
        finally:
            server.stop()
            if redis:
                redis.stop()
                shutil.rmtree(redis.directory, ignore_errors=True)
        shutil.rmtree(server.directory, ignore_errors=True)
    if wanted == list(PARTS):
        (ROOT / "docs/benchmarks.md").write_text(report(results))
        print("bench: wrote docs/benchmarks.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
