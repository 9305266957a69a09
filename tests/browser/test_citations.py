"""Citations in a browser: a file imported through its preview, a wrong one mended, a retraction seen at once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, watched_page
from tests.browser.test_journey import A_CHECK, Desk, call_verb
from tools.running import Site

RIS = """TY  - JOUR
AU  - Wrong, Author
TI  - Retracted: Effects of Vitamin K2 on Osteoporosis
JO  - Current pharmaceutical design
PY  - 2004
DO  - 10.2174/1381612043383782
ER  -

TY  - JOUR
TI  - A work without any identifier
PY  - 2001
ER  -
"""
FELL = """
from django.utils import timezone
from evidence.models import RetractionListing, Study
study = Study.objects.get(citekey="wang2021")
RetractionListing.objects.create(doi=study.doi, natures=["retraction"], status="retracted", loaded_at=timezone.now())
Study.objects.filter(pk=study.pk).update(check_after=timezone.now())
"""
BACK = "from evidence.models import RetractionListing; RetractionListing.objects.all().delete()"


@pytest.fixture(scope="module")
def editor(site: Site, browser: Browser) -> Desk:
    return Desk(browser, site, "editor")


def test_a_file_is_previewed_imported_and_checked_and_what_was_printed_wrong_is_mended(
    editor: Desk, tmp_path: Path
) -> None:
    page = editor.page
    path = tmp_path / "references.ris"
    path.write_text(RIS, encoding="utf-8")
    editor.open("evidence/referenceimport/add/")
    page.set_input_files("[name=file]", str(path))
    page.locator("#content form [type=submit]").first.click()
    expect(page.get_by_role("button", name="Import exactly this")).to_be_visible(timeout=A_CHECK)
    editor.press("Import exactly this")
    expect(page.locator(".import-facts .state-done")).to_be_visible(timeout=A_CHECK)

    editor.open("evidence/study/?q=10.2174/1381612043383782")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".check-head .outcome-retracted")).to_be_visible(timeout=A_CHECK)
    expect(page.locator(".as-given.is-wrong")).to_contain_text("Wrong")
    page.get_by_role("link", name="Mend it from the record").click()
    page.fill("[name=reason]", "The file had another name; PMID and title are the work's own.")
    page.locator("#content form [type=submit]").click()
    editor.is_told("Mended from the record.")
    expect(page.locator("#check")).to_contain_text("Mended by editor")


def test_a_retraction_shows_on_the_live_pages_and_proposes_a_regrade_while_the_grade_stands(
    site: Site, browser: Browser, editor: Desk
) -> None:
    watched = watched_page(browser, viewport=PHONE, scheme="light")
    page = watched.page
    page.goto(f"{site.address}/claims/music-for-sleep-in-older-adults/")
    grade = page.locator(".grade").first.inner_text()
    call_verb(site, FELL)
    try:
        editor.open("evidence/study/by-key/wang2021/")
        # The clock comes within a minute; nobody presses a thing.
        expect(editor.page.locator(".check-head .outcome-retracted")).to_be_visible(timeout=2 * A_CHECK)
        for path in (
            "/articles/a-song-before-sleep/",
            "/claims/music-for-sleep-in-older-adults/",
            "/studies/wang2021/",
        ):
            page.goto(site.address + path)
            expect(page.locator(".alert").first).to_be_visible()
        page.goto(f"{site.address}/claims/music-for-sleep-in-older-adults/")
        assert page.locator(".grade").first.inner_text() == grade
        editor.open("")
        expect(editor.page.locator(".desk-box-proposed")).to_contain_text("music-for-sleep-in-older-adults")
        expect(editor.page.locator(".desk-box-broken")).to_contain_text("Wang")
        assert watched.complaints == []
    finally:
        call_verb(site, BACK)
    page.context.close()


def test_the_badge_opens_field_by_field_and_references_go_out(site: Site, browser: Browser) -> None:
    watched = watched_page(browser, viewport=PHONE, scheme="light")
    page = watched.page
    page.goto(f"{site.address}/articles/l-glutamine/")
    expect(page.locator("main")).to_contain_text("Demonstration replies, not asked of PubMed")
    ris = page.get_by_role("link", name=re.compile("RIS")).first.get_attribute("href")
    assert ris is not None
    answer = page.request.get(site.address + ris)
    assert "TY  - JOUR" in answer.text()
    assert "AB  -" not in answer.text()
    assert watched.complaints == []
    page.context.close()
