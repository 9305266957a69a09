"""Steps 1 to 5 of the trail: from the score to the tier, by bounds, then by rules that hold it up or down.

Disputes and status, which never move the tier, are in `status`. Source: engine.md, section 3.
"""

from decimal import Decimal
from typing import Final

from evidence.engine.dossier import Finding
from evidence.engine.v1_0.arithmetic import ZERO, cut, rounded, total, weighted_mean
from evidence.engine.v1_0.case import UNGRADED, Case
from evidence.engine.v1_0.findings import SOUND, Weighed
from evidence.engine.verdict import Param, Step

TRAIL_PLACES: Final = 3
WEIGHT_PLACES: Final = 4
PRESENT_PLACES: Final = 2
_BEST_FIRST: Final = ("S", "A", "B", "C", "D")


def compute_raw_score(case: Case) -> tuple[Step, Decimal | None]:
    """Average the profile's present layers, uncut; no score where too little is present."""
    present_weight = total(case.profile[name] for name in case.present)
    score = weighted_mean((case.profile[name], value) for name, value in case.present.items())
    untested = not case.is_physiology and "L2" in case.missing
    if score is None or untested or present_weight < case.tables.least_present:
        return _insufficient(case, present_weight), None
    terms = [[name, str(value), str(case.profile[name])] for name, value in case.present.items()]
    params: dict[str, Param] = {
        "score": str(cut(score, TRAIL_PLACES)),
        "terms": terms,
        "missing": case.missing,
    }
    return Step("compute_raw_score", "computed", params), score


def _insufficient(case: Case, present_weight: Decimal) -> Step:
    params: dict[str, Param] = {
        "missing": case.missing,
        "present_weight": str(rounded(present_weight, PRESENT_PLACES)),
        "mass": str(rounded(case.mass, WEIGHT_PLACES)),
    }
    return Step("compute_raw_score", "insufficient", params)


def tier_from_score(case: Case, score: Decimal | None) -> tuple[Step, str]:
    """Read the tier from the uncut score. U is lack of coverage, never a band of scores."""
    if score is None:
        return Step("tier_from_score", "insufficient", {"tier": UNGRADED}), UNGRADED
    tier = next(tier for tier, bound in case.tables.tiers.items() if score >= bound)
    return Step("tier_from_score", "tier", {"tier": tier}), tier


def apply_hec_rules(case: Case, before: str) -> tuple[Step, str]:
    """Let high-quality evidence hold the tier up or down. A null review is never counted as positive."""
    if case.is_physiology or before == UNGRADED:
        return _moved("apply_hec_rules", "not_applicable", before, before)
    positive, null, harm = (case.count(bucket) for bucket in ("positive", "null", "harm"))
    outcome = _hec_outcome(positive, null, harm)
    after = before
    if outcome == "positive" and positive >= case.tables.hec_floor_reviews:
        after = _better(before, case.tables.hec_floor)
    elif outcome in case.tables.hec_caps:
        after = _worse(before, case.tables.hec_caps[outcome])
    counts = {"positive": positive, "null": null, "harm": harm}
    return Step("apply_hec_rules", outcome, {**counts, "before": before, "after": after}), after


def _hec_outcome(positive: int, null: int, harm: int) -> str:
    if positive:
        return "conflict" if null or harm else "positive"
    if harm:
        return "harm"
    return "null" if null else "none"


def tier_strict_requirement_check(case: Case, before: str) -> tuple[Step, str]:
    """Demote, tier by tier and never below C, what has not the reviews or trials its tier asks for."""
    if before == UNGRADED:
        return _moved("tier_strict_requirement_check", "not_applicable", before, before)
    after = _worse(before, case.tables.physiology_cap) if case.is_physiology else _earned(case, before)
    outcome = "met" if after == before else "demoted"
    return _moved("tier_strict_requirement_check", outcome, before, after)


def _earned(case: Case, tier: str) -> str:
    reviews = case.count("positive")
    trials = [item.finding for item in case.weighed if _is_sound_trial(item, case.tables.small_trial)]
    groups = _groups(trials)
    earned = {
        "S": reviews >= 2 or (reviews >= 1 and groups >= 2),
        "A": reviews >= 1 or groups >= 2,
        "B": reviews >= 1 or bool(trials),
    }
    while not earned.get(tier, True):
        tier = _BEST_FIRST[_BEST_FIRST.index(tier) + 1]
    return tier


def _is_sound_trial(item: Weighed, small_trial: int) -> bool:
    """Tell a sound RCT of benefit; a weak review of benefit that pools good trials must not hide them."""
    finding = item.finding
    return (
        finding.design == "rct"
        and finding.direction == "benefit"
        and finding.quality in SOUND
        and finding.n > small_trial
        and item.own > ZERO
        and (item.host is None or item.host.direction == "benefit")
    )


def _groups(trials: list[Finding]) -> int:
    named = {trial.group for trial in trials if trial.group}
    return len(named) + sum(not trial.group for trial in trials)


def apply_safety_cap(case: Case, before: str) -> tuple[Step, str]:
    """Cap what is seriously unsafe."""
    if case.dossier.safety != "serious" or before == UNGRADED:
        return _moved("apply_safety_cap", "not_applicable", before, before)
    after = _worse(before, case.tables.safety_cap)
    return _moved("apply_safety_cap", "within_cap" if after == before else "capped", before, after)


def _moved(step: str, outcome: str, before: str, after: str) -> tuple[Step, str]:
    return Step(step, outcome, {"before": before, "after": after}), after


def _better(tier: str, other: str) -> str:
    return min(tier, other, key=_BEST_FIRST.index)


def _worse(tier: str, other: str) -> str:
    return max(tier, other, key=_BEST_FIRST.index)
