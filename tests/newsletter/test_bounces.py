"""A report counts once, for the right person, in whatever order; an address is barred for what is surely its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from newsletter import keys, reports
from newsletter.models import BounceDay, ConsentEvent, Delivery, InboundEvent, Subscriber, Suppression
from newsletter.reports import Kind, Report, Token
from newsletter.verbs import bounces
from tests.newsletter.factories import delivery, reader, tables
from tests.newsletter.inbound_mail import FORGED, NAMES, message

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Reason = Suppression.Reason
GONE = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"]
OTHERWISE = [
    "5.0.0",
    "5.1.0",
    "5.1.4",
    "5.1.8",
    "5.2.0",
    "5.2.2",
    "5.2.3",
    "5.3.4",
    "5.4.1",
    "5.7.1",
    "5.7.26",
    "",
]


@pytest.fixture
def sent(now: datetime) -> Delivery:
    """What a reader was sent this morning."""
    return delivery(reader(now=now), "sent", now=now, began_at=now, smtp_code=250)


def returned(row: Delivery, name: str) -> reports.Report:
    """Read one of the samples as it comes back from the reader's server."""
    assert row.subscriber_id is not None
    leave = keys.leave_address(row.subscriber_id)
    return reports.read(message(name, bounce=keys.bounce_address(row.pk), leave=leave))


def bounce(row: Delivery, status: str, *, temporary: bool = False, name: str = "one") -> Report:
    """What a delivery status of any code would be read as."""
    token = keys.bounce_address(row.pk).partition("+")[2].partition("@")[0]
    return Report(Kind.BOUNCE, name, (Token("bounce", token, "recipient"),), status, temporary)


def outcome(row: Delivery) -> tuple[str, str, str]:
    """Return the state of a delivery, of its reader and the reason of the bar, if any."""
    row.refresh_from_db()
    subscriber = Subscriber.objects.get(deliveries=row)
    barred = Suppression.objects.filter(address_key=subscriber.address_key).first()
    return row.state, subscriber.state, barred.reason if barred else ""


# Bounces --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", GONE)
def test_an_address_that_does_not_exist_is_barred_at_once(status: str, sent: Delivery, now: datetime) -> None:
    taken = bounces.take(bounce(sent, status), now=now)
    assert (taken.new, taken.acted) == (True, True)
    assert outcome(sent) == ("failed", "active", "bounced")
    assert InboundEvent.objects.get().acted


@pytest.mark.parametrize("status", OTHERWISE)
def test_any_other_refusal_is_failed_and_scores_nothing(status: str, sent: Delivery, now: datetime) -> None:
    for number in range(20):
        bounces.take(bounce(sent, status, name=f"{number}"), now=now + number * DAY)
    assert outcome(sent) == ("failed", "active", "")
    assert not BounceDay.objects.exists()


def test_only_the_code_is_kept_of_a_bounce_since_replies_quote_the_address(
    sent: Delivery, now: datetime
) -> None:
    bounces.take(returned(sent, "gone"), now=now)
    sent.refresh_from_db()
    assert (sent.smtp_code, sent.smtp_reply) == (None, "5.1.1")
    assert "receiver.example" not in str(tables())


def test_a_warning_leaves_the_delivery_alone_and_counts_half_a_point(sent: Delivery, now: datetime) -> None:
    bounces.take(returned(sent, "delayed"), now=now)
    assert outcome(sent) == ("sent", "active", "")
    assert BounceDay.objects.get().day == now.date()


def test_a_server_that_gave_up_has_failed_and_counts_half_a_point(sent: Delivery, now: datetime) -> None:
    bounces.take(returned(sent, "gave_up"), now=now)
    assert outcome(sent) == ("failed", "active", "")
    assert BounceDay.objects.count() == 1


@pytest.mark.parametrize("name", ["blocked", "blocked_called_gone", "exim_old"])
def test_a_blocklisting_or_a_bounce_in_words_bars_nobody(name: str, sent: Delivery, now: datetime) -> None:
    assert bounces.take(returned(sent, name), now=now).acted
    assert outcome(sent) == ("failed", "active", "")


# Soft bounces ---------------------------------------------------------------------------------------------


def test_six_bad_days_bar_an_address_and_five_do_not(sent: Delivery, now: datetime) -> None:
    for number in range(5):
        bounces.take(bounce(sent, "4.2.2", name=f"{number}"), now=now + number * 7 * DAY)
    assert outcome(sent)[2] == ""
    bounces.take(bounce(sent, "4.2.2", name="last"), now=now + 35 * DAY)
    assert outcome(sent)[2] == "soft_bounces"


def test_a_day_counts_once_however_much_comes_back_in_it(sent: Delivery, now: datetime) -> None:
    for number in range(10):
        bounces.take(bounce(sent, "4.2.2", temporary=number % 2 == 0, name=f"{number}"), now=now)
    assert BounceDay.objects.count() == 1
    assert outcome(sent)[2] == ""


