"""How far two readers agree: the share of same answers and Cohen's kappa. Pure: no Django, no clock.

Source: Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37-46.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `total` things both readers answered, `same` were answered alike; `kappa` is None where it is not defined."""

    same: int
    total: int
    kappa: Fraction | None

    @property
    def share(self) -> Fraction | None:
        """The share of same answers, None where there was nothing to compare."""
        return Fraction(self.same, self.total) if self.total else None


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Compare two readers' answers, pair by pair.

    Kappa is not defined without pairs, nor where both gave one and the same answer throughout: chance alone would
    then agree as well.
    """
    total = len(pairs)
    same = sum(first == second for first, second in pairs)
    if not total:
        return Agreement(0, 0, None)
    firsts, seconds = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    by_chance = Fraction(sum(count * seconds[answer] for answer, count in firsts.items()), total * total)
    kappa = None if by_chance == 1 else (Fraction(same, total) - by_chance) / (1 - by_chance)
    return Agreement(same, total, kappa)
