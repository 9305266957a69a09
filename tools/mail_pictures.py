"""Pictures of the brief as mail: HTML by light, in the dark and on a phone, and the plain text, for every language.

Usage: python -m tools.mail_pictures CONTENT.json [CONTENT.json ...] --into FOLDER

A file holds what `newsletter.content.to_plain` made, or several of them by language (as Revision.content does).
Needs the development requirements and Chromium.
"""

import argparse
import json
import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("EMBEDDED", "1")

import django
from playwright.sync_api import Browser, sync_playwright

django.setup()

from newsletter.content import Content, from_plain  # noqa: E402 - models load after setup
from newsletter.rendering.preview import Scheme, preview  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LETTER = '<meta charset="utf-8"><pre style="font: 13px/1.5 monospace; white-space: pre-wrap">{}</pre>'
DESKTOP, PHONE = 760, 390


def contents(files: list[Path]) -> Iterator[Content]:
    """Yield every issue the files hold."""
    for file in files:
        kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
        for one in [kept] if "iso_week" in kept else kept.values():
            yield from_plain(one)


def shoot(browser: Browser, page: str, path: Path, *, width: int, scheme: Scheme) -> None:
    """Save one page as one picture."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme.value, offline=True
    )
    view = context.new_page()
    view.set_content(page)
    view.screenshot(path=path, full_page=True)
    context.close()
    print(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make pictures of the brief as mail.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, default=Path("mail-pictures"))
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for content in contents(given.files):
            shown = preview(content)
            stem = f"{content.iso_week.lower()}-r{content.revision}-{content.language}"
            letter = LETTER.format(escape(shown.text))
            for name, page, width, scheme in (
                ("light", shown.html, DESKTOP, Scheme.LIGHT),
                ("dark", shown.html, DESKTOP, Scheme.DARK),
                ("phone", shown.html, PHONE, Scheme.LIGHT),
                ("phone-dark", shown.html, PHONE, Scheme.DARK),
                ("text", letter, DESKTOP, Scheme.LIGHT),
            ):
                shoot(browser, page, given.into / f"{stem}-{name}.png", width=width, scheme=scheme)
        browser.close()


if __name__ == "__main__":
    main()
