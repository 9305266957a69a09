"""Subscribers for tests of the desk: imported with a stated origin, as the desk adds them. No promises here."""

from datetime import datetime
from typing import Any

from config.rights import Role
from newsletter import addresses, keys
from newsletter.models import Delivery, Issue, Subscriber
from newsletter.verbs import importing
from newsletter.verbs.import_cells import Row
from tests import factories

ORIGIN = "Sign-up sheet, talk in Taichung"


def row(address: str = "mei@example.org", number: int = 2, **cells: Any) -> Row:
    """A line of a table whose origin is stated, unless told otherwise."""
    stated = {"origin_of_consent": ORIGIN, "consented_at": "2026-03-01", "time_zone": "Asia/Taipei"}
    return Row(number=number, address=address, **(stated | cells))


def subscriber(address: str = "mei@example.org", *, now: datetime, **cells: Any) -> Subscriber:
    """Somebody who subscribed."""
    importing.import_row(row(address, **cells), by=factories.user("managing", Role.MANAGING), now=now)
    return Subscriber.objects.get(address_key=key(address))


def key(address: str) -> str:
    """The fingerprint of an address."""
    return keys.address_key(addresses.parse(address).canonical)


def delivery(of: Subscriber, *, now: datetime, week: str = "2026-W47", **fields: Any) -> Delivery:
    """One line of the ledger, refused by a server that quotes the address."""
    issue, _new = Issue.objects.get_or_create(
        iso_week=week,
        defaults={"sunday": now.date(), "cut_from": now, "cut_until": now, "composed_at": now},
    )
    values = {
        "address": of.address,
        "domain": of.domain,
        "language": of.language,
        "plain": of.plain,
        "state": Delivery.State.FAILED,
        "send_after": now,
        "due_at": now,
        "attempts": 1,
        "message_id": keys.message_id(issue.pk, of.pk),
        "smtp_code": 550,
        "smtp_reply": f"5.1.1 <{of.address}>: no such user",
        "ended_at": now,
    }
    return Delivery.objects.create(issue=issue, subscriber=of, **values | fields)
