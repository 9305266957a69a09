"""Direction and precision derived from printed numbers: every golden case, and what is refused."""

from typing import Any

import pytest

from evidence.derived import MEASURES, direction, precision
from tests.evidence.engine.vectors import lines

CASES = lines("derived.jsonl")


@pytest.mark.parametrize("case", [case for case in CASES if case["function"] == "direction"])
def test_it_derives_the_direction_of_the_golden_case(case: dict[str, Any]) -> None:
    assert direction(**case["input"]) == case["output"]


@pytest.mark.parametrize("case", [case for case in CASES if case["function"] == "precision"])
def test_it_derives_the_precision_of_the_golden_case(case: dict[str, Any]) -> None:
    assert precision(**case["input"]) == case["output"]


def derived(**changes: str | None) -> str:
    """Derive the direction of a ratio where lower is better, with some numbers changed."""
    numbers: dict[str, Any] = {
        "measure": "RR",
        "better": "lower",
        "estimate": "0.80",
        "ci_low": None,
        "ci_high": None,
        "mid": None,
        "p": None,
        "alpha": None,
    }
    return direction(**numbers | changes)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"ci_low": "0.70", "ci_high": "0.90"}, "benefit"),
        ({"ci_low": "0.70", "ci_high": "0.90", "better": "higher"}, "harm"),
        ({"ci_low": "0.70", "ci_high": "0.90", "p": "0.05"}, "nsd"),
        ({"ci_low": "0.70", "ci_high": "0.90", "p": "<0.06"}, "benefit"),
        ({"ci_low": "0.70", "ci_high": "1.00"}, "nsd"),
        ({"ci_low": "1", "ci_high": "1", "mid": "1.1"}, "no_effect"),
        ({"ci_low": "0.9", "ci_high": "0.7", "p": "<0.05"}, "benefit"),
        ({"ci_low": "0.9", "ci_high": "0.7"}, "mixed"),
        ({"p": "<0.05"}, "benefit"),
        ({"p": "<0.051"}, "mixed"),
        ({"p": "0.0499999999999999999999999999999999"}, "benefit"),
        ({"p": "0.01", "alpha": "0.01"}, "nsd"),
        ({"p": "0.01", "estimate": "1.00"}, "nsd"),
        ({"p": "<0.06", "estimate": "1.00"}, "mixed"),
    ],
)
def test_it_reads_each_side_of_each_rule(numbers: dict[str, str], expected: str) -> None:
    assert derived(**numbers) == expected


@pytest.mark.parametrize("mid", ["1.3333333333333333333333333333333333", "3"])
def test_a_ratio_is_compared_with_the_exact_reciprocal(mid: str) -> None:
    assert derived(ci_low="0.75", ci_high="1.2", mid=mid) == ("no_effect" if mid == "3" else "nsd")


def test_the_width_of_a_ratio_is_compared_without_rounding() -> None:
    beyond_28_digits = "1.5625000000000000000000000000000000001"
    numbers: dict[str, Any] = {"measure": "HR", "ci_low": "1", "mid": "1.25", "n": 10}
    assert precision(ci_high="1.5625", **numbers) == "adequate"
    assert precision(ci_high=beyond_28_digits, **numbers) == "serious"


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (None, "very_serious"),
        (0, "very_serious"),
        (49, "very_serious"),
        (50, "serious"),
        (299, "serious"),
        (300, "adequate"),
    ],
)
@pytest.mark.parametrize("measure", MEASURES)
def test_without_an_interval_precision_goes_by_people(measure: str, n: int | None, expected: str) -> None:
    assert precision(measure=measure, ci_low=None, ci_high=None, mid="2", n=n) == expected


@pytest.mark.parametrize("text", ["", " 1", "1,5", "NaN", "Infinity", "1e5", "１", "−1", "<0.05", "1_0"])
def test_it_refuses_what_is_no_decimal(text: str) -> None:
    with pytest.raises(ValueError, match="not a decimal number"):
        derived(estimate=text)


@pytest.mark.parametrize("changes", [{"measure": "NNT"}, {"measure": ""}, {"better": "sideways"}])
def test_it_refuses_a_measure_or_a_side_that_it_does_not_know(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="unknown value"):
        derived(**changes)
