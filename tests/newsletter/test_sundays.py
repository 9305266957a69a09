"""Sunday at seven, where the reader lives: every week, once a week, in order, in every zone there is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from newsletter import sundays

FIRST = date(2021, 1, 3)
SUNDAYS = [FIRST + timedelta(weeks=week) for week in range(520)]


@pytest.mark.parametrize("initial", sorted({name[0] for name in available_timezones()}))
def test_it_is_seven_where_they_live_on_each_of_520_sundays_once_a_week_and_in_order(initial: str) -> None:
    zones = [name for name in available_timezones() if name.startswith(initial)]
    for zone in zones:
        moments = [sundays.send_after(sunday, zone) for sunday in SUNDAYS]
        local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
        assert [(there.date(), there.time()) for there in local] == [(day, time(7, 0)) for day in SUNDAYS], (
            zone
        )
        assert moments == sorted(set(moments)), zone
        assert all(sundays.deadline(day) <= moment for day, moment in zip(SUNDAYS, moments, strict=True)), (
            zone
        )


def test_where_the_clock_jumps_over_seven_the_first_minute_that_exists_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Apia went from Thursday 29 to Saturday 31 December 2011 at midnight: Friday has no seven o'clock.
    assert sundays.send_after(date(2011, 12, 30), "Pacific/Apia") == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
    # Nowhere does a gap hold seven in the morning yet; half past two at New York in March stands in for it.
    monkeypatch.setattr(sundays, "HOUR", time(2, 30))
    moment = sundays.send_after(date(2026, 3, 8), "America/New_York")
    assert moment.astimezone(ZoneInfo("America/New_York")).time() == time(3, 0)


def test_an_hour_that_comes_twice_counts_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sundays, "HOUR", time(1, 30))
    assert sundays.send_after(date(2026, 11, 1), "America/New_York") == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


def test_the_first_sunday_morning_on_earth_is_the_deadline() -> None:
    sunday = date(2026, 11, 29)
    earliest = min(sundays.send_after(sunday, zone) for zone in available_timezones())
    assert sundays.deadline(sunday) == earliest == datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


def test_a_week_begins_at_the_deadline_of_the_last() -> None:
    deadline = sundays.deadline(date(2026, 11, 22))
    assert sundays.next_sunday(deadline - timedelta(seconds=1)) == date(2026, 11, 22)
    assert sundays.next_sunday(deadline) == date(2026, 11, 29)
    assert sundays.next_sunday(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == date(2026, 11, 29)


@pytest.mark.parametrize("sunday", [date(2026, 11, 22), date(2027, 1, 3), date(2026, 1, 4)])
def test_a_week_has_one_name_and_the_name_has_one_sunday(sunday: date) -> None:
    assert sundays.sunday_of(sundays.iso_week(sunday)) == sunday
    assert sundays.iso_week(date(2027, 1, 3)) == "2026-W53"
