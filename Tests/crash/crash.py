# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Kills the host and PostgreSQL under load and checks that no acknowledged write is lost and none is done twice."""

import os
import pathlib
import random
import shutil
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from drain import check_drain  # noqa: E402
from learning import Journal, Learner, make_courses  # noqa: E402
from lms import Client, Platform, schema_suffix  # noqa: E402

SECONDS = int(os.environ.get("LMS_SOAK_SECONDS", "60"))
LEARNERS = int(os.environ.get("LMS_SOAK_LEARNERS", "8"))


def wait_until(condition, seconds: float) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    return None


def kill_host(platform: Platform, journal: Journal, outages: list[tuple[str, float]]):
    """kill -9 of the serving process; the supervisor has to start another one."""
    servers = platform.servers()
    if not servers:
        journal.fault("no serving process to kill")
        return
    for pid in servers:
        os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    if wait_until(lambda: set(platform.servers()) - set(servers), 30) is None:
        journal.fault(f"the supervisor did not start the host again within 30 s\n{platform.tail()}")
        return
    platform.wait_ready(30)
    outages.append(("host", time.monotonic() - began))


def kill_postgres(platform: Platform, journal: Journal, outages: list[tuple[str, float]]):
    """Immediate shutdown of PostgreSQL: no checkpoint, recovery from the log at the next start."""
    postmaster = platform.postmaster()
    os.kill(postmaster, signal.SIGQUIT)
    began = time.monotonic()

    def is_back() -> bool:
        try:
            return platform.postmaster() != postmaster and bool(platform.sql("select 1", "postgres"))
        except (OSError, RuntimeError, ValueError, IndexError):
            return False

    if wait_until(is_back, 45) is None:
        journal.fault(f"PostgreSQL did not come back within 45 s\n{platform.tail()}")
        return
    platform.wait_ready(45)
    outages.append(("PostgreSQL", time.monotonic() - began))


def check(platform: Platform, journal: Journal):
    """Compares the journal of acknowledgements with what the database holds."""
    schema = "t_" + schema_suffix(platform.sql("select id from control.tenants where slug = 'acme'")[0][0])

    rows = platform.sql(f"select user_id, course_id, id from {schema}.enrollments")
    stored: dict[tuple[str, str], list[str]] = {}
    for learner, course, enrollment in rows:
        stored.setdefault((learner, course), []).append(enrollment)
    for pair, enrollment in journal.enrollments.items():
        found = stored.get(pair, [])
        if enrollment not in found:
            journal.fault(f"lost: enrollment {enrollment} of {pair}")
    for pair, found in stored.items():
        if len(found) > 1:
            journal.fault(f"doubled: {pair} has the enrollments {found}")

    rows = platform.sql(
        f"select enrollment_id, lesson_id, coalesce(position_seconds, 0), completed_at is not null"
        f" from {schema}.lesson_progress"
    )
    progress: dict[tuple[str, str], tuple[int, bool]] = {}
    for enrollment, lesson, position, completed in rows:
        if (enrollment, lesson) in progress:
            journal.fault(f"doubled: progress of {enrollment} in {lesson}")
        progress[(enrollment, lesson)] = (int(position), completed == "t")
    for pair, position in journal.positions.items():
        if progress.get(pair, (-1, False))[0] < position:
            journal.fault(f"lost: position {position} of {pair}, stored {progress.get(pair)}")
    for pair in journal.completed:
        if not progress.get(pair, (0, False))[1]:
            journal.fault(f"lost: completion of {pair}, stored {progress.get(pair)}")

    # Counters are where a write that was done twice shows without a second row.
    wrong = platform.sql(
        f"select e.id, e.completed_lessons, e.time_spent_seconds, count(p.completed_at), coalesce(sum(p.time_spent_seconds), 0)"
        f" from {schema}.enrollments e left join {schema}.lesson_progress p on p.enrollment_id = e.id group by e.id"
        f" having e.completed_lessons <> count(p.completed_at) or e.time_spent_seconds <> coalesce(sum(p.time_spent_seconds), 0)"
    )
    for row in wrong:
        journal.fault(f"counted wrong: enrollment, lessons, seconds, lessons and seconds by its rows: {row}")
    wrong = platform.sql(
        f"select c.id, c.seats_taken, count(e.id) from {schema}.courses c left join {schema}.enrollments e"
        f" on e.course_id = c.id and e.status in ('pending_payment', 'active', 'completed')"
        f" group by c.id having c.seats_taken <> count(e.id)"
    )
    for row in wrong:
        journal.fault(f"counted wrong: course, seats, enrollments: {row}")

    print(f"crash: {len(journal.enrollments)} acknowledged enrollments of {len(rows and stored)} stored,"
          f" {len(journal.positions)} positions, {len(journal.completed)} completions compared", flush=True)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    random.seed(os.environ.get("LMS_SOAK_SEED"))
    platform = Platform(LMS_RATE_LIMITS="off").start()
    journal, outages, stop = Journal(), [], threading.Event()
    try:
        teacher = Client(platform.port, "acme")
        teacher.sign_in(*platform.login("acme", "instructor"))
        courses = make_courses(platform, teacher)
        learners = [Learner(platform, courses, journal, stop) for _ in range(LEARNERS)]
        for learner in learners:
            learner.start()
        ends = time.monotonic() + SECONDS
        print(f"crash: {LEARNERS} learners for {SECONDS} s; host killed every 8 s or so, PostgreSQL every 20 s", flush=True)
        round_number = 0
        while time.monotonic() < ends:
            time.sleep(min(random.uniform(3, 6), max(0.1, ends - time.monotonic())))
            round_number += 1
            kill = kill_postgres if round_number % 3 == 0 else kill_host
            kill(platform, journal, outages)
        stop.set()
        for learner in learners:
            learner.join(20)
        platform.wait_ready(30)
        check(platform, journal)
        for name in ("host", "PostgreSQL"):
            times = [seconds for kind, seconds in outages if kind == name]
            worst = f"{max(times):.2f}" if times else "-"
            print(f"crash: {name} killed {len(times)} times, ready again after at most {worst} s")
            if not times:
                journal.fault(f"{name} was never killed; the check has shown nothing")
        print(f"crash: {journal.acknowledged} acknowledged replies, {journal.retried} of them after a retry,"
              f" {journal.replayed} marked as replays, {journal.refused} refusals (5xx, 429) on the way")
        if journal.retried == 0:
            journal.fault("no request had to be repeated; the kills hit nothing")
        check_drain(platform, journal, courses)
    finally:
        stop.set()
        platform.stop()
    for fault in journal.faults[:20]:
        print(f"crash: FAULT: {fault}")
    if journal.faults:
        print(f"crash: {len(journal.faults)} faults; log and data are in {platform.directory}")
        return 1
    shutil.rmtree(platform.directory, ignore_errors=True)
    print("crash: no acknowledged write lost, none doubled; drained without a lost answer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
