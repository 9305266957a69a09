"""A real site for the browser: `make run`'s own launcher, on SQLite, with the demonstration, in a folder of its own."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from tools.running import Site

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Chromium's own errands would knock on a closed network all through the run.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# What Chromium says of a request it ended itself: a refused, blocked or broken one has an error of its own.
GIVEN_UP = "net::ERR_ABORTED"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 1000}
MODES = [
    pytest.param((PHONE, "light"), id="phone-light"),
    pytest.param((PHONE, "dark"), id="phone-dark"),
    pytest.param((DESKTOP, "light"), id="desktop-light"),
    pytest.param((DESKTOP, "dark"), id="desktop-dark"),
]
# Frames hold mails, in a sandbox that Axe cannot reach into and would complain of; each is opened by itself as well.
EVERYTHING = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "iframes": False,
}
# Axe's preload fetches stylesheets by their @import as if from the page's address, and the desk answers 404.
AT_THE_DESK = {**EVERYTHING, "preload": False}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the Chromium of the system; nothing is ever downloaded."""
    return {"executable_path": CHROMIUM, "args": list(QUIET)}


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
        page.on("requestfailed", self._failed)

    def _failed(self, request: Request) -> None:
        """Remember a request that failed; one the browser gave up since the page was left first is nobody's fault."""
        if request.failure != GIVEN_UP:
            self.complaints.append(f"{request.url} {request.failure}")


def watched_page(browser: Browser, *, viewport: ViewportSize, scheme: str) -> Watched:
    """Open a page of a size and colour scheme."""
    context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    return Watched(context.new_page())


def faults_of(watched: Watched, name: str, *, desk: bool = False) -> list[str]:
    """Everything wrong with the page that is open: barriers (axe), complaints, and a width beyond the screen's."""
    page = watched.page
    found = Axe().run(page, options=AT_THE_DESK if desk else EVERYTHING).response["violations"]
    faults = [f"{name}: {violation['id']} {violation['nodes'][0]['target']}" for violation in found]
    faults += [f"{name}: {complaint}" for complaint in watched.complaints]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append(f"{name}: scrolls sideways")
    watched.complaints.clear()
    return faults


def sign_in(page: Page, site: Site, name: str, password: str = "") -> None:
    """Sign in at the desk, with the demonstration's password unless another is given."""
    page.goto(f"{site.address}/desk/")
    page.fill("#id_username", name)
    page.fill("#id_password", password or site.password)
    page.click("[type=submit]")
    expect(page.locator("#user-tools")).to_contain_text(name)
