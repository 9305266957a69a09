"""What we hold about a reader they may have; what they want forgotten is nowhere afterwards."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from config.rights import Role
from newsletter import keys
from newsletter.keys import Purpose
from newsletter.models import BounceDay, ConsentEvent, Delivery, Knock, Subscriber, Suppression
from newsletter.signals import subscriber_erased
from newsletter.verbs import limits, privacy, subscription
from tests import factories as site
from tests.newsletter import factories
from tests.newsletter.factories import ADDRESS

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Reason = Suppression.Reason


def known_everywhere(now: datetime) -> Subscriber:
    """A reader whose address stands wherever an address can."""
    reader = factories.reader(now=now)
    subscription.change(
        reader, language="en", time_zone="Asia/Taipei", plain=True, followed=[site.graded_claim(now=now)],
        ip="203.0.113.9", now=now,
    )  # fmt: skip
    factories.delivery(
        reader, "sent", now=now, message_id="<1@x>", smtp_code=250, smtp_reply=f"2.1.5 <{ADDRESS}> ok"
    )
    factories.delivery(reader, "pending", now=now, weeks=1)
    factories.delivery(reader, "claimed", now=now, weeks=2, worker="w")
    BounceDay.objects.create(subscriber=reader, day=now.date())
    LogEntry.objects.create(
        user=site.user("managing", Role.MANAGING), content_type=ContentType.objects.get_for_model(Subscriber),
        object_id=str(reader.pk), object_repr=str(reader), action_flag=CHANGE, change_message=f"wrote to {ADDRESS}",
    )  # fmt: skip
    Suppression.objects.create(
        address_key=reader.address_key, reason=Reason.BOUNCED, at=now, remark=f"{ADDRESS} bounced"
    )
    limits.knock(ip="203.0.113.9", canonical=ADDRESS, now=now)
    return reader


def dump() -> str:
    """Every cell of the database as text."""
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        rows: list[Any] = []
        for name in names:
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(name)} t")  # noqa: S608  our own tables
            rows += cursor.fetchall()
    return "\n".join(row[0] for row in rows)


# Erasure --------------------------------------------------------------------------------------------


def test_after_erasure_a_dump_of_the_database_holds_the_address_nowhere(now: datetime) -> None:
    reader = known_everywhere(now)
    assert dump().lower().count(ADDRESS) >= 6
    privacy.erase(reader, now=now)
    assert dump().lower().count(ADDRESS) == 0


@pytest.fixture
def database_file(tmp_path: Path) -> Iterator[Path]:
    """The database as a file with its write-ahead log, instead of the suite's in memory."""
    if connection.vendor != "sqlite":
        pytest.skip("the files of PostgreSQL are its own; the dump speaks for them")
    path = tmp_path / "site.sqlite3"
    copy = sqlite3.connect(path)
    copy.executescript("\n".join(connection.connection.iterdump()))
    copy.close()
    in_memory = connections["default"]
    of_file: BaseDatabaseWrapper = type(in_memory)({**in_memory.settings_dict, "NAME": str(path)}, "default")
    connections["default"] = of_file
    yield path
    connections["default"] = in_memory
    of_file.close()


def bytes_beside(path: Path) -> bytes:
    return b"".join(file.read_bytes().lower() for file in path.parent.iterdir())


def test_after_erasure_no_byte_of_the_files_holds_the_address(now: datetime, database_file: Path) -> None:
    for number in range(30):  # enough before and after that pages split and rows move
        factories.asked(f"reader{number}@readers.example", now=now)
    reader = known_everywhere(now)
    for number in range(30, 60):
        factories.asked(f"reader{number}@readers.example", now=now)
    assert bytes_beside(database_file).count(ADDRESS.encode()) >= 6
    privacy.erase(reader, now=now)
    assert bytes_beside(database_file).count(ADDRESS.encode()) == 0
    assert bytes_beside(database_file).count(b"reader59@readers.example") >= 1


def test_after_the_purge_no_byte_of_the_files_holds_who_never_confirmed(
    now: datetime, database_file: Path
) -> None:
    factories.asked(now=now - 8 * DAY)
    privacy.purge_unconfirmed(now=now)
    assert bytes_beside(database_file).count(ADDRESS.encode()) == 0


def test_what_was_sent_stays_counted_without_an_address(now: datetime) -> None:
    reader = known_everywhere(now)
    privacy.erase(reader, now=now)
    kept = Delivery.objects.order_by("issue__sunday").values_list(
        "state", "address", "smtp_reply", "message_id"
    )
    assert list(kept) == [("suppressed", "", "", ""), ("suppressed", "", "", ""), ("sent", "", "", "")]
    assert not Subscriber.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert not LogEntry.objects.filter(object_id=str(reader.pk)).exists()


def test_another_reader_keeps_everything(now: datetime) -> None:
    reader, other = factories.reader(now=now), factories.reader("other@readers.example", now=now)
    row = factories.delivery(other, now=now)
    privacy.erase(reader, now=now)
    row.refresh_from_db()
    assert (row.state, row.address) == ("pending", "other@readers.example")
    assert other.consents.count() == 2


def test_erasing_leaves_only_a_fingerprint_among_the_barred(now: datetime) -> None:
    reader = factories.reader(now=now)
    privacy.erase(reader, now=now)
    barred = Suppression.objects.get()
    assert (barred.address_key, barred.reason) == (reader.address_key, "erased")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Reason.BOUNCED, Reason.ERASED),
        (Reason.BY_HAND, Reason.ERASED),
        (Reason.COMPLAINED, Reason.COMPLAINED),
    ],
)
def test_erasing_outweighs_every_bar_but_a_complaint(
    now: datetime, before: Suppression.Reason, after: Suppression.Reason
) -> None:
    reader = factories.reader(now=now)
    Suppression.objects.create(address_key=reader.address_key, reason=before, at=now)
    privacy.erase(reader, now=now)
    assert Suppression.objects.get().reason == after


