# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Kills hosts, workers, PostgreSQL and Redis while they do jobs, and counts the effects of each job afterwards.

A probe that says so writes a row of its tenant's audit log in the transaction that ends it. Outside of the database, an invitation sends
a mail, which the outbox keeps as a file, and a notification sends a message to an app and a webhook, which a server of ours takes down.

  LMS_CRASH_JOBS=100000 LMS_CRASH_MAILS=300 python3 Tests/crash/jobs.py
"""

import collections
import http.client
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts/lib"))
from lms import Client, Platform  # noqa: E402
from outside import Outside  # noqa: E402
from storm import Killer, Redis, Worker, patiently, place_of  # noqa: E402

JOBS = int(os.environ.get("LMS_CRASH_JOBS", "100000"))
# How many invitations, and how many notifications; a tenth of the jobs' time at most.
MAILS = int(os.environ.get("LMS_CRASH_MAILS", "300"))
PAUSE = float(os.environ.get("LMS_CRASH_PAUSE_SECONDS", "4"))
LIMIT = 3600
WORKERS = 2
TENANTS = ["acme", "globex"]


def enqueue(platform: Platform, role: str, schema: str, number: int, first: int):
    """A hundred jobs in one transaction; said twice it counts once, because their subjects are the same until they are leased,
    so what is known to be written is looked up first."""
    subjects = [f"00000000-0000-4000-8000-{first + index:012d}" for index in range(number)]
    listed = ", ".join(f"'{subject}'" for subject in subjects)
    known = f"select 1 from {schema}.crash_journal where first = {first}"
    patiently(platform, f"""
        begin;
        create table if not exists {schema}.crash_journal (first bigint primary key);
        grant select, insert on {schema}.crash_journal to {role};
        commit;
        begin;
        set local role {role};
        with new as (insert into {schema}.crash_journal select {first} where not exists ({known}) returning first)
        select cell.enqueue_jobs('probe', array[{listed}]::uuid[], now(), '{{"leaves": "audit"}}') from new;
        commit;
    """)


def insist(admin: Client, login: tuple[str, str], path: str, body: dict, key: str) -> bool:
    """Asks until there is an answer; the key makes it happen once. False if it was not acknowledged."""
    for _ in range(120):
        try:
            reply = admin.send("POST", path, body, Idempotency_Key=key)
            if reply.status == 401:
                admin.token = None
                admin.sign_in(*login)
            elif reply.status < 300:
                return True
            elif reply.status not in (409, 425, 429) and reply.status < 500:
                raise SystemExit(f"jobs: {path}: {reply.status} {reply.body[:300]!r}")
        except (OSError, http.client.HTTPException, RuntimeError):
            pass  # the host is on its way up
        time.sleep(0.25)
    return False


class Causes:
    """What is asked for that has effects outside, as far as it was acknowledged."""

    def __init__(self, platform: Platform, outside: Outside):
        self.login = platform.login("acme", "owner")
        self.admin = Client(platform.port, "acme")
        self.admin.sign_in(*self.login)
        self.admin.expect(200, "PUT", "/api/v1/tenant/push/fcm", {"serviceAccount": outside.service_account})
        self.admin.expect(
            201, "POST", "/api/v1/webhooks/endpoints", {"url": f"{outside.url}/hook", "eventTypes": ["announcement.created"]}
        )
        self.admin.expect(204, "POST", "/api/v1/users/push-token", {"token": "outside-" * 20, "platform": "android"})
        self.reader = self.admin.expect(200, "GET", "/api/v1/users/me")["id"]
        self.invited: set[str] = set()
        self.told: set[str] = set()

    def cause(self, number: int):
        email, title = f"invited-{number}@crash.example", f"told {number}"
        invitation = {"email": email, "displayName": f"Invited {number}"}
        if insist(self.admin, self.login, "/api/v1/invitations", invitation, f"invite-{number}"):
            self.invited.add(email)
        message = {"userIds": [self.reader], "title": title, "message": title, "channels": ["in_app", "push"]}
        if insist(self.admin, self.login, "/api/v1/notifications", message, f"tell-{number}"):
            self.told.add(title)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    directory = pathlib.Path(tempfile.mkdtemp(prefix="lms-jobs-"))
    redis, outside = Redis(directory).start(), Outside(directory)
    platform = Platform(LMS_RATE_LIMITS="off", LMS_LOG_REQUESTS="off", REDIS_URL=redis.url, **outside.environment)
    workers: list[Worker] = []
    killer = Killer(platform, workers, redis, PAUSE)
    faults: list[str] = []
    try:
        platform.start()
        workers += [Worker(platform) for _ in range(WORKERS)]
        places = [place_of(platform, slug) for slug in TENANTS]
        causes = Causes(platform, outside)
        began = time.monotonic()
        killer.start()
        rounds = list(range(0, JOBS, 500))
        for number, first in enumerate(rounds):
            _, role, schema = places[number % len(places)]
            enqueue(platform, role, schema, min(500, JOBS - first), first)
            for index in range(MAILS * number // len(rounds), MAILS * (number + 1) // len(rounds)):
                causes.cause(index)
        wait(platform, killer, began, faults)
        spent = time.monotonic() - began
        count(platform, places, causes, outside, killer, faults)
        print(f"jobs: {JOBS} jobs, {len(causes.invited)} invitations and {len(causes.told)} notifications in {spent:.0f} s;"
              f" killed {killer}")
        if JOBS >= 20000:
            faults += killer.missed()
    finally:
        killer.done.set()
        for worker in workers:
            worker.stop()
        platform.stop()
        redis.stop()
    for fault in faults[:20]:
        print(f"jobs: FAULT: {fault}")
    if faults:
        print(f"jobs: {len(faults)} faults; log and data are in {platform.directory}")
        return 1
    print("jobs: each database effect once, each mail, message and webhook at least once, no dead letters")
    for path in (platform.directory, directory):
        shutil.rmtree(path, ignore_errors=True)
    return 0


def wait(platform: Platform, killer: Killer, began: float, faults: list[str]):
    """Until nothing is left to do; the last fiftieth is done in peace, or it never ends: a dead worker's lease lasts half a minute."""
    left = """
        select (select count(*) from cell.jobs where state <> 'dead' and kind in ('probe', 'mail', 'push', 'webhook', 'notification_fan_out'))
            + (select count(*) from cell.outbox where relayed_at is null) + (select count(*) from cell.event_lanes)
    """
    while int(patiently(platform, left)[0][0]) > JOBS // 50:
        time.sleep(1)
    killer.stop()
    while int(patiently(platform, left)[0][0]) > 0:
        if time.monotonic() - began > LIMIT:
            faults.append(f"not done after {LIMIT} s")
            return
        time.sleep(0.5)


