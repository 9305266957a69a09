"""Steering a send: who may, from where, and that every row stays counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from pytest_django import Settings

from config.refusal import Refused
from config.rights import Role
from newsletter.models import Delivery, Issue, IssueEvent, ReceivingDomain
from newsletter.verbs import approval, steering
from tests import factories
from tests.newsletter import senders
from tests.newsletter.senders import MORNING, After
from tests.newsletter.smtp_faults import FaultyRelay

pytestmark = pytest.mark.django_db
READERS = ("a@example.org", "b@example.org", "c@example.org")


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> User:
    # What was approved here was made without composing, so there is nothing to compare it with.
    monkeypatch.setattr(approval, "needs_revision", lambda _issue: False)
    return factories.user("editor", Role.EDITOR)


ACTS: dict[str, Callable[[Issue, User], object]] = {
    "pause": lambda issue, by: steering.pause(issue, by=by, now=MORNING),
    "resume": lambda issue, by: steering.resume(issue, by=by, now=MORNING),
    "cancel": lambda issue, by: steering.cancel(issue, by=by, now=MORNING, remark="Wrong list."),
    "settle": lambda issue, by: steering.settle(issue.deliveries.all()[0], by=by, now=MORNING, arrived=True),
    "resume_domain": lambda _issue, by: steering.resume_domain(
        ReceivingDomain(domain="x"), by=by, now=MORNING
    ),
    "bring_forward": lambda issue, by: steering.bring_forward(issue, by=by, now=MORNING),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [Role.WRITER, Role.REVIEWER, Role.TRANSLATOR, Role.ADMIN, None])
def test_nobody_but_editors_steers_superusers_included(act: str, role: Role | None) -> None:
    issue = senders.begun(*READERS)
    person = factories.user("root", is_superuser=True) if role is None else factories.user("somebody", role)
    before = list(Delivery.objects.values())
    with pytest.raises(PermissionDenied):
        ACTS[act](issue, person)
    issue.refresh_from_db()
    assert (issue.state, list(Delivery.objects.values())) == (Issue.State.SENDING, before)


def test_a_paused_issue_goes_on_where_it_was(editor: User) -> None:
    issue = senders.begun(*READERS)
    steering.pause(issue, by=editor, now=MORNING, remark="A regrade.")
    assert issue.state == Issue.State.PAUSED
    steering.resume(issue, by=editor, now=MORNING)
    assert issue.state == Issue.State.SENDING
    kinds = list(issue.events.values_list("kind", "by__username"))
    assert kinds[-2:] == [("paused", "editor"), ("resumed", "editor")]


def test_what_was_changed_while_it_paused_goes_only_after_a_second_person_approved_it(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = senders.begun(*READERS)
    steering.pause(issue, by=editor, now=MORNING)
    monkeypatch.setattr(approval, "needs_revision", lambda _issue: True)
    with pytest.raises(Refused) as refused:
        steering.resume(issue, by=editor, now=MORNING)
    assert refused.value.code == "not_approved"
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED


def test_a_cancelled_issue_reaches_nobody_more_and_every_row_is_still_counted(editor: User) -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        stop = After(1, lambda: steering.cancel(issue, by=editor, now=MORNING, remark="Wrong list."))
        senders.run(relay, told_to_stop=stop)
        senders.tick(MORNING + timedelta(minutes=1))
        senders.run(relay)
        assert len(relay.received) == 1
    counts = steering.progress(issue, now=MORNING)["counts"]
    assert (counts["sent"], counts["cancelled"], sum(counts.values())) == (1, 2, issue.audience)
    with pytest.raises(Refused, match="Cancelled"):
        steering.resume(issue, by=editor, now=MORNING)


def test_cancelling_asks_for_a_reason(editor: User) -> None:
    issue = senders.begun(*READERS)
    with pytest.raises(Refused) as refused:
        steering.cancel(issue, by=editor, now=MORNING, remark="  ")
    assert refused.value.code == "remark"
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENDING


@pytest.mark.parametrize(("arrived", "becomes"), [(True, "sent"), (False, "pending")])
def test_a_person_settles_what_the_machine_cannot_know(editor: User, arrived: bool, becomes: str) -> None:
    issue = senders.begun(*READERS)
    row = Delivery.objects.filter(issue=issue).earliest("id")
    Delivery.objects.filter(pk=row.pk).update(state="ambiguous", doubts=1)
    steering.settle(row, by=editor, now=MORNING, arrived=arrived)
    row.refresh_from_db()
    assert row.state == becomes
    assert issue.events.get(kind=IssueEvent.Kind.SETTLED).detail == {"delivery": row.pk, "arrived": arrived}
    with pytest.raises(Refused) as refused:
        steering.settle(row, by=editor, now=MORNING, arrived=arrived)
    assert refused.value.code == "not_doubtful"


def test_a_doubtful_one_of_a_finished_issue_may_still_go_once_more(editor: User) -> None:
    issue = senders.begun(*READERS)
    Delivery.objects.filter(issue=issue).update(state="sent")
    row = Delivery.objects.filter(issue=issue).earliest("id")
    Delivery.objects.filter(pk=row.pk).update(state="ambiguous", doubts=2)
    senders.tick(MORNING)
    issue.refresh_from_db()
    assert issue.state == Issue.State.SENT
    steering.settle(
        Delivery.objects.select_related("issue").get(pk=row.pk), by=editor, now=MORNING, arrived=False
    )
    with FaultyRelay() as relay:
        senders.run(relay)
        assert [received.recipient for received in relay.received] == [row.address]


def test_the_demonstration_can_bring_sunday_forward_and_nobody_else_can(
    editor: User, settings: Settings
) -> None:
    issue = senders.begun(*READERS, now=MORNING)
    early = MORNING - timedelta(hours=20)
    Delivery.objects.update(due_at=MORNING, send_after=MORNING)
    settings.EMBEDDED = False
    with pytest.raises(Refused) as refused:
        steering.bring_forward(issue, by=editor, now=early)
    assert refused.value.code == "not_embedded"
    settings.EMBEDDED = True
    steering.bring_forward(issue, by=editor, now=early)
    with FaultyRelay() as relay:
        assert senders.run(relay, now=early) == 3
    with pytest.raises(Refused):
        steering.bring_forward(issue, by=editor, now=early)


def test_progress_adds_up_to_the_audience_and_says_how_fast(editor: User) -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        senders.run(relay, told_to_stop=After(2, lambda: steering.pause(issue, by=editor, now=MORNING)))
    told = steering.progress(issue, now=MORNING + timedelta(minutes=1))
    assert told["total"] == told["audience"] == 3
    assert told["counts"] | {"sent": 2, "pending": 1} == told["counts"]
    assert told["per_minute"] == pytest.approx(0.4)
    assert told["first_due"] == told["last_due"] == MORNING


def test_a_remark_that_is_kept_for_good_holds_no_address(editor: User) -> None:
    issue = senders.begun(*READERS)
    for act in (steering.pause, steering.cancel):
        with pytest.raises(Refused) as refused:
            act(issue, by=editor, now=MORNING, remark="a@example.org wrote to us")
        assert refused.value.code == "remark"
    assert not issue.events.filter(remark__contains="@").exists()
