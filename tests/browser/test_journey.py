"""A day at the desk, in a browser: from a PubMed file to a reader, and no way round the second person."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, sign_in
from tools.running import ROOT, Site

PMID = "30776274"
A_CHECK = 60_000  # milliseconds: one answer of each service, on a busy machine
CLAIM = "journey-claim"
ARTICLE = "a-days-work"


class Desk:
    """One person at the desk, signed in."""

    def __init__(self, browser: Browser, site: Site, name: str, password: str = "") -> None:
        self.site = site
        self.page: Page = browser.new_context(viewport=DESKTOP).new_page()
        sign_in(self.page, site, name, password)

    def open(self, path: str) -> Page:
        """Go to a page of the desk."""
        self.page.goto(f"{self.site.address}/desk/{path}")
        return self.page

    def fill(self, **fields: str) -> None:
        """Fill the form's fields by name; choices by their value."""
        for name, value in fields.items():
            field = self.page.locator(f"[name='{name}']")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def choose(self, name: str, wanted: str) -> None:
        """Choose from one of the admin's search fields by typing, as a person does."""
        self.page.locator(f"#id_{name} + .select2").click()
        self.page.locator(".select2-search__field").last.fill(wanted)
        # A study is found by its cite key and shown by its author: araujo2021 reads "Araujo et al. 2021".
        shown = re.compile(re.sub(r"\d{4}\w?$", "", wanted), re.IGNORECASE)
        self.page.locator(".select2-results__option", has_text=shown).first.click()

    def add_row(self, group: str) -> None:
        """Open one more row of an inline."""
        self.page.locator(f"#{group}-group .add-row a").click()

    def save(self) -> None:
        """Press Save and see that it was."""
        self.page.locator("[name=_save]").click()
        expect(self.page.locator(".messagelist .success")).to_be_visible()

    def press(self, words: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=words).click()

    def is_told(self, words: str) -> None:
        """See a message, wherever the page shows it."""
        expect(self.page.locator("#content, .messagelist").filter(has_text=words).first).to_be_visible()


def identity(page: Page) -> str:
    """The primary key in the address of a change page."""
    found = re.search(r"/(\d+)/", page.url)
    assert found is not None, page.url
    return found[1]


def call_verb(site: Site, code: str) -> str:
    """Run a few lines against the running site's database, as a shell would; returns what they print."""
    environment = {**os.environ, "EMBEDDED": "1", "VAR_DIR": str(site.folder)}
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    ran = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout


@pytest.fixture(scope="module")
def graded(site: Site, browser: Browser) -> str:
    """A claim that one person coded and proposed, and another approved, all of it in the browser."""
    reviewer = Desk(browser, site, "reviewer")
    # The record comes by a worker, from the recorded server; the page shows it by itself.
    reviewer.open("evidence/study/add/")
    reviewer.fill(text=f"PMID: {PMID}")
    reviewer.press("Add")
    expect(reviewer.page.locator(".check-head .outcome-verified")).to_be_visible(timeout=A_CHECK)
    expect(reviewer.page.locator("#record-title")).to_be_visible(timeout=A_CHECK)
    citekey = reviewer.page.locator(".field-citekey .readonly").inner_text()

    reviewer.open("evidence/claim/add/")
    reviewer.fill(
        code="CLM-gut-journey-test-001", slug=CLAIM, claim_type="intervention", topic="gut",
        searched_through="2026-11-20", next_check="2027-05-20",
    )  # fmt: skip
    reviewer.page.locator("[name=_continue]").click()
    claim = identity(reviewer.page)

    reviewer.open(f"evidence/finding/add/?claim={claim}")
    reviewer.choose("study", citekey)
    reviewer.fill(
        outcome_en="Response", design="rct", quality="high", quality_tool="RoB 2", measure="RR", better="higher",
        estimate="2.0", ci_low="1.5", ci_high="2.6", n="400", direction="nsd", precision="adequate",
        directness_population="direct", directness_intervention="direct", directness_outcome="direct",
    )  # fmt: skip
    reviewer.page.locator("[name=_save]").click()
    reviewer.is_told("Say why, or take the derived value.")
    assert reviewer.page.locator("[name=outcome_en]").input_value() == "Response"
    reviewer.fill(direction="benefit")
    reviewer.save()

    reviewer.open(f"evidence/claim/{claim}/change/")
    reviewer.add_row("claim_sources")
    reviewer.choose("claim_sources-0-study", citekey)
    reviewer.save()
    reviewer.open(f"evidence/claim/{claim}/texts/en/")
    reviewer.fill(
        statement="A day's work can be read.",
        verdict_line="One trial says so.",
        summary="One trial.",
        why="It was one.",
    )
    reviewer.press("Save as a new revision")

    reviewer.open(f"evidence/claim/{claim}/propose/")
    reviewer.press("Grade today's evidence and propose")
    review = reviewer.page.url
    reviewer.press("Approve and show it to readers")
    reviewer.is_told("Another person decides")

    managing = Desk(browser, site, "managing")
    managing.page.goto(review)
    managing.press("Approve and show it to readers")
    expect(managing.page.locator(".state-current").first).to_be_visible()
    return citekey


