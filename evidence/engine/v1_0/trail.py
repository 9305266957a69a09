"""Puts the seven steps in their order and makes the verdict of them. The rules are in the steps."""

from decimal import Decimal, localcontext
from typing import Final

from evidence.engine.dossier import Dossier
from evidence.engine.v1_0.arithmetic import context, cut, rounded
from evidence.engine.v1_0.case import Case
from evidence.engine.v1_0.status import decide_status, detect_disputes
from evidence.engine.v1_0.summary import (
    agreement_of,
    certainty_of,
    confidence_of,
    evidence_level_of,
    reader_grade_of,
)
from evidence.engine.v1_0.tables import Tables
from evidence.engine.v1_0.tiers import (
    WEIGHT_PLACES,
    apply_hec_rules,
    apply_safety_cap,
    compute_raw_score,
    tier_from_score,
    tier_strict_requirement_check,
)
from evidence.engine.verdict import Disputes, Step, Verdict

SCORE_PLACES: Final = 4
CONFIDENCE_PLACES: Final = 2


def grade_by(tables: Tables, dossier: Dossier, dossier_sha256: str) -> Verdict:
    """Walk all seven steps, always in the same order, in the engine's own arithmetic."""
    with localcontext(context()):
        case = Case.of(dossier, tables)
        raw_score, score = compute_raw_score(case)
        banded, tier = tier_from_score(case, score)
        hec, tier = apply_hec_rules(case, tier)
        strict, tier = tier_strict_requirement_check(case, tier)
        safety, tier = apply_safety_cap(case, tier)
        detected, disputes = detect_disputes(case, tier)
        certainty = certainty_of(case, disputes)
        status = decide_status(case, tier, hec.outcome, disputes, certainty)
        steps = (raw_score, banded, hec, strict, safety, detected, status)
        return _verdict(
            case,
            dossier_sha256=dossier_sha256,
            score=score,
            tier=tier,
            certainty=certainty,
            disputes=disputes,
            steps=steps,
        )


def _verdict(
    case: Case,
    *,
    dossier_sha256: str,
    score: Decimal | None,
    tier: str,
    certainty: str | None,
    disputes: Disputes,
    steps: tuple[Step, ...],
) -> Verdict:
    confidence = confidence_of(case, tier, disputes)
    hec, status = steps[2].outcome, steps[-1].outcome
    return Verdict(
        engine=case.tables.version,
        dossier_sha256=dossier_sha256,
        layers={name: None if value is None else str(value) for name, value in case.layers.items()},
        score=None if score is None else str(cut(score, SCORE_PLACES)),
        tier=tier,
        hec=hec,
        disputes=disputes,
        confidence=None if confidence is None else str(rounded(confidence, CONFIDENCE_PLACES)),
        agreement=agreement_of(case, confidence),
        certainty=certainty,
        evidence_level=evidence_level_of(case),
        status=status,
        reader_grade=reader_grade_of(tier, status),
        weights={item.finding.id: str(rounded(item.weight, WEIGHT_PLACES)) for item in case.weighed},
        steps=steps,
    )
