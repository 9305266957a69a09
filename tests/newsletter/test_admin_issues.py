"""Composing the brief at the desk: through verbs, for two colleagues at once, losing nothing typed."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation

from config.rights import Role
from newsletter.models import Issue, IssueEvent, IssueLine
from newsletter.verbs import approval, composing
from tests.admin_pages import messages_of, signed_in
from tests.newsletter import briefs
from tests.newsletter.briefs import FRIDAY
from tests.newsletter.factories import tables
from tests.newsletter.issue_desk import ROLES_WITHOUT, field, opened, person, save, url

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


def line_of(issue: Issue, kind: str = "regrade") -> IssueLine:
    return issue.lines.get(kind=kind)


# The list ---------------------------------------------------------------------------------------------


def test_an_editor_composes_the_coming_issue_from_the_list_once_however_often_pressed(editor: User) -> None:
    briefs.claim("probiotics-help", pmid="32000009")
    briefs.regrade(briefs.claim(), now=briefs.MONDAY)
    client, press = signed_in(editor), reverse("admin:newsletter_issue_compose")
    assert "Compose this week" in client.get(reverse("admin:newsletter_issue_changelist")).content.decode()
    answers = [client.post(press) for _again in range(2)]
    issue = Issue.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {url(issue)}
    assert [event.by for event in issue.events.all()] == [editor]


def test_an_empty_week_says_so_and_sends_nothing(editor: User) -> None:
    response = signed_in(editor).post(reverse("admin:newsletter_issue_compose"), follow=True)
    assert Issue.objects.get().state == "empty"
    assert "Nothing has changed since the last cut" in response.content.decode()


@pytest.mark.parametrize("role", ROLES_WITHOUT)
def test_nobody_but_editors_composes_superusers_included(role: Role | None) -> None:
    client = signed_in(person(role))
    response = client.post(reverse("admin:newsletter_issue_compose"), follow=True)
    assert "takes one of these roles: editor, managing editor" in messages_of(response)
    assert not Issue.objects.exists()


def test_the_list_says_where_every_issue_stands(issue: Issue, editor: User) -> None:
    briefs.approved(issue)
    page = signed_in(editor).get(reverse("admin:newsletter_issue_changelist")).content.decode()
    subject = issue.texts.get(language="en").subject
    for said in ("2026-W48", "Sunday 29 Nov 2026", "state-approved", subject, "second-editor"):
        assert said in page


# Writing ----------------------------------------------------------------------------------------------


def test_words_lines_and_order_are_saved_together_each_through_its_verb(issue: Issue, editor: User) -> None:
    line = line_of(issue)
    typed = {
        "en-subject": "Tested, and failed",
        "zh-hant-opening": "本週。\r\n\r\n第二段。",
        field(line, "why_en"): "A larger review found nothing.",
    }
    assert save(editor, issue, **typed).status_code == 302
    line.refresh_from_db()
    assert issue.texts.get(language="en").subject == "Tested, and failed"
    assert issue.texts.get(language="zh-hant").opening == "本週。\n\n第二段。"
    assert line.why_en == "A larger review found nothing."
    edits = [event.detail["what"] for event in issue.events.filter(kind="edited", by=editor)]
    assert edits == ["words", "words", "line"]


def test_saving_what_nobody_changed_leaves_no_touch_and_no_void(issue: Issue, editor: User) -> None:
    briefs.approved(issue)
    before = IssueEvent.objects.count()
    response = save(editor, issue)
    issue.refresh_from_db()
    assert response.status_code == 302
    assert (issue.state, IssueEvent.objects.count()) == ("approved", before)


def test_a_change_to_an_approved_issue_voids_the_approval_and_the_page_says_so_before(
    issue: Issue, editor: User
) -> None:
    briefs.approved(issue)
    assert "Saving a change voids the approval" in signed_in(editor).get(url(issue)).content.decode()
    save(editor, issue, **{"en-subject": "Another one"})
    issue.refresh_from_db()
    assert (issue.state, issue.live_revision) == ("draft", None)


def test_a_line_is_left_out_and_taken_in_again(issue: Issue, editor: User) -> None:
    line = line_of(issue)
    save(editor, issue, **{field(line, "dropped"): "on"})
    line.refresh_from_db()
    assert line.dropped
    client, form = opened(editor, issue)
    form.pop(field(line, "dropped"))
    client.post(url(issue), form)
    line.refresh_from_db()
    assert not line.dropped


@pytest.fixture
def three(issue: Issue) -> list[IssueLine]:
    for slug, pmid, found in (("zinc-helps", "33", "331"), ("sauna-helps", "34", "341")):
        briefs.regrade(briefs.claim(slug, pmid=pmid), now=briefs.MONDAY, pmid=found)
    composing.refresh(issue, by=None, now=FRIDAY)
    return briefs.lines(issue, section="changed")


def order(issue: Issue) -> list[IssueLine]:
    return briefs.lines(issue, section="changed")


def test_a_line_moves_by_its_buttons_and_what_was_typed_is_saved_along(
    issue: Issue, editor: User, three: list[IssueLine]
) -> None:
    first, second, third = three
    answer = save(editor, issue, act=f"up:{third.pk}", **{"en-subject": "Typed before"})
    assert answer.headers["Location"].endswith(f"#line-{third.pk}")
    assert order(issue) == [first, third, second]
    save(editor, issue, act=f"down:{first.pk}")
    assert order(issue) == [third, first, second]
    assert issue.texts.get(language="en").subject == "Typed before"


def test_a_line_moves_by_the_number_typed_into_its_place(
    issue: Issue, editor: User, three: list[IssueLine]
) -> None:
    first, second, third = three
    save(editor, issue, **{field(third, "place"): "1"})
    assert order(issue) == [third, first, second]
    save(editor, issue, **{field(third, "place"): "3"})
    assert order(issue) == [first, second, third]


def test_the_spotlight_is_chosen_from_the_graded_claims(issue: Issue, editor: User) -> None:
    chosen = briefs.claim("zinc-helps", pmid="33")
    save(editor, issue, act="spotlight", spotlight=chosen.pk)
    assert line_of(issue, "spotlight").claim == chosen


def test_what_changed_since_is_taken_in_and_what_was_typed_is_saved_along(issue: Issue, editor: User) -> None:
    briefs.regrade(briefs.claim("zinc-helps", pmid="33"), now=FRIDAY - timedelta(hours=1), pmid="331")
    client, form = opened(editor, issue)
    response = client.post(url(issue), form | {"act": "refresh", "en-subject": "Typed"}, follow=True)
    assert "Saved. One line was added" in messages_of(response)
    assert issue.lines.filter(claim__slug="zinc-helps").exists()
    assert issue.texts.get(language="en").subject == "Typed"


def test_a_refusal_saves_nothing_and_keeps_everything_typed(issue: Issue, editor: User) -> None:
    line = line_of(issue)
    briefs.approved(issue)
    with time_machine.travel(FRIDAY + timedelta(days=2), tick=False):
        page = save(
            editor, issue, **{"en-opening": "Typed too late.", field(line, "why_en"): "And this."}
        ).content.decode()
    assert "The send begins at any moment" in page
    assert "Typed too late." in page
    assert "And this." in page
    assert issue.texts.get(language="en").opening == ""


def test_a_subject_too_long_is_refused_beside_its_field_and_kept(issue: Issue, editor: User) -> None:
    response = save(editor, issue, **{"en-subject": "x" * 151, "en-opening": "Kept."})
    assert response.context["form"].errors["en-subject"]
    assert "Kept." in response.content.decode()


@pytest.mark.parametrize("role", ROLES_WITHOUT)
def test_nobody_but_editors_changes_an_issue_superusers_included(issue: Issue, role: Role | None) -> None:
    before = tables()
    client, form = opened(person(role), issue)
    page = client.post(url(issue), form | {"act": "save", "en-subject": "Mine now"}).content.decode()
    assert "takes one of these roles" in page
    assert tables() == before


# Two colleagues ---------------------------------------------------------------------------------------


def test_a_colleagues_save_is_shown_beside_mine_and_neither_is_lost(issue: Issue, editor: User) -> None:
    line = line_of(issue)
    client, form = opened(editor, issue)
    save(briefs.approver(), issue, **{"en-subject": "Theirs", field(line, "why_en"): "Their reason."})
    response = client.post(url(issue), form | {"en-subject": "Mine", "en-opening": "My opening."})
    page, shown = response.content.decode(), response.context["form"]
    assert "A colleague saved in the meantime" in page
    assert issue.texts.get(language="en").subject == "Theirs"
    # Mine where I typed, theirs where I did not.
    assert shown["en-subject"].value() == "Mine"
    assert shown["en-opening"].value() == "My opening."
    assert shown[field(line, "why_en")].value() == "Their reason."
    rows = {row["label"]: (row["theirs"], row["mine"]) for row in response.context["conflict"]}
    assert rows == {"Subject (English)": ("Theirs", "Mine"), "Opening (English)": ("", "My opening.")}


def test_after_a_conflict_the_next_save_is_made_knowingly(issue: Issue, editor: User) -> None:
    client, form = opened(editor, issue)
    save(briefs.approver(), issue, **{"en-subject": "Theirs"})
    again = client.post(url(issue), form | {"en-subject": "Mine"})
    seen = re.search(r'name="seen" value="([^"]+)"', again.content.decode())
    assert seen is not None
    token = seen[1].replace("&quot;", '"')
    assert client.post(url(issue), form | {"en-subject": "Mine", "seen": token}).status_code == 302
    assert issue.texts.get(language="en").subject == "Mine"


def test_an_approval_in_the_meantime_is_not_voided_unawares(issue: Issue, editor: User) -> None:
    client, form = opened(editor, issue)
    briefs.approved(issue)
    response = client.post(url(issue), form | {"en-subject": "Mine"})
    issue.refresh_from_db()
    assert response.status_code == 200
    assert issue.state == "approved"


def test_what_was_typed_into_a_line_that_a_refresh_took_away_can_still_be_read(
    issue: Issue, editor: User, three: list[IssueLine]
) -> None:
    gone = three[2]
    client, form = opened(editor, issue)
    assert gone.claim is not None
    briefs.go_back(gone.claim, now=FRIDAY - timedelta(minutes=5))
    composing.refresh(issue, by=None, now=FRIDAY)
    response = client.post(url(issue), form | {field(gone, "why_en"): "Written in vain."})
    assert ("", "Written in vain.") in [(r["theirs"], r["mine"]) for r in response.context["conflict"]]


# What stands in the way -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_every_problem_leads_to_the_place_to_mend_it(issue: Issue, editor: User, language: str) -> None:
    line = line_of(issue)
    briefs.reword(line, text_zh_hant="")
    save(editor, issue, **{"en-subject": ""})
    with translation.override(language):
        problems = signed_in(editor).get(url(issue)).context["problems"]
    assert {problem.place for problem in problems} == {"#id_en-subject", f"#line-{line.pk}"}


def test_a_work_that_fell_is_named_at_its_line(issue: Issue, editor: User) -> None:
    line = line_of(issue)
    briefs.retract(line.works.all()[0], now=FRIDAY)
    response = signed_in(editor).get(url(issue))
    assert f"#line-{line.pk}" in {problem.place for problem in response.context["problems"]}
    assert 'class="fault"' in response.content.decode()


def test_the_meter_says_how_long_the_message_is_and_what_is_too_long(issue: Issue, editor: User) -> None:
    sizes = signed_in(editor).get(url(issue)).context["sizes"]
    made = approval.manifest(issue)
    assert [size.html for size in sizes] == [
        made.renditions[code, False].html_bytes for code in ("en", "zh-hant")
    ]
    assert all(size.fits for size in sizes)
    save(editor, issue, **{"en-opening": "So it goes. " * 9000})
    long, short = signed_in(editor).get(url(issue)).context["sizes"]
    assert (long.fits, short.fits) == (False, True)


def test_the_trail_says_who_changed_what_word_by_word(issue: Issue, editor: User) -> None:
    subject = issue.texts.get(language="en").subject
    save(editor, issue, **{"en-subject": f"{subject} indeed"})
    newest = signed_in(editor).get(url(issue)).context["trail"][0]
    assert (newest.what, newest.by) == ("Edited", "by editor")
    [change] = newest.changes
    assert change.label == "Subject (English)"
    assert "".join(part.text for part in change.parts if part.kind == "new").strip(". ") == "indeed"
