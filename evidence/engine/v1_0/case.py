"""One dossier laid out for the steps: weights, layers, profile and counts, computed before the first step.

No rule decides anything here; the steps do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from evidence.engine.dossier import Dossier
from evidence.engine.v1_0.arithmetic import ZERO, total
from evidence.engine.v1_0.findings import Weighed, weigh
from evidence.engine.v1_0.layers import Layers, measure
from evidence.engine.v1_0.tables import Scale, Tables

UNGRADED: Final = "U"


@dataclass(frozen=True)
class Case:
    """A dossier with its weights and layers. *Weight* without more is the weight after absorption."""

    dossier: Dossier
    tables: Tables
    weighed: tuple[Weighed, ...]
    layers: Layers

    @classmethod
    def of(cls, dossier: Dossier, tables: Tables) -> "Case":
        """Lay out a dossier by the tables of a version."""
        weighed = weigh(dossier.findings, tables)
        return cls(dossier, tables, weighed, measure(dossier, weighed, tables))

    @property
    def is_physiology(self) -> bool:
        return self.dossier.claim_type == "physiology"

    @cached_property
    def profile(self) -> Scale:
        """The layers that enter the mean for this type of claim, with their weights."""
        return self.tables.profiles[self.dossier.claim_type]

    @cached_property
    def present(self) -> Mapping[str, Decimal]:
        """The profile's layers that have input."""
        values = ((name, self.layers[name]) for name in self.profile)
        return {name: value for name, value in values if value is not None}

    @cached_property
    def missing(self) -> list[str]:
        """The profile's layers without input."""
        return [name for name in self.profile if name not in self.present]

    @cached_property
    def spread(self) -> Decimal:
        """How far the profile's present layers lie apart."""
        values = self.present.values()
        return max(values, default=ZERO) - min(values, default=ZERO)

    @cached_property
    def mass(self) -> Decimal:
        """The sum of own weights: how much human literature there is, before absorption."""
        return total(item.own for item in self.weighed)

    @cached_property
    def weighing(self) -> tuple[Weighed, ...]:
        """The findings that carry weight."""
        return tuple(item for item in self.weighed if item.weight > ZERO)

    @cached_property
    def high_quality(self) -> tuple[Weighed, ...]:
        """High-quality evidence, set H of engine.md."""
        return tuple(item for item in self.weighed if item.is_high_quality_evidence)

    def count(self, bucket: str) -> int:
        """Count the high-quality evidence of one bucket: positive, mixed, null or harm."""
        return sum(item.bucket == bucket for item in self.high_quality)
