"""Steps 6 and 7 of the trail: what stands against what, and the status. The tier is already decided.

Source: engine.md, section 3.
"""

from collections.abc import Iterator
from typing import Final

from evidence.engine.v1_0.arithmetic import total, weighted_mean
from evidence.engine.v1_0.case import UNGRADED, Case
from evidence.engine.v1_0.findings import SOUND
from evidence.engine.verdict import Disputes, Step

_AGAINST_BENEFIT: Final = ("nsd", "no_effect", "harm")
_STATUS_OF_TIER: Final = {UNGRADED: "insufficient", "S": "established", "A": "supported", "B": "preliminary"}


def detect_disputes(case: Case, tier: str) -> tuple[Step, Disputes]:
    """List what contradicts what; SD3 asks for a graded claim, the others do not."""
    disputes = Disputes(tuple(_hard(case)), tuple(_soft(case, tier)))
    outcome = "disputed" if disputes.hard else "debated" if disputes.soft else "none"
    params = {"hard": list(disputes.hard), "soft": list(disputes.soft)}
    return Step("detect_disputes", outcome, {**params}), disputes


def _hard(case: Case) -> Iterator[str]:
    if _carries(case, ("benefit",)) and _carries(case, _AGAINST_BENEFIT):
        yield "HD1"
    if case.count("positive") and (case.count("null") or case.count("harm")):
        yield "HD2"
    if _stands(case, "L4", "supportive") and _stands(case, "L4", "against"):
        yield "HD3"


def _soft(case: Case, tier: str) -> Iterator[str]:
    if case.spread >= case.tables.wide_spread:
        yield "SD1"
    if _stands(case, "L5", "supportive", "qualified") and _stands(case, "L5", "against"):
        yield "SD2"
    if tier != UNGRADED and _recheck_differs(case):
        yield "SD3"


def _carries(case: Case, directions: tuple[str, ...]) -> bool:
    """Tell whether these directions hold their share of the weight, a sound finding among them."""
    whole = total(item.weight for item in case.weighing)
    side = [item for item in case.weighing if item.finding.direction in directions]
    return total(item.weight for item in side) >= case.tables.dispute_share * whole and any(
        item.finding.quality in SOUND for item in side
    )


def _stands(case: Case, layer: str, *stances: str) -> bool:
    return any(
        position.layer == layer and position.stance in stances and position.relevance == "direct"
        for position in case.dossier.positions
    )


def _recheck_differs(case: Case) -> bool:
    recheck = case.present.get("L11")
    others = weighted_mean(
        (case.profile[name], value) for name, value in case.present.items() if name != "L11"
    )
    if recheck is None or others is None:
        return False
    return abs(recheck - others) >= case.tables.recheck_gap


def decide_status(case: Case, tier: str, hec: str, disputes: Disputes, certainty: str | None) -> Step:
    """Name what readers are told: untested, disputed, and tested-and-failed are three different things."""
    return Step("decide_status", _status(case, tier, hec, disputes, certainty), {"tier": tier})


def _status(case: Case, tier: str, hec: str, disputes: Disputes, certainty: str | None) -> str:
    if disputes.hard and tier != UNGRADED:
        return "disputed"
    if tier in _STATUS_OF_TIER:
        return _STATUS_OF_TIER[tier]
    if tier == "D":
        return "harmful" if case.count("harm") or case.dossier.safety == "serious" else "not_supported"
    return "not_supported" if hec == "null" and certainty in {"moderate", "high"} else "unproven"
