"""Nothing goes out that a second person did not approve to the byte, and no byte changes afterwards."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.refusal import Refused
from config.rights import Role
from evidence.models import Claim
from newsletter import messages, sundays
from newsletter.content import from_plain
from newsletter.models import Issue, Rendition, Revision
from newsletter.verbs import approval, composing
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, MONDAY, SUNDAY

pytestmark = pytest.mark.django_db

DEADLINE = sundays.deadline(SUNDAY)


def paused() -> Issue:
    issue = briefs.with_news()
    briefs.approved(issue)
    return briefs.sending(issue, state="paused")


def errata(issue: Issue) -> None:
    briefs.write(issue, erratum="We were wrong.")
    briefs.write(issue, language="zh-hant", erratum="我們先前有誤。")


def test_a_second_person_freezes_every_byte_that_goes_out() -> None:
    issue = briefs.with_news()
    made = approval.manifest(issue)
    revision = approval.approve(issue, by=briefs.approver(), now=FRIDAY, seen=made.sha256)
    assert (issue.state, issue.live_revision) == ("approved", revision)
    assert (revision.number, revision.manifest_sha256) == (1, made.sha256)
    kept = {(one.language, one.plain): one for one in revision.renditions.all()}
    assert set(kept) == {("en", False), ("en", True), ("zh-hant", False), ("zh-hant", True)}
    for key, rendered in made.renditions.items():
        assert bytes(kept[key].wire) == rendered.wire
        assert (kept[key].followed, kept[key].sha256) == (rendered.followed, rendered.sha256)
        assert kept[key].html_bytes == rendered.html_bytes
    assert {code: from_plain(content) for code, content in revision.content.items()} == made.contents
    assert {claim.slug for claim in revision.claims.all()} == {"glutamine-eases-ibs", "probiotics-help"}
    assert {work.citekey for work in revision.studies.all()} == {"zhou2019", "zhou2019b", "zhou2019c"}


def test_what_is_said_now_is_what_was_approved_while_nobody_touches_it() -> None:
    issue = briefs.with_news()
    revision = briefs.approved(issue)
    again = approval.manifest(issue)
    assert (again.sha256, again.revision) == (revision.manifest_sha256, 1)


@pytest.mark.parametrize("role", [Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN, None])
def test_nobody_but_editors_approves_superusers_included(role: Role | None) -> None:
    issue = briefs.with_news()
    person = factories.user("root", is_superuser=True) if role is None else factories.user("somebody", role)
    with pytest.raises(PermissionDenied):
        briefs.approved(issue, by=person)
    assert not Revision.objects.exists()


@pytest.mark.parametrize("touch", ["compose", "write", "line", "order", "spotlight", "refresh"])
def test_it_refuses_the_approval_of_a_contributor_superusers_included(touch: str) -> None:
    person = factories.user("chief", Role.MANAGING, is_superuser=True)
    briefs.claim("probiotics-help", pmid="32000009")
    for number, slug in enumerate(("glutamine-eases-ibs", "fibre-helps")):
        briefs.regrade(briefs.claim(slug, pmid=f"3300000{number}"), now=MONDAY, pmid=f"3100000{number}")
    issue = composing.compose(SUNDAY, by=person if touch == "compose" else None, now=FRIDAY)
    if touch == "write":
        composing.write(issue, "en", by=person, now=FRIDAY, subject="Mine", opening="")
    elif touch == "line":
        briefs.reword(briefs.lines(issue)[0], by=person, text_en="Mine.")
    elif touch == "order":
        order = [line.pk for line in reversed(briefs.lines(issue))]
        composing.arrange(issue, by=person, now=FRIDAY, order=order)
    elif touch == "spotlight":
        composing.choose_spotlight(issue, Claim.objects.get(slug="fibre-helps"), by=person, now=FRIDAY)
    elif touch == "refresh":
        briefs.claim("zinc-helps", now=FRIDAY, pmid="36000001")
        composing.refresh(issue, by=person, now=FRIDAY)
    with pytest.raises(Refused) as refusal:
        briefs.approved(issue, by=person)
    assert refusal.value.code == "touched"
    assert briefs.approved(issue).number == 1


def test_an_approval_that_an_edit_made_void_does_not_wash_its_writer_clean() -> None:
    issue = briefs.with_news()
    briefs.write(issue, subject="Mine")
    briefs.approved(issue)
    composing.write(issue, "en", by=briefs.approver(), now=FRIDAY, subject="Yours", opening="")
    with pytest.raises(Refused) as refusal:
        briefs.approved(issue, by=briefs.editor())
    assert refusal.value.code == "touched"


def test_whoever_only_looked_and_sent_a_test_may_approve() -> None:
    issue = briefs.with_news()
    issue.events.model.objects.create(issue=issue, kind="test_sent", by=briefs.approver(), at=FRIDAY)
    assert briefs.approved(issue).number == 1


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_what_was_not_on_the_screen_is_not_approved(language: str) -> None:
    issue = briefs.with_news()
    seen = approval.manifest(issue).sha256
    briefs.write(issue, language=language, opening="。")
    with pytest.raises(Refused) as refusal:
        approval.approve(issue, by=briefs.approver(), now=FRIDAY, seen=seen)
    assert refusal.value.code == "changed"
    assert not Rendition.objects.exists()


def test_the_manifest_covers_the_line_that_only_followers_get(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = briefs.with_news()
    before = approval.manifest(issue).sha256
    real = messages.render

    def tampered(content: object, *, plain: bool) -> messages.Rendered:
        rendered = real(content, plain=plain)  # type: ignore[arg-type]
        (line,) = rendered.followed.values()
        line["text"] += "!"
        return rendered

    monkeypatch.setattr(messages, "render", tampered)
    assert approval.manifest(issue).sha256 != before


def test_an_incomplete_issue_is_refused_with_all_it_lacks() -> None:
    issue = briefs.with_news()
    briefs.write(issue, subject="")
    with pytest.raises(Refused) as refusal:
        approval.approve(issue, by=briefs.approver(), now=FRIDAY, seen="")
    assert refusal.value.code == "incomplete"


@pytest.mark.parametrize("state", ["empty", "approved", "sending", "sent", "missed", "cancelled"])
def test_only_a_draft_or_a_paused_send_is_approved(state: str) -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    briefs.sending(issue, state=state)
    with pytest.raises(Refused) as refusal:
        approval.approve(issue, by=briefs.approver(), now=FRIDAY, seen="")
    assert refusal.value.code == "state"


def test_after_saturday_17_utc_nothing_is_approved() -> None:
    issue = briefs.with_news()
    with pytest.raises(Refused) as refusal:
        briefs.approved(issue, now=DEADLINE)
    assert refusal.value.code == "too_late"
    assert briefs.approved(issue, now=DEADLINE - timedelta(seconds=1)).number == 1


def test_an_issue_that_gmail_would_clip_is_refused_with_its_language_and_size() -> None:
    issue = briefs.with_news()
    briefs.write(issue, language="zh-hant", opening="字" * 32_000)
    with pytest.raises(Refused, match=r"Traditional Chinese\) has \d{3} KB; 90 KB is the most") as refusal:
        briefs.approved(issue)
    assert refusal.value.code == "too_large"
    assert not Revision.objects.exists()


def test_an_edited_issue_is_approved_again_under_the_next_number() -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    briefs.write(issue, subject="Mine")
    assert approval.manifest(issue).revision == 2
    assert briefs.approved(issue).number == 2
    assert [event.kind for event in issue.events.order_by("id")][1:] == [
        "approved", "voided", "edited", "approved",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["draft", "paused"])
def test_two_approvals_at_the_same_moment_make_one_revision(state: str) -> None:
    if state == "paused":
        issue = paused()
        errata(issue)
    else:
        issue = briefs.with_news()
    seen, by, before = approval.manifest(issue).sha256, briefs.approver(), Revision.objects.count()
    made, failed = briefs.at_once(
        lambda: approval.approve(Issue.objects.get(), by=by, now=FRIDAY, seen=seen).number
    )
    assert len(made) == 1
    assert {type(reason) for reason in failed} == {Refused}
    assert Revision.objects.count() == before + 1
    assert issue.events.filter(kind="approved").count() == before + 1


# A further revision while Sunday is still rolling westwards -------------------------------------------------


def test_a_paused_issue_that_nobody_changed_may_simply_go_on() -> None:
    issue = paused()
    assert not approval.needs_revision(issue)
    with pytest.raises(Refused) as refusal:
        briefs.approved(issue)
    assert refusal.value.code == "unchanged"


def test_a_changed_paused_issue_asks_for_an_erratum_and_then_for_a_second_person() -> None:
    issue = paused()
    briefs.write(issue, subject="Mended")
    assert approval.needs_revision(issue)
    with pytest.raises(Refused, match="erratum in both languages"):
        briefs.approved(issue)
    errata(issue)
    revision = briefs.approved(issue, now=DEADLINE + timedelta(hours=9))
    assert (revision.number, issue.state, issue.live_revision) == (2, "paused", revision)
    revision.refresh_from_db()
    assert revision.content["zh-hant"]["erratum"] == ["我們先前有誤。"]
    assert not approval.needs_revision(issue)


def test_whoever_wrote_the_first_revision_may_approve_the_second() -> None:
    """What went live washes clean (decision 0002): the first revision was read by a second person already."""
    issue = briefs.with_news()
    briefs.write(issue, subject="Mine")
    briefs.approved(issue)
    briefs.sending(issue, state="paused")
    for language, words in (("en", "We were wrong."), ("zh-hant", "我們先前有誤。")):
        text = issue.texts.get(language=language)
        composing.write(
            issue,
            language,
            by=briefs.approver(),
            now=FRIDAY + timedelta(hours=1),
            subject=text.subject,
            opening="",
            erratum=words,
        )
    with pytest.raises(Refused):
        briefs.approved(issue)
    assert briefs.approved(issue, by=briefs.editor()).number == 2


def test_a_paused_issue_whose_statement_moved_cannot_go_on_as_it_was() -> None:
    issue = paused()
    briefs.go_back(Claim.objects.get(slug="glutamine-eases-ibs"), now=FRIDAY)
    assert approval.needs_revision(issue)


def test_only_a_paused_issue_needs_a_revision() -> None:
    issue = briefs.with_news()
    assert not approval.needs_revision(issue)
    briefs.approved(issue)
    assert not approval.needs_revision(issue)