def test_from_a_pubmed_file_to_a_reader(site: Site, browser: Browser, graded: str) -> None:
    writer = Desk(browser, site, "writer")
    writer.open("articles/article/add/")
    writer.fill(
        headline="A day's work", dek="From a file to a reader.", topic="1", slug=ARTICLE, description="A day.",
        short_version=f"One trial. [@{graded}]", body=f"## The trial\n\nIt was one. [@{graded}]",
        verdict="Wait.", disclosure="Nobody paid.", next_review="2027-05-22",
    )  # fmt: skip
    for number, (who, role) in enumerate((("Demonstration writer", "author"), ("clinical", "reviewer"))):
        writer.add_row("bylines")
        writer.choose(f"bylines-{number}-person", who)
        writer.fill(**{f"bylines-{number}-role": role, f"bylines-{number}-order": str(number + 1)})
    writer.add_row("claim_links")
    writer.choose("claim_links-0-claim", CLAIM)
    writer.page.locator("[name=_continue]").click()
    article = identity(writer.page)

    editor = Desk(browser, site, "editor")
    editor.open(f"articles/article/{article}/change/")
    editor.fill(dek="From a file to a reader, in a day.")
    editor.save()

    writer.open(f"articles/article/{article}/step/submit/")
    writer.press("Submit for review")
    refused_everywhere(site, browser, editor, article)

    managing = Desk(browser, site, "managing")
    managing.open(f"articles/article/{article}/step/approve/")
    managing.press("Approve exactly this")
    expect(managing.page.locator(".state-approved").first).to_be_visible()
    managing.open(f"articles/article/{article}/step/publish/")
    managing.press("Publish edition 1.0 now")
    expect(managing.page.locator(".state-published").first).to_be_visible()

    reader = browser.new_page()
    reader.goto(f"{site.address}/articles/{ARTICLE}/")
    expect(reader.locator("h1")).to_have_text("A day's work")
    expect(reader.locator("main")).to_contain_text("From a file to a reader, in a day.")
    reader.get_by_role("link", name="A day's work can be read.").first.click()
    expect(reader).to_have_url(f"{site.address}/claims/{CLAIM}/")
    expect(reader.locator("main")).to_contain_text("One trial says so.")


def refused_everywhere(site: Site, browser: Browser, editor: Desk, article: str) -> None:
    """The editor touched the dek: the form, the bulk action and the verb refuse; so do they a superuser."""
    editor.open(f"articles/article/{article}/step/approve/")
    editor.press("Approve exactly this")
    editor.is_told("Another person approves it")

    editor.open("articles/article/")
    editor.page.locator(f"[name=_selected_action][value='{article}']").check()
    editor.page.locator("[name=action]").select_option("approve_selected")
    editor.page.locator("[name=index]").click()
    editor.press("Approve these articles")
    editor.is_told("Another person approves it")

    said = call_verb(site, VERB.format(article=article))
    assert said.split() == ["editor", "refused", "root", "refused", "in_review"]

    root = Desk(browser, site, "root", ROOT_PASSWORD)
    root.open(f"articles/article/{article}/step/approve/")
    approve = root.page.get_by_role("button", name="Approve exactly this")
    if approve.count():
        approve.click()
    root.is_told("takes one of these roles")
    root.open(f"articles/article/{article}/change/")
    expect(root.page.locator(".state-in_review").first).to_be_visible()


ROOT_PASSWORD = "roots hold no role here"  # a password of this test's own database
VERB = f"""
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from articles.models import Article
from articles.verbs import trail, workflow
if not User.objects.filter(username="root").exists():
    User.objects.create_superuser("root", password="{ROOT_PASSWORD}")
article = Article.objects.get(pk={{article}})
for name in ("editor", "root"):
    by = User.objects.get(username=name)
    try:
        workflow.approve(article, by=by, now=timezone.now(), seen=trail.manifest_sha256(article))
        print(name, "approved")
    except PermissionDenied:
        print(name, "refused")
article.refresh_from_db()
print(article.state)
"""
