"""Reading one line of an import: text in, a person or what is wrong with each cell out.

Nothing here asks the database or decides whether the person may be added: that is newsletter/verbs/importing.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from config.refusal import Refused
from evidence.models.claims import LANGUAGE_CHOICES
from newsletter import addresses, keys
from newsletter.addresses import Address
from newsletter.models import Subscriber

ORIGIN_LEAST, ORIGIN_MOST = 6, 1000
SHOWN = 60
LANGUAGES = {code: code for code, _name in LANGUAGE_CHOICES} | {"zh-tw": "zh-hant", "zh-hk": "zh-hant"}
YES = frozenset({"1", "true", "yes", "y", "x", "是"})
NO = frozenset({"", "0", "false", "no", "n", "否"})


@dataclass(frozen=True)
class Row:
    """One line as it came, every cell as text; `number` is the row a spreadsheet shows."""

    number: int
    address: str
    language: str = ""
    time_zone: str = ""
    plain: str = ""
    origin_of_consent: str = ""
    consented_at: str = ""
    state: str = ""
    suppressed: str = ""


COLUMNS = tuple(field.name for field in fields(Row) if field.name != "number")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, and the way out."""

    field: str
    value: str
    message: str


@dataclass(frozen=True)
class Person:
    """A line that could be read."""

    address: Address
    key: str
    language: str
    time_zone: str
    plain: bool
    origin: str
    consented_at: datetime | None
    left: bool
    suppressed: bool


def read(row: Row, *, now: datetime) -> Person | tuple[Problem, ...]:
    """Return the person a row names, or everything that is wrong with it."""
    found: dict[str, Any] = {}
    wrong = []
    for name, understand in CELLS.items():
        text = getattr(row, name).strip()
        try:
            _no_controls(text)
            found[name] = understand(text, now)
        except Refused as refusal:
            wrong.append(Problem(name, text[:SHOWN], str(refusal)))
    if not wrong:
        wrong = _disagreeing(row, found)
    return tuple(wrong) if wrong else _person(found)


def _person(found: Mapping[str, Any]) -> Person:
    # Somebody a file calls "pending" never confirmed, whatever else the file says of them.
    stated = found["state"] != Subscriber.State.PENDING
    return Person(
        address=found["address"],
        key=keys.address_key(found["address"].canonical),
        language=found["language"],
        time_zone=found["time_zone"],
        plain=found["plain"],
        origin=found["origin_of_consent"] if stated else "",
        consented_at=found["consented_at"] if stated else None,
        left=found["state"] == Subscriber.State.LEFT,
        suppressed=bool(found["suppressed"]),
    )


def _disagreeing(row: Row, found: Mapping[str, Any]) -> list[Problem]:
    """An origin says when; a date without an origin says nothing."""
    if found["origin_of_consent"] and found["consented_at"] is None:
        said = _(
            "When the person agreed is missing. Write the day, such as 2026-03-01, or leave the origin empty "
            "too: then the person is asked by mail."
        )
        return [Problem("consented_at", "", said)]
    if found["consented_at"] is not None and not found["origin_of_consent"]:
        said = _(
            "Where and how the person agreed is missing. Write it, or leave the date empty too: then the "
            "person is asked by mail."
        )
        return [Problem("origin_of_consent", row.consented_at[:SHOWN], said)]
    return []


def _no_controls(text: str) -> None:
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
        raise Refused(
            "control", _("It holds a sign that cannot be printed. Delete it and type the text anew.")
        )


def _address(text: str, _now: datetime) -> Address:
    if not text:
        raise Refused("address", _("There is no address. Write one, or delete the row."))
    return addresses.parse(text)


def _language(text: str, _now: datetime) -> str:
    code = LANGUAGES.get(text.lower().replace("_", "-") or "en")
    if code is None:
        raise Refused("language", _("The brief is not written in it. Write en or zh-hant."))
    return code


def _time_zone(text: str, _now: datetime) -> str:
    name = _zones().get((text or "UTC").lower())
    if name is None:
        said = _("It is no time zone. Write a name such as Asia/Taipei, or leave it empty for UTC.")
        raise Refused("time_zone", said)
    return name


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _plain(text: str, _now: datetime) -> bool:
    if text.lower() not in YES | NO:
        raise Refused("plain", _("Write 1 for plain text only, or 0."))
    return text.lower() in YES


def _origin(text: str, _now: datetime) -> str:
    if text and len(text) < ORIGIN_LEAST:
        said = _("It does not say where and how the person agreed. Say both, or leave it empty.")
        raise Refused("origin", said)
    if len(text) > ORIGIN_MOST:
        raise Refused(
            "origin", _("It is too long. Shorten it to %(most)s characters.") % {"most": ORIGIN_MOST}
        )
    return text


def _consented_at(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    moment = _moment(text)
    if moment is None:
        raise Refused("consented_at", _("It is no date. Write it as 2026-03-01."))
    # It may be tomorrow already where the person lives.
    if moment > now + timedelta(days=1):
        raise Refused("consented_at", _("It lies in the future. Write the day on which the person agreed."))
    return min(moment, now)


def _moment(text: str) -> datetime | None:
    """A date or a time, also with slashes, as spreadsheets write them; without a zone it is UTC."""
    dashed = text.replace("/", "-")
    try:
        moment = parse_datetime(dashed)
        day = parse_date(dashed) if moment is None else None
    except ValueError:
        return None
    if day is not None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _state(text: str, _now: datetime) -> str:
    if text.lower() not in {"", *Subscriber.State.values}:
        raise Refused("state", _("Write active, pending or left, or give the column another name."))
    return text.lower()


def _suppressed(text: str, _now: datetime) -> str:
    return "" if text.lower() in NO else text


CELLS: dict[str, Callable[[str, datetime], Any]] = {
    "address": _address,
    "language": _language,
    "time_zone": _time_zone,
    "plain": _plain,
    "origin_of_consent": _origin,
    "consented_at": _consented_at,
    "state": _state,
    "suppressed": _suppressed,
}
