# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Kills hosts, workers, PostgreSQL and Redis while events are recorded and reacted to, and counts what came of each event.

Events are recorded in transactions that also write a journal, so the journal is what was committed. The consumer `webhooks` queues a
delivery of each in the transaction of its receipt; a trigger of ours notes each such INSERT in a plain table without any uniqueness,
so that an event reacted to twice is two rows. The consumer `streams` appends each to a Redis stream, an effect outside of the database,
which a reader of ours takes down as it comes. What is compared is only what the trigger, the journal and the reader wrote.

  LMS_STORM_EVENTS=100000 LMS_STORM_PAUSE_SECONDS=4 python3 Tests/eventstorm/eventstorm.py
"""

import collections
import os
import pathlib
import random
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts/lib"))
from lms import Platform  # noqa: E402
from storm import DOWN, Killer, Redis, Worker, patiently, place_of  # noqa: E402

EVENTS = int(os.environ.get("LMS_STORM_EVENTS", "100000"))
PAUSE = float(os.environ.get("LMS_STORM_PAUSE_SECONDS", "4"))
LIMIT = float(os.environ.get("LMS_STORM_LIMIT_SECONDS", "3600"))
WORKERS = 2
WRITERS = 4
AGGREGATES = 50
BATCH = 20
TENANTS = ["acme", "globex"]


class Connection:
    """Just enough of RESP to read streams."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.socket.makefile("rb")

    def send(self, *words: str):
        command = b"*%d\r\n" % len(words)
        for word in words:
            data = word.encode()
            command += b"$%d\r\n%s\r\n" % (len(data), data)
        self.socket.sendall(command)
        return self.reply()

    def reply(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise ValueError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            size = int(rest)
            if size < 0:
                return None
            data = self.file.read(size + 2)
            if len(data) != size + 2:
                raise OSError("closed")
            return data[:-2].decode()
        count = int(rest)
        return None if count < 0 else [self.reply() for _ in range(count)]


class Reader(threading.Thread):
    """Takes down what is appended to the tenants' streams, in order, each entry once by its place."""

    def __init__(self, redis: Redis, streams: list[str]):
        super().__init__(daemon=True)
        self.redis, self.done = redis, threading.Event()
        self.last = {stream: "0-0" for stream in streams}
        self.seen: list[str] = []

    def run(self):
        connection = None
        while not self.done.is_set():
            try:
                connection = connection or Connection(self.redis.port)
                names = list(self.last)
                reply = connection.send("XREAD", "COUNT", "500", "STREAMS", *names, *[self.last[name] for name in names])
                for stream, entries in reply or []:
                    for place, fields in entries:
                        self.seen.append(" ".join(fields))
                        self.last[stream] = place
                if not reply:
                    time.sleep(0.05)
            except DOWN:
                connection = None
                time.sleep(0.1)


class Writer(threading.Thread):
    """Records numbered events of aggregates of its own, some of them in transactions that overlap those of others."""

    def __init__(self, platform: Platform, places: list[tuple[str, str]], count: int):
        super().__init__(daemon=True)
        self.platform, self.count = platform, count
        self.aggregates = [(str(uuid.uuid4()), *random.choice(places)) for _ in range(AGGREGATES)]
        self.fault: str | None = None

    def run(self):
        try:
            while self.count > 0:
                self.batch()
        except Exception as error:  # noqa: BLE001 a thread that dies unseen would make the check pass
            self.fault = f"a writer ended: {error!r}"

    def batch(self):
        """One transaction; after an unknown outcome the journal says whether it was committed, as its rows are in it."""
        aggregate, tenant, role = random.choice(self.aggregates)
        size = min(BATCH, self.count)
        last = int(patiently(self.platform, f"select coalesce(max(n), 0) from storm.journal where aggregate = '{aggregate}'")[0][0])
        events = [(uuid.uuid4(), last + index + 1) for index in range(size)]
        rows = ", ".join(f"('{event}', '{aggregate}', {n})" for event, n in events)
        calls = ", ".join(
            f"cell.record_event('{event}'::uuid, 'storm.happened', 'courses', 1::bigint, '{aggregate}'::uuid, null, null,"
            f" '{{\"n\": {n}}}'::jsonb, now())" for event, n in events
        )
        nap = f"select pg_sleep({random.uniform(0, 0.3):.3f});" if random.random() < 0.2 else ""
        try:
            self.platform.sql(
                f"begin; insert into storm.journal (id, aggregate, n) values {rows}; set local role {role};"
                f" select {calls}; {nap} commit;"
            )
        except DOWN:
            known = patiently(self.platform, f"select count(*) from storm.journal where id = '{events[0][0]}'")[0][0]
            if known == "0":
                return
        self.count -= size


def prepare(platform: Platform, slug: str) -> tuple[str, str]:
    """An endpoint that takes everything, and a trigger that notes each delivery in place of queueing it."""
    tenant, role, schema = place_of(platform, slug)
    platform.sql(f"""
        insert into {schema}.webhook_endpoints (id, url, event_types, created_at, updated_at)
            values (gen_random_uuid(), 'https://storm.invalid/', '{{*}}', now(), now());
        create trigger storm before insert on {schema}.webhook_deliveries for each row execute function storm.note();
    """)
    return tenant, role


def check(platform: Platform, reader: Reader, killer: Killer) -> list[str]:
    faults: list[str] = []

    def none(what: str, statement: str):
        rows = platform.sql(statement)
        if rows:
            faults.append(f"{what}: {len(rows)} or more, such as {rows[:3]}")

    none("recorded without a journal, or journaled without an event", """
        select coalesce(j.id, o.id) from storm.journal j full join
            (select id from cell.outbox where type = 'storm.happened') o on o.id = j.id
        where j.id is null or o.id is null limit 10""")
    none("lost in the database", "select id from storm.journal except select event_id from storm.effects limit 10")
    none("done twice in the database", "select event_id, count(*) from storm.effects group by event_id having count(*) > 1 limit 10")
    none("done without a cause", """
        select event_id from storm.effects where type = 'storm.happened' and event_id not in (select id from storm.journal) limit 10""")
    none("out of order in the database", """
        select aggregate, n, before from (
            select j.aggregate, j.n, lag(j.n) over (partition by j.aggregate order by e.place) as before
            from storm.effects e join storm.journal j on j.id = e.event_id) o
        where n <> coalesce(before, 0) + 1 limit 10""")
    none("given up", "select consumer, failure, count(*) from cell.event_deliveries where dead_at is not null group by 1, 2 limit 10")

    journal = {row[0]: (row[1], int(row[2])) for row in platform.sql("select id, aggregate, n from storm.journal")}
    found: collections.Counter[str] = collections.Counter()
    first: dict[str, list[int]] = collections.defaultdict(list)
    for text in list(reader.seen):
        at = text.find('"eventId":"')
        event = text[at + 11:at + 47]
        if at < 0 or event not in journal:
            continue
        found[event] += 1
        if found[event] == 1:
            first[journal[event][0]].append(journal[event][1])
    lost = [event for event in journal if event not in found]
    if lost:
        faults.append(f"lost outside: {len(lost)}, such as {lost[:3]}")
    for aggregate, numbers in first.items():
        if numbers != sorted(numbers):
            faults.append(f"out of order outside: {aggregate}")
    doubled = sum(found.values()) - len(found)
    print(f"eventstorm: {len(journal)} events; outside {sum(found.values())} appended, {doubled} of them again, in {killer.count} kills")
    if doubled > killer.count:
        faults.append(f"repeated outside: {doubled}, more than the {killer.count} kills")
    return faults


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    random.seed(os.environ.get("LMS_STORM_SEED"))
    redis = Redis(pathlib.Path(tempfile.mkdtemp(prefix="lms-storm-redis-"))).start()
    platform = Platform(LMS_RATE_LIMITS="off", LMS_LOG_REQUESTS="off", REDIS_URL=redis.url)
    workers: list[Worker] = []
    faults: list[str] = []
    try:
        platform.start()
        platform.sql("""
            create schema storm;
            create table storm.journal (id uuid primary key, aggregate uuid not null, n integer not null, unique (aggregate, n));
            create table storm.effects (place bigint generated always as identity, event_id uuid not null, type text not null);
            create function storm.note() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            begin
                insert into storm.effects (event_id, type) values (new.event_id, new.event_type);
                return null;
            end $$;
            grant usage on schema storm to public;
        """)
        places = [prepare(platform, slug) for slug in TENANTS]
        streams = [f"lms:{{{tenant}}}:events:courses" for tenant, _ in places]
        reader = Reader(redis, streams)
        reader.start()
        workers = [Worker(platform) for _ in range(WORKERS)]
        killer = Killer(platform, workers, redis, PAUSE)
        writers = [Writer(platform, places, EVENTS // WRITERS) for _ in range(WRITERS)]
        began = time.monotonic()
        killer.start()
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        print(f"eventstorm: recorded after {time.monotonic() - began:.0f} s", flush=True)
        left = """select (select count(*) from cell.outbox where relayed_at is null) + (select count(*) from cell.event_lanes)"""
        while int(patiently(platform, left)[0][0]) > 0:
            # The last tenth is done in peace, or it never ends: a lease of one who was killed lasts half a minute.
            if not killer.done.is_set() and int(patiently(platform, left)[0][0]) < max(10, EVENTS // 1000):
                killer.done.set()
            if time.monotonic() - began > LIMIT:
                faults.append(f"not done after {LIMIT:.0f} s")
                break
            time.sleep(1)
        killer.stop()
        patiently(platform, "select 1")
        time.sleep(2)
        reader.done.set()
        reader.join(10)
        print(f"eventstorm: done after {time.monotonic() - began:.0f} s; killed {killer}", flush=True)
        faults += [writer.fault for writer in writers if writer.fault]
        faults += check(platform, reader, killer)
        if EVENTS >= 20000:
            faults += killer.missed()
    finally:
        for worker in workers:
            worker.stop()
        platform.stop()
        redis.stop()
    for fault in faults[:20]:
        print(f"eventstorm: FAULT: {fault}")
    if faults:
        print(f"eventstorm: {len(faults)} faults; log and data are in {platform.directory}")
        return 1
    shutil.rmtree(platform.directory, ignore_errors=True)
    shutil.rmtree(redis.directory, ignore_errors=True)
    print("eventstorm: every effect in the database once and in order, every one outside at least once, nothing lost or given up")
    return 0


if __name__ == "__main__":
    sys.exit(main())
