"""Sending over a real SMTP conversation: states as written, nothing lost, nobody twice."""

import email
from datetime import timedelta
from email import policy
from itertools import pairwise

import pytest
from django.db import OperationalError

from config.rights import Role
from newsletter import keys
from newsletter.keys import Purpose
from newsletter.models import Delivery, Issue, IssueEvent, Subscriber
from newsletter.smtp import Relay
from newsletter.verbs import approval, sending, steering, stepping, subscription
from tests import factories
from tests.newsletter import senders
from tests.newsletter.senders import MORNING, After
from tests.newsletter.smtp_faults import Fault, FaultyRelay, Stage
from tools.sending import ground

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _approved_without_composing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent here was approved without composing, so there is nothing to compare it with."""
    monkeypatch.setattr(approval, "needs_revision", lambda _issue: False)


READERS = tuple(f"reader{number}@example.org" for number in range(5))


def recipients(relay: FaultyRelay) -> list[str]:
    return [received.recipient for received in relay.received]


def test_every_reader_gets_one_message_of_their_own() -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        assert senders.run(relay) == 5
        assert senders.run(relay) == 0
    assert sorted(recipients(relay)) == sorted(READERS)
    assert relay.conversations == 1, "the connection is used again and again"
    for received in relay.received:
        reader = Subscriber.objects.get(address=received.recipient)
        row = Delivery.objects.get(issue=issue, subscriber=reader)
        message = email.message_from_bytes(received.message, policy=policy.default)
        assert message["To"] == reader.address
        assert message["Message-ID"] == row.message_id == keys.message_id(issue.pk, reader.pk)
        assert keys.token(Purpose.UNSUBSCRIBE, reader.pk) in message["List-Unsubscribe"]
        assert received.sender == keys.bounce_address(row.pk)
        assert (row.state, row.attempts, row.smtp_code, row.revision) == ("sent", 1, 250, issue.live_revision)


def test_nobody_is_written_to_before_sunday_morning_where_they_live() -> None:
    ground.subscriber("taipei@example.org", now=MORNING - timedelta(days=3), time_zone="Asia/Taipei")
    ground.subscriber("honolulu@example.org", now=MORNING - timedelta(days=3), time_zone="Pacific/Honolulu")
    senders.begun("greenwich@example.org")
    with FaultyRelay() as relay:
        senders.run(relay, now=MORNING - timedelta(hours=8))
        assert recipients(relay) == ["taipei@example.org"]
        senders.run(relay, now=MORNING)
        assert recipients(relay)[1:] == ["greenwich@example.org"]
        senders.run(relay, now=MORNING + timedelta(hours=10))
    assert recipients(relay)[2:] == ["honolulu@example.org"]


FAULTS = (Fault.DEFER, Fault.FAIL, Fault.CLOSING, Fault.DROP, Fault.SILENCE)
# While a message is being written to it, a relay can only close, hang up or fall silent.
BREAKS = [(stage, fault) for stage in (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT) for fault in FAULTS] + [
    (Stage.BODY, fault) for fault in FAULTS[2:]
]


@pytest.mark.parametrize(("stage", "fault"), BREAKS)
def test_a_fault_costs_nobody_their_brief_and_nobody_gets_it_three_times(stage: Stage, fault: Fault) -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        relay.next(stage, fault)
        senders.run(relay)
        first = sorted(senders.states(issue).values())
        # A break while the message is written may come when its end has left already.
        broken = (
            {"ambiguous"}
            if stage is Stage.DOT
            else {"ambiguous", "deferred"}
            if stage is Stage.BODY
            else {"deferred"}
        )
        answered = {
            Fault.DEFER: {"deferred"},
            Fault.FAIL: {"failed"},
            Fault.CLOSING: broken - {"ambiguous"} or {"deferred"},
        }
        expected = answered.get(fault, broken)
        assert sum(first.count(state) for state in expected) == 1, first
        assert first.count("sent") == 4
        for hours in range(5):
            senders.tick(MORNING + timedelta(hours=hours, minutes=10))
            senders.run(relay, now=MORNING + timedelta(hours=hours, minutes=10))
    last = senders.states(issue)
    assert sorted(last) == sorted(READERS)
    assert sorted(last.values()).count("sent") == (4 if fault is Fault.FAIL else 5)
    assert all(recipients(relay).count(reader) <= 2 for reader in READERS)
    assert sum(recipients(relay).count(reader) - 1 for reader in set(recipients(relay))) <= 1


def test_what_is_put_off_is_tried_later_and_later_and_given_up_after_a_day() -> None:
    issue = senders.begun(READERS[0])
    row = Delivery.objects.get(issue=issue)
    now, tries = MORNING, []
    with FaultyRelay() as relay:
        relay.next(Stage.RCPT, *[b"451 4.3.0 not now\r\n"] * 40)
        while row.state != "expired":
            senders.tick(now)
            senders.run(relay, now=now)
            row.refresh_from_db()
            tries.append(now)
            now = row.due_at + timedelta(seconds=1)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert all(later >= earlier - timedelta(seconds=1) for earlier, later in pairwise(waits))
    assert timedelta(minutes=5) <= waits[0] < timedelta(minutes=6)
    assert waits[-1] < timedelta(hours=4, minutes=1)
    assert row.smtp_code == 451
    assert MORNING + timedelta(hours=19) < tries[-1] <= MORNING + timedelta(hours=24)
    assert row.subscriber is not None
    assert row.subscriber.bounce_days.count() == 1


def test_pausing_takes_effect_within_one_message() -> None:
    issue = senders.begun(*READERS)
    managing = factories.user("managing", Role.MANAGING)
    with FaultyRelay() as relay:
        stop = After(2, lambda: steering.pause(issue, by=managing, now=MORNING))
        senders.run(relay, told_to_stop=stop)
        assert len(relay.received) == 2
        assert sorted(senders.states(issue).values()) == ["pending"] * 3 + ["sent"] * 2
        senders.run(relay)
        assert len(relay.received) == 2
        steering.resume(issue, by=managing, now=MORNING)
        senders.run(relay)
    assert sorted(recipients(relay)) == sorted(READERS)


def test_leaving_takes_effect_within_one_message() -> None:
    issue = senders.begun(*READERS)
    last = Subscriber.objects.get(address=READERS[4])
    token = keys.token(Purpose.UNSUBSCRIBE, last.pk)
    with FaultyRelay() as relay:
        senders.run(
            relay,
            told_to_stop=After(2, lambda: subscription.leave(token, source="link", ip="", now=MORNING)),
        )
    assert READERS[4] not in recipients(relay)
    assert len(relay.received) == 4
    assert senders.states(issue)[READERS[4]] == "suppressed"


def test_told_to_stop_it_finishes_the_message_and_gives_back_the_rest() -> None:
    issue = senders.begun(*READERS)
    answers = iter([False, False, False, False, True, True, True])
    with FaultyRelay() as relay:
        assert senders.run(relay, told_to_stop=lambda: next(answers)) == len(relay.received)
    counted = sorted(senders.states(issue).values())
    assert counted.count("sent") == len(relay.received) > 0
    assert counted.count("pending") == 5 - len(relay.received) > 0


def test_a_revision_reaches_exactly_those_who_had_nothing_yet() -> None:
    issue = senders.begun(*READERS)
    managing = factories.user("managing", Role.MANAGING)
    with FaultyRelay() as relay:
        senders.run(relay, told_to_stop=After(2, lambda: ground.revise(issue, by=managing, now=MORNING)))
    by_revision = Delivery.objects.filter(issue=issue).values_list("revision__number", flat=True)
    assert sorted(by_revision) == [1, 1, 2, 2, 2]
    assert sorted(recipients(relay)) == sorted(READERS)


def test_a_relay_that_is_not_there_leaves_everything_waiting() -> None:
    issue = senders.begun(*READERS)
    gone = Relay(host="127.0.0.1", port=9, connect_seconds=0.2)
    sent = sending.run_slice(relay=gone, clock=lambda: MORNING, told_to_stop=lambda: False, seconds=5)
    assert sent == 0
    assert set(senders.states(issue).values()) == {"pending"}
    assert not Delivery.objects.exclude(attempts=0).exists()


def test_a_relay_that_refuses_us_is_told_once_an_hour_and_touches_no_row() -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        relay.next(Stage.BANNER, *[b"554 5.7.1 go away\r\n"] * 3)
        senders.run(relay)
        senders.run(relay, now=MORNING + timedelta(minutes=30))
        senders.run(relay, now=MORNING + timedelta(minutes=61))
    assert set(senders.states(issue).values()) == {"pending"}
    assert issue.events.filter(kind=IssueEvent.Kind.RELAY_REFUSED).count() == 2


def test_a_relay_that_refuses_our_sender_stops_the_issue_before_it_costs_more_than_three() -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        relay.next(Stage.MAIL, *[b"550 5.7.1 sender refused\r\n"] * 9)
        senders.run(relay)
    issue.refresh_from_db()
    assert issue.state == Issue.State.PAUSED
    assert sorted(senders.states(issue).values()) == ["failed"] * 3 + ["pending"] * 2
    assert not Subscriber.objects.exclude(state="active").exists()


def test_a_relay_that_breaks_every_conversation_is_left_alone_after_three() -> None:
    issue = senders.begun(*READERS)
    with FaultyRelay() as relay:
        relay.next(Stage.DOT, *[Fault.DROP] * 9)
        senders.run(relay)
    assert sorted(senders.states(issue).values()) == ["ambiguous"] * 3 + ["pending"] * 2


@pytest.mark.django_db(transaction=True)
def test_what_the_relay_answered_is_written_down_even_when_the_database_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issue = senders.begun(*READERS)
    step, calls = stepping.step, []

    def away_once(*args: object, **named: object) -> bool:
        calls.append(named)
        if len(calls) == 3:
            raise OperationalError("the database was restarted")
        return step(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(stepping, "step", away_once)
    monkeypatch.setattr(sending, "NAP", 0)
    with FaultyRelay() as relay:
        assert senders.run(relay) == 2
        assert sorted(senders.states(issue).values()) == ["pending"] * 3 + ["sent"] * 2
        senders.run(relay)
    assert sorted(recipients(relay)) == sorted(READERS)


def test_a_sender_that_fails_gives_back_what_it_had_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = senders.begun(*READERS)

    def broken(*_args: object, **_named: object) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(sending, "_speak", broken)
    with FaultyRelay() as relay, pytest.raises(RuntimeError):
        senders.run(relay)
    assert sorted(senders.states(issue).values()) == ["pending"] * 4 + ["sending"]
