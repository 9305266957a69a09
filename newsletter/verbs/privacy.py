"""What a reader may have from us and what we forget: export, erasure, and the nightly forgetting.

Erasure is complete: afterwards the address stands nowhere in the database or its files, only its HMAC among the
suppressions, so that a later import cannot bring it back.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from newsletter.models import BounceDay, ConsentEvent, Delivery, InboundEvent, Knock, Subscriber, Suppression
from newsletter.models.subscribers import Following
from newsletter.signals import subscriber_erased
from newsletter.verbs import limits

UNCONFIRMED_FOR = timedelta(days=7)
FULL_NETWORK_ADDRESS_FOR = timedelta(days=30)
BATCH = 500

_SUBSCRIBER = (
    "address", "state", "language", "time_zone", "plain", "asked_at", "confirmation_sent_at", "confirmed_at", "left_at",
)  # fmt: skip
_DELIVERY = (
    "id", "address", "state", "language", "plain", "send_after", "attempts", "began_at", "ended_at", "message_id",
    "smtp_phase", "smtp_code", "smtp_reply",
)  # fmt: skip


def export(subscriber: Subscriber, *, now: datetime) -> dict[str, Any]:
    """Return everything we hold about a reader, as plain data: no names of the desk's people, no keys of ours."""
    reports = InboundEvent.objects.filter(delivery__subscriber=subscriber).order_by("at")
    barred = Suppression.objects.filter(address_key=subscriber.address_key)
    return {
        "made_at": now,
        "reader": {name: getattr(subscriber, name) for name in _SUBSCRIBER},
        "followed_claims": list(
            Following.objects.filter(subscriber=subscriber)
            .order_by("claim__code")
            .values_list("claim__code", flat=True)
        ),
        "consents": list(
            ConsentEvent.objects.filter(subscriber=subscriber)
            .order_by("pk")
            .values("kind", "at", "wording", "source", "ip", "ip_range")
        ),
        "briefs": _briefs(subscriber),
        "reports_from_mail_services": list(reports.values("delivery_id", "kind", "at", "status")),
        "days_mail_failed": list(
            BounceDay.objects.filter(subscriber=subscriber).order_by("day").values_list("day", flat=True)
        ),
        "not_written_to": list(barred.values("reason", "at", "remark")),
        "seen_to_at_the_desk": list(
            _desk_log([subscriber.pk]).order_by("pk").values("action_time", "change_message")
        ),
    }


def _briefs(subscriber: Subscriber) -> list[dict[str, Any]]:
    rows = Delivery.objects.filter(subscriber=subscriber).order_by("pk")
    return list(rows.values("issue__iso_week", "revision__number", *_DELIVERY))


def erase(subscriber: Subscriber, *, now: datetime) -> None:
    """Forget a reader at their own wish. What was sent stays counted, without an address; twice does no harm.

    Announces `subscriber_erased` after the commit, to whoever holds copies.
    """
    with transaction.atomic():
        _empty_ledger(subscriber.pk, now=now)
        _bar(subscriber.address_key, now=now)
        _forget_rows_of([subscriber.pk])
        Subscriber.objects.filter(pk=subscriber.pk).delete()
        address = subscriber.address
        transaction.on_commit(lambda: _let_go(address))


def _empty_ledger(pk: int, *, now: datetime) -> None:
    theirs = Delivery.objects.filter(subscriber_id=pk)
    open_ = (Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.DEFERRED)
    theirs.filter(state__in=open_).update(state=Delivery.State.SUPPRESSED, worker="", ended_at=now)
    theirs.update(address="", smtp_reply="", message_id="")


def _bar(address_key: str, *, now: datetime) -> None:
    """Bar the address as erased; a complaint stands, since only that also keeps confirmations away."""
    erased = {"reason": Suppression.Reason.ERASED, "at": now}
    row, new = Suppression.objects.get_or_create(address_key=address_key, defaults=erased)
    if not new:
        known = Suppression.objects.filter(pk=row.pk)
        known.exclude(reason=Suppression.Reason.COMPLAINED).update(**erased, by=None)
        known.update(remark="")  # the desk's own words, which may well repeat the address


def _forget_rows_of(pks: Iterable[int]) -> None:
    """Delete what refers to readers, themselves and the ledger apart."""
    pks = list(pks)
    Following.objects.filter(subscriber_id__in=pks).delete()
    BounceDay.objects.filter(subscriber_id__in=pks).delete()
    for pk in pks:
        ConsentEvent.objects.erase(pk)
    _desk_log(pks).delete()


def _desk_log(pks: Iterable[int]) -> Any:
    kind = ContentType.objects.get_for_model(Subscriber)
    return LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in pks])


def _let_go(address: str) -> None:
    # A copy that cannot be deleted now is that holder's to report; it must not undo what is done.
    subscriber_erased.send_robust(sender=Subscriber, address=address)
    _empty_the_log_of_writes()


def _empty_the_log_of_writes() -> None:
    """Carry SQLite's write-ahead log into the file and empty it: older states of pages stand there in full.

    Between transactions only; inside one it would fail, and there is nothing committed to carry.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def purge_unconfirmed(*, now: datetime) -> int:
    """Delete who asked a week ago and never confirmed; the number deleted."""
    purged = 0
    late = Subscriber.objects.unconfirmed_since(now - UNCONFIRMED_FOR)
    while batch := list(late.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            # One DELETE that names the state: Django's own would first fetch the rows, then delete by number
            # alone, and with them who confirmed in between. What refers to them follows before the commit,
            # which is when the database looks.
            late.filter(pk__in=batch)._raw_delete(late.db)
            stayed = set(Subscriber.objects.filter(pk__in=batch).values_list("pk", flat=True))
            gone = [pk for pk in batch if pk not in stayed]
            _forget_rows_of(gone)
        purged += len(gone)
    if purged:
        transaction.on_commit(_empty_the_log_of_writes)
    return purged


def shorten_network_addresses(*, now: datetime) -> int:
    """Keep of network addresses older than 30 days only the range; the number of consents shortened."""
    return ConsentEvent.objects.shorten_addresses(now - FULL_NETWORK_ADDRESS_FOR)


def forget_knocks(*, now: datetime) -> int:
    """Forget requests that no limit counts any more; the number forgotten."""
    return Knock.objects.filter(at__lte=now - limits.KEPT).delete()[0]
