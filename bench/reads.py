# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""A read of one tenant over HTTP, against pgbench with the same statements in the same number of round trips."""

from measure import OUT, ROUNDS, PgBench, Platform, Wrk, median, save
from world import World

# The requests are made before the time runs: formatting one costs the load generator three times what sending it does.
SCRIPT = """
local requests, n = {{}}, 0
function init(arguments)
  for number, token in ipairs({{ {tokens} }}) do
    requests[number] = wrk.format('GET', '/api/v1/users/me', {{ ['Host'] = '{host}', ['Authorization'] = token }})
  end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
"""


def measure(platform: Platform):
    world = World(platform, courses=0, learners=20, lessons=0)
    host = f"acme.localhost:{platform.port}"
    OUT.mkdir(parents=True, exist_ok=True)
    script = OUT / "reads.lua"
    tokens = ", ".join(f'"Bearer {learner["token"]}"' for learner in world.learners)
    script.write_text(SCRIPT.format(tokens=tokens, host=host))
    bench = PgBench(platform, "tenant_read.sql", {"schema": world.schema, "role": world.role, "learner": world.learners[0]["id"]})
    ours, theirs = [], {2: [], 4: [], 8: [], 16: []}
    for _ in range(ROUNDS):
        for clients, rates in theirs.items():
            rates.append(bench.rate(clients))
        ours.append(Wrk(f"http://127.0.0.1:{platform.port}/", {}, script=str(script)).rate)
    save("read", {"ours": ours, "pgbench": theirs})
    best = max(theirs, key=lambda clients: median(theirs[clients]))
    mine, reference = median(ours), median(theirs[best])
    yield {
        "what": "one-statement tenant read, requests per second",
        "ours": f"{mine:,.0f}",
        "reference": f"pgbench {reference:,.0f} ({best} clients)",
        "value": f"{mine / reference:.2f} ×",
        "bar": "≥ 0.75 × pgbench",
        "passed": mine / reference >= 0.75,
        "notes": ["`GET /api/v1/users/me`, 20 learners, against `bench/sql/tenant_read.sql`; pgbench by clients: "
                  + ", ".join(f"{clients}: {median(rates):,.0f}" for clients, rates in theirs.items()) + "."],
    }
