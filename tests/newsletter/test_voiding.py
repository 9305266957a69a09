"""An approval does not outlive what it approved: a regrade or a retraction takes it back, and the editors are told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from articles.models import Article
from articles.verbs import drafting
from evidence.models import Claim, LiveNotice, Study
from evidence.sources.records import Notice
from newsletter import receivers
from newsletter.models import Issue, IssueEvent
from newsletter.verbs import composing, voiding
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, MONDAY

pytestmark = pytest.mark.django_db

LATER = FRIDAY + timedelta(hours=9)


def approved() -> Issue:
    """An approved issue with a regrade, an article, a retraction and a spotlight."""
    claim = briefs.claim()
    factories.published(factories.draft(now=MONDAY, claims=[claim]), now=MONDAY)
    regraded = briefs.claim("fibre-helps", pmid="33000001")
    briefs.regrade(regraded, now=MONDAY, pmid="31000001")
    briefs.retract(briefs.claim("aloe-helps", pmid="34000001").sources.get(), now=MONDAY)
    issue = briefs.composed()
    assert {line.kind for line in briefs.lines(issue)} == {"retraction", "regrade", "edition", "spotlight"}
    briefs.approved(issue)
    return issue


def correct(study: Study, notice: str) -> None:
    """Let a newer record of a work arrive that carries a notice."""
    record = factories.record(study.pmid or "", title=study.title)
    changed = replace(record, notices=(Notice(kind=notice, pmid="99999"),))
    factories.study(changed, now=LATER)


def regrade(_issue: Issue) -> None:
    claim = Claim.objects.get(slug="fibre-helps")
    briefs.code_null(claim, now=LATER, pmid="31000050", design="sr_rct", quality_tool="AMSTAR-2", n=9000)
    briefs.publish_grade(claim, now=LATER)


def regrade_spotlight(issue: Issue) -> None:
    claim = issue.lines.get(key="spotlight").claim
    assert claim is not None
    briefs.regrade(claim, now=LATER, pmid="31000060")


NEWS: dict[str, tuple[Callable[[Issue], object], str]] = {
    "a regrade": (regrade, "was graded again"),
    "a regrade of the spotlight": (regrade_spotlight, "was graded again"),
    "a retraction by notice": (
        lambda _issue: briefs.retract(Study.objects.get(title="It does not"), now=LATER),
        "Retracted",
    ),
    "a retraction by record": (
        lambda _issue: correct(Study.objects.get(title="It does not"), "RetractionIn"),
        "Retracted",
    ),
    "an expression of concern": (
        lambda _issue: correct(Study.objects.get(title="It does not"), "ExpressionOfConcernIn"),
        "Expression of concern",
    ),
    "a retraction taken back": (
        lambda _issue: LiveNotice.objects.update(until=LATER),
        "is not marked as retracted any more",
    ),
    "an article withdrawn": (
        lambda _issue: Article.objects.update(live=None, state="draft"),
        "was taken back from readers",
    ),
}


@pytest.mark.parametrize("what", NEWS)
def test_an_approval_is_void_after(what: str) -> None:
    issue = approved()
    happen, said = NEWS[what]
    happen(issue)
    assert voiding.void_what_changed(now=LATER) == 1
    issue.refresh_from_db()
    assert (issue.state, issue.live_revision) == ("draft", None)
    event = issue.events.get(kind="voided")
    assert said in event.remark
    assert event.by is None
    assert {"what", "of", "old", "new", "line", "snapshot"} == set(event.detail["changed"][0])
    assert event.kind in IssueEvent.TELLS
    assert voiding.void_what_changed(now=LATER) == 0


@pytest.mark.parametrize("what", NEWS)
@pytest.mark.parametrize("state", ["sending", "paused"])
def test_the_editors_of_an_issue_under_way_are_told_once_of(what: str, state: str) -> None:
    issue = briefs.sending(approved(), state=state)
    live = issue.live_revision
    happen, said = NEWS[what]
    happen(issue)
    assert voiding.void_what_changed(now=LATER) >= 1
    told = list(issue.events.filter(kind="stated_changed"))
    assert said in told[0].remark
    assert voiding.void_what_changed(now=LATER) == 0
    issue.refresh_from_db()
    assert (issue.state, issue.live_revision) == (state, live)
    assert IssueEvent.Kind.STATED_CHANGED in IssueEvent.TELLS


def test_a_regrade_says_from_what_to_what() -> None:
    issue = approved()
    briefs.go_back(Claim.objects.get(slug="fibre-helps"), now=LATER)
    voiding.void_what_changed(now=LATER)
    (change,) = issue.events.get(kind="voided").detail["changed"]
    assert (change["what"], change["old"], change["new"]) == ("grade", "weak", "emerging")


def test_a_further_regrade_of_the_same_claim_is_told_again() -> None:
    issue = briefs.sending(approved())
    regrade(issue)
    assert voiding.void_what_changed(now=LATER) == 1
    briefs.go_back(Claim.objects.get(slug="fibre-helps"), now=LATER)
    assert voiding.void_what_changed(now=LATER) == 1
    assert issue.events.filter(kind="stated_changed").count() == 2


def test_what_several_lines_state_is_told_once() -> None:
    issue = briefs.with_news()
    claim = Claim.objects.get(slug="glutamine-eases-ibs")
    composing.choose_spotlight(issue, claim, by=briefs.editor(), now=FRIDAY)
    briefs.approved(issue)
    briefs.sending(issue)
    briefs.go_back(claim, now=LATER)
    assert voiding.void_what_changed(now=LATER) == 1


def test_a_revision_that_says_it_as_it_is_now_stops_the_telling() -> None:
    issue = briefs.sending(approved(), state="paused")
    regrade(issue)
    composing.refresh(issue, by=briefs.editor(), now=LATER)
    assert voiding.void_what_changed(now=LATER) == 0


@pytest.mark.parametrize("state", ["draft", "sent", "missed", "cancelled"])
def test_an_issue_neither_approved_nor_under_way_is_left_alone(state: str) -> None:
    issue = approved()
    briefs.sending(issue, state=state)
    regrade(issue)
    assert voiding.void_what_changed(now=LATER) == 0


def test_news_of_what_the_issue_does_not_state_voids_nothing() -> None:
    issue = approved()
    briefs.reword(briefs.lines(issue, section="changed")[1], dropped=True)
    briefs.approved(issue)
    regrade(issue)
    briefs.claim("zinc-helps", now=LATER, pmid="36000001")
    assert voiding.void_what_changed(now=LATER) == 0


def test_a_newer_edition_of_a_listed_article_voids_nothing() -> None:
    approved()
    article = Article.objects.get()
    article.body += "\n\nOne sentence more."
    drafting.save(article, by=article.written_by, now=LATER)
    factories.published(article, now=LATER, note="A sentence more.")
    assert voiding.void_what_changed(now=LATER) == 0


def test_a_concern_the_approver_saw_in_the_reference_voids_nothing() -> None:
    issue = briefs.with_news()
    study = Study.objects.get(title="It does not")
    record = factories.record(study.pmid or "", title=study.title)
    notice = Notice(kind="ExpressionOfConcernIn", pmid="99999")
    factories.study(replace(record, notices=(notice,)), now=MONDAY)
    revision = briefs.approved(issue)
    assert revision.content["en"]["references"][1]["text"].endswith("[Expression of concern]")
    assert voiding.void_what_changed(now=LATER) == 0


def test_the_bell_of_a_new_grade_voids_at_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    issue = approved()
    with django_capture_on_commit_callbacks(execute=True):
        regrade(issue)
    issue.refresh_from_db()
    assert issue.state == "draft"


def test_a_failure_of_ours_does_not_reach_whoever_approved_the_grade(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def broken(**_kwargs: object) -> int:
        raise RuntimeError("ours")

    monkeypatch.setattr(voiding, "void_what_changed", broken)
    with django_capture_on_commit_callbacks(execute=True):
        receivers.void_what_changed()


@pytest.mark.django_db(transaction=True)
def test_ticks_at_the_same_moment_tell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = briefs.sending(approved())
    with monkeypatch.context() as without_the_bell:
        without_the_bell.setattr(voiding, "void_what_changed", lambda **_news: 0)
        regrade(issue)
    written, failed = briefs.at_once(lambda: voiding.void_what_changed(now=LATER))
    assert not failed
    assert sorted(map(str, written)) == ["0", "0", "0", "1"]
    assert issue.events.filter(kind="stated_changed").count() == 1


def test_a_tick_asks_as_few_questions_of_a_long_issue_as_of_a_short_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    approved()
    with django_assert_max_num_queries(11):
        voiding.void_what_changed(now=LATER)
