"""The Sunday brief as its people meet it: a reader subscribes, two editors send it, it is read, and it is left."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, MODES, PHONE, Watched, faults_of, sign_in, watched_page
from tests.browser.crawl import fetch, said_by_nu
from tests.browser.test_journey import Desk, call_verb
from tools.running import Site

READER = "walker@readers.example"
SUBJECT = {"en": "Early is not the same as better", "zh-hant": "「早一點」不等於「更有效」"}
FILL_TIME = 3.5  # seconds a person takes to fill the form
A_TICK_AND_A_SEND = 120_000  # milliseconds: ticks come every 30 s, and two are needed
# The pages of an issue at the desk; the preview in each of its forms.
ISSUE_PAGES = (
    "change/",
    "preview/",
    *(f"preview/?form={form}" for form in ("dark", "phone", "text", "web")),
    "approve/",
    "watch/",
)


@dataclass(frozen=True)
class Sent:
    """The demonstration's issue once it has gone out."""

    pk: str
    page: str  # its address in the archive, as the mails name it


def mailbox(page: Page, site: Site, to: str, subject: str) -> str:
    """Open the newest mail to an address whose subject holds these words; its address, without the part shown."""
    page.goto(f"{site.address}/mailbox/?to={to}")
    page.get_by_role("link", name=subject).first.click()
    expect(page.locator(".mail-envelope")).to_contain_text(to)
    return page.url


def link_in_mail(page: Page, site: Site, to: str, subject: str, route: str) -> str:
    """The address of the page that a mail's text leads to."""
    mailbox(page, site, to, subject)
    found = page.locator(f".mail-text a[href*='{route}']").first.get_attribute("href")
    assert found is not None
    return found


def state_of(site: Site, address: str) -> str:
    """How the subscription of an address stands, asked of the database."""
    code = (
        f"from newsletter.models import Subscriber; print(Subscriber.objects.get(address='{address}').state)"
    )
    return call_verb(site, code).strip()


DESK_MODES = pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop-light", "phone-dark"]
)


def faults_at_the_desk(
    site: Site, browser: Browser, pk: str, viewport: ViewportSize, scheme: str
) -> list[str]:
    """Everything wrong with the pages of an issue, as whoever may approve it sees them."""
    watched, faults = watched_page(browser, viewport=viewport, scheme=scheme), []
    sign_in(watched.page, site, "managing")
    for path in ISSUE_PAGES:
        watched.page.goto(f"{site.address}/desk/newsletter/issue/{pk}/{path}")
        faults += faults_of(watched, path, desk=True)
    watched.page.context.close()
    return faults


@DESK_MODES
def test_no_page_of_a_draft_has_a_barrier_or_complains(
    site: Site, browser: Browser, viewport: ViewportSize, scheme: str
) -> None:
    assert faults_at_the_desk(site, browser, "1", viewport, scheme) == []


@pytest.fixture(scope="module")
def reader(site: Site, browser: Browser) -> Iterator[Watched]:
    """Somebody who subscribed from the box on the front page, by the form and the mail, as anybody does."""
    watched = watched_page(browser, viewport=PHONE, scheme="light")
    page = watched.page
    page.goto(site.address)
    page.fill("#brief-email", READER)
    page.locator("#brief").get_by_role("button").click()
    expect(page.locator("[name=email]")).to_have_value(READER)
    page.get_by_label("Plain text only").check()
    time.sleep(FILL_TIME)
    page.get_by_role("button", name="Send me the brief").first.click()
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    assert state_of(site, READER) == "pending"

    page.goto(link_in_mail(page, site, READER, "Please confirm", "/brief/confirm/"))
    page.reload()
    assert state_of(site, READER) == "pending"
    page.get_by_role("button", name="Yes, send me the brief").click()
    expect(page.locator("h1")).to_have_text("You are subscribed")
    assert state_of(site, READER) == "active"
    yield watched
    page.context.close()


