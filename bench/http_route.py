# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""A small JSON route through the whole middleware, against nginx answering the same bytes."""

from measure import ROUNDS, Client, Nginx, Platform, Wrk, median, per_cpu_second, save

PATH = "/api/v1/tenant"


def measure(platform: Platform):
    host = f"acme.localhost:{platform.port}"
    sample = Client(platform.port, "acme").send("GET", PATH)
    if sample.status != 200:
        raise RuntimeError(f"{PATH}: {sample.status} {sample.body[:200]!r}")
    servers = platform.servers()
    nginx = Nginx(PATH, list(sample.headers.items()), sample.body.decode(), workers=2)
    ours, theirs = [], []
    try:
        bytes_ours = sum(len(k) + len(v) + 4 for k, v in sample.headers.items()) + len(sample.body)
        other = Client(nginx.port, "acme").send("GET", PATH)
        bytes_theirs = sum(len(k) + len(v) + 4 for k, v in other.headers.items()) + len(other.body)
        for _ in range(ROUNDS):
            theirs.append(per_cpu_second(lambda: Wrk(f"http://127.0.0.1:{nginx.port}{PATH}", {"Host": host}), nginx.pids()))
            ours.append(per_cpu_second(lambda: Wrk(f"http://127.0.0.1:{platform.port}{PATH}", {"Host": host}), servers))
    finally:
        nginx.stop()
    save("http", {"ours": ours, "nginx": theirs})
    mine, reference = median([each[0] for each in ours]), median([each[0] for each in theirs])
    yield {
        "what": "small JSON route, requests per server CPU second",
        "ours": f"{mine:,.0f}",
        "reference": f"nginx {reference:,.0f}",
        "value": f"{mine / reference:.2f} ×",
        "bar": "≥ 1.0 × nginx",
        "passed": mine / reference >= 1.0,
        "notes": [
            f"`GET {PATH}` with tenant resolution, access log and metrics; {bytes_ours} bytes of reply, nginx's {bytes_theirs}."
            f" Requests per second: ours {median([each[1] for each in ours]):,.0f}, nginx {median([each[1] for each in theirs]):,.0f};"
            f" p99 {median([each[2] for each in ours]):.2f} ms and {median([each[2] for each in theirs]):.2f} ms.",
        ],
    }
