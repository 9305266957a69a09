"""Contradictions among printed numbers: every golden case, and each side of each rule."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.lint import CODES, Arm, lint
from tests.evidence.engine.vectors import lines

CASES = [case for case in lines("derived.jsonl") if case["function"] == "lint"]


def linted(**changes: Any) -> list[str]:
    """Lint a mean difference that is in order, with some numbers changed."""
    numbers: dict[str, Any] = {
        "measure": "MD",
        "estimate": "1.0",
        "ci_low": "0.0",
        "ci_high": "2.0",
        "ci_level": "95",
        "p": None,
        "alpha": None,
        "n": 100,
        "arms": [],
        "direction": "nsd",
    }
    return lint(**numbers | changes)


@pytest.mark.parametrize("case", CASES)
def test_it_finds_the_contradictions_of_the_golden_case(case: dict[str, Any]) -> None:
    assert lint(**case["input"]) == case["output"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"ci_low": "2.0", "ci_high": "0.0", "p": "0.001"}, ["ci_reversed"]),
        ({"estimate": None}, []),
        ({"estimate": "-0.1"}, ["estimate_outside_ci"]),
        ({"estimate": "0.0"}, ["midpoint_off"]),
        ({"estimate": "0.8"}, []),
        ({"estimate": "0.79"}, ["midpoint_off"]),
        ({"estimate": "2", "ci_high": "2"}, []),
        ({"measure": "OR", "ci_low": "0", "ci_high": "9", "estimate": "9.0"}, []),
        ({"measure": "OR", "ci_low": "1", "ci_high": "4", "estimate": "2.25"}, ["midpoint_off"]),
        ({"measure": "OR", "ci_low": "1", "ci_high": "4", "estimate": "2.16"}, []),
        ({"measure": "OR", "ci_low": "1", "ci_high": "4", "estimate": "1.84"}, []),
        ({"measure": "OR", "ci_low": "1", "ci_high": "4", "estimate": "1.83"}, ["midpoint_off"]),
    ],
)
def test_it_tests_the_estimate_against_its_interval(numbers: dict[str, Any], expected: list[str]) -> None:
    assert linted(**numbers) == expected


@pytest.mark.parametrize(
    ("counts", "n", "is_off"),
    [
        ((50, 50), 100, False),
        ((50, 51), 100, True),
        ((50, None), 100, False),
        ((50, 0), 100, False),
        ((99,), 100, False),
        ((50, 51), None, False),
        ((50, 51), 0, False),
    ],
)
def test_it_adds_up_the_arms_only_where_all_are_stated(
    counts: tuple[int | None, ...], n: int | None, is_off: bool
) -> None:
    arms: list[Arm] = [{"n": count, "percent": None} for count in counts]
    assert ("arms_do_not_sum" in linted(arms=arms, n=n)) is is_off


@pytest.mark.parametrize(
    ("percent", "n", "is_impossible"),
    [
        ("12.5", 8, False),
        ("12", 8, False),
        ("13", 8, False),
        ("37", 8, True),
        ("38", 8, False),
        ("33.3", 3, False),
        ("33.4", 3, True),
        ("100", 7, False),
        ("101", 7, True),
        ("-1", 7, True),
        ("0.0", 7, False),
        ("0.1", None, False),
        ("0.1", 0, False),
    ],
)
def test_a_percentage_is_one_of_a_whole_number_of_people(
    percent: str, n: int | None, is_impossible: bool
) -> None:
    found = linted(arms=[{"n": n, "percent": percent}])
    assert found == (["percentage_impossible_for_n"] if is_impossible else [])


@settings(max_examples=500, deadline=None, database=None, derandomize=True)
@given(people=st.integers(0, 400), others=st.integers(0, 400), places=st.integers(0, 3))
def test_a_percentage_that_was_rounded_from_people_is_never_impossible(
    people: int, others: int, places: int
) -> None:
    n = people + others
    if n:
        half_up = (200 * people * 10**places + n) // (2 * n)
        whole, fraction = divmod(half_up, 10**places)
        printed = f"{whole}.{fraction:0{places}}" if places else str(whole)
        assert linted(arms=[{"n": n, "percent": printed}]) == []


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"p": "0.05", "direction": "benefit"}, ["p_not_below_alpha"]),
        ({"p": "0.05", "direction": "harm", "alpha": "0.051"}, []),
        ({"p": "<0.06", "direction": "benefit"}, []),
        ({"p": "0.05", "direction": "mixed"}, []),
        ({"p": "0.05", "direction": None}, []),
    ],
)
def test_an_effect_asks_for_a_p_below_alpha(numbers: dict[str, Any], expected: list[str]) -> None:
    assert linted(**numbers) == expected


@pytest.mark.parametrize(
    ("numbers", "disagrees"),
    [
        ({"ci_low": "0.1", "p": "0.05"}, True),
        ({"ci_low": "0.1", "p": "0.049"}, False),
        ({"ci_low": "0.1", "p": "<0.06"}, False),
        ({"ci_low": "0.1", "p": "0.05", "ci_level": None}, True),
        ({"ci_low": "0.1", "p": "0.05", "ci_level": "95.0"}, True),
        ({"ci_low": "0.1", "p": "0.05", "ci_level": "99"}, False),
        ({"ci_low": "0.0", "p": "0.05"}, False),
        ({"ci_low": "0.0", "p": "0.01"}, False),
        ({"ci_low": "-0.1", "p": "<0.05"}, True),
        ({"ci_low": "-0.1", "p": "0.05"}, False),
        ({"ci_low": "0.1", "p": "0.20", "alpha": "0.25"}, True),
    ],
)
def test_p_and_a_95_percent_interval_tell_the_same_story(numbers: dict[str, Any], disagrees: bool) -> None:
    assert ("p_disagrees_with_ci" in linted(estimate=None, **numbers)) is disagrees


def test_codes_come_once_each_and_in_their_order() -> None:
    arms = [{"n": 7, "percent": "50.0"}, {"n": 7, "percent": "50.0"}]
    found = linted(estimate="2.0", ci_low="0.1", p="0.2", direction="benefit", arms=arms)
    assert found == list(CODES[2:])
