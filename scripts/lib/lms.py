# SPDX-License-Identifier: Apache-2.0
# LMSKit, a multi-tenant learning platform.
"""Starts the platform as `make run` does, in a directory and on a port of its own, and talks to it. Standard library only."""

import http.client
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("LMS_BINARY", ROOT / ".build/release/lms"))
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A loopback port that nobody listens on right now, outside the range that the kernel gives to clients."""
    for _ in range(200):
        port = random.randint(15000, 29999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def read_proc(pid: int, name: str) -> str:
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""


def descendants(pid: int) -> list[int]:
    """The process and everything below it, parents first."""
    found = [pid]
    for each in found:
        try:
            for task in os.listdir(f"/proc/{each}/task"):
                found += [int(child) for child in read_proc(each, f"task/{task}/children").split()]
        except OSError:
            pass  # it ended meanwhile
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of the processes, dead children included."""
    total = 0
    for pid in pids:
        stat = read_proc(pid, "stat")
        if stat:
            fields = stat[stat.rindex(")") + 2:].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def rss_kilobytes(pid: int) -> int:
    for line in read_proc(pid, "status").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def command_line(pid: int) -> list[str]:
    return read_proc(pid, "cmdline").split("\0")[:-1]


def schema_suffix(tenant_id: str) -> str:
    """The tenant's identifier as its schema and role names spell it: base 32, Crockford's alphabet."""
    value = uuid.UUID(tenant_id).int
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[value >> 5 * place & 31] for place in reversed(range(26)))


class Reply:
    def __init__(self, status: int, headers: dict[str, str], body: bytes):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body) if self.body else None


class Client:
    """One keep-alive connection to one tenant; reconnects when the connection was closed."""

    def __init__(self, port: int, tenant: str, timeout: float = 10, token: str | None = None):
        self.port, self.host, self.timeout, self.token = port, f"{tenant}.localhost:{port}", timeout, token
        self.connection: http.client.HTTPConnection | None = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def send(self, method: str, path: str, body=None, **headers: str) -> Reply:
        """One attempt. Raises OSError or http.client.HTTPException when no complete reply came."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        all_headers = {"Host": self.host, "Accept": "application/json"}
        if self.token:
            all_headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            all_headers["Content-Type"] = "application/json"
        all_headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        try:
            self.connection.request(method, path, data, all_headers)
            reply = self.connection.getresponse()
            payload = reply.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if reply.will_close:
            self.close()
        return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, payload)

    def expect(self, status: int, method: str, path: str, body=None, **headers: str):
        reply = self.send(method, path, body, **headers)
        if reply.status != status:
            raise RuntimeError(f"{method} {path}: {reply.status} instead of {status}: {reply.body[:400]!r}")
        return reply.json()

    def sign_in(self, email: str, password: str):
        tokens = self.expect(200, "POST", "/api/v1/auth/login", {"email": email, "password": password})
        self.token = (tokens.get("tokens") or tokens).get("accessToken") or tokens["access_token"]
        return tokens


class Platform:
    """`lms dev` in a temporary directory: its supervisor, its server, its PostgreSQL."""

    def __init__(self, **environment: str):
        if not BINARY.exists():
            sys.exit(f"{BINARY} is not built: scripts/release")
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lms-run-"))
        self.directory.chmod(0o755)
        self.data = self.directory / "data"
        self.port = free_port()
        self.metrics_port = free_port()
        self.log_path = self.directory / "lms.log"
        self.environment = dict(
            os.environ,
            LMS_HTTP_PORT=str(self.port),
            LMS_METRICS_PORT=str(self.metrics_port),
            LMS_DATA_DIR=str(self.data),
            **environment,
        )
        self.environment.pop("DATABASE_URL", None)
        if "DATABASE_URL" in environment:
            self.environment["DATABASE_URL"] = environment["DATABASE_URL"]
        self.process: subprocess.Popen | None = None

    def start(self, timeout: float = 180):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [str(BINARY), "dev"], cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait_ready(timeout)
        return self

    def wait_ready(self, timeout: float):
        """Waits until /api/v1/ready says yes; returns how long that took."""
        began = time.monotonic()
        while True:
            try:
                client = Client(self.port, "acme", timeout=2)
                if client.send("GET", "/api/v1/ready").status == 200:
                    client.close()
                    return time.monotonic() - began
                client.close()
            except (OSError, http.client.HTTPException):
                pass
            if self.process and self.process.poll() is not None:
                raise RuntimeError(f"lms dev ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() - began > timeout:
                raise RuntimeError(f"not ready after {timeout} s:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def login(self, tenant: str, role: str) -> tuple[str, str]:
        """E-mail and password of a demonstration account, from the file that `lms dev` keeps (mode 0600)."""
        for line in (self.data / "demo-logins.txt").read_text().splitlines():
            place, kind, email, password = line.split("\t")
            if (place, kind) == (tenant, role):
                return email, password
        raise RuntimeError(f"no login of a {role} of {tenant} below {self.data}")

    def servers(self) -> list[int]:
        """The processes that listen on our port; the supervisor is not one of them."""
        wanted = f"{self.port:04X}"
        inodes = set()
        for table in ("tcp", "tcp6"):
            for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[1].rsplit(":", 1)[1] == wanted and fields[3] == "0A":
                    inodes.add(f"socket:[{fields[9]}]")
        found = []
        for pid in descendants(self.process.pid):
            try:
                for descriptor in os.listdir(f"/proc/{pid}/fd"):
                    if os.readlink(f"/proc/{pid}/fd/{descriptor}") in inodes:
                        found.append(pid)
                        break
            except OSError:
                pass  # it ended meanwhile
        return found

    def postgres_directory(self) -> pathlib.Path:
        """The cluster's directory; as root it is somewhere that the postgres user can enter."""
        for candidate in [self.data, self.directory, pathlib.Path("/var/lib/lms"), pathlib.Path("/var/tmp")]:
            for pid_file in candidate.glob("**/postmaster.pid") if candidate.exists() else []:
                owner = read_proc(int(pid_file.read_text().split()[0]), "cmdline")
                if "postgres" in owner and str(self.data) in owner + str(pid_file):
                    return pid_file.parent
        for pid in descendants(self.process.pid):
            line = command_line(pid)
            if line and line[0].endswith("/postgres") and "-D" in line:
                return pathlib.Path(line[line.index("-D") + 1])
        raise RuntimeError("no PostgreSQL of this platform found")

    def postmaster(self) -> int:
        return int((self.postgres_directory() / "postmaster.pid").read_text().split()[0])

    def superuser(self) -> dict[str, str]:
        """The environment that signs psql and pgbench in as the cluster's superuser."""
        secrets = json.loads((self.data / "secrets.json").read_text())
        return dict(os.environ, PGPASSWORD=secrets["superuserPassword"])

    def sql(self, statement: str, database: str = "lms") -> list[list[str]]:
        """Runs a statement as the cluster's superuser, over its socket."""
        lines = (self.postgres_directory() / "postmaster.pid").read_text().splitlines()
        port, sockets = lines[3], lines[4]
        command = ["psql", "-X", "-qAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-p", port,
                   "-U", "postgres", "-d", database, "-c", statement]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + command
        result = subprocess.run(command, capture_output=True, text=True, cwd="/", env=self.superuser())
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip())
        return [line.split("\t") for line in result.stdout.splitlines()]

    def stop(self, timeout: float = 60) -> int | None:
        """SIGTERM to the supervisor; returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                for pid in reversed(descendants(self.process.pid)):
                    os.kill(pid, signal.SIGKILL)
                self.process.wait()
        code = self.process.returncode
        self.process = None
        return code
