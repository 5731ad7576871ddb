# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""A progress write over HTTP, against pgbench with the same transaction in the same number of round trips."""

from measure import OUT, ROUNDS, PgBench, Platform, Wrk, median, save
from world import World

# The requests are made before the time runs, each target's with several positions: formatting one costs the load generator
# more than sending it does.
SCRIPT = """
local targets = {{ {targets} }}
local requests, n = {{}}, 0
function init(arguments)
  math.randomseed(os.time())
  for _ = 1, 4 do
    for _, target in ipairs(targets) do
      local time = math.random(0, 3599)
      requests[#requests + 1] = wrk.format('PUT', target[1], {{
        ['Host'] = '{host}', ['Content-Type'] = 'application/json', ['Authorization'] = 'Bearer ' .. target[2],
      }}, '{{"positionSeconds":' .. time .. ',"timeSpentSeconds":' .. time .. '}}')
    end
  end
  n = math.random(#requests)
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
"""


def measure(platform: Platform):
    world = World(platform, courses=1, learners=64, lessons=10)
    course = world.courses[0]
    lessons = world.lessons[course]
    host = f"acme.localhost:{platform.port}"
    targets = ", ".join(
        f'{{"/api/v1/enrollments/{learner["enrollments"][course]}/lessons/{lesson}/progress", "{learner["token"]}"}}'
        for lesson in lessons for learner in world.learners
    )
    OUT.mkdir(parents=True, exist_ok=True)
    script = OUT / "writes.lua"
    script.write_text(SCRIPT.format(targets=targets, host=host))
    copies = [
        {"enrollment": learner["enrollments"][course], "learner": learner["id"], "lesson": lessons[number % len(lessons)]}
        for number, learner in enumerate(world.learners)
    ]
    bench = PgBench(platform, "progress_write.sql", {"schema": world.schema, "role": world.role}, copies)
    ours, theirs = [], {2: [], 4: [], 8: [], 16: []}
    for _ in range(ROUNDS):
        for clients, rates in theirs.items():
            rates.append(bench.rate(clients))
        ours.append(Wrk(f"http://127.0.0.1:{platform.port}/", {}, script=str(script)).rate)
    save("write", {"ours": ours, "pgbench": theirs})
    best = max(theirs, key=lambda clients: median(theirs[clients]))
    mine, reference = median(ours), median(theirs[best])
    yield {
        "what": "progress write, requests per second",
        "ours": f"{mine:,.0f}",
        "reference": f"pgbench {reference:,.0f} ({best} clients)",
        "value": f"{mine / reference:.2f} ×",
        "bar": "≥ 0.75 × pgbench",
        "passed": mine / reference >= 0.75,
        "notes": ["`PUT …/lessons/{lessonId}/progress` of 64 learners in 10 lessons against `bench/sql/progress_write.sql`; pgbench by clients: "
                  + ", ".join(f"{clients}: {median(rates):,.0f}" for clients, rates in theirs.items()) + "."],
    }
