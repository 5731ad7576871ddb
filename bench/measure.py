# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""The instruments: wrk, pgbench, nginx, process times."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scripts/lib"))
from lms import ROOT, Client, Platform, cpu_seconds, descendants, free_port, rss_kilobytes  # noqa: E402, F401

SECONDS = int(os.environ.get("LMS_BENCH_SECONDS", "8"))
ROUNDS = int(os.environ.get("LMS_BENCH_ROUNDS", "3"))
CONNECTIONS = int(os.environ.get("LMS_BENCH_CONNECTIONS", "64"))
OUT = ROOT / "bench/out"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


def median(values):
    return statistics.median(values)


def quantile(values, share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Wrk:
    """One run of wrk."""

    def __init__(self, url: str, headers: dict[str, str], seconds: int = SECONDS, connections: int = CONNECTIONS,
                 script: str | None = None, arguments: list[str] = []):
        command = ["wrk", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        if script:
            command += ["-s", script]
        command += [url] + (["--"] + arguments if arguments else [])
        self.text = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        self.requests = int(re.search(r"(\d+) requests in", self.text)[1])
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", self.text)[1])
        tail = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", self.text)
        self.p99 = float(tail[1]) * UNITS[tail[2]]
        errors = re.search(r"Non-2xx or 3xx responses: (\d+)", self.text)
        broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", self.text)
        self.errors = (int(errors[1]) if errors else 0) + (sum(map(int, broken.groups())) if broken else 0)
        if self.errors:
            raise RuntimeError(f"{self.errors} failed requests: {self.text}")


def per_cpu_second(run, pids: list[int]) -> tuple[float, float, float]:
    """Runs wrk and returns requests per CPU second of the processes, requests per second, and p99 in ms."""
    before = cpu_seconds(pids)
    result = run()
    spent = cpu_seconds(pids) - before
    return result.requests / spent, result.rate, result.p99


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}") + '"'


class Nginx:
    """nginx that answers one request with given bytes and headers, with a buffered access log in JSON."""

    def __init__(self, path: str, headers: list[tuple[str, str]], body: str, workers: int):
        self.directory = OUT / "nginx"
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.port = free_port()
        kind = next((value for name, value in headers if name.lower() == "content-type"), "application/json")
        skipped = {"content-type", "content-length", "date", "connection", "server"}
        added = "".join(
            f"      add_header {name} {quote(value)};\n" for name, value in headers if name.lower() not in skipped
        )
        (self.directory / "nginx.conf").write_text(f"""
daemon off; worker_processes {workers}; pid {self.directory}/nginx.pid; error_log {self.directory}/error.log;
events {{ worker_connections 4096; }}
http {{
  geo $dollar {{ default "$"; }}
  log_format json escape=json '{{"time":"$time_iso8601","method":"$request_method","path":"$uri","status":$status,'
    '"bytes":$body_bytes_sent,"duration":$request_time,"client":"$remote_addr","host":"$host","request":"$request_id"}}';
  access_log {self.directory}/access.log json buffer=64k flush=1s;
  keepalive_requests 100000000; keepalive_timeout 75s; server_tokens off; tcp_nodelay on;
  client_body_temp_path {self.directory}/body; proxy_temp_path {self.directory}/proxy;
  fastcgi_temp_path {self.directory}/fastcgi; uwsgi_temp_path {self.directory}/uwsgi; scgi_temp_path {self.directory}/scgi;
  server {{
    listen 127.0.0.1:{self.port} reuseport backlog=4096;
    location = {path} {{
      default_type {quote(kind)};
{added}      return 200 {quote(body)};
    }}
  }}
}}
""")
        self.process = subprocess.Popen(
            [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(self.directory), "-c", str(self.directory / "nginx.conf")],
            stderr=open(self.directory / "stderr.log", "wb"),
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError((self.directory / "stderr.log").read_text())
                time.sleep(0.02)

    def pids(self) -> list[int]:
        return descendants(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class PgBench:
    """pgbench with one of our scripts, against the platform's PostgreSQL, over the same socket as the host."""

    def __init__(self, platform: Platform, script: str, variables: dict[str, str],
                 copies: list[dict[str, str]] = [{}], database: str = "lms"):
        lines = (platform.postgres_directory() / "postmaster.pid").read_text().splitlines()
        text = (ROOT / "bench/sql" / script).read_text()
        self.base = ["pgbench", "-n", "-M", "prepared", "-h", lines[4], "-p", lines[3], "-U", "postgres"]
        # Copies, also because as root pgbench runs as the postgres user, who may not be able to read this repository.
        for number, names in enumerate(copies):
            copy = platform.directory / f"{number}-{script}"
            filled = text
            for name, value in names.items():
                filled = filled.replace("{" + name + "}", value)
            copy.write_text(filled)
            copy.chmod(0o644)
            self.base += ["-f", str(copy)]
        for name, value in variables.items():
            self.base += ["-D", f"{name}={value}"]
        self.database = database
        # pgbench parses all statements of a pipeline before it sends the first, so the schema has to be on the path by then.
        path = {"PGOPTIONS": f"-c search_path={variables['schema']}"} if "schema" in variables else {}
        self.environment = dict(platform.superuser(), **path)

    def run(self, *arguments: str, cwd: str = "/") -> str:
        command = self.base + list(arguments) + [self.database]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + command
        result = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=self.environment)
        if result.returncode != 0:
            raise RuntimeError(result.stderr)
        return result.stdout

    def rate(self, clients: int, seconds: int = SECONDS) -> float:
        text = self.run("-c", str(clients), "-j", str(min(2, clients)), "-T", str(seconds))
        return float(re.search(r"tps = ([\d.]+) \(without", text)[1])


def save(name: str, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps(value, indent=1))
