"""Deciding on grades at the desk: by page and in bulk, bound to what was shown, never by who touched it."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from config.rights import Role
from evidence.models import Claim, GradeSnapshot
from evidence.verbs import trail
from tests import factories
from tests.admin_pages import form_of, messages_of, signed_in

pytestmark = pytest.mark.django_db
State = GradeSnapshot.State


@pytest.fixture
def proposal(now: datetime) -> GradeSnapshot:
    """A graded claim recoded by the reviewer, who proposed it; the writer wrote its words."""
    claim = factories.graded_claim(now=now)
    factories.finding(claim, factories.study(factories.record("222"), now=now), now=now, n=500)
    factories.words(claim, "en", now=now, statement="Glutamine eases some symptoms.")
    return factories.proposed(claim, now=now, trigger="recoded")


def _page(snapshot: GradeSnapshot) -> str:
    return reverse("admin:evidence_gradesnapshot_review", args=[snapshot.pk])


def _decide(user: User, snapshot: GradeSnapshot, button: str, remark: str = "", **typed: str) -> Any:
    client = signed_in(user)
    return client.post(
        _page(snapshot), form_of(client, _page(snapshot)) | {button: "1", "remark": remark} | typed
    )


def test_a_second_person_approves_and_readers_see_it(proposal: GradeSnapshot) -> None:
    assert _decide(factories.desk().second_reviewer, proposal, "approve").status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == State.CURRENT


def test_an_approval_can_be_held_for_a_release(proposal: GradeSnapshot) -> None:
    _decide(factories.desk().managing, proposal, "approve_and_hold")
    proposal.refresh_from_db()
    assert proposal.state == State.APPROVED


def test_a_return_needs_its_remark_and_keeps_what_was_typed(proposal: GradeSnapshot) -> None:
    refused = _decide(factories.desk().managing, proposal, "send_back", remark="  ")
    assert "Say in the remark what should change" in refused.content.decode()
    assert (
        _decide(factories.desk().managing, proposal, "send_back", remark="Check the dose.").status_code == 302
    )
    proposal.refresh_from_db()
    assert proposal.state == State.RETURNED
    assert proposal.decisions.get().remark == "Check the dose."


@pytest.mark.parametrize("role", list(Role))
def test_approval_by_page_follows_the_matrix(role: Role, proposal: GradeSnapshot) -> None:
    _decide(factories.user("somebody", role), proposal, "approve")
    proposal.refresh_from_db()
    assert (proposal.state == State.CURRENT) is (role in {Role.REVIEWER, Role.MANAGING})


@pytest.mark.parametrize("superuser", [False, True])
def test_whoever_coded_or_proposed_is_refused_by_page_and_keeps_the_remark(
    superuser: bool, proposal: GradeSnapshot
) -> None:
    coder = factories.desk().reviewer
    User.objects.filter(pk=coder.pk).update(is_superuser=superuser)
    page = _decide(
        User.objects.get(pk=coder.pk), proposal, "approve", remark="Looks right to me"
    ).content.decode()
    assert "Another person decides." in page
    assert "Looks right to me" in page
    proposal.refresh_from_db()
    assert proposal.state == State.PROPOSED


def test_a_grade_whose_words_changed_after_the_page_opened_is_refused_and_shown_anew(
    proposal: GradeSnapshot, now: datetime
) -> None:
    client = signed_in(factories.desk().managing)
    opened = form_of(client, _page(proposal))
    factories.words(proposal.claim, "en", now=now, statement="Glutamine cures everything.")
    response = client.post(_page(proposal), opened | {"approve": "1"})
    page = response.content.decode()
    assert "changed after this page was opened" in page
    assert "cures everything" in page
    assert response.context["seen"] != opened["seen"]


def test_a_grade_whose_evidence_moved_on_says_to_propose_again(
    proposal: GradeSnapshot, now: datetime
) -> None:
    factories.finding(proposal.claim, factories.study(factories.record("333"), now=now), now=now)
    page = _decide(factories.desk().managing, proposal, "approve").content.decode()
    assert "Propose it again, then decide." in page


def test_the_page_shows_everything_a_decision_needs(proposal: GradeSnapshot) -> None:
    response = signed_in(factories.desk().managing).get(_page(proposal))
    page = response.content.decode()
    assert len(response.context["steps"]) == 7
    assert "Work out the score" in page
    assert "What would change it" in page
    assert "One large, direct trial finds no effect" in page
    assert "Who touched what since the last release" in page
    assert '<ins class="new">some </ins>' in page
    assert response.context["seen"] in page
    assert {event.by for event in response.context["touches"]} == {
        factories.desk().reviewer,
        factories.desk().writer,
    }


def test_the_page_names_what_was_left_out_and_why(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.finding(claim, factories.announced("39397201", now=now), now=now)
    snapshot = factories.proposed(claim, now=now)
    page = signed_in(factories.desk().managing).get(_page(snapshot)).content.decode()
    assert "nobody has asked its source yet" in page


def test_the_page_asks_a_bounded_number_of_questions(
    proposal: GradeSnapshot, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(factories.desk().managing)
    client.get(_page(proposal))
    with django_assert_max_num_queries(60):
        client.get(_page(proposal))


# In bulk ----------------------------------------------------------------------------------------------


def _confirmation(user: User, *snapshots: GradeSnapshot) -> tuple[Any, dict[str, Any]]:
    client = signed_in(user)
    chosen = [snapshot.pk for snapshot in snapshots]
    response = client.post(
        reverse("admin:evidence_gradesnapshot_changelist"),
        {"action": "approve_selected", "_selected_action": chosen},
    )
    typed = {"action": "approve_selected", "confirmed": "yes", "_selected_action": chosen}
    seen = {f"seen_{row['snapshot'].pk}": row["seen"] for row in response.context["rows"]}
    return client, typed | seen


def _confirm(client: Any, typed: dict[str, Any]) -> Any:
    return client.post(reverse("admin:evidence_gradesnapshot_changelist"), typed, follow=True)


def test_grades_are_approved_in_bulk_after_each_was_shown_with_its_hash(
    proposal: GradeSnapshot, now: datetime
) -> None:
    other = factories.graded_claim(
        "another-claim", now=now, work=factories.study(factories.record("444"), now=now)
    )
    second = factories.proposed(other, now=now, trigger="recoded")
    client, typed = _confirmation(factories.desk().managing, proposal, second)
    assert GradeSnapshot.objects.awaiting_review().count() == 2
    assert "Approved" in messages_of(_confirm(client, typed))
    assert GradeSnapshot.objects.awaiting_review().count() == 0


def test_bulk_approval_refuses_who_touched_one_and_approves_the_other(
    proposal: GradeSnapshot, now: datetime
) -> None:
    mine = factories.desk().second_reviewer
    other: Claim = factories.claim("another-claim", now=now, by=mine)
    factories.finding(other, factories.study(factories.record("444"), now=now), now=now, by=mine)
    factories.words(other, now=now)
    second = factories.proposed(other, now=now)
    client, typed = _confirmation(mine, proposal, second)
    said = messages_of(_confirm(client, typed))
    assert "Another person decides." in said
    proposal.refresh_from_db()
    second.refresh_from_db()
    assert (proposal.state, second.state) == (State.CURRENT, State.PROPOSED)


def test_bulk_approval_of_something_not_shown_is_refused(proposal: GradeSnapshot) -> None:
    client, typed = _confirmation(factories.desk().managing, proposal)
    del typed[f"seen_{proposal.pk}"]
    assert "changed after this page was opened" in messages_of(_confirm(client, typed))
    proposal.refresh_from_db()
    assert proposal.state == State.PROPOSED


@pytest.mark.parametrize("role", [None, Role.WRITER, Role.EDITOR, Role.TRANSLATOR, Role.ADMIN])
def test_bulk_approval_is_not_offered_and_not_done_for_the_others(
    role: Role | None, proposal: GradeSnapshot
) -> None:
    user = factories.user("x", role) if role else factories.desk().superuser
    typed = {"action": "approve_selected", "confirmed": "yes", "_selected_action": [proposal.pk]}
    signed_in(user).post(reverse("admin:evidence_gradesnapshot_changelist"), typed)
    proposal.refresh_from_db()
    assert proposal.state == State.PROPOSED


def test_what_waits_for_me_is_exactly_what_i_may_decide(proposal: GradeSnapshot) -> None:
    waiting = GradeSnapshot.objects.awaiting_review()
    for user in User.objects.all():
        contributed = user.pk in trail.contributors(proposal.claim) or proposal.proposed_by == user
        assert trail.untouched_by(waiting, user).exists() is not contributed
