"""Every public page, as a browser sees it: accessible, silent, valid, never wider than the screen."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.conftest import MODES, faults_of, watched_page
from tests.browser.crawl import public_pages, said_by_nu
from tools.running import Site

LITTER = ("[object Object]", "undefined", "{{", "}}", "{%", "None", "NaN")


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    """Every public page in both languages."""
    return public_pages(site.address)


def plain(pages: dict[str, str]) -> list[str]:
    """The pages without their filtered forms, which are the same templates."""
    return sorted({path.partition("?")[0] for path in pages})


def test_the_site_has_its_pages_in_both_languages(pages: dict[str, str]) -> None:
    for path in (
        "/", "/topics/gut/", "/articles/l-glutamine/", "/articles/l-glutamine/versions/1.0/", "/claims/",
        "/claims/glutamine-for-gut-permeability/", "/claims/glutamine-for-gut-permeability/grades/1/",
        "/studies/zhou2019/", "/people/demonstration-writer/", "/how-we-grade/", "/about/", "/privacy/", "/brief/",
        "/brief/subscribe/", "/brief/preferences/",
    ):  # fmt: skip
        assert path in pages
        assert f"/zh-hant{path}" in pages


@pytest.mark.parametrize("language", ["en", "zh-hant"])
@pytest.mark.parametrize("mode", MODES)
def test_no_page_has_a_barrier_or_complains(
    site: Site, pages: dict[str, str], browser: Browser, mode: tuple[ViewportSize, str], language: str
) -> None:
    watched, faults = watched_page(browser, viewport=mode[0], scheme=mode[1]), []
    for path in plain(pages):
        if path.startswith("/zh-hant/") == (language == "zh-hant"):
            watched.page.goto(site.address + path)
            faults += faults_of(watched, path)
    watched.page.context.close()
    assert faults == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_scrolls_sideways(site: Site, pages: dict[str, str], browser: Browser, width: int) -> None:
    watched = watched_page(browser, viewport={"width": width, "height": 800}, scheme="light")
    wide = []
    for path in plain(pages):
        watched.page.goto(site.address + path)
        if watched.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            wide.append(path)
    watched.page.context.close()
    assert wide == []


def test_every_page_is_valid_html(pages: dict[str, str], tmp_path: Path) -> None:
    assert said_by_nu(pages, tmp_path) == []


def test_no_page_carries_litter(pages: dict[str, str]) -> None:
    visible = {
        path: re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
        for path, html in pages.items()
    }
    found = [
        f"{path}: {word}"
        for path, text in visible.items()
        for word in LITTER
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    ]
    assert found == []


def test_an_unknown_address_helps(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    for path, lang in (("/claims/no-such-claim/", "en"), ("/zh-hant/claims/no-such-claim/", "zh-Hant")):
        answer = page.goto(site.address + path)
        assert answer is not None
        assert answer.status == 404
        assert page.locator("html").get_attribute("lang") == lang
        assert page.locator("main a").count() >= 2
    page.close()
