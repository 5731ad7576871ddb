# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""What the checks that kill things share: servers that can be killed, and who kills them. Standard library only."""

import collections
import os
import pathlib
import random
import signal
import subprocess
import threading
import time

from lms import BINARY, ROOT, Platform, free_port, schema_suffix

DOWN = (OSError, RuntimeError, ValueError, IndexError)
"""What it looks like when PostgreSQL or a process of ours is on its way up."""


def patiently(platform: Platform, statement: str) -> list[list[str]]:
    """Asks until PostgreSQL is there; only for what may be said twice."""
    for _ in range(600):
        try:
            return platform.sql(statement)
        except DOWN:
            time.sleep(0.25)
    raise RuntimeError("PostgreSQL does not come back")


def place_of(platform: Platform, slug: str) -> tuple[str, str, str]:
    """A tenant's identifier, role and schema."""
    tenant = platform.sql(f"select id from control.tenants where slug = '{slug}'")[0][0]
    suffix = schema_suffix(tenant)
    role = platform.sql(f"select rolname from pg_roles where rolname like '%\\_t\\_{suffix}'", "postgres")[0][0]
    return tenant, role, f"t_{suffix}"


class Redis:
    """A server that keeps what it acknowledged, and can be killed."""

    def __init__(self, directory: pathlib.Path):
        self.port, self.directory = free_port(), directory
        directory.mkdir(exist_ok=True)
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory), "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True,
        )
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Worker:
    """`lms work` as its own process."""

    def __init__(self, platform: Platform):
        self.platform = platform
        self.start()

    def start(self):
        # Without a session of its own it would take the signals of the supervisor's group.
        self.process = subprocess.Popen(
            [str(BINARY), "work"], cwd=ROOT, env=self.platform.environment, stdout=subprocess.DEVNULL,
            stderr=open(self.platform.directory / "work.log", "ab"), stdin=subprocess.DEVNULL, start_new_session=True,
        )

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()

    def revive(self):
        """Starts it again after it ended by itself, for want of PostgreSQL, as an operator's supervisor does."""
        if self.process.poll() is not None:
            self.start()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Killer(threading.Thread):
    """Kills hosts, workers, PostgreSQL and Redis, one every few seconds, and counts how often."""

    KINDS = ["host", "worker", "PostgreSQL", "Redis"]

    def __init__(self, platform: Platform, workers: list[Worker], redis: Redis, pause: float):
        super().__init__(daemon=True)
        self.platform, self.workers, self.redis, self.pause = platform, workers, redis, pause
        self.done = threading.Event()
        self.kills: collections.Counter[str] = collections.Counter()

    def run(self):
        while not self.done.wait(random.uniform(self.pause / 2, self.pause * 1.5)):
            for worker in self.workers:
                worker.revive()
            what = random.choice([*self.KINDS, "worker"])
            try:
                if what == "host":
                    for pid in self.platform.servers():
                        os.kill(pid, signal.SIGKILL)
                elif what == "worker":
                    random.choice(self.workers).kill()
                elif what == "Redis":
                    self.redis.kill()
                else:
                    # One that is on its way up has nothing in hand that could be lost.
                    self.platform.sql("select 1")
                    os.kill(self.platform.postmaster(), signal.SIGQUIT)
                self.kills[what] += 1
            except DOWN:
                continue  # it is on its way up from the last time

    def stop(self):
        self.done.set()
        self.join()

    @property
    def count(self) -> int:
        return sum(self.kills.values())

    def __str__(self) -> str:
        return ", ".join(f"{number} × {what}" for what, number in sorted(self.kills.items()))

    def missed(self) -> list[str]:
        """What was never killed, of which the check has shown nothing."""
        return [f"{what} was never killed; the check has shown nothing of it" for what in self.KINDS if not self.kills[what]]
