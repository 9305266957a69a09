"""The engine's vocabulary: every code of a dossier or a verdict, best first where there is an order.

Admin choices, pages and validation read their codes here. Weights and bounds are not here: they belong to a
version (`evidence.engine.tables`), and no version imports this module, so that it may grow.
"""

from typing import Final, TypeAlias

Codes: TypeAlias = tuple[str, ...]

CLAIM_TYPES: Final[Codes] = ("intervention", "physiology")

DESIGNS: Final[Codes] = (
    "sr_rct",
    "rct",
    "sr_obs",
    "nrsi",
    "cohort",
    "case_control",
    "cross_sectional",
    "case_series",
    "preclinical",
    "narrative",
    "guideline",
)
REVIEWS: Final[Codes] = ("sr_rct", "sr_obs")
DIRECTIONS: Final[Codes] = ("benefit", "mixed", "nsd", "no_effect", "harm")
QUALITIES: Final[Codes] = ("high", "moderate", "unrated", "low", "critically_low")
PRECISIONS: Final[Codes] = ("adequate", "serious", "very_serious")
DIRECTNESSES: Final[Codes] = ("direct", "partial", "indirect")
STATES: Final[Codes] = ("current", "corrected", "preprint", "concern", "retracted", "withdrawn")
ROLES: Final[Codes] = ("efficacy", "safety")

POSITION_LAYERS: Final[Codes] = ("L4", "L5")
STANCES: Final[Codes] = ("supportive", "qualified", "neutral", "cautious", "against")
RELEVANCES: Final[Codes] = ("direct", "related", "off_topic")

MECHANISM_QUESTIONS: Final[Codes] = ("target", "model", "human_marker", "exposure", "population")
MECHANISM_ANSWERS: Final[Codes] = ("yes", "partial", "no")
BENCHMARK_GRADES: Final[Codes] = ("A", "B", "C", "D", "F")
RECHECK_VERDICTS: Final[Codes] = ("supports", "leans_support", "mixed", "leans_against", "against")
SAFETIES: Final[Codes] = ("none", "caution", "serious")

LAYERS: Final[Codes] = ("L1", "L2", "L3", "L4", "L5", "L6", "L11")
TIERS: Final[Codes] = ("S", "A", "B", "C", "D", "U")
HEC_OUTCOMES: Final[Codes] = ("positive", "conflict", "null", "harm", "none", "not_applicable")
HARD_DISPUTES: Final[Codes] = ("HD1", "HD2", "HD3")
SOFT_DISPUTES: Final[Codes] = ("SD1", "SD2", "SD3")
AGREEMENTS: Final[Codes] = ("very_consistent", "broadly_consistent", "mixed", "conflicting")
CERTAINTIES: Final[Codes] = ("high", "moderate", "low", "very_low")
EVIDENCE_LEVELS: Final[Codes] = ("E1", "E2", "E3", "E4", "E5", "E6", "E7")
STATUSES: Final[Codes] = (
    "established",
    "supported",
    "preliminary",
    "unproven",
    "not_supported",
    "harmful",
    "disputed",
    "insufficient",
)
READER_GRADES: Final[Codes] = ("strong", "moderate", "emerging", "weak", "unsupported", "against")

STEPS: Final[Codes] = (
    "compute_raw_score",
    "tier_from_score",
    "apply_hec_rules",
    "tier_strict_requirement_check",
    "apply_safety_cap",
    "detect_disputes",
    "decide_status",
)