@pytest.fixture(scope="module")
def sent(site: Site, browser: Browser, reader: Watched) -> Sent:
    """The composed issue, refused to the editor, approved by the managing editor, brought forward and sent."""
    editor, managing = Desk(browser, site, "editor"), Desk(browser, site, "managing")
    watched = Watched(editor.page), Watched(managing.page)
    editor.open("")
    editor.page.get_by_role("link", name="Read and mend it").click()
    expect(editor.page.locator("[name='subject-en'], [name$='subject']").first).to_be_visible()
    refused_to_the_editor(editor)

    managing.page.goto(editor.page.url)
    managing.press("Approve exactly this")
    managing.is_told("Approved.")
    managing.page.get_by_role("link", name="Watch", exact=True).click()
    managing.press("Demonstration: let Sunday morning come now")
    managing.is_told("Sunday morning comes now")
    # The page keeps itself fresh; nobody presses a thing.
    expect(managing.page.locator(".brief-plate .state-sent")).to_be_visible(timeout=A_TICK_AND_A_SEND)
    expect(managing.page.locator("[data-live=counts]")).to_contain_text("13")
    assert [*watched[0].complaints, *watched[1].complaints] == []
    found = re.search(r"/issue/(\d+)/", managing.page.url)
    assert found is not None
    pk = found[1]
    for desk in (editor, managing):
        desk.page.context.close()
    week = call_verb(site, f"from newsletter.models import Issue; print(Issue.objects.get(pk={pk}).iso_week)")
    return Sent(pk, f"/brief/{week.strip().lower()}/")


def refused_to_the_editor(editor: Desk) -> None:
    """The page offers the editor no button, and a request without the page is refused too."""
    page = editor.page
    page.get_by_role("link", name="Approve", exact=True).click()
    editor.is_told("another person approves it")
    expect(page.get_by_role("button", name="Approve exactly this")).to_have_count(0)
    seen = page.locator(".decide code").first.inner_text()
    token = next(one["value"] for one in page.context.cookies() if one["name"] == "csrftoken")
    answer = page.request.post(
        page.url, form={"seen": seen, "csrfmiddlewaretoken": token}, headers={"Referer": page.url}
    )
    assert "Another person approves it." in answer.text()
    page.reload()
    expect(page.locator(".state-draft").first).to_be_visible()


def test_every_reader_has_it_once_in_their_own_language(site: Site, browser: Browser, sent: Sent) -> None:
    page = browser.new_page()
    for to, language in ((READER, "en"), ("aroha@example.org", "en"), ("mei.lin@readers.example", "zh-hant")):
        page.goto(f"{site.address}/mailbox/?to={to}")
        expect(page.get_by_role("link", name=SUBJECT[language])).to_have_count(1)
    for to in ("moved-on@example.com", "perhaps@example.net"):
        page.goto(f"{site.address}/mailbox/?to={to}")
        for subject in SUBJECT.values():
            expect(page.get_by_role("link", name=subject)).to_have_count(0)
    page.close()


def test_the_mail_reads_as_text_and_as_html_with_what_its_reader_follows_first(
    site: Site, browser: Browser, sent: Sent
) -> None:
    watched = watched_page(browser, viewport=DESKTOP, scheme="light")
    page = watched.page
    mailbox(page, site, READER, SUBJECT["en"])
    expect(page.locator(".mail-text")).to_contain_text("MODERATE → ○ WEAK")
    expect(page.locator(".mail-text")).not_to_contain_text("Claims you follow")
    expect(page.get_by_role("link", name="HTML", exact=True)).to_have_count(0)

    mailbox(page, site, "aroha@example.org", SUBJECT["en"])
    expect(page.locator(".mail-text")).to_contain_text("Claims you follow")
    page.get_by_role("link", name="HTML", exact=True).click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_contain_text(SUBJECT["en"])
    expect(frame.get_by_role("heading", name="Claims you follow")).to_be_visible()
    frame.get_by_role("link", name="Read it on the site").click()
    expect(page).to_have_url(site.address + sent.page)
    assert watched.complaints == []
    page.context.close()


def test_the_archive_page_is_read_in_both_languages(site: Site, browser: Browser, sent: Sent) -> None:
    watched = watched_page(browser, viewport=PHONE, scheme="light")
    page = watched.page
    for prefix, language in (("", "en"), ("/zh-hant", "zh-hant")):
        page.goto(f"{site.address}{prefix}/brief/")
        page.get_by_role("link", name=SUBJECT[language]).click()
        expect(page).to_have_url(f"{site.address}{prefix}{sent.page}")
        expect(page.locator("h1")).to_contain_text(SUBJECT[language])
        expect(page.locator("main")).to_contain_text("Liao W")
        assert "leave/" not in page.content()
    assert watched.complaints == []
    page.context.close()


def test_one_click_in_the_mail_program_is_enough_to_leave(site: Site, browser: Browser, sent: Sent) -> None:
    watched = watched_page(browser, viewport=PHONE, scheme="light")
    page = watched.page
    mailbox(page, site, "jun@example.net", SUBJECT["en"])
    assert state_of(site, "jun@example.net") == "active"
    page.get_by_role("button", name="Unsubscribe as a mail program would").click()
    expect(page.locator("h1")).to_have_text("You have left")
    assert state_of(site, "jun@example.net") == "left"
    assert watched.complaints == []
    page.context.close()


