"""Importing subscribers: stated consent, asking first, and whom no file brings back."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.refusal import Refused
from config.rights import Role
from newsletter import keys
from newsletter.models import ConsentEvent, Subscriber, Suppression
from newsletter.verbs import importing, privacy, subscription, suppressing
from newsletter.verbs.importing import Outcome
from tests import factories
from tests.newsletter.people import ORIGIN, key, row, subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def managing() -> Any:
    return factories.user("managing", Role.MANAGING)


def test_a_row_with_a_stated_origin_subscribes_and_keeps_origin_and_importer(
    managing: Any, now: datetime
) -> None:
    assert importing.import_row(row(plain="yes", language="zh-TW"), by=managing, now=now) == Outcome.ADDED
    made = Subscriber.objects.get()
    assert (made.address, made.domain, made.state) == ("mei@example.org", "example.org", "active")
    assert (made.language, made.time_zone, made.plain) == ("zh-hant", "Asia/Taipei", True)
    assert made.confirmed_at == datetime(2026, 3, 1, tzinfo=UTC)
    consent = ConsentEvent.objects.get()
    assert (consent.kind, consent.wording, consent.by, consent.at) == ("imported", ORIGIN, managing, now)
    assert not mail.outbox


def test_a_row_without_an_origin_is_asked_by_mail_and_waits(
    managing: Any, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        outcome = importing.import_row(row(origin_of_consent="", consented_at=""), by=managing, now=now)
    assert outcome == Outcome.CONFIRMATION
    assert Subscriber.objects.get().state == "pending"
    assert [sent.to for sent in mail.outbox] == [["mei@example.org"]]
    assert [event.kind for event in ConsentEvent.objects.all()] == ["asked"]


def test_what_somebody_set_is_never_overwritten(managing: Any, now: datetime) -> None:
    before = subscriber(now=now)
    again = row("MEI@Example.org", language="zh-hant", time_zone="UTC", plain="1")
    assert importing.import_row(again, by=managing, now=now) == Outcome.UNCHANGED
    assert Subscriber.objects.values().get() == Subscriber.objects.filter(pk=before.pk).values().get()
    assert (before.language, before.plain, ConsentEvent.objects.count()) == ("en", False, 1)


def test_who_was_asked_and_has_not_confirmed_is_not_subscribed_by_a_file(
    managing: Any, now: datetime
) -> None:
    subscription.ask(
        "mei@example.org", language="en", time_zone="UTC", source="form", wording="", ip="", now=now
    )
    assert importing.import_row(row(), by=managing, now=now) == Outcome.UNCHANGED
    assert Subscriber.objects.get().state == "pending"


@pytest.mark.parametrize("origin", [ORIGIN, ""])
def test_who_left_is_not_brought_back_even_by_a_newer_origin(
    managing: Any, now: datetime, origin: str, django_capture_on_commit_callbacks: Any
) -> None:
    left = subscriber(now=now)
    subscription.leave(keys.token(keys.Purpose.UNSUBSCRIBE, left.pk), source="link", ip="", now=now)
    later = now + timedelta(days=30)
    newer = row(origin_of_consent=origin, consented_at="2026-12-10" if origin else "")
    with django_capture_on_commit_callbacks(execute=True):
        assert importing.import_row(newer, by=managing, now=later) == Outcome.REFUSED
    assert Subscriber.objects.get().state == "left"
    assert not mail.outbox


@pytest.mark.parametrize("reason", list(Suppression.Reason))
@pytest.mark.parametrize("origin", [ORIGIN, ""])
def test_a_suppressed_address_is_left_out_and_not_even_asked(
    managing: Any, now: datetime, reason: Any, origin: str, django_capture_on_commit_callbacks: Any
) -> None:
    suppressing.suppress(key("mei@example.org"), reason, by=None, now=now)
    given = row("Mei@EXAMPLE.org", origin_of_consent=origin, consented_at="2026-03-01" if origin else "")
    with django_capture_on_commit_callbacks(execute=True):
        assert importing.import_row(given, by=managing, now=now) == Outcome.SUPPRESSED
    assert not Subscriber.objects.exists()
    assert not mail.outbox


def test_who_had_themselves_erased_is_not_brought_back(managing: Any, now: datetime) -> None:
    privacy.erase(subscriber(now=now), now=now)
    assert importing.import_row(row(), by=managing, now=now) == Outcome.SUPPRESSED
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({"state": "left"}, Outcome.REFUSED),
        ({"suppressed": "bounced"}, Outcome.SUPPRESSED),
        ({"state": "pending"}, Outcome.CONFIRMATION),
        ({"state": "active"}, Outcome.ADDED),
    ],
)
def test_a_file_from_elsewhere_is_believed_when_it_says_that_somebody_left_or_never_confirmed(
    managing: Any, now: datetime, cells: dict[str, Any], outcome: Outcome
) -> None:
    assert importing.import_row(row(**cells), by=managing, now=now) == outcome


def test_of_the_same_address_twice_in_a_file_the_first_counts(managing: Any, now: datetime) -> None:
    rows = [row(number=2), row("MEI@example.org", number=3, plain="1"), row("an@example.org", number=4)]
    assert [answer.outcome for answer in importing.take(rows, by=managing, now=now)] == [
        "added", "unchanged", "added",
    ]  # fmt: skip
    assert not Subscriber.objects.filter(plain=True).exists()


@pytest.mark.parametrize(
    ("cells", "field", "way_out"),
    [
        ({"address": "no address"}, "address", "no address mail can be sent to"),
        ({"address": ""}, "address", "delete the row"),
        ({"address": "=CMD|' /C calc'!A0"}, "address", "no address mail can be sent to"),
        ({"language": "fr"}, "language", "Write en or zh-hant"),
        ({"time_zone": "Taipei"}, "time_zone", "Asia/Taipei"),
        ({"time_zone": "=NOW()"}, "time_zone", "Asia/Taipei"),
        ({"plain": "perhaps"}, "plain", "Write 1"),
        ({"consented_at": "in spring"}, "consented_at", "2026-03-01"),
        ({"consented_at": "2026-02-30"}, "consented_at", "2026-03-01"),
        ({"consented_at": "2027-03-01"}, "consented_at", "in the future"),
        ({"consented_at": ""}, "consented_at", "asked by mail"),
        ({"origin_of_consent": ""}, "origin_of_consent", "asked by mail"),
        ({"origin_of_consent": "yes"}, "origin_of_consent", "where and how"),
        ({"origin_of_consent": "x" * 1001}, "origin_of_consent", "1000 characters"),
        ({"origin_of_consent": "a sheet\x00 of paper"}, "origin_of_consent", "cannot be printed"),
        ({"state": "California"}, "state", "another name"),
    ],
)
def test_a_bad_row_names_row_field_value_and_the_way_out_and_adds_nobody(
    managing: Any, now: datetime, cells: dict[str, str], field: str, way_out: str
) -> None:
    given: dict[str, Any] = {"address": "mei@example.org", "number": 7} | cells
    bad = row(**given)
    with pytest.raises(Refused) as refusal:
        importing.import_row(bad, by=managing, now=now)
    assert "Row 7" in str(refusal.value)
    assert f"{field} “" in str(refusal.value)
    assert way_out in str(refusal.value)
    assert not Subscriber.objects.exists()


def test_one_bad_row_holds_back_the_whole_file(managing: Any, now: datetime) -> None:
    rows = [row(number=2), row("an@example.org", number=3, time_zone="Mars/Olympus")]
    answers = importing.take(rows, by=managing, now=now)
    assert [answer.problems[0].field for answer in answers if answer.problems] == ["time_zone"]
    assert not Subscriber.objects.exists()


def test_a_formula_in_a_text_is_kept_as_text(managing: Any, now: datetime) -> None:
    importing.import_row(row(origin_of_consent='=HYPERLINK("http://x")'), by=managing, now=now)
    assert ConsentEvent.objects.get().wording == '=HYPERLINK("http://x")'


def test_a_day_that_has_begun_only_where_the_person_lives_is_no_future(managing: Any, now: datetime) -> None:
    late = now.replace(hour=23)
    importing.import_row(row(consented_at="2026-11-23"), by=managing, now=late)
    assert Subscriber.objects.get().confirmed_at == late


@pytest.mark.parametrize(
    "written", ["2026-03-01", "2026/3/1", "2026-03-01T08:00:00+08:00", "2026-03-01 00:00"]
)
def test_dates_are_read_as_spreadsheets_write_them(managing: Any, now: datetime, written: str) -> None:
    importing.import_row(row(consented_at=written), by=managing, now=now)
    assert Subscriber.objects.get().confirmed_at == datetime(2026, 3, 1, tzinfo=UTC)


def test_too_many_without_an_origin_are_not_all_asked_at_once(managing: Any, now: datetime) -> None:
    rows = [
        row(f"p{number}@example.org", number, origin_of_consent="", consented_at="") for number in range(201)
    ]
    for act in (importing.weigh, importing.take):
        with pytest.raises(Refused) as refusal:
            act(rows, by=managing, now=now)
        assert refusal.value.code == "too_many_to_ask"
        assert "201 rows" in str(refusal.value)
    assert not Subscriber.objects.exists()


def test_a_table_of_more_than_a_hundred_thousand_is_to_be_split(
    managing: Any, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 3)
    with pytest.raises(Refused, match="Split it"):
        importing.take([row(number=number) for number in range(4)], by=managing, now=now)


def test_weighing_says_what_taking_does_and_writes_nothing(managing: Any, now: datetime) -> None:
    subscriber("known@example.org", now=now)
    suppressing.suppress(key("barred@example.org"), Suppression.Reason.COMPLAINED, by=None, now=now)
    rows = [
        row("known@example.org"),
        row("barred@example.org"),
        row("new@example.org"),
        row("asked@example.org", origin_of_consent="", consented_at=""),
    ]
    weighed = importing.weigh(rows, by=managing, now=now)
    assert Subscriber.objects.count() == 1
    assert [answer.outcome for answer in weighed] == ["unchanged", "suppressed", "added", "confirmation"]
    assert importing.take(rows, by=managing, now=now) == weighed
    assert Subscriber.objects.count() == 3


@pytest.mark.parametrize("who", ["writer", "editor", "reviewer", "translator", "superuser"])
def test_only_the_managing_editor_imports(who: str, now: datetime) -> None:
    by = getattr(factories.desk(), who)
    for act in (importing.weigh, importing.take):
        with pytest.raises(PermissionDenied):
            act([row()], by=by, now=now)
    with pytest.raises(PermissionDenied):
        importing.import_row(row(), by=by, now=now)
    assert not Subscriber.objects.exists()


def test_two_thousand_rows_are_asked_of_the_database_in_a_few_statements(
    managing: Any, now: datetime
) -> None:
    rows = [row(f"p{number}@example.org", number) for number in range(2000)]
    with CaptureQueriesContext(connection) as queries:
        importing.take(rows, by=managing, now=now)
    assert Subscriber.objects.count() == ConsentEvent.objects.count() == 2000
    assert len(queries) <= 60


def test_an_import_during_which_somebody_subscribes_decides_again(
    managing: Any, now: datetime, monkeypatch: Any
) -> None:
    states = importing._states
    met: list[str] = []

    def somebody_comes_in_between(wanted: Any) -> Any:
        found = list(states(wanted))
        if not met:
            met.append("mei")
            subscription.ask(
                "mei@example.org", language="en", time_zone="UTC", source="form", wording="", ip="", now=now
            )
        return found

    monkeypatch.setattr(importing, "_states", somebody_comes_in_between)
    answers = importing.take([row(), row("an@example.org", number=3)], by=managing, now=now)
    # The first try is rolled back, here with whoever came in between; the second finds its way.
    assert [answer.outcome for answer in answers] == ["added", "added"]
    assert Subscriber.objects.filter(address_key=key("mei@example.org")).count() == 1


def test_a_file_nobody_confirmed_is_forgotten_after_an_hour(now: datetime) -> None:
    folder = importing.uploads()
    old, fresh = folder / ("a" * 32), folder / ("b" * 32)
    for file, age in ((old, timedelta(minutes=61)), (fresh, timedelta(minutes=59))):
        file.write_text("address\nmei@example.org\n")
        written = (now - age).timestamp()
        os.utime(file, (written, written))
    assert importing.forget_abandoned_uploads(now) == 1
    assert (old.exists(), fresh.exists()) == (False, True)
    fresh.unlink()


def test_a_table_that_waits_to_be_imported_is_forgotten_when_a_reader_is_erased(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    (importing.uploads() / "waits").write_text("mei@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        privacy.erase(subscriber(now=now), now=now)
    assert not list(importing.uploads().iterdir())
