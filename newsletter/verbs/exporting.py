"""Exporting subscribers as a table: who may, with which reason, and which columns. Nobody's claims followed are in it.

The columns are those an import reads (import_cells.py), so what is exported can be imported again.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from io import TextIOWrapper
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.workbook.workbook import Workbook

from config.refusal import Refused
from config.rights import Action, require
from newsletter.models import ConsentEvent, Subscriber, SubscriberExport, Suppression

COLUMNS = (
    "address", "state", "language", "time_zone", "plain", "origin_of_consent", "consented_at", "asked_at",
    "left_at", "suppressed",
)  # fmt: skip
REASON_LEAST = 10
# A spreadsheet program opens no more with pleasure, and a workbook is slow to write.
WORKBOOK_ROWS = 200_000
CHUNK = 1000
# What a spreadsheet would take for a formula (OWASP, CSV injection); the apostrophe itself, so that it comes back.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
STATED = (ConsentEvent.Kind.ASKED, ConsentEvent.Kind.CONFIRMED, ConsentEvent.Kind.IMPORTED)


class Form(StrEnum):
    """The kinds of file."""

    CSV = "csv"
    XLSX = "xlsx"


def export(
    out: BinaryIO, form: Form, *, state: str, by: User, now: datetime, reason: str
) -> SubscriberExport:
    """Write the subscribers in a state ("" for all) into `out`, then log who took how many and why.

    Hand `out` on only after this returns: nothing leaves the house that is not in the log. Needs
    EXPORT_SUBSCRIBERS and a reason of at least ten characters. Raises Refused("reason" | "state" | "too_many").
    """
    require(by, Action.EXPORT_SUBSCRIBERS)
    reason = _checked(reason)
    if state not in {"", *Subscriber.State.values}:
        raise Refused("state", _("There is no such group of subscribers. Choose one of the list."))
    wanted = Subscriber.objects.filter(state=state) if state else Subscriber.objects.all()
    if form is Form.XLSX and wanted.count() > WORKBOOK_ROWS:
        said = _("A workbook holds at most %(most)s of them here. Take CSV instead.") % {
            "most": WORKBOOK_ROWS
        }
        raise Refused("too_many", said)
    write = _write_csv if form is Form.CSV else _write_workbook
    return SubscriberExport.objects.create(by=by, at=now, reason=reason, rows=write(out, _rows(wanted)))


def guarded(text: str) -> str:
    """Return a text that a spreadsheet shows and never computes."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def _checked(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < REASON_LEAST:
        said = _("Say in at least %(least)s characters what the addresses are needed for.")
        raise Refused("reason", said % {"least": REASON_LEAST})
    if "@" in reason:
        raise Refused("reason", _("Leave addresses out of the reason: it is kept when a person is erased."))
    return reason


def _rows(wanted: Any) -> Iterator[list[str]]:
    """Every subscriber's line, a chunk in memory at a time, walking along the primary key."""
    through = 0
    while some := list(wanted.filter(pk__gt=through).order_by("pk")[:CHUNK]):
        origins = _origins([subscriber.pk for subscriber in some])
        barred = dict(
            Suppression.objects.filter(
                address_key__in=[subscriber.address_key for subscriber in some]
            ).values_list("address_key", "reason")
        )
        for subscriber in some:
            yield _row(subscriber, origins.get(subscriber.pk, ""), barred.get(subscriber.address_key, ""))
        through = some[-1].pk


def _row(subscriber: Subscriber, origin: str, barred: str) -> list[str]:
    cells = (
        subscriber.address,
        subscriber.state,
        subscriber.language,
        subscriber.time_zone,
        "1" if subscriber.plain else "0",
        # Who never confirmed has agreed to nothing yet; imported again, they are asked again.
        origin if subscriber.confirmed_at else "",
        _moment(subscriber.confirmed_at),
        _moment(subscriber.asked_at),
        _moment(subscriber.left_at),
        barred,
    )
    return [guarded(cell) for cell in cells]


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _origins(people: Sequence[int]) -> dict[int, str]:
    """What each of them last agreed to, and where."""
    said: dict[int, str] = {}
    events = ConsentEvent.objects.filter(subscriber_id__in=people, kind__in=STATED).order_by("id")
    for event in events:
        if event.wording or event.subscriber_id not in said:
            said[event.subscriber_id] = _origin(event)
    return said


def _origin(event: ConsentEvent) -> str:
    if not event.wording:
        return f"{event.source} ({event.kind})"
    return event.wording if event.kind == ConsentEvent.Kind.IMPORTED else f"{event.source}: {event.wording}"


def _write_csv(out: BinaryIO, rows: Iterable[list[str]]) -> int:
    # With the mark that tells Excel it is UTF-8: without it Chinese comes out as nonsense.
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    written = 0
    for row in rows:
        writer.writerow(row)
        written += 1
    text.detach()
    return written


def _write_workbook(out: BinaryIO, rows: Iterable[list[str]]) -> int:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("subscribers")
    sheet.append(COLUMNS)
    written = 0
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", cell) for cell in row])
        written += 1
    book.save(out)
    return written
