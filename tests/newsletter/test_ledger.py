"""The ledger holds every reader of the audience once, whatever stops it on the way."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from config.rights import Role
from newsletter import sundays
from newsletter.models import Delivery, Issue, IssueEvent, Subscriber, Suppression
from newsletter.verbs import ledger
from tests import factories
from tests.newsletter import senders
from tools.sending import ground

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(now: datetime) -> Issue:
    return ground.approved_issue(by=factories.user("managing", Role.MANAGING), now=now, sunday=senders.SUNDAY)


def test_everybody_who_confirmed_is_in_it_once_with_their_own_sunday_morning(
    issue: Issue, now: datetime
) -> None:
    zones = ["Asia/Taipei", "Europe/Zurich", "America/Los_Angeles", "Pacific/Kiritimati"]
    ground.audience(40, now=now, zones=zones)
    assert ledger.open_ledger(issue, now=now)
    rows = Delivery.objects.filter(issue=issue).select_related("subscriber")
    assert rows.count() == issue.audience == 40
    for row in rows:
        assert row.subscriber is not None
        assert row.send_after == row.due_at == sundays.send_after(issue.sunday, row.subscriber.time_zone)
        assert (row.address, row.domain) == (row.subscriber.address, row.subscriber.domain)
        assert row.state == Delivery.State.PENDING
    assert issue.events.get(kind=IssueEvent.Kind.OPENED).detail == {"audience": 40}


def test_whoever_left_never_confirmed_or_must_not_be_written_to_is_not_in_it(
    issue: Issue, now: datetime
) -> None:
    ground.subscriber("left@example.org", now=now, state=Subscriber.State.LEFT)
    ground.subscriber("asked@example.org", now=now, state=Subscriber.State.PENDING)
    barred = ground.subscriber("barred@example.org", now=now)
    Suppression.objects.create(address_key=barred.address_key, reason=Suppression.Reason.BOUNCED, at=now)
    ground.subscriber("here@example.org", now=now)
    assert ledger.open_ledger(issue, now=now)
    assert senders.states(issue) == {"here@example.org": "pending"}


def test_an_opening_that_was_stopped_goes_on_and_writes_no_row_twice(
    issue: Issue, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "RANGE", 7)
    ground.audience(30, now=now)
    fill = ledger._fill_range
    filled: list[int] = []

    def stopped_after_two(issue: Issue, *, now: datetime) -> None:
        if len(filled) == 2:
            raise KeyboardInterrupt
        fill(issue, now=now)
        filled.append(issue.pk)

    monkeypatch.setattr(ledger, "_fill_range", stopped_after_two)
    with pytest.raises(KeyboardInterrupt):
        ledger.open_ledger(issue, now=now)
    monkeypatch.setattr(ledger, "_fill_range", fill)
    assert issue.audience is None
    assert ledger.open_ledger(issue, now=now)
    assert Delivery.objects.filter(issue=issue).count() == issue.audience == 30


def test_opening_again_changes_nothing(issue: Issue, now: datetime) -> None:
    ground.audience(5, now=now)
    ledger.open_ledger(issue, now=now)
    before = list(Delivery.objects.values())
    Issue.objects.filter(pk=issue.pk).update(ledger_through=0)
    assert ledger.open_ledger(issue, now=now + timedelta(minutes=1))
    assert list(Delivery.objects.values()) == before
    assert issue.events.filter(kind=IssueEvent.Kind.OPENED).count() == 1


def test_a_zone_the_system_has_forgotten_costs_nobody_their_brief(issue: Issue, now: datetime) -> None:
    ground.subscriber("atlantis@example.org", now=now, time_zone="Atlantis/Poseidonis")
    assert ledger.open_ledger(issue, now=now)
    row = Delivery.objects.get(issue=issue)
    assert row.send_after == sundays.send_after(issue.sunday, "UTC")


def test_nothing_can_be_sending_before_the_ledger_is_whole(issue: Issue) -> None:
    with pytest.raises(IntegrityError, match="issue_sends_only_a_whole_ledger"), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SENDING)


def test_an_approval_that_falls_stops_the_opening(issue: Issue, now: datetime) -> None:
    ground.audience(5, now=now)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.DRAFT)
    assert not ledger.open_ledger(issue, now=now)
    assert not Delivery.objects.exists()


def test_opening_costs_a_handful_of_statements_a_range(
    issue: Issue, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ground.audience(500, now=now, zones=["Asia/Taipei", "Europe/Zurich"])
    with django_assert_max_num_queries(24):
        assert ledger.open_ledger(issue, now=now)
