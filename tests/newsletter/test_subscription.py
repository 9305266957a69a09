"""Double opt-in: what a reader can rely on, whichever way the request came. Leaving is in test_leaving.py."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from kombu.exceptions import OperationalError
from pytest_django import Settings

from config.refusal import Refused
from newsletter import addresses, keys, tasks
from newsletter.keys import BadToken, Purpose
from newsletter.models import BounceDay, ConsentEvent, Subscriber, Suppression
from newsletter.verbs import subscription
from tests.newsletter import factories
from tests.newsletter.factories import ADDRESS

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Reason = Suppression.Reason
State = Subscriber.State


@pytest.fixture
def outside(django_capture_on_commit_callbacks: Any) -> Any:
    """What happens after the commit happens here too."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def ask(given: str = ADDRESS, *, now: datetime, **fields: Any) -> None:
    values: dict[str, Any] = {
        "language": "en", "time_zone": "Europe/Amsterdam", "source": "form", "wording": "Send it.", "ip": "203.0.113.9",
    }  # fmt: skip
    subscription.ask(given, now=now, **values | fields)


def bar(reason: Suppression.Reason, *, now: datetime, address: str = ADDRESS) -> Suppression:
    key = keys.address_key(addresses.parse(address).canonical)
    return Suppression.objects.create(address_key=key, reason=reason, at=now)


def confirm(subscriber: Subscriber, *, made: datetime, now: datetime) -> Subscriber:
    token = keys.token(Purpose.CONFIRM, subscriber.pk, now=made)
    return subscription.confirm(token, ip="203.0.113.9", now=now)


# Asking ---------------------------------------------------------------------------------------------


def test_who_asks_is_mailed_a_link_and_subscribed_to_nothing(now: datetime, outside: Any) -> None:
    with outside():
        ask(now=now)
    assert Subscriber.objects.get().state == State.PENDING
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert "/brief/confirm/" in letter.body


def test_the_wording_that_was_shown_is_kept_with_its_time_and_network(now: datetime) -> None:
    ask(now=now)
    consent = ConsentEvent.objects.get()
    assert (consent.kind, consent.wording, consent.source) == ("asked", "Send it.", "form")
    assert (consent.at, consent.ip, consent.ip_range) == (now, "203.0.113.9", "203.0.113.0/24")


