"""What a dead sender left behind goes on; what a live one holds is left to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from pytest_django import Settings

from newsletter.models import Delivery, Issue, Subscriber
from newsletter.smtp import Outcome, Phase
from newsletter.verbs import claiming, liveness, privacy, reaping, stepping
from newsletter.verbs.claiming import Held
from newsletter.verbs.stepping import Finished
from tests.newsletter import senders
from tests.newsletter.senders import MORNING

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(seconds=11)  # past the grace of a sender that may have lost its database only


def in_hand(issue: Issue, worker: str) -> list[Held]:
    """Let a sender claim all and begin the first."""
    held = claiming.claim(issue, worker, now=MORNING)
    assert stepping.step(issue, worker, finished=None, upcoming=held[0], now=MORNING)
    return held


@contextmanager
def alive(worker: str) -> Iterator[None]:
    """Hold a sender's lock as another process would: in PostgreSQL over a connection of its own."""
    elsewhere = connection.copy()
    with patch.object(liveness, "connection", elsewhere), liveness.holding(worker) as got:
        assert got
        with patch.object(liveness, "connection", connection):
            yield
    elsewhere.close()


def sent(held: Held) -> Finished:
    return Finished(held, Outcome("sent", Phase.DOT, 250, "2.0.0", "taken", usable=True))


@pytest.fixture
def issue() -> Issue:
    return senders.begun("a@example.org", "b@example.org", "c@example.org")


def test_what_a_dead_sender_had_not_begun_is_waiting_again(issue: Issue) -> None:
    in_hand(issue, "dead")
    reaping.reap(now=LATER)
    assert sorted(senders.states(issue).values()) == ["ambiguous", "pending", "pending"]


def test_a_live_sender_is_not_robbed_of_the_message_in_its_hand_however_slow_it_is(issue: Issue) -> None:
    with alive("slow"):
        held = in_hand(issue, "slow")
        assert reaping.reap(now=LATER) == 0
        # Past its lease it loses what it has not begun, so that two hundred readers need not wait for it.
        assert reaping.reap(now=MORNING + timedelta(minutes=16)) == 2
        assert stepping.step(issue, "slow", finished=sent(held[0]), upcoming=held[1], now=LATER) is False
    assert sorted(senders.states(issue).values()) == ["pending", "pending", "sent"]


def test_a_sender_that_lost_only_its_database_has_a_moment_to_write_down_what_it_knows(issue: Issue) -> None:
    held = in_hand(issue, "cut-off")
    reaping.reap(now=MORNING + timedelta(seconds=5))
    assert Delivery.objects.get(pk=held[0].id).state == "sending"
    stepping.step(issue, "cut-off", finished=sent(held[0]), upcoming=None, now=MORNING + timedelta(seconds=6))
    assert Delivery.objects.get(pk=held[0].id).state == "sent"


def test_a_fact_that_comes_late_still_counts_while_nobody_else_took_the_row(issue: Issue) -> None:
    held = in_hand(issue, "late")
    reaping.reap(now=LATER)
    reaping.send_doubtful_again(now=LATER)
    assert Delivery.objects.get(pk=held[0].id).state == "pending"
    stepping.step(issue, "late", finished=sent(held[0]), upcoming=None, now=LATER)
    assert Delivery.objects.get(pk=held[0].id).state == "sent"


def test_a_fact_that_comes_too_late_changes_nothing_of_whoever_has_the_row_now(issue: Issue) -> None:
    held = in_hand(issue, "late")
    reaping.reap(now=LATER)
    reaping.send_doubtful_again(now=LATER)
    mine = [row for row in claiming.claim(issue, "next", now=LATER) if row.id == held[0].id]
    assert stepping.step(issue, "next", finished=None, upcoming=mine[0], now=LATER)
    stepping.step(issue, "late", finished=sent(held[0]), upcoming=None, now=LATER)
    row = Delivery.objects.get(pk=held[0].id)
    assert (row.state, row.worker) == ("sending", "next")


def test_a_doubtful_message_goes_once_more_and_never_a_third_time(issue: Issue) -> None:
    now = LATER
    for worker in ("first", "second"):
        for row in claiming.claim(issue, worker, now=now):
            stepping.step(issue, worker, finished=None, upcoming=row, now=now)
        now += timedelta(minutes=1)
        reaping.reap(now=now)
        reaping.send_doubtful_again(now=now)
    assert set(senders.states(issue).values()) == {"ambiguous"}
    assert set(Delivery.objects.values_list("attempts", "doubts")) == {(2, 2)}


def test_where_the_policy_is_to_hold_a_doubtful_message_waits_for_a_person(
    issue: Issue, settings: Settings
) -> None:
    settings.NEWSLETTER_AMBIGUOUS = "hold"
    in_hand(issue, "dead")
    reaping.reap(now=LATER)
    assert reaping.send_doubtful_again(now=LATER) == 0
    assert sorted(senders.states(issue).values()) == ["ambiguous", "pending", "pending"]


def test_reaping_twice_is_reaping_once(issue: Issue) -> None:
    in_hand(issue, "dead")
    assert reaping.reap(now=LATER) == 3
    assert reaping.reap(now=LATER) == 0


def test_two_senders_never_hold_the_same_row(issue: Issue) -> None:
    first = claiming.claim(issue, "one", now=MORNING)
    assert len(first) == 3
    assert claiming.claim(issue, "two", now=MORNING) == []


def test_a_name_that_nobody_holds_is_dead_and_one_that_is_held_is_not() -> None:
    assert liveness.is_dead("nobody")
    with alive("somebody"):
        assert not liveness.is_dead("somebody")
    assert liveness.is_dead("somebody")


def test_no_more_senders_work_at_once_than_there_are_places() -> None:
    with alive("place-0"), liveness.one_of("place", 2) as second:
        assert second
    with alive("place-0"), alive("place-1"), liveness.one_of("place", 2) as third:
        assert not third


@pytest.mark.parametrize("became", ["deferred", "ambiguous"])
def test_a_reader_who_was_erased_while_their_message_was_on_its_way_holds_nothing_up(
    issue: Issue, became: str
) -> None:
    held = in_hand(issue, "cut-off")
    reader = Subscriber.objects.get(pk=held[0].subscriber_id)
    privacy.erase(reader, now=MORNING)
    outcome = {
        "deferred": Outcome("deferred", Phase.RCPT, 451, "4.3.0", f"{held[0].address} later", usable=True),
        "ambiguous": Outcome("ambiguous", Phase.DOT, None, "", "gone", usable=False),
    }[became]
    stepping.step(issue, "cut-off", finished=Finished(held[0], outcome), upcoming=None, now=MORNING)
    row = Delivery.objects.get(pk=held[0].id)
    assert (row.address, held[0].address in row.smtp_reply) == ("", False)
    Delivery.objects.exclude(pk=row.pk).update(state="sent")
    for hours in range(3):
        senders.tick(MORNING + timedelta(hours=hours))
    issue.refresh_from_db()
    row.refresh_from_db()
    assert issue.state == Issue.State.SENT
    assert row.state == ("suppressed" if became == "deferred" else "ambiguous")
