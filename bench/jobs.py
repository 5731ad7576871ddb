# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Jobs that do nothing, enqueued, worked and ended, beside what River and Graphile Worker do to their tables, by pgbench; how soon one
begins; and how long a tenant waits beside one with a hundred thousand."""

import os
import re
import subprocess
import threading
import time
import urllib.request
import uuid

from claims import ensure_tenants
from lms import BINARY
from measure import ROOT, ROUNDS, Client, PgBench, Platform, median, quantile, save
from storm import place_of

JOBS = int(os.environ.get("LMS_BENCH_JOBS", "100000"))
WORKERS = 2
TENANTS = 10
# Enqueued at once; leased at once are at most 500, here and by the others.
BATCH = 50
# The other queues, with the statement that finds what is left to do.
REFERENCES = {
    "river": "select exists (select from river_jobs where state in ('available', 'running'))",
    "graphile": "select exists (select from graphile_jobs)",
}


def start_worker(platform: Platform) -> subprocess.Popen:
    return subprocess.Popen(
        [str(BINARY), "work", "--queues", "default", "--concurrency", os.environ.get("LMS_BENCH_JOB_LANE", "500")],
        cwd=ROOT, env=platform.environment, stdout=subprocess.DEVNULL, stderr=open(platform.directory / "work.log", "ab"),
        stdin=subprocess.DEVNULL, start_new_session=True,
    )


def throughput(platform: Platform, enqueue: PgBench, is_left: str) -> float:
    """Jobs per second from the first enqueuing to the last end, by two clients that enqueue and whoever works meanwhile."""
    began = time.monotonic()
    enqueue.run("-c", "2", "-j", "2", "-t", str(JOBS // BATCH // 2))
    while platform.sql(is_left)[0][0] == "t":
        time.sleep(0.02)
    return JOBS / (time.monotonic() - began)


def ours(platform: Platform, roles: list[str]) -> float:
    workers = [start_worker(platform) for _ in range(WORKERS)]
    try:
        time.sleep(2)
        enqueue = PgBench(platform, "jobs_enqueue.sql", {}, [{"role": role} for role in roles])
        return throughput(platform, enqueue, "select exists (select from cell.jobs where kind = 'probe')")
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)


def theirs(platform: Platform, name: str) -> float:
    platform.sql(f"truncate {name}_jobs")
    work = PgBench(platform, f"jobs_{name}_work.sql", {})
    stop = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgbench'"

    def run():
        try:
            work.run("-c", str(WORKERS), "-j", str(WORKERS), "-T", "3600")
        except RuntimeError:
            pass  # it is ended as soon as nothing is left

    thread = threading.Thread(target=run)
    thread.start()
    try:
        time.sleep(1)
        return throughput(platform, PgBench(platform, f"jobs_{name}_insert.sql", {}), REFERENCES[name])
    finally:
        platform.sql(stop)
        thread.join()


def waits(platform: Platform, queue: str) -> dict[str, float]:
    """The histogram of the serving process: how many jobs of a queue began within how many seconds."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{platform.metrics_port}/metrics", timeout=5).read().decode()
    found = re.findall(rf'lms_jobs_wait_seconds_bucket{{queue="{queue}",le="([^"]+)"}} (\d+)', text)
    return {bound: float(count) for bound, count in found}


def idle(platform: Platform, number: int = 200) -> tuple[float, int]:
    """The share of mails that began within 50 ms of their transaction's start, one every 50 ms, once the spare tenants are built."""
    spares, before = "select count(*) from control.tenants where status = 'spare'", None
    while before != (now := platform.sql(spares)):
        before = now
        time.sleep(2)
    admin = Client(platform.port, "acme")
    admin.sign_in(*platform.login("acme", "owner"))
    before = waits(platform, "mail")
    for _ in range(number):
        admin.expect(201, "POST", "/api/v1/invitations", {"email": f"{uuid.uuid4().hex}@bench.example", "displayName": "Measured"})
        time.sleep(0.05)
    time.sleep(2)
    after = waits(platform, "mail")
    began = after["+Inf"] - before.get("+Inf", 0)
    return (after["0.05"] - before.get("0.05", 0)) / began, int(began)


def beside(platform: Platform) -> list[float]:
    """How long the jobs of nine tenants wait while a tenth has all its own queued, in ms until they have ended."""
    roles = [place_of(platform, slug)[1] for slug in ensure_tenants(platform, TENANTS)]
    PgBench(platform, "jobs_enqueue.sql", {}, [{"role": roles[0]}]).run("-c", "1", "-t", str(JOBS // BATCH))
    worker = start_worker(platform)
    waited = []
    try:
        time.sleep(1)
        for number in range(18):
            role = roles[1 + number % 9]
            began = time.monotonic()
            platform.sql(f"""
                begin; set local role {role};
                select cell.enqueue_job('probe', gen_random_uuid(), now());
                commit;
            """)
            while platform.sql(f"select exists (select from cell.jobs where tenant_role = '{role}')")[0][0] == "t":
                pass
            waited.append((time.monotonic() - began) * 1000)
            if platform.sql(f"select exists (select from cell.jobs where tenant_role = '{roles[0]}')")[0][0] == "f":
                break
    finally:
        worker.terminate()
        worker.wait(60)
    return waited


def measure(platform: Platform):
    share, began = idle(platform)
    yield {
        "what": "a job begins after its commit, idle", "ours": f"{share:.1%} of {began} within 50 ms", "reference": "–",
        "value": f"{share:.1%}", "bar": "p99 < 50 ms", "passed": share >= 0.99,
    }
    # What follows is the workers' alone.
    platform.stop()
    platform.environment["LMS_JOB_QUEUES"] = "none"
    platform.start()
    platform.sql((ROOT / "bench/sql/jobs_reference_tables.sql").read_text())
    roles = [place_of(platform, slug)[1] for slug in ensure_tenants(platform, TENANTS)]
    rounds = [(ours(platform, roles), *(theirs(platform, name) for name in REFERENCES)) for _ in range(ROUNDS)]
    mine, *others = [median(list(rates)) for rates in zip(*rounds)]
    save("jobs", {name: list(rates) for name, rates in zip(["ours", *REFERENCES], zip(*rounds))})
    for name, other in zip(REFERENCES, others):
        yield {
            "what": f"jobs enqueued, worked and ended, 2 workers, beside {name.capitalize()}'s statements in pgbench",
            "ours": f"{mine:,.0f}/s", "reference": f"{other:,.0f}/s",
            "value": f"{mine / other:.2f}", "bar": "≥ 0.7", "passed": mine / other >= 0.7,
        }
    waited = beside(platform)
    longest = max(waited)
    yield {
        "what": f"a job beside a tenant with {JOBS:,} queued", "ours": f"median {quantile(waited, 0.5):.0f} ms", "reference": "–",
        "value": f"longest of {len(waited)}: {longest:.0f} ms", "bar": "< 1 s", "passed": longest < 1000,
    }
