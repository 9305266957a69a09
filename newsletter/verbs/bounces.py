"""What follows from a report: a message that bounced or arrived after all, a complaint, a wish to leave.

Reports by mail count only with a token of ours (reports.py finds what looks like one, here it is verified); a mail
service's events count because the service knew the webhooks' secret. Each counts once, in any order, and never
moves a delivery back: ambiguous, then sent, then failed. A delivery in the sender's hands is the sender's.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction

from config.refusal import Refused
from newsletter import addresses, keys
from newsletter.keys import BadToken, Purpose
from newsletter.models import BounceDay, Delivery, InboundEvent, Subscriber, Suppression
from newsletter.reports import Kind, Report, Token
from newsletter.verbs import subscription
from newsletter.verbs.suppressing import suppress

State = Delivery.State

# RFC 3463: no such mailbox, no such system, bad syntax, mailbox has moved, null MX (RFC 7505), mailbox disabled.
# Every other refusal scores nothing: 5.7.1 is said about us, and would erase every reader at a large provider.
GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
SOFT_DAYS = 6  # half a point a day, three points bar
SOFT_WINDOW = timedelta(days=90)  # about twelve briefs; what failed last year says nothing of today
RECENT = timedelta(days=30)


class What(StrEnum):
    """What a mail service tells of one message."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True)