def test_who_was_erased_can_come_back_by_their_own_hand(now: datetime) -> None:
    privacy.erase(factories.reader(now=now), now=now)
    factories.reader(now=now + DAY)
    assert Subscriber.objects.reachable().count() == 1


def test_erasing_twice_does_no_harm(now: datetime) -> None:
    reader = factories.reader(now=now)
    stale = Subscriber.objects.get()
    privacy.erase(reader, now=now)
    privacy.erase(stale, now=now)
    assert Suppression.objects.count() == 1


def test_whoever_holds_copies_hears_of_it_after_the_commit(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[str] = []

    def listen(*, address: str, **_kwargs: Any) -> None:
        heard.append(address)

    subscriber_erased.connect(listen)
    with django_capture_on_commit_callbacks() as callbacks:
        privacy.erase(factories.reader(now=now), now=now)
    assert heard == []
    for callback in callbacks:
        callback()
    assert heard == [ADDRESS]


# Export ---------------------------------------------------------------------------------------------


def test_the_export_holds_everything_and_names_nobody_of_the_desk(now: datetime) -> None:
    reader = known_everywhere(now)
    text = json.dumps(privacy.export(reader, now=now), cls=DjangoJSONEncoder)
    told = json.loads(text)
    assert told["reader"]["address"] == ADDRESS
    assert told["reader"]["time_zone"] == "Asia/Taipei"
    assert told["followed_claims"] == ["CLM-gut-glutamine-eases-ibs-001"]
    assert [event["kind"] for event in told["consents"]] == ["asked", "confirmed", "changed"]
    assert told["consents"][0]["ip"] == "203.0.113.9"
    assert {row["issue__iso_week"] for row in told["briefs"]} == {"2026-W47", "2026-W46", "2026-W45"}
    assert told["briefs"][0]["smtp_reply"] == f"2.1.5 <{ADDRESS}> ok"
    assert told["days_mail_failed"] == ["2026-11-22"]
    assert told["not_written_to"][0]["reason"] == "bounced"
    assert told["seen_to_at_the_desk"][0]["change_message"] == f"wrote to {ADDRESS}"
    assert "managing" not in text
    assert reader.address_key not in text


def test_the_export_tells_nothing_of_others(now: datetime) -> None:
    factories.delivery(factories.reader("other@readers.example", now=now), now=now)
    told = privacy.export(factories.reader(now=now), now=now)
    assert told["briefs"] == []
    assert "other@" not in json.dumps(told, cls=DjangoJSONEncoder)


def test_the_export_reads_each_table_once(now: datetime, django_assert_max_num_queries: Any) -> None:
    reader = known_everywhere(now)
    ContentType.objects.get_for_model(Subscriber)
    with django_assert_max_num_queries(7):
        privacy.export(reader, now=now)


# Forgetting -----------------------------------------------------------------------------------------


def test_who_never_confirmed_is_forgotten_after_a_week(now: datetime) -> None:
    factories.asked("early@readers.example", now=now - timedelta(days=7, seconds=1))
    factories.asked("late@readers.example", now=now - timedelta(days=7))
    assert privacy.purge_unconfirmed(now=now) == 1
    assert Subscriber.objects.get().address == "late@readers.example"
    assert ConsentEvent.objects.count() == 1


def test_who_confirmed_or_left_is_not_purged(now: datetime) -> None:
    factories.reader("stays@readers.example", now=now - 30 * DAY)
    left = factories.reader("left@readers.example", now=now - 30 * DAY)
    subscription.leave(
        keys.token(Purpose.UNSUBSCRIBE, left.pk), source="one click", ip="", now=now - 20 * DAY
    )
    assert privacy.purge_unconfirmed(now=now) == 0
    assert Subscriber.objects.count() == 2


def test_who_confirms_while_the_purge_runs_stays_with_what_they_agreed_to(now: datetime) -> None:
    """The confirmation comes in after the purge has read whom to delete, just before it deletes."""
    late = factories.asked(now=now - 8 * DAY)
    factories.asked("gone@readers.example", now=now - 8 * DAY)

    def confirmed_meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('DELETE FROM "newsletter_subscriber"'):
            Subscriber.objects.filter(pk=late.pk).update(state=Subscriber.State.ACTIVE)
        return execute(sql, *rest)

    with connection.execute_wrapper(confirmed_meanwhile):
        assert privacy.purge_unconfirmed(now=now) == 1
    assert Subscriber.objects.get().pk == late.pk
    assert late.consents.count() == 1


def test_the_purge_goes_on_past_one_batch(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "BATCH", 2)
    for number in range(5):
        factories.asked(f"reader{number}@readers.example", now=now - 8 * DAY)
    assert privacy.purge_unconfirmed(now=now) == 5


def test_of_a_network_address_only_the_range_is_kept_after_thirty_days(now: datetime) -> None:
    factories.asked("old@readers.example", now=now - timedelta(days=30, seconds=1))
    factories.asked("new@readers.example", now=now - timedelta(days=30))
    assert privacy.shorten_network_addresses(now=now) == 1
    kept = ConsentEvent.objects.order_by("at").values_list("ip", "ip_range")
    assert list(kept) == [("", "203.0.113.0/24"), ("203.0.113.9", "203.0.113.0/24")]


def test_requests_are_forgotten_after_a_day(now: datetime) -> None:
    limits.knock(ip="203.0.113.9", canonical="a@readers.example", now=now - DAY)
    limits.knock(ip="203.0.113.9", canonical="b@readers.example", now=now)
    assert privacy.forget_knocks(now=now) == 2
    assert Knock.objects.count() == 2
