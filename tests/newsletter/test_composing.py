"""One issue a week, written by itself, reworded by editors; every change is on the trail and takes the approval back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from config.refusal import Refused
from config.rights import Role
from evidence.models import Claim, Study
from newsletter import sundays
from newsletter.models import Issue, IssueEvent, IssueLine, IssueText
from newsletter.verbs import collecting, composing, trail
from tests import factories
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY, LONG_AGO, MONDAY, SUNDAY, WEEK

pytestmark = pytest.mark.django_db

SATURDAY = sundays.deadline(SUNDAY)


def kinds(issue: Issue) -> list[str]:
    return [event.kind for event in issue.events.order_by("id")]


def last_event(issue: Issue) -> IssueEvent:
    newest: IssueEvent = issue.events.order_by("-id")[0]
    return newest


# Composing ----------------------------------------------------------------------------------------------


def test_a_week_with_news_becomes_a_draft_with_all_three_sections() -> None:
    factories.published_article(now=MONDAY)
    claim = briefs.claim("fibre-helps", pmid="33000001")
    briefs.regrade(claim, now=MONDAY)
    issue = briefs.composed()
    assert (issue.iso_week, issue.state) == ("2026-W48", "draft")
    assert [line.section for line in briefs.lines(issue)] == ["changed", "new", "hype"]
    assert kinds(issue) == ["composed"]
    assert not composing.problems(issue)


def test_it_composes_once_a_week_however_often_it_is_asked() -> None:
    issue = briefs.with_news()
    again = composing.compose(SUNDAY, by=briefs.editor(), now=FRIDAY + timedelta(hours=3))
    assert again.pk == issue.pk
    assert Issue.objects.count() == 1
    assert kinds(issue) == ["composed"]


def test_whoever_composes_a_moment_later_gets_the_issue_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    real = collecting.cut_from

    def another_is_faster(issue: Issue) -> datetime:
        Issue.objects.create(
            iso_week="2026-W48", sunday=SUNDAY, cut_from=MONDAY, cut_until=FRIDAY, composed_at=FRIDAY
        )
        return real(issue)

    monkeypatch.setattr(collecting, "cut_from", another_is_faster)
    issue = composing.compose(SUNDAY, by=None, now=FRIDAY)
    assert issue == Issue.objects.get()
    assert not issue.lines.exists()


@pytest.mark.django_db(transaction=True)
def test_people_who_compose_at_the_same_moment_make_one_issue() -> None:
    briefs.claim("probiotics-help", pmid="32000009")
    briefs.regrade(briefs.claim(), now=MONDAY)
    made, failed = briefs.at_once(lambda: composing.compose(SUNDAY, by=None, now=FRIDAY).pk)
    assert not failed
    assert len(set(made)) == 1
    issue = Issue.objects.get()
    assert (issue.lines.count(), issue.texts.count(), kinds(issue)) == (2, 2, ["composed"])


def test_a_week_in_which_nothing_changed_sends_nothing_and_says_so() -> None:
    briefs.claim()
    issue = briefs.composed()
    assert issue.state == "empty"
    assert not issue.lines.exists()
    assert kinds(issue) == ["empty"]
    assert IssueEvent.Kind.EMPTY in IssueEvent.TELLS


@pytest.mark.parametrize("sunday", [SUNDAY - WEEK, SUNDAY + WEEK, SUNDAY - timedelta(days=1)])
def test_only_the_coming_sunday_is_composed(sunday: date) -> None:
    with pytest.raises(Refused) as refusal:
        composing.compose(sunday, by=None, now=FRIDAY)
    assert refusal.value.code == "not_the_coming_sunday"
    assert not Issue.objects.exists()


def test_the_subject_tells_the_strongest_line_in_each_language() -> None:
    issue = briefs.with_news()
    subjects = dict(issue.texts.values_list("language", "subject"))
    assert subjects["en"] == "From Emerging to Weak: Glutamine eases symptoms."
    assert "麩醯胺酸可緩解症狀。" in subjects["zh-hant"]
    assert "Glutamine" not in subjects["zh-hant"]


def test_a_subject_made_of_a_long_statement_is_cut_to_what_a_subject_holds() -> None:
    claim = briefs.claim()
    factories.words(claim, now=LONG_AGO, statement="Glutamine " * 29)
    briefs.claim("probiotics-help", pmid="32000009")
    briefs.regrade(claim, now=MONDAY)
    subject = briefs.composed().texts.get(language="en").subject
    assert len(subject) == 150
    assert subject.endswith("…")


# Who may, and when --------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Issue, User], object]] = {
    "compose": lambda _issue, by: composing.compose(SUNDAY, by=by, now=FRIDAY),
    "refresh": lambda issue, by: composing.refresh(issue, by=by, now=FRIDAY),
    "write": lambda issue, by: composing.write(issue, "en", by=by, now=FRIDAY, subject="New", opening=""),
    "edit_line": lambda issue, by: briefs.reword(briefs.lines(issue)[0], by=by, text_en="New"),
    "arrange": lambda issue, by: composing.arrange(
        issue, by=by, now=FRIDAY, order=[line.pk for line in reversed(briefs.lines(issue))]
    ),
    "choose_spotlight": lambda issue, by: composing.choose_spotlight(
        issue, Claim.objects.get(slug="glutamine-eases-ibs"), by=by, now=FRIDAY
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN, None])
def test_nobody_but_editors_changes_an_issue_superusers_included(act: str, role: Role | None) -> None:
    issue = briefs.with_news()
    person = factories.user("root", is_superuser=True) if role is None else factories.user("somebody", role)
    before = (list(IssueLine.objects.values()), list(IssueText.objects.values()))
    with pytest.raises(PermissionDenied):
        ACTS[act](issue, person)
    assert before == (list(IssueLine.objects.values()), list(IssueText.objects.values()))
    assert kinds(issue) == ["composed"]


@pytest.mark.parametrize("act", [name for name in ACTS if name != "compose"])
@pytest.mark.parametrize(
    ("state", "way_out"),
    [("sending", "Pause the send first"), ("sent", "next issue"), ("missed", "next issue")],
)
def test_an_issue_that_is_on_its_way_or_over_is_not_changed(act: str, state: str, way_out: str) -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    briefs.sending(issue, state=state)
    with pytest.raises(Refused, match=way_out):
        ACTS[act](issue, briefs.editor())
    assert "edited" not in kinds(issue)


@pytest.mark.parametrize("act", ["write", "edit_line", "arrange", "choose_spotlight"])
def test_an_empty_week_has_nothing_to_edit_and_says_how_to_go_on(act: str) -> None:
    briefs.claim()
    issue = briefs.composed()
    line = IssueLine.objects.create(issue=issue, key="x", section="new", kind="edition")
    assert line.pk
    with pytest.raises(Refused, match="Refresh the issue"):
        ACTS[act](issue, briefs.editor())


def test_an_approved_issue_about_to_go_is_not_voided_by_a_late_edit() -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    with pytest.raises(Refused, match="begins at any moment"):
        composing.write(issue, "en", by=briefs.editor(), now=SATURDAY, subject="Late", opening="")
    issue.refresh_from_db()
    assert issue.state == "approved"


# Editing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["write", "edit_line", "choose_spotlight"])
def test_every_edit_is_on_the_trail_and_takes_the_approval_back(act: str) -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    ACTS[act](issue, briefs.editor())
    issue.refresh_from_db()
    assert (issue.state, issue.live_revision) == ("draft", None)
    assert kinds(issue) == ["composed", "approved", "voided", "edited"]
    assert trail.touchers(issue) == {briefs.editor().pk}


def test_an_edit_says_what_was_there_and_what_is() -> None:
    issue = briefs.with_news()
    briefs.write(issue, subject="Weak after all", opening="Good morning.")
    assert last_event(issue).detail == {
        "what": "words",
        "language": "en",
        "changes": [
            {
                "field": "subject",
                "old": "From Emerging to Weak: Glutamine eases symptoms.",
                "new": "Weak after all",
            },
            {"field": "opening", "old": "", "new": "Good morning."},
        ],
    }


def test_an_edit_that_changes_nothing_writes_nothing_and_voids_nothing() -> None:
    issue = briefs.with_news()
    briefs.write(issue, opening="One.\n\nTwo.")
    briefs.approved(issue)
    before = kinds(issue)
    briefs.write(
        issue, subject="  From Emerging to Weak:  Glutamine eases symptoms. ", opening="One.\r\n\r\nTwo.\r\n"
    )
    briefs.reword(briefs.lines(issue)[0])
    composing.arrange(issue, by=briefs.editor(), now=FRIDAY, order=[line.pk for line in briefs.lines(issue)])
    composing.choose_spotlight(
        issue, Claim.objects.get(slug="probiotics-help"), by=briefs.editor(), now=FRIDAY
    )
    assert composing.refresh(issue, by=briefs.editor(), now=FRIDAY + timedelta(hours=1)) == 0
    assert (kinds(issue), issue.state) == (before, "approved")


def test_a_subject_is_one_line_whatever_is_pasted() -> None:
    issue = briefs.with_news()
    briefs.write(issue, subject="Weak after all\r\nBcc: somebody@example.org")
    assert issue.texts.get(language="en").subject == "Weak after all Bcc: somebody@example.org"


def test_a_subject_that_no_mailbox_shows_is_refused_with_its_length() -> None:
    issue = briefs.with_news()
    with pytest.raises(Refused, match="151 characters; 150"):
        briefs.write(issue, subject="x" * 151)


def test_an_erratum_is_refused_before_anybody_has_read_anything() -> None:
    with pytest.raises(Refused, match="paused"):
        briefs.write(briefs.with_news(), erratum="We were wrong.")


def test_an_erratum_is_written_while_the_send_is_paused_and_the_issue_stays_paused() -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    briefs.sending(issue, state="paused")
    briefs.write(issue, erratum="We were wrong.")
    issue.refresh_from_db()
    assert issue.state == "paused"
    assert issue.live_revision is not None
    assert kinds(issue)[-1] == "edited"


def test_the_order_of_lines_is_the_editors_within_each_section() -> None:
    briefs.claim("probiotics-help", pmid="32000009")
    for number, slug in enumerate(("glutamine-eases-ibs", "fibre-helps")):
        briefs.regrade(briefs.claim(slug, pmid=f"3300000{number}"), now=MONDAY, pmid=f"3100000{number}")
    issue = briefs.composed()
    first, second, spot = briefs.lines(issue)
    composing.arrange(issue, by=briefs.editor(), now=FRIDAY, order=[spot.pk, second.pk, first.pk])
    assert [line.key for line in composing.content(issue, "en").lines()] == [
        second.key,
        first.key,
        "spotlight",
    ]
    (change,) = last_event(issue).detail["changes"]
    assert change == {
        "field": "order",
        "old": [first.key, second.key, "spotlight"],
        "new": [second.key, first.key, "spotlight"],
    }


@pytest.mark.parametrize("order", [[], [1], [1, 1, 2]])
def test_an_order_that_names_other_lines_is_refused(order: list[int]) -> None:
    issue = briefs.with_news()
    first = briefs.lines(issue)[0].pk
    with pytest.raises(Refused) as refusal:
        composing.arrange(issue, by=briefs.editor(), now=FRIDAY, order=[first + step for step in order])
    assert refusal.value.code == "order"


def test_a_line_left_out_is_not_said_and_can_be_taken_in_again() -> None:
    issue = briefs.with_news()
    line = briefs.lines(issue, section="changed")[0]
    briefs.reword(line, dropped=True)
    assert any("No line tells of news" in problem for problem in composing.problems(issue))
    briefs.reword(line, dropped=False)
    assert not composing.problems(issue)


# Refreshing ---------------------------------------------------------------------------------------------


def test_an_empty_week_becomes_a_draft_when_something_happens_before_the_deadline() -> None:
    claim = briefs.claim()
    issue = briefs.composed()
    later = FRIDAY + timedelta(hours=4)
    briefs.regrade(claim, now=later)
    assert composing.refresh(issue, by=briefs.editor(), now=later) == 2
    assert (issue.state, issue.cut_until) == ("draft", later)
    assert not composing.problems(issue)
    assert kinds(issue) == ["empty", "edited"]


def test_a_refresh_adds_what_is_new_and_keeps_what_an_editor_wrote() -> None:
    issue = briefs.with_news()
    briefs.reword(briefs.lines(issue)[0], text_en="Glutamine does not, after all.")
    briefs.write(issue, subject="My own subject")
    later = FRIDAY + timedelta(hours=4)
    briefs.claim("fibre-helps", now=later, pmid="33000001")
    assert composing.refresh(issue, by=briefs.editor(), now=later) == 1
    assert briefs.lines(issue)[0].text_en == "Glutamine does not, after all."
    assert issue.texts.get(language="en").subject == "My own subject"
    assert len(briefs.lines(issue, section="new")) == 1


def test_a_refresh_renews_every_line_whose_grade_moved_the_spotlight_too() -> None:
    issue = briefs.with_news()
    later = FRIDAY + timedelta(hours=4)
    briefs.regrade(Claim.objects.get(slug="probiotics-help"), now=later, pmid="31000099")
    assert any("was graded again" in problem for problem in composing.problems(issue))
    assert composing.refresh(issue, by=briefs.editor(), now=later) == 2
    assert not composing.problems(issue)
    assert composing.content(issue, "en").sections[-1].lines[0].grade == "weak"


def test_a_refresh_takes_away_what_is_no_news_any_more() -> None:
    issue = briefs.with_news()
    key = briefs.lines(issue)[0].key
    claim = Claim.objects.get(slug="glutamine-eases-ibs")
    later = FRIDAY + timedelta(hours=4)
    briefs.go_back(claim, now=later)
    composing.refresh(issue, by=briefs.editor(), now=later)
    assert not issue.lines.filter(key=key).exists()
    briefs.regrade(claim, now=later, pmid="31000098")
    composing.refresh(issue, by=briefs.editor(), now=later)
    assert issue.lines.filter(key=key, dropped=False).exists()


def test_an_edit_of_a_line_that_a_refresh_took_away_is_refused() -> None:
    issue = briefs.with_news()
    line = briefs.lines(issue)[0]
    briefs.go_back(Claim.objects.get(slug="glutamine-eases-ibs"), now=FRIDAY)
    composing.refresh(issue, by=briefs.editor(), now=FRIDAY)
    with pytest.raises(Refused) as refusal:
        composing.edit_line(
            line, by=briefs.editor(), now=FRIDAY, text_en="", text_zh_hant="", why_en="", why_zh_hant="", dropped=False,
        )  # fmt: skip
    assert refusal.value.code == "gone"


def test_a_refresh_chooses_other_works_where_one_has_fallen() -> None:
    issue = briefs.with_news()
    work = Study.objects.get(title="It does not")
    briefs.retract(work, now=FRIDAY)
    assert any("Retracted" in problem for problem in composing.problems(issue))
    composing.refresh(issue, by=briefs.editor(), now=FRIDAY)
    assert not composing.problems(issue)
    assert work not in briefs.lines(issue, section="changed")[0].works.all()


def test_after_the_deadline_nothing_is_taken_in_any_more() -> None:
    with pytest.raises(Refused) as refusal:
        composing.refresh(briefs.with_news(), by=briefs.editor(), now=SATURDAY)
    assert refusal.value.code == "too_late"


def test_a_paused_send_may_take_in_what_happened_since() -> None:
    issue = briefs.with_news()
    briefs.approved(issue)
    briefs.sending(issue, state="paused")
    later = SATURDAY + timedelta(hours=6)
    briefs.regrade(Claim.objects.get(slug="glutamine-eases-ibs"), now=later, pmid="31000099")
    assert composing.refresh(issue, by=briefs.editor(), now=later) == 1
    assert issue.state == "paused"
