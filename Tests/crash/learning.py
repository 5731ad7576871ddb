# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""What a learner does, over HTTP, retried until acknowledged; and a journal of every acknowledgement."""

import http.client
import json
import pathlib
import random
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts/lib"))
from lms import Client, Platform  # noqa: E402

PASSWORD = "correct horse battery staple"


class Journal:
    """Acknowledged writes only. Appending is the last thing that happens after a reply was read in full."""

    def __init__(self):
        self.lock = threading.Lock()
        self.enrollments: dict[tuple[str, str], str] = {}     # (learner, course) -> enrollment
        self.positions: dict[tuple[str, str], int] = {}       # (enrollment, lesson) -> highest acknowledged position
        self.completed: set[tuple[str, str]] = set()          # (enrollment, lesson)
        self.acknowledged = self.retried = self.replayed = self.refused = 0
        self.faults: list[str] = []

    def fault(self, text: str):
        with self.lock:
            self.faults.append(text)


class Stopped(Exception):
    pass


class Learner(threading.Thread):
    """Registers, enrolls in a course and works through its lessons, again and again, until told to stop."""

    def __init__(self, platform: Platform, courses: dict[str, list[str]], journal: Journal, stop: threading.Event):
        super().__init__(daemon=True)
        self.platform, self.courses, self.journal, self.stop_event = platform, courses, journal, stop

    def run(self):
        try:
            while not self.stop_event.is_set():
                self.one_learner()
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 a thread that dies unseen would make the check pass
            self.journal.fault(f"a learner's thread ended: {error!r}")

    def persist(self, client: Client, method: str, path: str, body, good: set[int], **headers: str):
        """Repeats one request with the same idempotency key until the server gave a final answer."""
        attempt = 0
        while True:
            if self.stop_event.is_set() and attempt > 0:
                raise Stopped  # its outcome is unknown, which the checker allows
            try:
                reply = client.send(method, path, body, **headers)
            except (OSError, http.client.HTTPException):
                reply = None
            if reply is not None and reply.status in good:
                with self.journal.lock:
                    self.journal.acknowledged += 1
                    self.journal.retried += attempt > 0
                    self.journal.replayed += reply.headers.get("idempotent-replayed") == "true"
                return reply
            if reply is not None and reply.status < 500 and reply.status != 429:
                raise RuntimeError(f"{method} {path}: {reply.status} {reply.body[:300]!r}")
            attempt += 1
            with self.journal.lock:
                self.journal.refused += reply is not None
            time.sleep(min(0.02 * attempt, 0.25))

    def one_learner(self):
        client = Client(self.platform.port, "acme", timeout=5)
        email = f"{uuid.uuid4().hex}@learners.example"
        body = {"email": email, "password": PASSWORD, "displayName": "A Learner"}
        # A lost reply to a registration is repeated; "already registered" then means that it was done.
        self.persist(client, "POST", "/api/v1/auth/register", body, {201, 409})
        reply = self.persist(client, "POST", "/api/v1/auth/login", {"email": email, "password": PASSWORD}, {200})
        tokens = reply.json()
        client.token = tokens["accessToken"]
        me = self.persist(client, "GET", "/api/v1/auth/me", None, {200}).json()
        for course, lessons in random.sample(sorted(self.courses.items()), len(self.courses)):
            if self.stop_event.is_set():
                return
            self.one_course(client, me["sub"], course, lessons)
        client.close()

    def one_course(self, client: Client, learner: str, course: str, lessons: list[str]):
        journal, key = self.journal, str(uuid.uuid4())
        reply = self.persist(client, "POST", "/api/v1/enrollments", {"courseId": course}, {201}, Idempotency_Key=key)
        enrollment = reply.json()["id"]
        with journal.lock:
            journal.enrollments[(learner, course)] = enrollment
        for lesson in lessons:
            base = f"/api/v1/enrollments/{enrollment}/lessons/{lesson}"
            for position in (10, 20):
                body = {"positionSeconds": position, "timeSpentSeconds": position}
                self.persist(client, "PUT", f"{base}/progress", body, {200})
                with journal.lock:
                    journal.positions[(enrollment, lesson)] = position
            if random.random() < 0.8:
                self.persist(client, "POST", f"{base}/complete", None, {200})
                with journal.lock:
                    journal.completed.add((enrollment, lesson))
        # The same enrollment once more, as a client does whose reply was lost: the first one is answered again.
        again = self.persist(client, "POST", "/api/v1/enrollments", {"courseId": course}, {201}, Idempotency_Key=key)
        if again.json()["id"] != enrollment:
            journal.fault(f"a repeated enrollment made a second one: {enrollment}, {again.json()['id']}")


def make_courses(platform: Platform, client: Client, count: int = 3, lessons: int = 4) -> dict[str, list[str]]:
    """Published free courses with one module each, made by a teacher."""
    courses = {}
    for number in range(count):
        course = client.expect(201, "POST", "/api/v1/courses", {"title": f"Crash course {number}"})["id"]
        module = client.expect(201, "POST", f"/api/v1/courses/{course}/modules", {"title": "Module"})["id"]
        ids = []
        for index in range(lessons):
            path = f"/api/v1/courses/{course}/modules/{module}/lessons"
            ids.append(client.expect(201, "POST", path, {"title": f"Lesson {index}", "type": "reading"})["id"])
        client.expect(200, "POST", f"/api/v1/courses/{course}/publish")
        courses[course] = ids
    return courses
