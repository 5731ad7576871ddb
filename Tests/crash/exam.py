# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""200 learners submit a quiz in the second in which it closes while the host is killed; then every answer is looked for."""

import concurrent.futures
import datetime
import http.client
import os
import pathlib
import random
import shutil
import signal
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from learning import PASSWORD, make_courses  # noqa: E402
from lms import Client, Platform, schema_suffix  # noqa: E402

LEARNERS = int(os.environ.get("LMS_EXAM_LEARNERS", "200"))
QUESTIONS = 5
GRACE = 3
POINT = 1_000_000
"""How the database counts points."""


def instant(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Candidate:
    """One learner with one attempt; keeps what was sent and what was acknowledged."""

    def __init__(self, platform: Platform, faults: list[str]):
        self.platform, self.faults = platform, faults
        self.client = Client(platform.port, "acme", timeout=5)
        self.sent: dict[tuple[str, int], str] = {}         # (question, sequence) -> text
        self.saved: dict[str, int] = {}                    # question -> highest acknowledged sequence
        self.submitted: dict | None = None                 # the acknowledged attempt
        self.retries = 0

    def register(self, course: str):
        body = {"email": f"{uuid.uuid4().hex}@learners.example", "password": PASSWORD}
        registered = self.client.expect(201, "POST", "/api/v1/auth/register", body)
        self.client.token = registered["accessToken"]
        self.client.expect(201, "POST", "/api/v1/enrollments", {"courseId": course})

    def begin(self, quiz: str):
        attempt = self.client.expect(201, "POST", f"/api/v1/quizzes/{quiz}/attempts", {}, Idempotency_Key=str(uuid.uuid4()))
        self.attempt = attempt["id"]
        self.deadline, self.end = instant(attempt["deadlineAt"]), instant(attempt["endsAt"])
        self.questions = [question["questionId"] for question in attempt["questions"]]

    def persist(self, method: str, path: str, body) -> tuple[int, dict, float]:
        """Repeats a request until there is a final answer; says when the last try was sent."""
        while True:
            sent = time.time()
            try:
                reply = self.client.send(method, path, body)
                if reply.status < 500 and reply.status != 429:
                    return reply.status, reply.json(), sent
            except (OSError, http.client.HTTPException, ValueError):
                pass
            self.retries += 1
            time.sleep(random.uniform(0.02, 0.1))

    def answer(self, question: str, sequence: int) -> dict:
        text = random.choice(["right", "wrong"])
        self.sent[(question, sequence)] = text
        return {"answer": {"text": text}, "sequence": sequence}

    def sit(self):
        """Saves each answer once in the last seconds, and hands changed ones in with the submission."""
        try:
            for question in self.questions:
                pause(self.deadline - random.uniform(0.6, 2.5))
                path = f"/api/v1/quiz-attempts/{self.attempt}/answers/{question}"
                status, reply, sent = self.persist("PUT", path, self.answer(question, 1))
                self.note(status, reply, sent)
                if status == 200:
                    self.saved[question] = max(self.saved.get(question, 0), 1)
            pause(self.deadline - random.uniform(0, 1))
            answers = [{"questionId": question, **self.answer(question, 2)} for question in self.questions]
            path = f"/api/v1/quiz-attempts/{self.attempt}/submit"
            status, reply, sent = self.persist("POST", path, {"answers": answers})
            self.note(status, reply, sent)
            if status == 200:
                self.submitted = reply
        except Exception as error:  # noqa: BLE001 a thread that dies unseen would make the check pass
            self.faults.append(f"a learner's thread ended: {error!r}")

    def note(self, status: int, reply: dict, sent: float):
        if status == 200 and reply.get("closedBy") != "deadline" and sent > self.end and reply.get("submittedAt") is None:
            self.faults.append(f"{self.attempt}: an answer counted that was sent {sent - self.end:.3f} s after the end")
        if status not in (200, 409):
            self.faults.append(f"{self.attempt}: {status} {reply}")
        if status == 409 and time.time() < self.end:
            self.faults.append(f"{self.attempt}: refused {self.end - time.time():.3f} s before the end: {reply}")


def pause(until: float):
    time.sleep(max(0, until - time.time()))


def make_quiz(client: Client, course: str) -> str:
    bank = client.expect(201, "POST", f"/api/v1/courses/{course}/question-banks", {"title": "Examination"})["id"]
    slots = []
    for number in range(QUESTIONS):
        content = {"kind": "short_text", "prompt": f"<p>Question {number}</p>", "accepted": [{"text": "right"}]}
        question = client.expect(201, "POST", f"/api/v1/question-banks/{bank}/questions", {"content": content})
        slots.append({"questionId": question["id"], "points": 1})
    quiz = client.expect(201, "POST", f"/api/v1/courses/{course}/quizzes", {"title": "Examination", "graceSeconds": GRACE})["id"]
    client.expect(200, "PUT", f"/api/v1/quizzes/{quiz}/slots", {"slots": slots})
    return quiz


def kill_at(platform: Platform, instants: list[float], kills: list[float]):
    for each in instants:
        pause(each)
        for pid in platform.servers():
            os.kill(pid, signal.SIGKILL)
            kills.append(time.time())


def check(platform: Platform, quiz: str, candidates: list[Candidate], faults: list[str]) -> dict[str, int]:
    """Compares what was acknowledged with what the database holds."""
    tenant = platform.sql("select id from control.tenants where slug = 'acme'")[0][0]
    schema = "t_" + schema_suffix(tenant)
    rows = platform.sql(
        f"""select id, user_id, status, closing, is_late, score, extract(epoch from submitted_at),
            extract(epoch from deadline_at), extract(epoch from ends_at)
        from {schema}.quiz_attempts where quiz_id = '{quiz}'"""
    )
    stored = {row[0]: row[1:] for row in rows}
    questions: dict[str, dict[str, tuple[int, str | None, int]]] = {}
    for attempt, question, sequence, answer, score in platform.sql(
        f"""select q.attempt_id, q.question_id, q.sequence, coalesce(q.answer ->> 'text', ''), coalesce(q.score, 0)
        from {schema}.quiz_attempt_questions q join {schema}.quiz_attempts a on a.id = q.attempt_id where a.quiz_id = '{quiz}'"""
    ):
        questions.setdefault(attempt, {})[question] = (int(sequence), answer or None, int(score))
    if len(stored) != len(candidates):
        faults.append(f"{len(candidates)} attempts were begun, {len(stored)} are stored")
    counts = {"on time": 0, "late": 0, "closed by the deadline": 0}
    for candidate in candidates:
        if candidate.attempt not in stored:
            faults.append(f"lost: attempt {candidate.attempt}")
            continue
        _, status, closing, late, score, submitted, deadline, end = stored[candidate.attempt]
        total = 0
        for question in candidate.questions:
            sequence, text, points = questions[candidate.attempt].get(question, (0, None, 0))
            if sequence < candidate.saved.get(question, 0):
                faults.append(f"lost: {candidate.attempt} {question}: {candidate.saved[question]} saved, {sequence} stored")
            if sequence and candidate.sent.get((question, sequence)) != text:
                faults.append(f"mixed up: {candidate.attempt} {question}: {text} is not what was sent")
            if points != (POINT if text == "right" else 0):
                faults.append(f"graded wrong: {candidate.attempt} {question}: {text} has {points}")
            total += points
        if status != "graded" or int(score or -1) != total:
            faults.append(f"{candidate.attempt}: {status} with {score}, its answers have {total}")
        if closing == "learner":
            counts["late" if late == "t" else "on time"] += 1
            if (late == "t") != (float(submitted) > float(deadline)) or float(submitted) > float(end):
                faults.append(f"{candidate.attempt}: late is {late}, {float(submitted) - float(deadline):.6f} s after the deadline")
            if any(questions[candidate.attempt][question][0] != 2 for question in candidate.questions):
                faults.append(f"lost: {candidate.attempt} was submitted without its last answers")
        else:
            counts["closed by the deadline"] += 1
        reply = candidate.submitted
        if reply and (reply["closedBy"] != closing or reply["isLate"] != (late == "t")):
            faults.append(f"{candidate.attempt}: acknowledged as {reply['closedBy']}, stored as {closing}")
    for attempt, number in platform.sql(
        "select aggregate, count(*) from cell.outbox where type = 'quiz.submitted' group by 1 having count(*) > 1"
    ):
        faults.append(f"told {number} times: {attempt} was submitted")
    results = platform.sql(f"select count(*), count(distinct user_id), sum(attempts) from {schema}.quiz_results where quiz_id = '{quiz}'")
    if results[0] != [str(len(candidates))] * 3:
        faults.append(f"results, learners and attempts in them: {results[0]}, of {len(candidates)} learners")
    return counts


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    platform = Platform(LMS_RATE_LIMITS="off").start()
    faults: list[str] = []
    kills: list[float] = []
    try:
        teacher = Client(platform.port, "acme")
        teacher.sign_in(*platform.login("acme", "instructor"))
        course = next(iter(make_courses(platform, teacher, count=1)))
        quiz = make_quiz(teacher, course)
        candidates = [Candidate(platform, faults) for _ in range(LEARNERS)]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda each: each.register(course), candidates))
            closes = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=15)
            body = {"closesAt": closes.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
            teacher.expect(200, "PATCH", f"/api/v1/quizzes/{quiz}", body)
            teacher.expect(200, "POST", f"/api/v1/quizzes/{quiz}/publish")
            list(pool.map(lambda each: each.begin(quiz), candidates))
        deadline = candidates[0].deadline
        print(f"exam: {LEARNERS} attempts begun, {deadline - time.time():.1f} s before the deadline", flush=True)
        killer = threading.Thread(target=kill_at, args=(platform, [deadline - 1.5, deadline - 0.4, deadline + 0.9], kills))
        threads = [threading.Thread(target=each.sit) for each in candidates]
        for thread in [killer, *threads]:
            thread.start()
        for thread in [killer, *threads]:
            thread.join(120)
        platform.wait_ready(30)
        ends = time.monotonic() + 60
        open_attempts = "select count(*) from {}.quiz_attempts where quiz_id = '{}' and status = 'in_progress'"
        schema = "t_" + schema_suffix(platform.sql("select id from control.tenants where slug = 'acme'")[0][0])
        while platform.sql(open_attempts.format(schema, quiz))[0][0] != "0" and time.monotonic() < ends:
            time.sleep(0.2)
        counts = check(platform, quiz, candidates, faults)
        print(f"exam: host killed {len(kills)} times at {[round(each - deadline, 2) for each in kills]} s from the deadline")
        print(f"exam: {', '.join(f'{number} {what}' for what, number in counts.items())};"
              f" {sum(len(each.saved) for each in candidates)} answers acknowledged one by one,"
              f" {sum(each.retries for each in candidates)} requests repeated")
        if not kills or not sum(each.retries for each in candidates):
            faults.append("the kills hit nothing; the check has shown nothing")
    finally:
        platform.stop()
    for fault in faults[:20]:
        print(f"exam: FAULT: {fault}")
    if faults:
        print(f"exam: {len(faults)} faults; log and data are in {platform.directory}")
        return 1
    shutil.rmtree(platform.directory, ignore_errors=True)
    print("exam: each acknowledged answer is stored once, late is who was late, and each attempt is graded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
