"""Who must not be written to is not, from that moment; and the desk can make good what was a mistake."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage

from config.refusal import Refused
from config.rights import Role
from newsletter.models import BounceDay, Delivery, Subscriber, Suppression
from newsletter.verbs import privacy
from newsletter.verbs.suppressing import lift, suppress
from tests.factories import user
from tests.newsletter.factories import asked, delivery, reader

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
DAY = timedelta(days=1)


@pytest.fixture
def managing() -> User:
    return user("managing", Role.MANAGING)


def test_what_waits_for_a_barred_reader_is_taken_back_and_nobody_elses(now: datetime) -> None:
    barred, other = reader("a@readers.example", now=now), reader("b@readers.example", now=now)
    rows = [
        delivery(barred, state, now=now, weeks=week) for week, state in enumerate(["pending", "deferred"])
    ]
    theirs = delivery(other, now=now)
    assert suppress(barred.address_key, Reason.BOUNCED, by=None, now=now)
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.ended_at) == ("suppressed", now)
    theirs.refresh_from_db()
    assert theirs.state == "pending"
    assert not Subscriber.objects.reachable().filter(pk=barred.pk).exists()


@pytest.mark.parametrize(
    "state", ["claimed", "sending", "sent", "failed", "ambiguous", "cancelled", "expired"]
)
def test_what_a_sender_holds_or_what_is_over_is_not_touched(state: str, now: datetime) -> None:
    barred = reader(now=now)
    row = delivery(barred, state, now=now, worker="w1")
    suppress(barred.address_key, Reason.BOUNCED, by=None, now=now)
    row.refresh_from_db()
    assert row.state == state


def test_barring_twice_is_barring_once_and_takes_back_again(now: datetime) -> None:
    barred = reader(now=now)
    assert suppress(barred.address_key, Reason.BOUNCED, by=None, now=now)
    late = delivery(barred, now=now)
    assert not suppress(barred.address_key, Reason.BOUNCED, by=None, now=now + DAY)
    late.refresh_from_db()
    assert late.state == "suppressed"
    assert Suppression.objects.get().at == now


@pytest.mark.parametrize(
    "reasons",
    [
        (Reason.BOUNCED, Reason.COMPLAINED),
        (Reason.COMPLAINED, Reason.BOUNCED),
        (Reason.ERASED, Reason.COMPLAINED),
        (Reason.COMPLAINED, Reason.ERASED),
    ],
)
def test_of_two_reasons_the_weightier_stays_in_any_order(
    reasons: tuple[Reason, Reason], now: datetime
) -> None:
    for reason in reasons:
        suppress("0" * 64, reason, by=None, now=now)
    assert Suppression.objects.get().reason == Reason.COMPLAINED


def test_an_address_nobody_subscribed_with_can_be_barred(now: datetime) -> None:
    assert suppress("0" * 64, Reason.ERASED, by=None, now=now)


def test_the_desk_bars_and_lifts_with_the_right_to_see_a_subscriber_alone(
    now: datetime, managing: User
) -> None:
    key = reader(now=now).address_key
    for other in [user("editor", Role.EDITOR), user("root", is_superuser=True)]:
        with pytest.raises(PermissionDenied):
            suppress(key, Reason.BY_HAND, by=other, now=now)
        with pytest.raises(PermissionDenied):
            lift(key, by=other, now=now)
    assert suppress(key, Reason.BY_HAND, by=managing, now=now, remark="Wrote a letter.")
    row = Suppression.objects.get()
    assert (row.by, row.remark) == (managing, "Wrote a letter.")


@pytest.mark.parametrize("reason", [Reason.BY_HAND, Reason.BOUNCED, Reason.SOFT_BOUNCES, Reason.COMPLAINED])
def test_lifting_lets_the_reader_be_written_to_and_stands_in_the_log(
    reason: Reason, now: datetime, managing: User
) -> None:
    barred = reader(now=now)
    BounceDay.objects.create(subscriber=barred, day=now.date())
    suppress(barred.address_key, reason, by=None, now=now)
    assert lift(barred.address_key, by=managing, now=now + DAY)
    assert Subscriber.objects.reachable().filter(pk=barred.pk).exists()
    assert not BounceDay.objects.exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_time) == (managing, now + DAY)
    assert str(reason.label) in entry.object_repr
    assert not lift(barred.address_key, by=managing, now=now + DAY)


def test_what_was_taken_back_stays_so_after_lifting(now: datetime, managing: User) -> None:
    barred = reader(now=now)
    row = delivery(barred, now=now)
    suppress(barred.address_key, Reason.BY_HAND, by=managing, now=now)
    lift(barred.address_key, by=managing, now=now)
    row.refresh_from_db()
    assert row.state == Delivery.State.SUPPRESSED


def test_an_erasure_is_not_the_desks_to_lift(now: datetime, managing: User) -> None:
    suppress("0" * 64, Reason.ERASED, by=None, now=now)
    with pytest.raises(Refused, match="The reader can ask for the brief again"):
        lift("0" * 64, by=managing, now=now)
    assert Suppression.objects.exists()


def test_who_complained_and_was_erased_is_barred_for_both_and_lifted_by_neither_desk_nor_import(
    now: datetime, managing: User
) -> None:
    barred = reader(now=now)
    key = barred.address_key
    suppress(key, Reason.COMPLAINED, by=None, now=now)
    privacy.erase(barred, now=now)
    assert Suppression.objects.get().reason == Reason.COMPLAINED
    with pytest.raises(Refused, match="erased"):
        lift(key, by=managing, now=now)
    assert Suppression.objects.filter(address_key=key).exists()


def test_asking_again_after_a_complaint_brings_no_letter_even_to_somebody_erased(
    now: datetime, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
) -> None:
    barred = reader("a@readers.example", now=now)
    suppress(barred.address_key, Reason.COMPLAINED, by=None, now=now)
    privacy.erase(barred, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        asked("a@readers.example", now=now + DAY)
    assert not mailoutbox