def test_what_failed_a_season_ago_no_longer_counts(now: datetime) -> None:
    subscriber = reader(now=now)
    for days in [0, 1, 2, 3, 4, 94]:
        assert bounces.soft(subscriber, now=now + days * DAY)
    assert not Suppression.objects.exists()
    assert BounceDay.objects.count() == 6
    assert not bounces.soft(subscriber, now=now + 94 * DAY)


def test_an_expired_delivery_counts_like_a_soft_bounce(now: datetime) -> None:
    subscriber = reader(now=now)
    for week in range(6):
        bounces.soft(subscriber, now=now + 7 * week * DAY)
    assert Suppression.objects.get().reason == Reason.SOFT_BOUNCES


# In the conversation --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "barred"), [*((code, True) for code in GONE), *((code, False) for code in OTHERWISE)]
)
def test_a_refusal_in_the_conversation_follows_the_same_rule(
    status: str, barred: bool, now: datetime
) -> None:
    row = delivery(reader(now=now), "failed", now=now)
    bounces.refused(row.pk, status, now=now)
    assert Suppression.objects.exists() is barred
    assert outcome(row)[0] == "failed"


def test_a_refusal_of_what_is_gone_meanwhile_is_nobodys(now: datetime) -> None:
    row = delivery(reader(now=now), "failed", now=now)
    Delivery.objects.update(subscriber=None)
    bounces.refused(row.pk, "5.1.1", now=now)
    bounces.refused(row.pk + 1, "5.1.1", now=now)
    assert not Suppression.objects.exists()


# Once, and never back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gone", "delayed", "complaint", "leave"])
def test_the_same_message_again_changes_nothing(name: str, sent: Delivery, now: datetime) -> None:
    assert bounces.take(returned(sent, name), now=now).new
    before = tables()
    for _again in range(3):
        taken = bounces.take(returned(sent, name), now=now + DAY)
        assert (taken.new, taken.acted) == (False, False)
    assert tables() == before


def test_an_old_request_to_leave_does_not_undo_a_new_subscription(sent: Delivery, now: datetime) -> None:
    bounces.take(returned(sent, "leave"), now=now)
    assert outcome(sent)[1] == "left"
    Subscriber.objects.update(state="active", left_at=None)
    bounces.take(returned(sent, "leave"), now=now + DAY)
    assert outcome(sent)[1] == "active"


