# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""A page of a gradebook of 500 learners and 50 items, and the list of 10,000 courses, against pgbench with the same statements."""

import re
import shutil

from measure import SECONDS, Client, PgBench, Platform, Wrk, median, quantile, save
from world import World

LEARNERS, ITEMS, COURSES = 500, 50, 10_000
# pgbench's own rate changes by half between rounds, which three medians do not even out.
ROUNDS = 5
CLIENTS = (2, 4, 8)


def fill(platform: Platform, world: World, course: str):
    """Learners with a grade in each item, and courses; by SQL, because making them over HTTP would take longer than measuring."""
    platform.sql(f"""
        SET search_path TO {world.schema};
        INSERT INTO users (id, email, email_key, display_name, status, created_at, updated_at)
        SELECT gen_random_uuid(), 'g' || n || '@grades.example', 'g' || n || '@grades.example', 'Learner ' || n, 'active', now(), now()
        FROM generate_series(1, {LEARNERS}) n;
        INSERT INTO enrollments (id, user_id, course_id, status, enrolled_at)
        SELECT gen_random_uuid(), id, '{course}', 'active', now() FROM users WHERE email LIKE '%@grades.example';
        INSERT INTO grade_items (id, course_id, kind, title, max_points, position, created_at, updated_at)
        SELECT gen_random_uuid(), '{course}', 'manual', 'Item ' || n, 10, n, now(), now() FROM generate_series(1, {ITEMS}) n;
        INSERT INTO grades (course_id, user_id, item_id, score, status, source, graded_at, released_at)
        SELECT e.course_id, e.user_id, i.id, (random() * 10)::numeric(12, 2), 'graded', 'manual', now(), now()
        FROM enrollments e JOIN grade_items i ON i.course_id = e.course_id WHERE e.course_id = '{course}';
        INSERT INTO courses (id, slug, title, description, status, created_at, updated_at, published_at)
        SELECT gen_random_uuid(), 'listed-' || n, 'Listed course ' || n, repeat('What it is about. ', 10), 'published', now(), now(), now()
        FROM generate_series(1, {COURSES} - (SELECT count(*) FROM courses)) n;
        ANALYZE
    """)


class Reference:
    """pgbench with as many clients as the load generator has connections, and how long its transactions took."""

    def __init__(self, platform: Platform, script: str, variables: dict[str, str]):
        self.bench = PgBench(platform, script, variables)
        self.place = platform.directory / f"latencies-{script}"

    def run(self, clients: int) -> tuple[float, float]:
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        self.place.chmod(0o777)
        text = self.bench.run("-c", str(clients), "-j", str(min(2, clients)), "-T", str(SECONDS), "-l",
                              f"--log-prefix={self.place}/log", cwd=str(self.place))
        # client, transaction, microseconds, …
        times = [int(line.split()[2]) / 1000 for log in self.place.glob("log.*") for line in log.read_text().splitlines()]
        return float(re.search(r"tps = ([\d.]+) \(without", text)[1]), quantile(times, 0.99)


def compare(platform: Platform, what: str, path: str, token: str, reference: Reference, note: str):
    headers = {"Host": f"acme.localhost:{platform.port}", "Authorization": f"Bearer {token}"}
    ours: dict[int, list] = {clients: [] for clients in CLIENTS}
    theirs: dict[int, list] = {clients: [] for clients in CLIENTS}
    for _ in range(ROUNDS):
        for clients in CLIENTS:
            theirs[clients].append(reference.run(clients))
            run = Wrk(f"http://127.0.0.1:{platform.port}{path}", headers, connections=clients)
            ours[clients].append((run.rate, run.p99))
    save("gradebook-" + what.split()[0], {"ours": ours, "pgbench": theirs})
    rate = {clients: (median(r for r, _ in ours[clients]), median(r for r, _ in theirs[clients])) for clients in CLIENTS}
    tail = {clients: (median(t for _, t in ours[clients]), median(t for _, t in theirs[clients])) for clients in CLIENTS}
    # Each with as many clients as it does most with; how long they take with as many as pgbench does most with.
    best = max(CLIENTS, key=lambda clients: rate[clients][1])
    most = (max(mine for mine, _ in rate.values()), rate[best][1])
    for name, (mine, reference_value), unit, ratio in [
        ("requests per second", most, "", most[0] / most[1]),
        ("p99", tail[best], " ms", tail[best][1] / tail[best][0]),
    ]:
        yield {
            "what": f"{what}, {name}",
            "ours": f"{mine:,.1f}{unit}",
            "reference": f"pgbench {reference_value:,.1f}{unit} ({best} clients)",
            "value": f"{ratio:.2f} ×",
            "bar": "≥ 0.7 × pgbench" if not unit else "pgbench's ≥ 0.7 × ours",
            "passed": ratio >= 0.7,
            "notes": [note + " By clients, ours and pgbench's: " + ", ".join(
                f"{clients}: {rate[clients][0]:,.1f}/s and {rate[clients][1]:,.1f}/s, p99 {tail[clients][0]:.1f} ms and {tail[clients][1]:.1f} ms"
                for clients in CLIENTS) + "."] if not unit else [],
        }


def measure(platform: Platform):
    world = World(platform, courses=1, learners=0, lessons=1)
    course = world.courses[0]
    fill(platform, world, course)
    teacher = Client(platform.port, "acme")
    teacher.sign_in(*platform.login("acme", "instructor"))
    names = {"schema": world.schema, "role": world.role}
    grid = teacher.expect(200, "GET", f"/api/v1/courses/{course}/grades?limit=500")
    if len(grid["items"]) != LEARNERS or len(grid["items"][0]["grades"]) != ITEMS:
        raise RuntimeError("the grid is not what is to be measured")
    yield from compare(
        platform, f"grid of {LEARNERS} learners × {ITEMS} items", f"/api/v1/courses/{course}/grades?limit=500", teacher.token,
        Reference(platform, "gradebook_grid.sql", dict(names, course=course)),
        "`GET …/grades?limit=500` against `bench/sql/gradebook_grid.sql`; the reply has every grade and what each learner's come to.",
    )
    yield from compare(
        platform, f"list of {COURSES:,} courses", "/api/v1/courses", teacher.token,
        Reference(platform, "course_list.sql", names),
        "`GET /api/v1/courses`, a page of 20 with the count, against `bench/sql/course_list.sql`.",
    )
