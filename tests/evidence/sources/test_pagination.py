"""Pages in full, and what is an article number."""

import time

import pytest

from evidence.sources.pagination import article_number_of, full_pages, pages_of


@pytest.mark.parametrize(
    ("medline", "printed"),
    [
        ("1489-97", "1489-1497"),
        ("996-1002", "996-1002"),
        ("1001-10", "1001-1010"),
        ("60", "60"),
        ("E8-16", "E8-E16"),
        ("e71-e72", "e71-e72"),
        ("S101-S102", "S101-S102"),
        ("606-620.e7", "606-620.e7"),
        ("1595-603.e9", "1595-1603.e9"),
        ("1S-20S", "1S-20S"),
        ("67-8, 73", "67-68, 73"),
        ("1563-5; author reply 1565-6", "1563-1565; author reply 1565-1566"),
        ("e0170771", "e0170771"),
        ("607.e1-607.e17", "607.e1-607.e17"),
        ("[34457 words; 185 paragraphs]", "[34457 words; 185 paragraphs]"),
        ("", ""),
    ],
)
def test_ranges_are_printed_in_full(medline: str, printed: str) -> None:
    assert full_pages(medline) == printed


def test_first_and_last_page_are_known_apart() -> None:
    pages = pages_of("1489-97")
    assert (pages.medline, pages.start, pages.end) == ("1489-97", "1489", "1497")
    assert pages_of("", "12", "19").medline == "12-19"
    assert pages_of("e0170771").start == "e0170771"


@pytest.mark.parametrize("pii", ["E1051", "e20200147", "ofab235", "111004", "EWLS", "60"])
def test_a_journals_own_number_is_an_article_number(pii: str) -> None:
    assert article_number_of(pii, "") == pii


@pytest.mark.parametrize(
    "pii", ["S0140-6736(98)01134-9", "gutjnl-2017-315136", "2020.07.25.217158", "rs.3.rs-2960606", ""]
)
def test_a_publishers_item_number_is_not(pii: str) -> None:
    assert article_number_of(pii, "12-19") == ""


def test_a_lettered_page_is_an_article_number_too() -> None:
    assert article_number_of("", "e12516") == "e12516"


def test_a_hostile_pagination_costs_no_time() -> None:
    began = time.monotonic()
    for wording in ("a1" * 20_000, "1" * 40_000, "1-" * 20_000):
        assert pages_of(wording).medline == wording
    assert time.monotonic() - began < 2
