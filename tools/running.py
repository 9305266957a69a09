"""A running `make run` for browser tests and heavy checks: the launcher itself, in a folder and on a port of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Ask the system for a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """A running `make run`: its address, what it printed, and how it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.mailbox_port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.printed: list[str] = []
        self.greeted = threading.Event()
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "MAILBOX_PORT": str(self.mailbox_port),
            "RECORDED_PORT": str(free_port()),
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
        }
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.launch"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.printed.append(line)
            if "Ctrl-C" in line:
                self.greeted.set()
        self.greeted.set()

    def wait(self) -> Self:
        """Wait for the greeting; raise with all that was printed if it never comes."""
        self.greeted.wait(timeout=180)
        if self.process.poll() is not None:
            raise RuntimeError("".join(self.printed))
        return self

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    @property
    def password(self) -> str:
        """The password the greeting prints."""
        return str(re.findall(r"password (\S+) as", "".join(self.printed))[0])
