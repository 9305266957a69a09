"""Finds every public page of the running demonstration by following its links, as a reader would; checks its HTML."""

import json
import os
import re
import subprocess
import urllib.request
from collections import deque
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

SKIPPED = re.compile(r"^/(?:zh-hant/)?desk/|^/static/|\.(?:json|svg|xml|ris|bib|nbib)$")
# The box on the front page is a form, so that no link leads to the page it opens.
STARTS = ("/", "/zh-hant/", "/brief/subscribe/", "/zh-hant/brief/subscribe/")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"a", "link"}:
            values = dict(attrs)
            if tag == "a" or values.get("rel") in {"alternate", "canonical"}:
                self.found.append(values.get("href") or "")


def fetch(address: str) -> str:
    """Return a page's HTML; raises for anything but 200."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        return str(answer.read().decode("utf-8"))


def public_pages(origin: str) -> dict[str, str]:
    """Return every page reachable from where readers begin: path -> HTML. A dead link raises, naming it."""
    waiting, pages = deque(STARTS), {}
    while waiting:
        path = waiting.popleft()
        if path in pages:
            continue
        try:
            pages[path] = fetch(origin + path)
        except OSError as error:
            raise AssertionError(f"{path}: {error}") from error
        links = _Links()
        links.feed(pages[path])
        for href in links.found:
            target = urlsplit(urldefrag(urljoin(origin + path, href)).url)
            if f"{target.scheme}://{target.netloc}" == origin and not SKIPPED.search(target.path):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return pages


def said_by_nu(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What the Nu HTML checker has to say of pages (path -> HTML); skips, saying so, where it is not at hand."""
    jar = os.environ.get("NU_JAR")
    if jar is None:
        pytest.skip("the Nu HTML checker is not here: NU_JAR names its vnu.jar; CI has it")
    for number, html in enumerate(pages.values()):
        (folder / f"{number:03d}.html").write_text(html, encoding="utf-8")
    ran = subprocess.run(
        ["java", "-jar", jar, "--format", "json", "--skip-non-html", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    paths = list(pages)
    return [
        f"{paths[int(Path(m['url']).stem)]}: {m['message']} {m.get('extract', '')[:120]}"
        for m in json.loads(ran.stderr)["messages"]
        if m["type"] in {"error", "info"}
    ]
