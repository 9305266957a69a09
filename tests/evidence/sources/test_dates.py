"""Dates as records word them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.sources.dates import PartialDate, date_of_parts, month_number, parse_medline_date


@pytest.mark.parametrize(
    ("wording", "year", "month", "end_year", "end_month"),
    [
        ("1998 Dec-1999 Jan", 1998, 12, 1999, 1),
        ("2021 Jun-Jul", 2021, 6, None, 7),
        ("2018 May - Jun", 2018, 5, None, 6),
        ("1944-1945", 1944, None, 1945, None),
        ("2021 Apr-Jun 01", 2021, 4, None, 6),
    ],
)
def test_it_reads_a_range_of_months_and_keeps_the_wording(
    wording: str, year: int, month: int | None, end_year: int | None, end_month: int | None
) -> None:
    read = parse_medline_date(wording)
    assert (read.year, read.month, read.end_year, read.end_month) == (year, month, end_year, end_month)
    assert read.text == wording


def test_it_reads_days_inside_a_range() -> None:
    assert parse_medline_date("2001 Jul 27-Aug 2").iso == "2001-07-27"


@pytest.mark.parametrize(
    ("wording", "season"),
    [("2000 Spring", "Spring"), ("1976-1977 Winter", "Winter"), ("2000 Spring-Summer", "Spring-Summer")],
)
def test_it_keeps_a_season(wording: str, season: str) -> None:
    assert parse_medline_date(wording).season == season


def test_it_invents_nothing_for_a_date_it_cannot_read() -> None:
    assert parse_medline_date("in press") == PartialDate(text="in press")


def test_a_season_element_may_hold_months() -> None:
    assert (
        date_of_parts("1990", season="Jul-Oct").month,
        date_of_parts("1990", season="Jul-Oct").end_month,
    ) == (7, 10)
    assert date_of_parts("1990", season="Fall").season == "Fall"


def test_it_prints_as_much_as_is_known() -> None:
    assert date_of_parts("2024", "Oct", "13").american == "October 13, 2024"
    assert date_of_parts("2024", "10").american == "October 2024"
    assert date_of_parts("2024", season="Fall").american == "Fall 2024"
    assert [
        date_of_parts(*parts).iso for parts in (("2024", "Oct", "3"), ("2024", "10"), ("2024",), ("",))
    ] == [
        "2024-10-03",
        "2024-10",
        "2024",
        "",
    ]


@pytest.mark.parametrize(
    ("word", "number"),
    [("Oct", 10), ("October", 10), ("010", 10), ("13", None), ("Fall", None), ("", None), ("ju", None)],
)
def test_it_knows_the_months(word: str, number: int | None) -> None:
    assert month_number(word) == number


@given(st.text(max_size=30))
def test_no_wording_stops_it(wording: str) -> None:
    assert parse_medline_date(wording).text == " ".join(wording.split())
