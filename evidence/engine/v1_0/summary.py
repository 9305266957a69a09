"""What a verdict says beside its tier: confidence, agreement, certainty, evidence level, reader's grade.

None of them moves the tier. Source: engine.md, section 4; certainty follows GRADE's domains.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from evidence.engine.v1_0.arithmetic import ONE, total
from evidence.engine.v1_0.case import UNGRADED, Case
from evidence.engine.v1_0.findings import RANDOMISED, SOUND, Weighed
from evidence.engine.v1_0.tables import Scale
from evidence.engine.verdict import Disputes

_CERTAINTIES: Final = ("very_low", "low", "moderate", "high")
_RANDOMISED_START: Final = 4
_OBSERVED_START: Final = 2
_GRADE_OF_TIER: Final = {
    "S": "strong",
    "A": "moderate",
    "B": "emerging",
    "C": "weak",
    "D": "against",
    UNGRADED: "unsupported",
}


def confidence_of(case: Case, tier: str, disputes: Disputes) -> Decimal | None:
    """Say how far the layers agree, less for disputes and missing layers; None for an ungraded claim."""
    if tier == UNGRADED:
        return None
    tables = case.tables
    plain = (
        ONE
        - case.spread
        - tables.hard_penalty * len(disputes.hard)
        - tables.soft_penalty * len(disputes.soft)
        - tables.missing_penalty * len(case.missing)
    )
    return min(max(plain, tables.least_confidence), tables.most_confidence)


def agreement_of(case: Case, confidence: Decimal | None) -> str | None:
    """Put the confidence into a word."""
    if confidence is None:
        return None
    return next(word for word, bound in case.tables.agreement.items() if confidence >= bound)


def certainty_of(case: Case, disputes: Disputes) -> str | None:
    """Grade the certainty of the human evidence, from 4 or 2 downwards; None where nothing carries weight."""
    if not case.weighing:
        return None
    randomised = any(item.finding.design in RANDOMISED for item in case.weighing)
    tables = case.tables
    points = (
        (_RANDOMISED_START if randomised else _OBSERVED_START)
        - _concern(case, tables.quality, lambda item: item.finding.quality)
        - _concern(case, tables.directness, lambda item: item.finding.directness)
        - _concern(case, tables.precision, lambda item: item.finding.precision)
        - int("HD1" in disputes.hard or "HD2" in disputes.hard)
    )
    return _CERTAINTIES[max(points, 1) - 1]


def _concern(case: Case, scale: Scale, code: Callable[[Weighed], str]) -> int:
    """Give 0, 1 or 2 points off by the weighted mean of one domain, compared without division."""
    weight = total(item.weight for item in case.weighing)
    mean_times_weight = total(item.weight * scale[code(item)] for item in case.weighing)
    bounds = case.tables.gravity.values()
    return next(points for points, bound in enumerate(bounds) if mean_times_weight >= bound * weight)


def evidence_level_of(case: Case) -> str:
    """Say what kind of evidence there is, E1 the best, whatever its direction."""
    sound = case.high_quality
    if sound:
        return _review_level(case, {item.bucket for item in sound}, len(sound))
    if any(item.finding.design in RANDOMISED for item in case.weighing):
        return "E4"
    if case.weighing:
        return "E5"
    return "E6" if case.dossier.mechanism.answered() else "E7"


def _review_level(case: Case, buckets: set[str], reviews: int) -> str:
    if reviews > 1:
        return "E1" if len(buckets) == 1 else "E3"
    backed = any(
        item.finding.design == "rct" and item.finding.quality in SOUND and item.bucket in buckets
        for item in case.weighing
    )
    return "E2" if backed else "E3"


def reader_grade_of(tier: str, status: str) -> str:
    """Give the readers' word: what was tested and failed reads *against*, never *unsupported*."""
    return "against" if status in {"not_supported", "harmful"} else _GRADE_OF_TIER[tier]
