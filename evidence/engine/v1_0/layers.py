"""The seven layers of one dossier, each a number or nothing. How they are weighed is in the steps."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from evidence.engine.dossier import Dossier
from evidence.engine.v1_0.arithmetic import ONE, rounded, total, weighted_mean
from evidence.engine.v1_0.findings import Weighed
from evidence.engine.v1_0.tables import Tables

Layers: TypeAlias = Mapping[str, Decimal | None]
LAYER_PLACES: Final = 2
_HALF: Final = Decimal("0.5")


def measure(dossier: Dossier, weighed: tuple[Weighed, ...], tables: Tables) -> Layers:
    """Measure every layer, half-even to two places: a reader can redo the sum from what the page shows."""
    uncut = {
        "L1": _plain_mean(tables.benchmark[benchmark.grade] for benchmark in dossier.benchmarks),
        "L2": _human_literature(weighed, tables),
        "L3": weighted_mean(
            (tables.mechanism[question], tables.answer[answer])
            for question, answer in dossier.mechanism.answered().items()
        ),
        "L4": _stance("L4", dossier, tables),
        "L5": _stance("L5", dossier, tables),
        "L6": None if dossier.safety is None else tables.safety[dossier.safety],
        "L11": _plain_mean(tables.recheck[recheck.verdict] for recheck in dossier.rechecks),
    }
    return MappingProxyType(
        {name: None if value is None else rounded(value, LAYER_PLACES) for name, value in uncut.items()}
    )


def _plain_mean(values: Iterable[Decimal]) -> Decimal | None:
    return weighted_mean((ONE, value) for value in values)


def _stance(layer: str, dossier: Dossier, tables: Tables) -> Decimal | None:
    return weighted_mean(
        (tables.relevance[position.relevance], tables.stance[position.stance])
        for position in dossier.positions
        if position.layer == layer
    )


def _human_literature(weighed: tuple[Weighed, ...], tables: Tables) -> Decimal | None:
    """Draw the weighed directions towards the middle, by a prior that counts like a small mixed trial."""
    if total(item.own for item in weighed) < tables.least_mass:
        return None
    leaning = total(item.weight * tables.direction[item.finding.direction] for item in weighed)
    return _HALF + _HALF * leaning / (total(item.weight for item in weighed) + tables.human_prior)
