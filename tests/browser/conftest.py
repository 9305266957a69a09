"""A real site for the browser: `make run`'s own launcher, on SQLite, with the demonstration, in a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Chromium's own errands would knock on a closed network all through the run.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 1000}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the Chromium of the system; nothing is ever downloaded."""
    return {"executable_path": CHROMIUM, "args": list(QUIET)}


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
        self.address = f"http://127.0.0.1:{self.port}"
        self.printed: list[str] = []
        self.greeted = threading.Event()
        environment = {**os.environ, "PORT": str(self.port), "VAR_DIR": str(folder), "LOG_LEVEL": "WARNING"}
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.launch"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if "Ctrl-C" in line:
                self.greeted.set()
        self.greeted.set()

    def wait(self) -> "Site":
        """Wait for the greeting; fail with all that was printed if it never comes."""
        self.greeted.wait(timeout=180)
        assert self.process.poll() is None, "".join(self.printed)
        return self

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    @property
    def password(self) -> str:
        """The password the greeting prints."""
        found = re.search(r"password (\S+) as", "".join(self.printed))
        assert found is not None
        return found[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, running; stopped by Ctrl-C at the end, which must go cleanly."""
    running = Site(tmp_path_factory.mktemp("var")).wait()
    yield running
    code = running.stop()
    assert code == 0, "".join(running.printed)


class Watched:
    """A page that remembers everything the console and the network complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda r: self.complaints.append(f"{r.url} {r.failure}"))


def watched_page(browser: Browser, *, viewport: dict[str, int], scheme: str) -> Watched:
    """Open a page of a size and colour scheme."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    return Watched(context.new_page())
