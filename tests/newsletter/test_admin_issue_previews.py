"""Looking at the brief before it goes, and approving it: frames that can do nothing, the very bytes, a second person."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User

from config.rights import Role
from newsletter.models import Issue
from newsletter.verbs import approval
from tests import factories
from tests.admin_pages import form_of, messages_of, signed_in
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY
from tests.newsletter.issue_desk import ROLES_WITHOUT, approve, person, save, url
from tests.newsletter.smtp_faults import FaultyRelay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def issue() -> Issue:
    return briefs.with_news()


@pytest.fixture
def editor() -> User:
    return briefs.editor()


# Previews ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hant"])
@pytest.mark.parametrize("form", ["html", "dark", "phone", "web"])
def test_every_preview_shows_the_issue_in_a_frame_that_can_do_nothing(
    issue: Issue, editor: User, form: str, language: str
) -> None:
    response = signed_in(editor).get(url(issue, "frame", form, language))
    assert issue.texts.get(language=language).subject in response.content.decode()
    policy_said = response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in policy_said
    assert "sandbox" in policy_said
    assert "<script" not in response.content.decode()


def test_only_the_pages_with_frames_may_hold_them(issue: Issue, editor: User) -> None:
    client = signed_in(editor)
    for page, may_frame in (("preview", True), ("approve", True), ("change", False), ("watch", False)):
        answer = client.get(url(issue, page))
        assert ("frame-src 'self'" in answer.headers["Content-Security-Policy"]) is may_frame, page
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], page
        assert answer.headers["X-Frame-Options"] == "DENY", page


def test_the_preview_is_of_the_very_rendition_that_is_approved(issue: Issue, editor: User) -> None:
    made = approval.manifest(issue)
    page = signed_in(editor).get(url(issue, "preview") + "?form=text").content.decode()
    assert made.renditions["en", True].text.splitlines()[0] in page
    shown = signed_in(editor).get(url(issue, "frame", "html", "en")).content.decode()
    dark = signed_in(editor).get(url(issue, "frame", "dark", "en")).content.decode()
    rule = "@media (prefers-color-scheme: dark)"
    assert shown == made.renditions["en", False].html.replace(rule, "@media not all")
    assert dark == made.renditions["en", False].html.replace(rule, "@media all")


@pytest.mark.parametrize(("form", "kind"), [("html", "multipart/alternative"), ("text", "text/plain")])
def test_the_message_can_be_downloaded_as_it_goes_out(
    issue: Issue, editor: User, form: str, kind: str
) -> None:
    response = signed_in(editor).get(url(issue, "message", form, "en"))
    message = message_from_bytes(response.content, policy=policy.default)
    assert message.get_content_type() == kind
    assert (message["To"], message["Subject"]) == (editor.email, issue.texts.get(language="en").subject)
    assert response.headers["Content-Disposition"].endswith('.eml"')


def test_an_issue_that_cannot_go_has_no_preview_and_says_why(issue: Issue, editor: User) -> None:
    save(editor, issue, **{"en-subject": ""})
    page = signed_in(editor).get(url(issue, "preview")).content.decode()
    assert "The subject (English) is empty" in page
    assert f"{url(issue)}#id_en-subject" in page
    assert signed_in(editor).get(url(issue, "frame", "html", "en")).status_code == 404


def test_a_test_goes_to_the_address_typed_with_its_mark(issue: Issue, editor: User, settings: Any) -> None:
    with FaultyRelay() as relay:
        settings.EMAIL_HOST, settings.EMAIL_PORT = relay.host, relay.port
        client = signed_in(editor)
        form = form_of(client, url(issue, "preview"))
        assert form["to"] == "editor@example.org"
        response = client.post(url(issue, "test"), form | {"language": "zh-hant"}, follow=True)
    assert "A test was sent to editor@example.org" in messages_of(response)
    assert [event.detail["language"] for event in issue.events.filter(kind="test_sent")] == ["zh-hant"]


def test_a_test_that_is_refused_keeps_the_form(issue: Issue, editor: User) -> None:
    client = signed_in(editor)
    form = form_of(client, url(issue, "preview")) | {"to": "nobody@example..org"}
    assert "nobody@example..org" in client.post(url(issue, "test"), form).content.decode()
    assert not issue.events.filter(kind="test_sent").exists()


# Approving --------------------------------------------------------------------------------------------


def test_a_second_person_approves_exactly_what_the_page_shows(issue: Issue, editor: User) -> None:
    save(editor, issue, **{"en-subject": "Mine"})
    shown = signed_in(briefs.approver()).get(url(issue, "approve"))
    assert approval.manifest(issue).sha256 in shown.content.decode()
    assert approve(briefs.approver(), issue).status_code == 302
    issue.refresh_from_db()
    assert issue.live_revision is not None
    assert (issue.state, issue.live_revision.approved_by.username) == ("approved", "second-editor")


@pytest.mark.parametrize("extra", [{}, {"is_superuser": True}], ids=["editor", "superuser"])
def test_whoever_touched_it_is_told_so_before_and_refused_if_they_try(
    issue: Issue, extra: dict[str, bool]
) -> None:
    toucher = factories.user("toucher", Role.EDITOR, **extra)
    save(toucher, issue, **{"en-subject": "Mine"})
    page = signed_in(toucher).get(url(issue, "approve")).content.decode()
    assert "another person approves it" in page
    assert "Approve exactly this" not in page
    assert "Another person approves it" in approve(toucher, issue).content.decode()
    issue.refresh_from_db()
    assert issue.state == "draft"


@pytest.mark.parametrize("role", ROLES_WITHOUT)
def test_nobody_but_editors_approves_superusers_included(issue: Issue, role: Role | None) -> None:
    page = approve(person(role), issue).content.decode()
    assert "takes one of these roles" in page
    issue.refresh_from_db()
    assert issue.state == "draft"


def test_an_approval_of_an_older_page_is_refused(issue: Issue, editor: User) -> None:
    seen = approval.manifest(issue).sha256
    save(editor, issue, **{"en-subject": "Changed since"})
    page = approve(briefs.approver(), issue, seen=seen).content.decode()
    assert "The issue changed after this page was opened" in page
    issue.refresh_from_db()
    assert issue.state == "draft"


def test_what_was_approved_is_shown_as_it_was_frozen_whatever_has_changed_since(
    issue: Issue, editor: User
) -> None:
    revision = briefs.approved(issue)
    briefs.sending(issue, state="sent")
    issue.lines.update(text_en="Written over in the database.", text_zh_hant="")
    client = signed_in(editor)
    page = client.get(url(issue, "preview") + "?form=text").content.decode()
    assert "Written over" not in page
    assert client.get(url(issue, "preview")).context["manifest"].sha256 == revision.manifest_sha256
    kept = revision.renditions.get(language="en", plain=True)
    head = bytes(kept.wire).split(b"\r\n\r\n")[1][:200]
    assert head in client.get(url(issue, "message", "text", "en")).content
    assert "Before it can be approved" not in client.get(url(issue)).content.decode()
