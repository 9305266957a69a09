"""The demonstration's readers: imported with a stated origin as the desk would, with what each follows."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from evidence.models import Claim
from newsletter import keys
from newsletter.keys import Purpose
from newsletter.models import Subscriber
from newsletter.verbs import importing, subscription
from newsletter.verbs.import_cells import Row
from newsletter.verbs.importing import Outcome

ORIGIN = "Invented for the demonstration; nobody reads mail at this address."


def add(tables: list[dict[str, Any]], *, by: User, now: datetime) -> str:
    """Add the readers who are not known yet, and let those leave who left; say so, or nothing if all are known.

    Whoever has not confirmed is asked by mail. What a known reader set since stays as it is.
    """
    rows = [_row(number, table, now) for number, table in enumerate(tables, start=2)]
    answers = importing.take(rows, by=by, now=now)
    for table, answer in zip(tables, answers, strict=True):
        if answer.outcome is Outcome.ADDED and answer.person:
            _settle(Subscriber.objects.get(address_key=answer.person.key), table, now=now)
    made = Counter(answer.outcome for answer in answers)
    if not made[Outcome.ADDED] and not made[Outcome.CONFIRMATION]:
        return ""
    active = Subscriber.objects.active().count()
    return f"{active} subscribers, {len(tables) - active} who left or have not confirmed"


def _row(number: int, table: dict[str, Any], now: datetime) -> Row:
    """Return the reader as a line of a table; without a day of consent there is no origin, so that they are asked."""
    agreed = (now - timedelta(days=table["days"])).date().isoformat() if "days" in table else ""
    return Row(
        number=number,
        address=table["address"],
        language=table.get("language", "en"),
        time_zone=table["time_zone"],
        plain="1" if table.get("plain") else "0",
        origin_of_consent=ORIGIN if agreed else "",
        consented_at=agreed,
    )


def _settle(reader: Subscriber, table: dict[str, Any], *, now: datetime) -> None:
    if follows := table.get("follows"):
        subscription.change(
            reader,
            language=reader.language,
            time_zone=reader.time_zone,
            plain=reader.plain,
            followed=[Claim.objects.get(slug=slug) for slug in follows],
            ip="",
            now=now,
        )
    if table.get("left"):
        subscription.leave(keys.token(Purpose.UNSUBSCRIBE, reader.pk), source="leave page", ip="", now=now)
