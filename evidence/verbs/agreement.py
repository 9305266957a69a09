"""How far a blind reading agrees with the coding that a grade froze, value by value. It reads and changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evidence.concordance import Agreement, agreement
from evidence.models import BlindCoding, BlindReading, GradeSnapshot
from evidence.verbs.rechecking import CODED


@dataclass(frozen=True)
class Compared:
    """One result as both readers coded it: the frozen row, the blind coding, and the values they differ in."""

    row: dict[str, Any]
    blind: BlindCoding
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """A blind reading beside a grade: each result both coded, and the agreement on each value over all of them."""

    reading: BlindReading
    rows: list[Compared]
    by_value: dict[str, Agreement]


def comparisons(snapshot: GradeSnapshot) -> list[Comparison]:
    """Compare every blind reading of the claim with the findings that the grade shows, for two queries.

    Results that only one of them coded are left out of the count: there is nothing to agree on.
    """
    frozen = {(row["citekey"], row["number"]): row for row in snapshot.exhibits["findings"]}
    readings = (
        BlindReading.objects.filter(claim=snapshot.claim)
        .select_related("by")
        .prefetch_related("codings__study")
        .order_by("number")
    )
    return [_compare(reading, frozen) for reading in readings]


def _compare(reading: BlindReading, frozen: dict[tuple[str, int], dict[str, Any]]) -> Comparison:
    pairs = [
        (frozen[key], blind)
        for blind in reading.codings.all()
        if (key := (blind.study.citekey, blind.number)) in frozen
    ]
    rows = [Compared(row, blind, tuple(_differing(row, blind))) for row, blind in pairs]
    by_value = {
        name: agreement([(row[name], getattr(blind, name)) for row, blind in pairs]) for name in CODED
    }
    return Comparison(reading, rows, by_value)


def _differing(row: dict[str, Any], blind: BlindCoding) -> Iterable[str]:
    return (name for name in CODED if row[name] != getattr(blind, name))
