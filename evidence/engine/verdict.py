"""A verdict as frozen records: the grade with its whole audit trail, as codes and numbers, in no language.

Its line of JSON is made in `codec`. Every version imports this module, so it holds nothing that could want to
change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Param: TypeAlias = str | int | list[str] | list[list[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trail; decimals among its params are strings, counts are integers."""

    step: str
    outcome: str
    params: Mapping[str, Param]


@dataclass(frozen=True, slots=True)
class Disputes:
    """Codes of what stands against what: hard ones change the status, soft ones only the confidence."""

    hard: tuple[str, ...]
    soft: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The grade of one dossier by one version, its fields in the order in which they are printed.

    Numbers are decimal strings: layers and confidence to 2 places, score (cut) and weights to 4. A layer
    without input is None; so are score, confidence and agreement of an ungraded claim, and certainty without
    weight.
    """

    engine: str
    dossier_sha256: str
    layers: Mapping[str, str | None]
    score: str | None
    tier: str
    hec: str
    disputes: Disputes
    confidence: str | None
    agreement: str | None
    certainty: str | None
    evidence_level: str
    status: str
    reader_grade: str
    weights: Mapping[str, str]
    steps: tuple[Step, ...]
