"""One study's own axis in a forest plot: effect values to positions, and the ticks to print.

Positions are fractions of the plot's width; every axis of a plot has its null line at one fraction.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

RATIOS = frozenset({"RR", "OR", "HR"})
WIDEST_RATIO = math.log(100)
WIDEST_DIFFERENCE = 20.0
RATIO_TICKS = (1, 0.5, 2, 0.25, 4, 0.1, 10, 0.75, 1.5, 0.9, 1.1, 0.05, 20, 0.02, 50, 0.01, 100)


@dataclass(frozen=True)
class Effect:
    """One measured effect with the words that say the same as its row.

    Numbers are in the study's own units, None where not stated; `measure` is RR, OR, HR (ratios,
    null value 1) or a difference (null value 0); `better` says whether "higher" or "lower" is the
    benefit; `pooled` draws a diamond, else a square. `printed` and `interval` are the translated texts.
    """

    name: str
    detail: str
    measure: str
    better: str
    estimate: Decimal | None
    low: Decimal | None
    high: Decimal | None
    printed: str
    interval: str
    pooled: bool = False

    @property
    def null(self) -> float:
        return 1.0 if self.measure in RATIOS else 0.0

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval's ends, or None when one is missing or they are reversed."""
        if self.low is None or self.high is None or self.low > self.high:
            return None
        return float(self.low), float(self.high)

    @property
    def values(self) -> list[float]:
        return [*(self.bounds or ()), *([] if self.estimate is None else [float(self.estimate)])]

    @property
    def logarithmic(self) -> bool:
        """Ratios are drawn on a log scale, unless a value at or below nought has no logarithm."""
        return self.measure in RATIOS and all(value > 0 for value in self.values)

    def benefit(self, value: float) -> float:
        """Return the signed distance from no difference, towards benefit positive."""
        distance = math.log(value) if self.logarithmic else value - self.null
        return distance if self.better == "higher" else -distance


@dataclass(frozen=True)
class Axis:
    """A scale: `zero` is the null line's fraction, `unit` the distance that one whole width spans."""

    zero: float
    unit: float

    def place(self, distance: float) -> float:
        return self.zero + distance / self.unit


def extents(effect: Effect) -> tuple[float, float]:
    """Return how far a row must reach to the harm side and to the benefit side, both >= 0.

    An arm longer than a hundredfold ratio, or than twenty times the estimate's own distance, is cut
    and ends in an arrow: otherwise one imprecise study would flatten its own estimate to a dot.
    """
    distances = [effect.benefit(value) for value in effect.values]
    limit = _limit(effect)
    return min(limit, max(0.0, -min(distances, default=0.0))), min(limit, max(0.0, *distances, 0.0))


def _limit(effect: Effect) -> float:
    if effect.logarithmic:
        return WIDEST_RATIO
    own = abs(effect.benefit(float(effect.estimate))) if effect.estimate is not None else 0.0
    return WIDEST_DIFFERENCE * own if own else math.inf


def shared_zero(effects: Iterable[Effect]) -> float:
    """Return the one fraction where every row has its null line, between .30 and .70."""
    shares = [harm / (harm + benefit) for harm, benefit in map(extents, effects) if harm + benefit]
    return min(0.7, max(0.3, sum(shares) / len(shares))) if shares else 0.5


def axis_of(effect: Effect, zero: float) -> Axis:
    """Return the row's scale, with a tenth to spare beyond what it must show."""
    harm, benefit = extents(effect)
    unit = max(harm / zero, benefit / (1 - zero)) * 1.12
    return Axis(zero, unit or 1.0)


def ticks(effect: Effect, axis: Axis, *, apart: float) -> list[tuple[float, str]]:
    """Return positions and texts of the ticks that fit at least `apart` of the width from one another."""
    chosen: list[tuple[float, str]] = []
    for value in _candidates(effect, axis, apart):
        spot = axis.place(effect.benefit(value))
        if 0.02 <= spot <= 0.98 and all(abs(spot - other) >= apart for other, _ in chosen):
            chosen.append((spot, _text(value)))
    return sorted(chosen)


def _candidates(effect: Effect, axis: Axis, apart: float) -> list[float]:
    if effect.logarithmic:
        return [float(value) for value in RATIO_TICKS]
    step = _round_step(axis.unit * apart)
    steps = [value for i in range(1, 12) for value in (effect.null + i * step, effect.null - i * step)]
    return [effect.null, *steps]


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * lead for lead in (1, 2, 5, 10) if power * lead >= least * 0.999)


def _text(value: float) -> str:
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")
