"""The desk as a browser sees it: accessible and silent, for who decides and who codes, on screen and phone."""

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.conftest import DESKTOP, PHONE, faults_of, sign_in, watched_page
from tools.running import Site

PAGES = {
    "managing": (
        "", "articles/article/", "articles/article/add/", "articles/article/2/change/", "articles/article/2/preview/",
        "articles/article/2/step/repin/", "articles/topic/1/change/", "articles/person/", "articles/person/1/change/",
        "articles/edition/1/change/",
        "evidence/gradesnapshot/", "evidence/gradesnapshot/1/review/", "evidence/gradesnapshot/compare/?before=1.0",
        "evidence/finding/1/check/", "evidence/gradeoverride/", "evidence/claim/3/propose/", "password_change/",
        "newsletter/issue/", "newsletter/subscriber/", "newsletter/subscriber/1/change/",
        "newsletter/subscriber/1/history/", "newsletter/subscriber/import/", "newsletter/subscriber/export/",
        "newsletter/subscriber/followed/",
        "newsletter/delivery/", "newsletter/receivingdomain/", "newsletter/inboundevent/",
        "newsletter/subscriberexport/", "newsletter/consentevent/", "newsletter/suppression/",
    ),
    "reviewer": (
        "evidence/claim/", "evidence/claim/3/change/", "evidence/claim/3/texts/en/", "evidence/finding/",
        "evidence/finding/add/", "evidence/study/", "evidence/study/1/change/", "evidence/study/1/history/",
        "evidence/study/add/", "evidence/study/by-key/abbasi2024/", "evidence/study/import/", "evidence/study/export/",
        "evidence/claimevent/",
        "evidence/finding/1/change/", "evidence/finding/import/", "evidence/position/", "evidence/position/1/change/",
        "evidence/blindreading/", "evidence/blindreading/read/", "evidence/codingcheck/", "evidence/referenceimport/",
        "evidence/referenceimport/add/", "evidence/verification/", "evidence/citedas/", "evidence/acceptance/",
        "evidence/retractionlisting/",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_desk_has_a_barrier_or_complains(
    site: Site, browser: Browser, name: str, viewport: ViewportSize, scheme: str
) -> None:
    watched, faults = watched_page(browser, viewport=viewport, scheme=scheme), []
    sign_in(watched.page, site, name)
    for path in PAGES[name]:
        answer = watched.page.goto(f"{site.address}/desk/{path}")
        assert answer is not None
        assert answer.status == 200, path
        faults += faults_of(watched, path, desk=True)
    watched.page.context.close()
    assert faults == []
