"""Direction and precision of a finding, derived from its printed numbers, and the reading of those numbers.

Pure and exact: decimal strings become fractions, and no comparison rounds. Contradictions among the numbers
are `lint`'s. Source: engine.md, section 5.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

RATIOS: Final = ("RR", "OR", "HR")
DIFFERENCES: Final = ("MD", "WMD", "SMD", "RD")
MEASURES: Final = RATIOS + DIFFERENCES
BETTER: Final = ("higher", "lower")
ALPHA: Final = Fraction(5, 100)

_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_ENOUGH_PEOPLE: Final = 300
_SOME_PEOPLE: Final = 50


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval whose ends stand in order."""

    low: Fraction
    high: Fraction

    def side_of(self, value: Fraction) -> int:
        """Say where the interval lies: wholly above the value 1, wholly below -1, across or touching 0."""
        return int(self.low > value) - int(self.high < value)

    def holds_inside(self, value: Fraction) -> bool:
        """Tell whether the value lies strictly between the ends."""
        return self.low < value < self.high


def direction(
    *,
    measure: str,
    better: str,
    estimate: str | None,
    ci_low: str | None,
    ci_high: str | None,
    mid: str | None,
    p: str | None,
    alpha: str | None,
) -> str:
    """Derive benefit, harm, no_effect, nsd or mixed from numbers given as decimal strings.

    The interval decides where there is one, else p with the estimate; `mid` is the minimal important
    difference, alpha is .05 unless given. Raises ValueError for an unknown code or what is no decimal.
    """
    if better not in BETTER:
        raise ValueError(f"better: unknown value {better!a}")
    middle = null_value(measure)
    limits = interval(ci_low, ci_high)
    significant = is_below(p, significance_level(alpha))
    if limits is not None:
        side = limits.side_of(middle)
        if side:
            return "nsd" if significant is False else _benefit_or_harm(side, better)
        return "no_effect" if _is_trivial(limits, measure, mid) else "nsd"
    point = number(estimate)
    if significant is None or point is None:
        return "mixed"
    if not significant or point == middle:
        return "nsd"
    return _benefit_or_harm(1 if point > middle else -1, better)


def precision(
    *, measure: str, ci_low: str | None, ci_high: str | None, mid: str | None, n: int | None
) -> str:
    """Derive adequate, serious or very_serious imprecision.

    By the interval's half-width against the minimal important difference where both are known, else by the
    number of people (None or 0 is not stated). Raises ValueError for an unknown code or what is no decimal.
    """
    limits = interval(ci_low, ci_high)
    important = minimal_difference(measure, mid)
    if limits is None or important is None:
        return _precision_by_people(n or 0)
    if measure in RATIOS:
        return _precision_of_ratio(limits, important)
    width = limits.high - limits.low
    return "adequate" if width <= 2 * important else "serious" if width <= 4 * important else "very_serious"


def number(text: str | None) -> Fraction | None:
    """Read a decimal string exactly; None is a number not known. Raises ValueError for anything else."""
    if text is None:
        return None
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"not a decimal number: {text!a}")
    return Fraction(text)


def interval(low: str | None, high: str | None) -> Interval | None:
    """Read an interval; one without both ends, or with its ends reversed, is none."""
    start, end = number(low), number(high)
    return None if start is None or end is None or start > end else Interval(start, end)


def minimal_difference(measure: str, mid: str | None) -> Fraction | None:
    """Read a minimal important difference; one that does not reach beyond the null value is none."""
    important = number(mid)
    floor = Fraction(1) if null_value(measure) else Fraction(0)
    return important if important is not None and important > floor else None


def null_value(measure: str) -> Fraction:
    """Give the value that means no difference: 1 for ratios, 0 for differences. Raises ValueError."""
    if measure not in MEASURES:
        raise ValueError(f"measure: unknown value {measure!a}")
    return Fraction(int(measure in RATIOS))


def significance_level(alpha: str | None) -> Fraction:
    """Read a prespecified alpha; .05 where none was."""
    level = number(alpha)
    return ALPHA if level is None else level


def is_below(p: str | None, alpha: Fraction) -> bool | None:
    """Tell whether p is below alpha; None where that is not known, as for `<0.10` against .05."""
    if p is not None and p.startswith("<"):
        bound = number(p[1:])
        return True if bound is not None and bound <= alpha else None
    value = number(p)
    return None if value is None else value < alpha


def _benefit_or_harm(side: int, better: str) -> str:
    return "benefit" if (side > 0) == (better == "higher") else "harm"


def _is_trivial(limits: Interval, measure: str, mid: str | None) -> bool:
    """Tell whether the interval lies strictly inside the minimal important difference on both sides."""
    important = minimal_difference(measure, mid)
    if important is None:
        return False
    above_floor = limits.low * important > 1 if measure in RATIOS else limits.low > -important
    return above_floor and limits.high < important


def _precision_of_ratio(limits: Interval, important: Fraction) -> str:
    if limits.low <= 0 or limits.high > important**4 * limits.low:
        return "very_serious"
    return "adequate" if limits.high <= important**2 * limits.low else "serious"


def _precision_by_people(n: int) -> str:
    return "adequate" if n >= _ENOUGH_PEOPLE else "serious" if n >= _SOME_PEOPLE else "very_serious"
