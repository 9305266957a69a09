"""Contradictions among the printed numbers of one finding, as codes. Pure, exact; nothing is corrected here.

What the numbers mean is `derived`'s. Source: engine.md, section 5.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final, TypedDict

from evidence.derived import ALPHA, Interval, interval, is_below, null_value, number, significance_level

CODES: Final = (
    "ci_reversed",
    "estimate_outside_ci",
    "midpoint_off",
    "arms_do_not_sum",
    "percentage_impossible_for_n",
    "p_not_below_alpha",
    "p_disagrees_with_ci",
)
_MIDPOINT_SHARE: Final = Fraction(5, 100)
_USUAL_LEVEL: Final = 95
_HALF: Final = Fraction(1, 2)


class Arm(TypedDict):
    """One arm of a trial: people (None or 0 is not stated) and the percentage printed for them."""

    n: int | None
    percent: str | None


def lint(
    *,
    measure: str,
    estimate: str | None,
    ci_low: str | None,
    ci_high: str | None,
    ci_level: str | None,
    p: str | None,
    alpha: str | None,
    n: int | None,
    arms: Sequence[Arm],
    direction: str | None,
) -> list[str]:
    """List what cannot be right among these numbers, each code at most once, in the order of CODES.

    Numbers are decimal strings as printed, since the last printed place counts. Raises ValueError for an
    unknown measure or for what is no decimal.
    """
    limits = interval(ci_low, ci_high)
    claims_effect = direction in {"benefit", "harm"}
    found = {
        "arms_do_not_sum": _arms_do_not_sum(n, arms),
        "percentage_impossible_for_n": any(_is_impossible(arm) for arm in arms),
        "p_not_below_alpha": claims_effect and is_below(p, significance_level(alpha)) is False,
        "p_disagrees_with_ci": limits is not None and _p_disagrees(limits, measure, ci_level, p),
    }
    return [
        *_interval_codes(measure, estimate, ci_low, ci_high),
        *(code for code, is_found in found.items() if is_found),
    ]


def _interval_codes(
    measure: str, estimate: str | None, ci_low: str | None, ci_high: str | None
) -> Iterable[str]:
    """Test the estimate against its interval: the first of the three contradictions hides the next."""
    low, high, point = number(ci_low), number(ci_high), number(estimate)
    if low is None or high is None:
        return
    if low > high:
        yield "ci_reversed"
    elif estimate is not None and point is not None:
        if not low <= point <= high:
            yield "estimate_outside_ci"
        elif _is_off_centre(point, _last_place(estimate), Interval(low, high), measure):
            yield "midpoint_off"


def _is_off_centre(point: Fraction, unit: Fraction, limits: Interval, measure: str) -> bool:
    allowed = _MIDPOINT_SHARE * (limits.high - limits.low) + unit
    if null_value(measure) == 0:
        return abs(point - (limits.low + limits.high) / 2) > allowed
    return limits.low > 0 and _is_beyond_root(point, allowed, limits.low * limits.high)


def _is_beyond_root(point: Fraction, allowed: Fraction, square: Fraction) -> bool:
    """Tell whether the point is further than allowed from the square's root, without taking the root."""
    lowest, highest = point - allowed, point + allowed
    return (lowest > 0 and lowest**2 > square) or highest**2 < square


def _last_place(text: str) -> Fraction:
    """Give one unit of the last printed place: a tenth for 13.8."""
    return Fraction(1, 10 ** len(text.partition(".")[2]))


def _arms_do_not_sum(n: int | None, arms: Sequence[Arm]) -> bool:
    counts = [count for arm in arms if (count := arm["n"])]
    return bool(n) and len(arms) > 1 and len(counts) == len(arms) and sum(counts) != n


def _is_impossible(arm: Arm) -> bool:
    """Tell whether no whole number of people out of n makes the printed percentage."""
    text, n = arm["percent"], arm["n"]
    percent = number(text)
    if text is None or percent is None or not n:
        return False
    nearest = percent * n // 100
    unit = _last_place(text)
    return not any(
        0 <= people <= n and _prints_as(Fraction(100 * people, n) / unit, percent / unit)
        for people in (nearest, nearest + 1)
    )


def _prints_as(exact: Fraction, printed: Fraction) -> bool:
    """Tell whether a number, in units of the last place, is printed so by rounding half-up or half-even."""
    gap = exact - printed
    if abs(gap) == _HALF:
        # On the half, half-up always climbs to the printed number; half-even also comes down to an even one.
        return gap < 0 or printed % 2 == 0
    return abs(gap) < _HALF


def _p_disagrees(limits: Interval, measure: str, ci_level: str | None, p: str | None) -> bool:
    """Compare p with a 95 % interval: an interval that ends on the null value contradicts neither."""
    level = number(ci_level)
    if level is not None and level != _USUAL_LEVEL:
        return False
    significant = is_below(p, ALPHA)
    excludes = limits.side_of(null_value(measure)) != 0
    inside = limits.holds_inside(null_value(measure))
    return (excludes and significant is False) or (inside and significant is True)
