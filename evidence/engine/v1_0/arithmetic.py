"""The engine's arithmetic: exact decimals in a context of its own. Which numbers are computed is not here."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)


def context() -> Context:
    """Give the context of every computation: 28 digits, half-even, whatever the program around it has set."""
    return Context(
        prec=28,
        rounding=ROUND_HALF_EVEN,
        Emin=-999999,
        Emax=999999,
        capitals=1,
        clamp=0,
        traps=[InvalidOperation, DivisionByZero, Overflow],
    )


def rounded(number: Decimal, places: int) -> Decimal:
    """Quantise half-even to the places given: every number but a score."""
    return number.quantize(ONE.scaleb(-places), rounding=ROUND_HALF_EVEN)


def cut(score: Decimal, places: int) -> Decimal:
    """Cut a score to the places given, so that what is printed never stands in another tier's band."""
    return score.quantize(ONE.scaleb(-places), rounding=ROUND_DOWN)


def weighted_mean(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Give the mean of (weight, value) pairs, uncut; None without weight."""
    listed = tuple(pairs)
    weight = total(weight for weight, _ in listed)
    return total(weight * value for weight, value in listed) / weight if weight else None


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Add up exactly, in any order."""
    return sum(numbers, ZERO)