def test_what_a_report_began_and_could_not_end_is_not_remembered_as_taken(
    sent: Delivery, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> bool:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(bounces, "suppress", broken)
        with pytest.raises(ConnectionError):
            bounces.take(returned(sent, "gone"), now=now)
    assert outcome(sent) == ("sent", "active", "")
    assert bounces.take(returned(sent, "gone"), now=now).acted


@pytest.mark.parametrize(
    "state", ["pending", "claimed", "sending", "deferred", "suppressed", "cancelled", "expired", "failed"]
)
def test_no_report_moves_a_delivery_that_was_not_given_out(state: str, now: datetime) -> None:
    row = delivery(reader(now=now), state, now=now, worker="w1", began_at=now)
    bounces.take(bounce(row, "5.7.1"), now=now)
    bounces.take_event(event(row, bounces.What.DELIVERED), now=now)
    assert outcome(row)[0] == state


@pytest.mark.parametrize(
    ("state", "after"),
    [("ambiguous", "sent"), ("sent", "sent"), ("failed", "failed"), ("suppressed", "suppressed")],
)
def test_a_receipt_settles_a_doubt_and_takes_nothing_back(state: str, after: str, now: datetime) -> None:
    row = delivery(reader(now=now), state, now=now, began_at=now)
    bounces.take_event(event(row, bounces.What.DELIVERED), now=now)
    assert outcome(row)[0] == after
    assert not InboundEvent.objects.exists()


# Whom it is about -----------------------------------------------------------------------------------------


def test_a_report_without_a_genuine_token_acts_on_nobody(sent: Delivery, now: datetime) -> None:
    before = tables()
    for name in NAMES:
        for forged in (FORGED, f"{sent.pk}-{FORGED.partition('-')[2]}"):
            report = reports.read(
                message(name, bounce=f"bounce+{forged}@b.example", leave=f"leave+{forged}@b.example")
            )
            assert bounces.take(report, now=now) == bounces.Taken()
    assert tables() == before


def test_a_token_for_one_purpose_does_nothing_for_another(sent: Delivery, now: datetime) -> None:
    assert sent.subscriber_id is not None
    leave = keys.leave_address(sent.subscriber_id).replace("leave+", "bounce+")
    back = keys.bounce_address(sent.pk).replace("bounce+", "leave+")
    before = tables()
    for name in NAMES:
        bounces.take(reports.read(message(name, bounce=leave, leave=back)), now=now)
    assert tables() == before


def test_a_bounce_counts_by_its_recipient_and_not_by_what_it_quotes(sent: Delivery, now: datetime) -> None:
    quoting = message("gone", bounce=keys.bounce_address(sent.pk)).replace(
        b"\nTo: bounce+", b"\nTo: desk+", 1
    )
    assert bounces.take(reports.read(quoting), now=now) == bounces.Taken()


@pytest.mark.parametrize("name", ["away", "away_by_subject", "letter", "delivered", "praised", "forensic"])
def test_an_answer_that_is_no_report_never_counts(name: str, sent: Delivery, now: datetime) -> None:
    before = tables()
    bounces.take(returned(sent, name), now=now)
    assert tables() == before


@pytest.mark.parametrize("name", ["complaint", "complaint_headers", "complaint_fields"])
def test_whoever_complains_leaves_and_is_never_written_to_again(
    name: str, sent: Delivery, now: datetime
) -> None:
    waiting = delivery(reader(now=now), now=now, weeks=1)
    bounces.take(returned(sent, name), now=now)
    assert outcome(sent) == ("sent", "left", "complained")
    assert outcome(waiting)[0] == "suppressed"
    assert ConsentEvent.objects.filter(kind="left", source="complaint").count() == 1


def test_mail_to_the_leave_address_leaves_and_bars_nobody(sent: Delivery, now: datetime) -> None:
    assert bounces.take(returned(sent, "leave"), now=now).acted
    assert outcome(sent) == ("sent", "left", "")
    assert ConsentEvent.objects.filter(kind="left", source="mailto").count() == 1


def test_a_bounce_for_somebody_erased_fails_the_delivery_and_bars_nobody(
    sent: Delivery, now: datetime
) -> None:
    report = returned(sent, "gone")
    Delivery.objects.update(subscriber=None)
    Subscriber.objects.all().delete()
    assert bounces.take(report, now=now).acted
    sent.refresh_from_db()
    assert sent.state == "failed"
    assert not Suppression.objects.exists()


# A mail service's events ----------------------------------------------------------------------------------


def event(
    row: Delivery, what: bounces.What, *, status: str = "", ids: frozenset[str] = frozenset()
) -> bounces.Event:
    """What a mail service tells of a delivery, by its address alone unless told otherwise."""
    return bounces.Event(what, f"{what}", row.address, ids, status)


@pytest.fixture
def weekly(now: datetime) -> Callable[[str, int], Delivery]:
    """Make what the same reader was sent some weeks ago."""
    subscriber = reader(now=now)

    def make(state: str, weeks: int) -> Delivery:
        began = now - weeks * 7 * DAY
        made = delivery(subscriber, state, now=began, weeks=weeks, began_at=began)
        Delivery.objects.filter(pk=made.pk).update(message_id=keys.message_id(made.issue_id, subscriber.pk))
        made.refresh_from_db()
        return made

    return make


def test_an_event_is_about_the_message_it_names(
    weekly: Callable[[str, int], Delivery], now: datetime
) -> None:
    older, newer = weekly("sent", 20), weekly("sent", 0)
    bounces.take_event(event(older, bounces.What.BOUNCED, ids=frozenset({older.message_id})), now=now)
    assert (outcome(older)[0], outcome(newer)[0]) == ("failed", "sent")


def test_an_event_that_names_none_is_about_the_last_one_begun(
    weekly: Callable[[str, int], Delivery], now: datetime
) -> None:
    older, newer = weekly("sent", 2), weekly("sent", 1)
    waiting = delivery(reader(now=now), now=now)
    bounces.take_event(event(newer, bounces.What.BOUNCED), now=now)
    assert [outcome(row)[0] for row in (older, newer, waiting)] == ["sent", "failed", "pending"]


def test_an_event_that_names_none_is_not_about_a_message_of_last_season(
    weekly: Callable[[str, int], Delivery], now: datetime
) -> None:
    old = weekly("sent", 5)
    bounces.take_event(event(old, bounces.What.BOUNCED, status="5.1.1"), now=now)
    assert outcome(old) == ("sent", "active", "bounced")


def test_an_event_that_names_another_message_fails_none_of_ours(
    weekly: Callable[[str, int], Delivery], now: datetime
) -> None:
    row = weekly("sent", 0)
    other = keys.message_id(row.issue_id + 1, 1)
    bounces.take_event(event(row, bounces.What.BOUNCED, ids=frozenset({other})), now=now)
    assert outcome(row)[0] == "sent"


@pytest.mark.parametrize("recipient", ["", "nobody@readers.example", "no address", "a@b@c"])
def test_an_event_about_nobody_we_know_changes_nothing(recipient: str, sent: Delivery, now: datetime) -> None:
    before = tables()
    for what in bounces.What:
        bounces.take_event(bounces.Event(what, "x", recipient, frozenset(), "5.1.1"), now=now)
    assert tables() == before


def test_the_same_event_about_two_readers_counts_for_both(now: datetime) -> None:
    rows = [
        delivery(reader(f"{name}@readers.example", now=now), "sent", now=now, began_at=now) for name in "ab"
    ]
    for row in rows:
        bounces.take_event(event(row, bounces.What.BOUNCED, status="5.1.1"), now=now)
    assert [outcome(row)[0] for row in rows] == ["failed", "failed"]
