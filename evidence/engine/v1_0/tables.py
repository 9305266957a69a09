"""Every number of version 1.0: weights, profiles, bounds. What is done with them is in the steps.

A later version that only weighs differently makes its own `Tables` and borrows the steps. Source: engine.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

Scale: TypeAlias = Mapping[str, Decimal]


def scale(**numbers: str) -> Scale:
    """Make a table of exact decimals that nobody can change."""
    return MappingProxyType({code: Decimal(number) for code, number in numbers.items()})


@dataclass(frozen=True)
class Tables:
    """The numbers one version grades with; scales run from best to worst, profiles in the order of layers."""

    version: str
    profiles: Mapping[str, Scale]
    design: Scale
    quality: Scale
    precision: Scale
    directness: Scale
    state: Scale
    direction: Scale
    stance: Scale
    relevance: Scale
    benchmark: Scale
    recheck: Scale
    mechanism: Scale
    answer: Scale
    safety: Scale
    tiers: Scale
    agreement: Scale
    gravity: Scale
    human_prior: Decimal
    least_mass: Decimal
    least_present: Decimal
    dispute_share: Decimal
    wide_spread: Decimal
    recheck_gap: Decimal
    hard_penalty: Decimal
    soft_penalty: Decimal
    missing_penalty: Decimal
    least_confidence: Decimal
    most_confidence: Decimal
    small_trial: int
    hec_caps: Mapping[str, str]
    hec_floor: str
    hec_floor_reviews: int
    physiology_cap: str
    safety_cap: str


PHYSIOLOGY: Final = scale(L3="0.60", L5="0.25", L11="0.15")

TABLES: Final = Tables(
    version="1.0",
    profiles=MappingProxyType(
        {
            "intervention": scale(L1="0.10", L2="0.30", L3="0.25", L5="0.25", L11="0.10"),
            "physiology": PHYSIOLOGY,
        }
    ),
    design=scale(
        sr_rct="1.00",
        rct="0.80",
        sr_obs="0.50",
        nrsi="0.40",
        cohort="0.40",
        case_control="0.25",
        cross_sectional="0.15",
        case_series="0.05",
        preclinical="0",
        narrative="0",
        guideline="0",
    ),
    quality=scale(high="1.00", moderate="0.75", unrated="0.50", low="0.40", critically_low="0.20"),
    precision=scale(adequate="1.00", serious="0.60", very_serious="0.30"),
    directness=scale(direct="1.00", partial="0.60", indirect="0.30"),
    state=scale(current="1", corrected="1", preprint="0.50", concern="0.50", retracted="0", withdrawn="0"),
    direction=scale(benefit="1", mixed="0", nsd="-0.5", no_effect="-1", harm="-1"),
    stance=scale(supportive="0.90", qualified="0.70", neutral="0.50", cautious="0.40", against="0.10"),
    relevance=scale(direct="1", related="0.5", off_topic="0"),
    benchmark=scale(A="0.90", B="0.75", C="0.60", D="0.50", F="0.10"),
    recheck=scale(supports="0.90", leans_support="0.70", mixed="0.50", leans_against="0.30", against="0.10"),
    mechanism=scale(target="0.20", model="0.15", human_marker="0.25", exposure="0.20", population="0.20"),
    answer=scale(yes="1", partial="0.5", no="0"),
    safety=scale(none="0.90", caution="0.50", serious="0.10"),
    tiers=scale(S="0.825", A="0.70", B="0.55", C="0.40", D="0"),
    agreement=scale(very_consistent="0.85", broadly_consistent="0.70", mixed="0.50", conflicting="0"),
    gravity=scale(none="0.80", serious="0.50", very_serious="0"),
    human_prior=Decimal("0.30"),
    least_mass=Decimal("0.05"),
    least_present=Decimal("0.50"),
    dispute_share=Decimal("0.20"),
    wide_spread=Decimal("0.30"),
    recheck_gap=Decimal("0.25"),
    hard_penalty=Decimal("0.10"),
    soft_penalty=Decimal("0.05"),
    missing_penalty=Decimal("0.05"),
    least_confidence=Decimal("0.05"),
    most_confidence=Decimal("0.99"),
    small_trial=50,
    hec_caps=MappingProxyType({"conflict": "B", "null": "C", "harm": "D"}),
    hec_floor="B",
    hec_floor_reviews=2,
    physiology_cap="A",
    safety_cap="C",
)