def count(platform: Platform, places, causes: Causes, outside: Outside, killer: Killer, faults: list[str]):
    seen = 0
    for _, _, schema in places:
        for subject, times in patiently(
            platform, f"select object_id, count(*) from {schema}.audit_events where action = 'job.probed' group by object_id"
        ):
            seen += 1
            if int(times) != 1:
                faults.append(f"the effect of {subject} is there {times} times")
    if seen != JOBS:
        faults.append(f"{seen} jobs of {JOBS} had their effect")
    for kind, number in patiently(platform, "select kind, count(*) from cell.jobs where state = 'dead' group by kind"):
        faults.append(f"{number} dead letters of kind {kind}")

    mails = [(to, name) for to, name in map(addressed, (platform.data / "outbox").glob("**/*.eml")) if to]
    told = [push for push in outside.pushes if push[0].startswith("told ")]
    events = {
        f"evt_{row[0]}" for row in patiently(
            platform,
            f"select id from cell.outbox where tenant_role = '{places[0][1]}' and type = 'announcement.created'"
            f" and occurred_at > (select min(created_at) from {places[0][2]}.webhook_endpoints)"
        )
    }
    if len(events) < len(causes.told):
        faults.append(f"{len(events)} events of {len(causes.told)} notifications")
    again = 0
    for what, wanted, found in (
        ("mail", causes.invited, mails), ("message", causes.told, told),
        ("webhook", events, [(name, name) for name in outside.webhooks if name in events]),
    ):
        copies = collections.Counter(cause for cause, _ in found)
        names = collections.defaultdict(set)
        for cause, name in found:
            names[cause].add(name)
        lost = [cause for cause in wanted if not copies[cause]]
        if lost:
            faults.append(f"no {what} of {len(lost)} causes, such as {lost[:3]}")
        unstable = [cause for cause in names if len(names[cause]) > 1]
        if unstable:
            faults.append(f"{what}: {len(unstable)} came again under another name, such as {unstable[:3]}")
        more = len(found) - len(copies)
        again += more
        print(f"jobs: {len(wanted)} causes of a {what}: {len(found)} came, {more} of them again")
    if again > killer.count:
        faults.append(f"{again} came again, more than the {killer.count} kills")


def addressed(file: pathlib.Path) -> tuple[str | None, str | None]:
    """Whom a mail is to, if it is of ours, and its Message-ID."""
    text = file.read_text(errors="replace")
    to = re.search(r"^To:.*?([\w.+-]+@crash\.example)", text, re.M | re.I)
    name = re.search(r"^Message-ID:\s*(\S+)", text, re.M | re.I)
    return (to[1], name[1]) if to and name else (None, None)


if __name__ == "__main__":
    sys.exit(main())
