"""The Sunday calendar: ISO weeks, Sunday 07:00 in a time zone, and the hours before it. Pure, no database."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

HOUR = time(7, 0)
FIRST_OFFSET = timedelta(hours=14)  # Kiritimati: nowhere does Sunday begin earlier
OPENS_BEFORE = timedelta(minutes=30)
GIVES_UP_AFTER = timedelta(hours=24)


def iso_week(day: date) -> str:
    """Return the ISO 8601 week of a day: 2026-W48."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def sunday_of(week: str) -> date:
    """Return the Sunday that ends an ISO week."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 7)


def next_sunday(now: datetime) -> date:
    """Return the Sunday whose deadline lies ahead of `now`: from Saturday 17:00 UTC on, the one after."""
    day = now.astimezone(UTC).date()
    sunday = day + timedelta(days=6 - day.weekday())
    return sunday if now < deadline(sunday) else sunday + timedelta(days=7)


def deadline(sunday: date) -> datetime:
    """Return when Sunday 07:00 begins anywhere (Saturday 17:00 UTC): approved by then, or it does not go."""
    return datetime.combine(sunday, HOUR, UTC) - FIRST_OFFSET


def opens_at(sunday: date) -> datetime:
    """Return when the ledger is opened: half an hour before the first reader's Sunday morning."""
    return deadline(sunday) - OPENS_BEFORE


def composes_at(sunday: date) -> datetime:
    """Return when the draft is composed: Friday 06:00 UTC."""
    return datetime.combine(sunday - timedelta(days=2), time(6, 0), UTC)


def send_after(sunday: date, zone: str) -> datetime:
    """Return Sunday 07:00 in `zone`, in UTC; in the gap of a clock change, the first minute that exists.

    An hour that comes twice counts the first time (PEP 495: fold=0). Raises ZoneInfoNotFoundError for no zone.
    """
    there = ZoneInfo(zone)
    wall = datetime.combine(sunday, HOUR)
    while True:
        moment = wall.replace(tzinfo=there).astimezone(UTC)
        if moment.astimezone(there).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """Return the names of zones a person may choose: those named by place, and UTC."""
    places = (
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    return ("UTC", *sorted(places))


def is_time_zone(name: str) -> bool:
    """Say whether `name` is a zone at all; browsers also report older names than the ones offered."""
    return name in available_timezones()
