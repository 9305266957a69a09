"""The field a brief is sent across in kill tests and figures: databases, queue, sink and workers of its own.

Everything runs in a folder that is thrown away, on free ports; nothing that was running before is touched.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tools.running import ROOT, free_port

PG_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]


def wait(port: int, *, seconds: float = 20.0) -> None:
    """Wait until something listens on a port."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        probe = subprocess.run(
            [sys.executable, "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"],
            capture_output=True,
            check=False,
        )
        if probe.returncode == 0:
            return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing listens on port {port}.")


class Postgres:
    """A PostgreSQL cluster of its own, durable as in production (synchronous_commit on)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "pg"
        self.port = free_port()
        self.log = folder / "pg.log"
        self.folder.mkdir()
        shutil.chown(self.folder, "postgres")
        self.log.touch()
        shutil.chown(self.log, "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        with psycopg.connect(f"{self.url}".replace("/brief", "/postgres"), autocommit=True) as connection:
            connection.execute("create database brief")

    @property
    def url(self) -> str:
        """Return its DATABASE_URL."""
        return f"postgres://postgres@127.0.0.1:{self.port}/brief"

    def start(self) -> None:
        """Start it."""
        self._run(
            "pg_ctl",
            "-w",
            "-l",
            str(self.log),
            "-o",
            f"-p {self.port} -h 127.0.0.1 -k {self.folder}",
            "start",
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is as if the machine had lost it."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            ["runuser", "-u", "postgres", "--", str(PG_BIN[0] / program), "-D", str(self.folder), *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip


class Redis:
    """A Redis of its own, keeping nothing, so that killing it loses every message in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        """Return its CELERY_BROKER_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty."""
        self.process = subprocess.Popen(
            [
                "redis-server",
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        wait(self.port)

    def kill(self) -> None:
        """SIGKILL it."""
        self.process.kill()
        self.process.wait()


class Field:
    """A site with a ledger on one database, a sink, and any number of workers."""

    def __init__(self, database: str, *, senders: int, delay: float = 0.0, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wellness-field-"))
        self.folder.chmod(0o755)
        self.senders = senders if database == "postgresql" else 1
        self.processes: list[subprocess.Popen[bytes]] = []
        self.postgres = Postgres(self.folder) if database == "postgresql" else None
        self.redis = Redis(self.folder) if database == "postgresql" else None
        self.sink_port = free_port()
        self.log = self.folder / "sink.log"
        self.environment = {
            **os.environ,
            "EMBEDDED": "1",
            "VAR_DIR": str(self.folder / "var"),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink_port}",
            "NEWSLETTER_SENDERS": str(senders),
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": self.postgres.url if self.postgres else "",
            "CELERY_BROKER_URL": self.redis.url if self.redis else "",
            **environment,
        }
        self.log.touch()
        self.start("-m", "tools.sending.sink", str(self.sink_port), str(self.log), "--delay", str(delay))
        wait(self.sink_port)
        self.manage("migrate", "--verbosity=0")

    def manage(self, *arguments: str) -> None:
        """Run a management command to its end."""
        self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> str:
        """Run a Python program of the project to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a Python program of the project and leave it running."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def worker(self, queue: str) -> subprocess.Popen[bytes]:
        """Start one Celery worker for a queue, as production does."""
        return self.start(
            "-m", "celery", "--quiet", "--app", "config", "worker", "--pool", "solo", "--without-gossip",
            "--without-mingle", "--without-heartbeat", "--queues", queue, "--hostname", f"{queue}-{len(self.processes)}@%h",
        )  # fmt: skip

    def beat(self) -> subprocess.Popen[bytes]:
        """Start a beat."""
        schedule = str(self.folder / f"beat-{len(self.processes)}")
        return self.start(
            "-m", "celery", "--quiet", "--app", "config", "beat", "--pidfile", "", "--schedule", schedule
        )

    def received(self) -> list[tuple[float, str, str]]:
        """Return what the sink wrote down: when, which Message-ID, to whom."""
        lines = (line.split() for line in self.log.read_text().splitlines())
        return [(float(line[0]), line[1], line[2]) for line in lines if len(line) == 4]

    def copied(self) -> float:
        """Return the seconds that PostgreSQL alone takes to copy the ledger's rows into a table without indexes."""
        if self.postgres is None:
            raise RuntimeError("Only on PostgreSQL.")
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            start = time.perf_counter()
            connection.execute("CREATE TABLE copied AS SELECT * FROM newsletter_delivery")
            seconds = time.perf_counter() - start
            connection.execute("DROP TABLE copied")
        return seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.redis:
            self.redis.kill()
        if self.postgres:
            self.postgres.stop("immediate")
        if error is not None:
            sys.stderr.write((self.folder / "processes.log").read_text(errors="replace")[-4000:])
        shutil.rmtree(self.folder, ignore_errors=True)
