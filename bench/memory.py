# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Memory: idle keep-alive connections; the host and one backend with many tenants and busy connections."""

import os
import pathlib
import resource
import socket
import threading

from claims import TENANTS, ensure_tenants
from measure import CONNECTIONS, Platform, Wrk, OUT, descendants, rss_kilobytes, save
from lms import command_line

IDLE = int(os.environ.get("LMS_BENCH_IDLE", "4000"))


def idle_connections(platform: Platform):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(IDLE, hard - 200)
    server = platform.servers()[0]
    request = f"GET /api/v1/tenant HTTP/1.1\r\nHost: acme.localhost:{platform.port}\r\n\r\n".encode()

    def open_one() -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", platform.port), timeout=10)
        connection.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                raise RuntimeError(f"closed: {data[:200]!r}")
            data += piece
        return connection

    warm = [open_one() for _ in range(64)]
    before = rss_kilobytes(server)
    idle = [open_one() for _ in range(count)]
    after = rss_kilobytes(server)
    for connection in warm + idle:
        connection.close()
    return (after - before) * 1024 / count, count


def measure(platform: Platform):
    each, count = idle_connections(platform)
    yield {
        "what": "idle keep-alive connection, growth of the host's RSS",
        "ours": f"{each:,.0f} bytes",
        "reference": "–",
        "value": f"{each / 1024:.1f} KB",
        "bar": "≤ 6 KB",
        "passed": each <= 6 * 1024,
        "notes": [f"{count} connections, one request each; without the kernel's socket memory."],
    }

    slugs = ensure_tenants(platform, TENANTS)
    OUT.mkdir(parents=True, exist_ok=True)
    script = OUT / "tenants.lua"
    names = ", ".join(f'"{slug}.localhost:{platform.port}"' for slug in slugs)
    script.write_text(f"local hosts = {{ {names} }}\nlocal n = 0\n"
                      "request = function() n = n % #hosts + 1\n"
                      "  return wrk.format('GET', '/api/v1/courses', { ['Host'] = hosts[n] }) end\n")
    load = threading.Thread(target=lambda: Wrk(f"http://127.0.0.1:{platform.port}/", {}, seconds=20, script=str(script)))
    load.start()
    server, host_peak, backend_peak = platform.servers()[0], 0, 0
    postmaster = platform.postmaster()
    while load.is_alive():
        host_peak = max(host_peak, rss_kilobytes(server))
        for pid in descendants(postmaster)[1:]:
            if any("lms" in part for part in command_line(pid)[:1]):
                private = 0
                for line in read_status(pid):
                    if line.startswith("RssAnon:"):
                        private = int(line.split()[1])
                backend_peak = max(backend_peak, private)
        load.join(0.25)
    save("memory", {"idle": each, "host": host_peak, "backend": backend_peak, "tenants": len(slugs)})
    yield {
        "what": f"RSS of the host, {len(slugs)} tenants, {CONNECTIONS} busy connections",
        "ours": f"{host_peak / 1024:.0f} MB",
        "reference": "–",
        "value": f"{host_peak / 1024:.0f} MB",
        "bar": "≤ 80 MB",
        "passed": host_peak <= 80 * 1024,
        "notes": [f"Peak over 20 s of reads that visit every tenant in turn. Largest database backend meanwhile: {backend_peak / 1024:.0f} MB"
                  " of its own (RssAnon; shared buffers not counted)."],
    }


def read_status(pid: int) -> list[str]:
    try:
        return pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