class Event:
    """One event of a mail service. `name` names it there; `message_ids` are those in it that could be ours."""

    what: What
    name: str
    recipient: str
    message_ids: frozenset[str] = frozenset()
    status: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of a report: whom it concerned, whether it was new, whether anything changed."""

    delivery: Delivery | None = None
    subscriber: Subscriber | None = None
    new: bool = False
    acted: bool = False


@transaction.atomic
def take(report: Report, *, now: datetime) -> Taken:
    """Act on what came by mail. Without a genuine token it acts on nobody; automatic answers never count."""
    about = _about(report, now=now)
    if about.subscriber is None and about.delivery is None:
        return about
    row = _once(
        f"mail:{report.kind}:{_whom(about)}:{report.name}", report.kind, report.status, about, now=now
    )
    if row is None:
        return about
    match report.kind:
        case Kind.BOUNCE:
            acted = _bounced(about, report.status, temporary=report.temporary, now=now)
        case Kind.COMPLAINT:
            acted = _complained(about, now=now)
        case _:
            acted = _leaves(about, "mailto", now=now)
    return _noted(row, about, acted=acted)


@transaction.atomic
def take_event(event: Event, *, now: datetime) -> Taken:
    """Act on what a mail service told. Only for events whose sender proved to know the secret.

    That a message arrived is a fact however often it is told: it leaves no row of its own, since a million would
    come each Sunday.
    """
    about = _addressed(event, now=now)
    if about.subscriber is None:
        return about
    if event.what is What.DELIVERED:
        return Taken(about.delivery, about.subscriber, new=True, acted=_arrived(about.delivery))
    row = _once(f"service:{event.what}:{_whom(about)}:{event.name}", event.what, event.status, about, now=now)
    if row is None:
        return about
    match event.what:
        case What.BOUNCED:
            acted = _bounced(about, event.status, temporary=False, now=now)
        case What.COMPLAINED:
            acted = _complained(about, now=now)
        case _:
            acted = _leaves(about, "mail service", now=now)
    return _noted(row, about, acted=acted)


@transaction.atomic
def refused(delivery_id: int, status: str, *, now: datetime) -> None:
    """Learn from a receiver that refused within the conversation: the delivery has failed already."""
    delivery = Delivery.objects.filter(pk=delivery_id).select_related("subscriber").first()
    if delivery is not None and delivery.subscriber is not None and status in GONE:
        suppress(delivery.subscriber.address_key, Suppression.Reason.BOUNCED, by=None, now=now)


@transaction.atomic
def soft(subscriber: Subscriber, *, now: datetime) -> bool:
    """Count half a point against an address, at most once a day (UTC), and bar it at three within 90 days.

    Says whether the day counted.
    """
    today = now.date()
    _day, new = BounceDay.objects.get_or_create(subscriber=subscriber, day=today)
    if new:
        days = BounceDay.objects.filter(subscriber=subscriber, day__gt=today - SOFT_WINDOW, day__lte=today)
        if days.count() >= SOFT_DAYS:
            suppress(subscriber.address_key, Suppression.Reason.SOFT_BOUNCES, by=None, now=now)
    return new


# Whom it is about -----------------------------------------------------------------------------------------


def _about(report: Report, *, now: datetime) -> Taken:
    """Return whom the first genuine token names, of those that count for this kind of report."""
    for token in _counting(report):
        purpose = Purpose.BOUNCE if token.name == "bounce" else Purpose.UNSUBSCRIBE
        try:
            pk = keys.read(purpose, token.text, now=now)
        except BadToken:
            continue
        if purpose is Purpose.UNSUBSCRIBE:
            return Taken(None, Subscriber.objects.filter(pk=pk).first())
        delivery = Delivery.objects.filter(pk=pk).select_related("subscriber").first()
        return Taken(delivery, delivery.subscriber if delivery else None)
    return Taken()


def _counting(report: Report) -> Iterator[Token]:
    for token in report.tokens:
        match report.kind:
            case Kind.BOUNCE if token.name == "bounce" and token.where == "recipient":
                yield token
            case Kind.UNSUBSCRIBE if token.name == "leave" and token.where == "recipient":
                yield token
            case Kind.COMPLAINT:
                yield token


def _addressed(event: Event, *, now: datetime) -> Taken:
    """Return the reader an event names, and the message: by our Message-ID, else the last one begun of late.

    The reader comes first, since a Message-ID has no index, and a row for each reader and week would need one.
    """
    try:
        canonical = addresses.parse(event.recipient).canonical
    except Refused:
        return Taken()
    subscriber = Subscriber.objects.filter(address_key=keys.address_key(canonical)).first()
    if subscriber is None:
        return Taken()
    begun = Delivery.objects.filter(subscriber=subscriber, began_at__isnull=False).order_by(
        "-began_at", "-id"
    )
    if event.message_ids:
        return Taken(begun.filter(message_id__in=event.message_ids).first(), subscriber)
    return Taken(begun.filter(began_at__gt=now - RECENT).first(), subscriber)


def _whom(about: Taken) -> str:
    delivery, subscriber = about.delivery, about.subscriber
    return f"{delivery.pk if delivery else ''}:{subscriber.pk if subscriber else ''}"


# Once -----------------------------------------------------------------------------------------------------


def _once(name: str, kind: str, status: str, about: Taken, *, now: datetime) -> InboundEvent | None:
    """Write the report down before acting on it; None if it is there already, or another process was faster."""
    row = InboundEvent(
        key=hashlib.sha256(name.encode()).hexdigest(),
        kind=kind,
        status=status,
        at=now,
        delivery=about.delivery,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return row


def _noted(row: InboundEvent, about: Taken, *, acted: bool) -> Taken:
    if acted:
        InboundEvent.objects.filter(pk=row.pk).update(acted=True)
    return Taken(about.delivery, about.subscriber, new=True, acted=acted)


# What follows ---------------------------------------------------------------------------------------------


def _bounced(about: Taken, status: str, *, temporary: bool, now: datetime) -> bool:
    """Fail what is not being tried any more, and judge the address by the status code.

    Without a code nothing is judged: in words, a mailbox nobody has and a server that blocks us look the same.
    """
    failed = not temporary and _failed(about.delivery, status)
    if about.subscriber is None:
        return failed
    if temporary or status.startswith("4."):
        return soft(about.subscriber, now=now) or failed
    if status in GONE:
        barred = suppress(about.subscriber.address_key, Suppression.Reason.BOUNCED, by=None, now=now)
        return barred or failed
    return failed


def _complained(about: Taken, *, now: datetime) -> bool:
    if about.subscriber is None:
        return False
    # Who complains has received it.
    arrived = _arrived(about.delivery)
    barred = suppress(about.subscriber.address_key, Suppression.Reason.COMPLAINED, by=None, now=now)
    return any((_leaves(about, "complaint", now=now), barred, arrived))


def _leaves(about: Taken, source: str, *, now: datetime) -> bool:
    if about.subscriber is None:
        return False
    subscription.leave(keys.token(Purpose.UNSUBSCRIBE, about.subscriber.pk), source=source, ip="", now=now)
    return about.subscriber.state != Subscriber.State.LEFT


def _arrived(delivery: Delivery | None) -> bool:
    """Turn a doubtful delivery into a sent one; any other state is not for a receipt to change."""
    if delivery is None:
        return False
    doubtful = Delivery.objects.filter(pk=delivery.pk, state=State.AMBIGUOUS)
    return bool(doubtful.update(state=State.SENT))


def _failed(delivery: Delivery | None, status: str) -> bool:
    """Turn a sent or doubtful delivery into a failed one. The code alone is kept: replies quote the address."""
    if delivery is None:
        return False
    given_out = Delivery.objects.filter(pk=delivery.pk, state__in=[State.SENT, State.AMBIGUOUS])
    return bool(given_out.update(state=State.FAILED, smtp_phase="", smtp_code=None, smtp_reply=status))