def test_the_page_to_leave_waits_for_its_button(site: Site, reader: Watched, sent: Sent) -> None:
    page = reader.page
    page.goto(link_in_mail(page, site, READER, SUBJECT["en"], "/brief/leave/"))
    # Scanners open links in browsers that run scripts: long enough for one that would press by itself.
    page.wait_for_timeout(1500)
    assert state_of(site, READER) == "active"
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.locator("h1")).to_have_text("You have left")
    assert state_of(site, READER) == "left"
    assert reader.complaints == []


@pytest.fixture(scope="module")
def private_pages(site: Site, browser: Browser, sent: Sent) -> list[str]:
    """Every page of the brief that no link of the public site leads to, in English and then in Chinese."""
    page = browser.new_page()
    page.goto(f"{site.address}/brief/preferences/")
    page.fill("[name=email]", "anneke@example.net")
    time.sleep(FILL_TIME)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.locator("h1")).to_contain_text("mailbox")
    change = link_in_mail(page, site, "anneke@example.net", "preferences", "/brief/preferences/")
    confirm = link_in_mail(page, site, "perhaps@example.net", "Please confirm", "/brief/confirm/")
    leave = link_in_mail(page, site, "priya@example.com", SUBJECT["en"], "/brief/leave/")
    mail = mailbox(page, site, "priya@example.com", SUBJECT["en"])
    chinese = mailbox(page, site, "mei.lin@readers.example", SUBJECT["zh-hant"])
    page.close()
    parts = ("text", "html", "headers", "source")
    addresses = [
        "/mailbox/", "/mailbox/?to=priya@example.com", "/mailbox/?to=nobody", mail, *(f"{mail}{part}/" for part in parts),
        f"{chinese}html/", confirm, leave, change, f"{change}erase/", "/brief/preferences/",
        "/brief/subscribe/", "/brief/", sent.page,
    ]  # fmt: skip
    english = [address.removeprefix(site.address) for address in addresses]
    return [*english, *(f"/zh-hant{path}" for path in english)]


@pytest.mark.parametrize("mode", MODES)
def test_no_page_of_the_brief_has_a_barrier_or_complains(
    site: Site, browser: Browser, private_pages: list[str], mode: tuple[ViewportSize, str]
) -> None:
    watched = watched_page(browser, viewport=mode[0], scheme=mode[1])
    faults = []
    for path in private_pages:
        watched.page.goto(site.address + path)
        faults += faults_of(watched, path)
    watched.page.context.close()
    assert faults == []


@pytest.mark.parametrize("mode", MODES)
def test_the_html_of_a_mail_has_no_barrier(
    site: Site, browser: Browser, sent: Sent, mode: tuple[ViewportSize, str]
) -> None:
    watched, faults = watched_page(browser, viewport=mode[0], scheme=mode[1]), []
    for to, language in (("aroha@example.org", "en"), ("mei.lin@readers.example", "zh-hant")):
        # Taken out of its sandbox, in which not even Axe may run.
        html = fetch(mailbox(watched.page, site, to, SUBJECT[language]) + "frame/")
        watched.page.goto("about:blank")
        watched.page.set_content(html)
        faults += faults_of(watched, f"the mail to {to}")
    watched.page.context.close()
    assert faults == []


@pytest.mark.parametrize("mode", [MODES[0], MODES[3]])
def test_no_answer_to_a_form_of_the_brief_has_a_barrier_or_complains(
    site: Site, browser: Browser, private_pages: list[str], mode: tuple[ViewportSize, str]
) -> None:
    watched = watched_page(browser, viewport=mode[0], scheme=mode[1])
    page, faults = watched.page, []
    for path in private_pages:
        if not re.search(r"/(confirm|leave|preferences|subscribe)/", path) or path.endswith("/erase/"):
            continue
        page.goto(site.address + path)
        if page.locator("main [name=email]").count():
            # At once, as no person does: the page asks to press again.
            page.fill("main [name=email]", "in-a-hurry@readers.example")
        page.locator("main form").last.get_by_role("button").click()
        faults += faults_of(watched, f"after the button of {path}")
    watched.page.context.close()
    assert faults == []


@DESK_MODES
def test_no_page_of_an_issue_that_went_has_a_barrier_or_complains(
    site: Site, browser: Browser, sent: Sent, viewport: ViewportSize, scheme: str
) -> None:
    assert faults_at_the_desk(site, browser, sent.pk, viewport, scheme) == []


def test_every_page_of_the_brief_is_valid_html(site: Site, private_pages: list[str], tmp_path: Path) -> None:
    assert said_by_nu({path: fetch(site.address + path) for path in private_pages}, tmp_path) == []
