"""The desk as a browser sees it: accessible and silent, for who decides and who codes, on screen and phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, watched_page
from tests.browser.test_pages import EVERYTHING
from tools.running import Site

PAGES = {
    "managing": (
        "", "articles/article/", "articles/article/add/", "articles/article/2/change/", "articles/article/2/preview/",
        "articles/article/2/step/repin/", "articles/topic/1/change/", "articles/person/", "articles/person/1/change/",
        "articles/edition/1/change/",
        "evidence/gradesnapshot/", "evidence/gradesnapshot/1/review/", "evidence/claim/3/propose/", "password_change/",
    ),
    "reviewer": (
        "evidence/claim/", "evidence/claim/3/change/", "evidence/claim/3/texts/en/", "evidence/finding/",
        "evidence/finding/add/", "evidence/study/", "evidence/study/1/change/", "evidence/study/1/history/",
        "evidence/study/add-from-pubmed/", "evidence/study/import/", "evidence/study/export/", "evidence/claimevent/",
    ),
}  # fmt: skip
# Axe's preload fetches stylesheets by their @import as if from the page's address, and the desk answers 404.
RULES = {**EVERYTHING, "preload": False}


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_desk_has_a_barrier_or_complains(
    site: Site, browser: Browser, name: str, viewport: ViewportSize, scheme: str
) -> None:
    watched, axe, faults = watched_page(browser, viewport=viewport, scheme=scheme), Axe(), []
    page = watched.page
    page.goto(f"{site.address}/desk/")
    page.fill("#id_username", name)
    page.fill("#id_password", site.password)
    page.click("[type=submit]")
    expect(page.locator("#user-tools")).to_contain_text(name)
    for path in PAGES[name]:
        answer = page.goto(f"{site.address}/desk/{path}")
        assert answer is not None
        assert answer.status == 200, path
        faults += [f"{path}: {complaint}" for complaint in watched.complaints]
        found = axe.run(page, options=RULES)
        faults += [f"{path}: {v['id']} {v['nodes'][0]['target']}" for v in found.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{path}: scrolls sideways")
        watched.complaints.clear()
    page.context.close()
    assert faults == []
