# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""A read of one tenant over HTTP, against pgbench with the same statements in the same number of round trips."""

from measure import OUT, ROUNDS, PgBench, Platform, Wrk, median, save
from world import World


def measure(platform: Platform):
    world = World(platform, courses=20, learners=1, lessons=2)
    host = f"acme.localhost:{platform.port}"
    OUT.mkdir(parents=True, exist_ok=True)
    script = OUT / "reads.lua"
    paths = ", ".join(f'"/api/v1/courses/{course}"' for course in world.courses)
    script.write_text(f"local paths = {{ {paths} }}\nlocal n = 0\n"
                      "request = function() n = n % #paths + 1 return wrk.format('GET', paths[n]) end\n")
    bench = PgBench(platform, "tenant_read.sql", {"schema": world.schema, "role": world.role, "course": world.courses[0]})
    ours, theirs = [], {2: [], 4: [], 8: [], 16: []}
    for _ in range(ROUNDS):
        for clients, rates in theirs.items():
            rates.append(bench.rate(clients))
        ours.append(Wrk(f"http://127.0.0.1:{platform.port}/", {"Host": host}, script=str(script)).rate)
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
        "notes": ["`GET /api/v1/courses/{courseId}` against `bench/sql/tenant_read.sql`; pgbench by clients: "
                  + ", ".join(f"{clients}: {median(rates):,.0f}" for clients, rates in theirs.items()) + "."],
    }