def test_one_confirmation_a_day_goes_to_an_address(now: datetime, outside: Any) -> None:
    for minutes in (0, 5, 23 * 60):
        with outside():
            ask(now=now + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1
    with outside():
        ask(now=now + DAY)
    assert len(mail.outbox) == 2


def test_of_two_workers_asked_at_once_one_mails(now: datetime, outside: Any) -> None:
    first = factories.asked(now=now - 2 * DAY)
    with outside():
        ask(now=now)
    assert not subscription.send_letter("confirmation", first.pk, language="en", now=now)
    assert len(mail.outbox) == 1


def test_the_spelling_of_an_address_makes_no_second_reader(now: datetime) -> None:
    ask("Mei.Lin@Readers.Example", now=now)
    ask(" mei.lin@readers.example ", now=now)
    assert Subscriber.objects.count() == 1


def test_a_subscriber_is_neither_mailed_nor_changed_by_whoever_types_the_address(
    now: datetime, outside: Any
) -> None:
    factories.reader(now=now - 30 * DAY)
    before = factories.tables() | {"Knock": []}
    with outside():
        ask(now=now, language="zh-hant", time_zone="Asia/Taipei", plain=True)
    assert mail.outbox == []
    assert factories.tables() | {"Knock": []} == before


def test_asking_again_before_confirming_takes_the_newer_choices(now: datetime) -> None:
    ask(now=now)
    ask(now=now, language="zh-hant", time_zone="Asia/Taipei", plain=True)
    kept = Subscriber.objects.get()
    assert (kept.language, kept.time_zone, kept.plain) == ("zh-hant", "Asia/Taipei", True)


def test_who_left_may_ask_again_and_stays_away_until_confirming(now: datetime, outside: Any) -> None:
    gone = factories.reader(now=now - 30 * DAY)
    subscription.leave(keys.token(Purpose.UNSUBSCRIBE, gone.pk), source="one click", ip="", now=now - DAY)
    with outside():
        ask(now=now)
    assert len(mail.outbox) == 1
    assert Subscriber.objects.get().state == State.LEFT
    assert confirm(gone, made=now, now=now).state == State.ACTIVE


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"given": "no address"}, "address"),
        ({"language": "fr"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_writes_nothing(
    now: datetime, fields: dict[str, str], code: str
) -> None:
    before = factories.tables()
    with pytest.raises(Refused) as refusal:
        ask(**fields, now=now)
    assert refusal.value.code == code
    assert factories.tables() == before


def test_the_limit_holds_for_the_verb_itself(now: datetime) -> None:
    for number in range(20):
        ask(f"reader{number}@readers.example", now=now)
    with pytest.raises(Refused) as refusal:
        ask("one.more@readers.example", now=now)
    assert refusal.value.code == "limit"
    assert Subscriber.objects.count() == 20


@pytest.mark.parametrize("reason", [Reason.COMPLAINED, Reason.BY_HAND])
def test_who_reported_us_or_was_barred_by_the_desk_is_never_mailed(
    now: datetime, outside: Any, reason: Suppression.Reason
) -> None:
    bar(reason, now=now)
    with outside():
        ask(now=now)
        subscription.request_link(ADDRESS, language="en", ip="", now=now)
    assert mail.outbox == []


@pytest.mark.parametrize("reason", [Reason.ERASED, Reason.BOUNCED, Reason.SOFT_BOUNCES])
def test_proving_an_address_that_was_barred_lifts_the_bar(
    now: datetime, outside: Any, reason: Suppression.Reason
) -> None:
    bar(reason, now=now - DAY)
    with outside():
        ask(now=now)
    assert len(mail.outbox) == 1
    confirm(Subscriber.objects.get(), made=now, now=now)
    assert not Suppression.objects.exists()
    assert Subscriber.objects.reachable().exists()


@pytest.mark.parametrize("reason", [Reason.COMPLAINED, Reason.BY_HAND])
def test_confirming_lifts_neither_a_complaint_nor_the_desks_bar(
    now: datetime, reason: Suppression.Reason
) -> None:
    reader = factories.asked(now=now)
    bar(reason, now=now)
    confirm(reader, made=now, now=now)
    assert Suppression.objects.get().reason == reason


def test_a_subscriber_whose_mail_bounced_can_prove_the_address_again(now: datetime, outside: Any) -> None:
    reader = factories.reader(now=now - 30 * DAY)
    bar(Reason.SOFT_BOUNCES, now=now - DAY)
    BounceDay.objects.create(subscriber=reader, day=now.date())
    with outside():
        ask(now=now)
    assert len(mail.outbox) == 1
    confirm(reader, made=now, now=now)
    assert not Suppression.objects.exists()
    assert not BounceDay.objects.exists()


def test_an_older_link_proves_nothing_about_a_bounce_since(now: datetime) -> None:
    reader = factories.asked(now=now - DAY)
    bar(Reason.BOUNCED, now=now)
    confirm(reader, made=now - DAY, now=now + timedelta(hours=1))
    assert Suppression.objects.exists()


def test_a_relay_that_is_down_costs_the_reader_nothing_but_asking_again(
    now: datetime, outside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any, **_kwargs: Any) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(EmailMultiAlternatives, "send", down)
        with outside():
            ask(now=now)
    with outside():
        ask(now=now + timedelta(minutes=10))
    assert len(mail.outbox) == 1


# The letters ----------------------------------------------------------------------------------------


def sent(outbox_index: int = 0) -> EmailMessage:
    message: EmailMessage = mail.outbox[outbox_index].message()
    return message


@pytest.mark.parametrize(("language", "words"), [("en", "the Sunday brief"), ("zh-hant", "/zh-hant/brief/")])
def test_a_letter_is_text_and_html_to_one_person_from_a_machine(
    now: datetime, outside: Any, language: str, words: str
) -> None:
    with outside():
        ask(now=now, language=language)
    message = sent()
    assert message["To"] == ADDRESS
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part in parts:
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        text = payload.decode()
        assert words in text
        assert "http://127.0.0.1:8000" in text
    assert "&#" not in mail.outbox[0].body


def test_the_letter_says_what_is_agreed_to(now: datetime, outside: Any) -> None:
    with outside():
        ask(now=now)
    assert str(subscription.CONSENT) in mail.outbox[0].body


# Confirming -----------------------------------------------------------------------------------------


def test_confirming_subscribes_once_and_says_so_once(now: datetime) -> None:
    asked = factories.asked(now=now)
    for _again in range(2):
        assert confirm(asked, made=now, now=now + DAY).state == State.ACTIVE
    assert [event.kind for event in asked.consents.all()] == ["asked", "confirmed"]
    assert asked.consents.get(kind="confirmed").wording == str(subscription.CONSENT)
    assert Subscriber.objects.get().confirmed_at == now + DAY


@pytest.mark.parametrize("age", [timedelta(days=7, seconds=1), timedelta(days=400)])
def test_a_link_to_confirm_runs_out_after_seven_days(now: datetime, age: timedelta) -> None:
    asked = factories.asked(now=now)
    with pytest.raises(BadToken) as bad:
        confirm(asked, made=now, now=now + age)
    assert bad.value.expired


def test_a_link_of_another_purpose_confirms_nothing(now: datetime) -> None:
    asked = factories.asked(now=now)
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.MANAGE, Purpose.FORM, Purpose.BOUNCE):
        with pytest.raises(BadToken):
            subscription.confirm(keys.token(purpose, asked.pk, now=now), ip="", now=now)
    assert Subscriber.objects.get().state == State.PENDING


def test_an_old_confirmation_does_not_bring_back_who_left_since(now: datetime) -> None:
    reader = factories.reader(now=now)
    subscription.leave(keys.token(Purpose.UNSUBSCRIBE, reader.pk), source="one click", ip="", now=now + DAY)
    with pytest.raises(BadToken):
        confirm(reader, made=now, now=now + 2 * DAY)
    assert Subscriber.objects.get().state == State.LEFT


def test_the_link_of_somebody_purged_or_erased_has_run_out(now: datetime) -> None:
    asked = factories.asked(now=now)
    token = keys.token(Purpose.CONFIRM, asked.pk, now=now)
    asked.delete()
    with pytest.raises(BadToken) as bad:
        subscription.confirm(token, ip="", now=now)
    assert bad.value.expired


# Outside the demonstration a worker writes the letters --------------------------------------------------


@pytest.fixture
def rung(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What is put into the queue, where letters are not written at once."""
    settings.EMBEDDED = False
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.send_letter, "delay", lambda *given: found.append(given))
    return found


@pytest.mark.parametrize("state", ["unknown", *State.values])
def test_whoever_watches_the_clock_learns_nothing_of_an_address(
    state: str, now: datetime, outside: Any, rung: list[tuple[Any, ...]]
) -> None:
    """The same is queued for every address, and the relay is asked by nobody who is being waited for."""
    if state != "unknown":
        factories.asked(now=now - 2 * DAY)
        Subscriber.objects.update(state=state)
    with outside():
        subscription.request_link(ADDRESS, language="en", ip="203.0.113.9", now=now)
    with outside():
        ask(now=now)
    assert [letter for letter, _pk, _language in rung] == ["preferences", "confirmation"]
    assert "@" not in repr(rung)
    assert mail.outbox == []


def test_what_is_queued_is_written_by_the_worker_once_it_is_due(
    now: datetime, outside: Any, rung: list[tuple[Any, ...]]
) -> None:
    with outside():
        ask(now=now)
        subscription.request_link("unknown@readers.example", language="en", ip="203.0.113.9", now=now)
    written = [tasks.send_letter(*given) for given in (*rung, *rung)]
    assert written == [True, False, False, False]
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]


def test_where_the_queue_is_down_the_letter_goes_all_the_same(
    now: datetime, outside: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMBEDDED = False

    def down(*_given: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.send_letter, "delay", down)
    with outside():
        ask(now=now)
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
