"""Each receiving domain is written to as fast as it likes, and not at all while it refuses us."""

from collections import Counter
from datetime import timedelta

import pytest
from pytest_django import Settings

from config.rights import Role
from newsletter.models import Delivery, IssueEvent, ReceivingDomain, Subscriber, Suppression
from newsletter.verbs import claiming, steering, throttle
from tests import factories
from tests.newsletter import senders
from tests.newsletter.senders import MORNING
from tests.newsletter.smtp_faults import FaultyRelay, Stage

pytestmark = pytest.mark.django_db


def row(domain: str = "example.org") -> ReceivingDomain:
    return ReceivingDomain.objects.get(domain=domain)


def test_a_batch_takes_of_a_domain_what_its_rate_allows_and_leaves_the_rest_waiting(
    settings: Settings,
) -> None:
    settings.NEWSLETTER_DOMAIN_RATE = 12.0  # a minute, so two in ten seconds
    issue = senders.begun(*[f"r{n}@slow.example" for n in range(5)], "one@other.example")
    held = claiming.claim(issue, "w", now=MORNING)
    assert Counter(row.domain for row in held) == {"slow.example": 2, "other.example": 1}
    assert claiming.claim(issue, "w", now=MORNING + timedelta(seconds=9)) == []
    assert claiming.is_waiting(issue, now=MORNING)
    assert len(claiming.claim(issue, "w", now=MORNING + timedelta(seconds=10))) == 2


def test_a_domain_that_asks_for_patience_gets_half_and_senders_hearing_it_at_once_count_once() -> None:
    for _sender in range(4):
        throttle.slow("example.org", now=MORNING)
    assert row().per_minute == 6000
    throttle.slow("example.org", now=MORNING + timedelta(seconds=61))
    assert row().per_minute == 3000


def test_a_slowed_domain_is_restored_hour_by_hour_and_no_further_than_usual() -> None:
    for minute in range(0, 6, 2):
        throttle.slow("example.org", now=MORNING + timedelta(minutes=minute))
    assert row().per_minute == 1500
    rates = []
    for quarter in range(1, 21):
        throttle.restore(now=MORNING + timedelta(minutes=4 + 15 * quarter))
        rates.append(row().per_minute)
    assert rates == [1500] * 3 + [3000] * 4 + [6000] * 4 + [12000] * 9


def test_421_and_policy_deferrals_slow_a_domain_and_a_full_mailbox_does_not() -> None:
    senders.begun("a@closing.example", "b@policy.example", "c@full.example")
    with FaultyRelay() as relay:
        relay.next(Stage.RCPT, b"421 4.3.2 closing\r\n", b"451 4.7.1 slow down\r\n", b"452 4.2.2 full\r\n")
        senders.run(relay)
    rates = dict(ReceivingDomain.objects.values_list("domain", "per_minute"))
    assert rates == {"closing.example": 6000, "policy.example": 6000, "full.example": 12000}


def test_a_domain_that_refuses_one_in_twenty_is_paused_before_it_costs_every_reader_there() -> None:
    issue = senders.begun(*[f"r{n:03d}@blocking.example" for n in range(60)], "one@other.example")
    with FaultyRelay() as relay:
        relay.next(Stage.RCPT, *[b"550 5.7.1 blocked\r\n"] * 60)
        for minute in range(10):
            senders.run(relay, now=MORNING + timedelta(minutes=minute))
    counts = Counter(Delivery.objects.filter(domain="blocking.example").values_list("state", flat=True))
    assert row("blocking.example").paused_at is not None
    event = issue.events.get(kind=IssueEvent.Kind.DOMAIN_PAUSED)
    assert event.detail["domain"] == "blocking.example"
    assert counts["failed"] >= 11
    assert not Suppression.objects.exists(), "a blocklisting erases nobody"
    assert Subscriber.objects.active().count() == 61


def test_a_few_refusals_among_many_pause_nothing() -> None:
    issue = senders.begun(*[f"r{n:03d}@big.example" for n in range(60)])
    with FaultyRelay() as relay:
        relay.next(Stage.RCPT, *[b"550 5.7.1 blocked\r\n"] * 10)
        senders.run(relay)
    assert row("big.example").paused_at is None
    assert Counter(senders.states(issue).values()) == {"failed": 10, "sent": 50}


def test_a_resumed_domain_starts_with_a_clean_slate() -> None:
    issue = senders.begun(*[f"r{n:03d}@big.example" for n in range(40)])
    with FaultyRelay() as relay:
        relay.next(Stage.RCPT, *[b"550 5.7.1 blocked\r\n"] * 40)
        senders.run(relay)
        waiting = Delivery.objects.filter(state="pending").count()
        assert waiting
        later = MORNING + timedelta(minutes=5)
        steering.resume_domain(row("big.example"), by=factories.user("editor", Role.EDITOR), now=later)
        senders.run(relay, now=later)
    assert row("big.example").resumed_at is not None
    assert issue.events.filter(kind=IssueEvent.Kind.DOMAIN_RESUMED).exists()
