"""What each efficacy finding weighs, who absorbs whom, and which of them are high-quality evidence.

Layers and steps read these weights; they are made nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from evidence.engine.dossier import Finding
from evidence.engine.v1_0.arithmetic import ZERO, total
from evidence.engine.v1_0.tables import Tables

REVIEWS: Final = ("sr_rct", "sr_obs")
RANDOMISED: Final = ("sr_rct", "rct")
SOUND: Final = ("high", "moderate")
_ON_TOPIC: Final = ("direct", "partial")
_SIDES: Final = {"benefit": "for", "mixed": "between"}
_BUCKETS: Final = {
    "benefit": "positive",
    "mixed": "mixed",
    "nsd": "null",
    "no_effect": "null",
    "harm": "harm",
}


@dataclass(frozen=True)
class Weighed:
    """An efficacy finding: its own weight, its weight after absorption, the review that absorbed it."""

    finding: Finding
    own: Decimal
    weight: Decimal
    host: Finding | None

    @property
    def bucket(self) -> str:
        """Name what the finding counts as: positive, mixed, null or harm."""
        return _BUCKETS[self.finding.direction]

    @property
    def is_high_quality_evidence(self) -> bool:
        """Tell a sound, applicable review of RCTs that carries weight (set H of engine.md, step 3)."""
        finding = self.finding
        return (
            self.weight > ZERO
            and finding.design == "sr_rct"
            and finding.quality in SOUND
            and finding.directness in _ON_TOPIC
        )


def weigh(findings: Iterable[Finding], tables: Tables) -> tuple[Weighed, ...]:
    """Weigh the efficacy findings, in order of id, counting no trial twice (engine.md, section 2)."""
    efficacy = sorted(
        (finding for finding in findings if finding.role == "efficacy"), key=lambda item: item.id
    )
    own = {finding.id: _own_weight(finding, tables) for finding in efficacy}
    claimants = _claimants(efficacy, own)
    hosts = {finding.id: _host(finding, claimants[finding.id], own) for finding in efficacy}
    absorbed = defaultdict[str, list[Finding]](list)
    for finding in efficacy:
        host = hosts[finding.id]
        if host is not None:
            absorbed[host.id].append(finding)
    pooled = {finding.id: _pooled(finding, absorbed[finding.id], own) for finding in efficacy}
    return tuple(
        Weighed(
            finding=finding,
            own=own[finding.id],
            weight=max(own[finding.id], pooled[finding.id]) if hosts[finding.id] is None else ZERO,
            host=hosts[finding.id],
        )
        for finding in efficacy
    )


def _own_weight(finding: Finding, tables: Tables) -> Decimal:
    return (
        tables.design[finding.design]
        * tables.quality[finding.quality]
        * tables.precision[finding.precision]
        * tables.directness[finding.directness]
        * tables.state[finding.state]
    )


def _claimants(efficacy: Iterable[Finding], own: Mapping[str, Decimal]) -> defaultdict[str, list[Finding]]:
    """List, for each id that is included anywhere, the reviews of some weight that include it."""
    claimants = defaultdict[str, list[Finding]](list)
    for review in efficacy:
        if review.design in REVIEWS and own[review.id] > ZERO:
            for included in review.includes:
                claimants[included].append(review)
    return claimants


def _host(finding: Finding, claimants: Iterable[Finding], own: Mapping[str, Decimal]) -> Finding | None:
    """Find the review that absorbs the finding: a harm hides in nothing but a review of harm."""
    if finding.design in REVIEWS:
        return None
    able = (
        review
        for review in claimants
        if own[review.id] >= own[finding.id] and (finding.direction != "harm" or review.direction == "harm")
    )
    return max(able, key=lambda review: (own[review.id], review.id), default=None)


def _pooled(review: Finding, absorbed: Iterable[Finding], own: Mapping[str, Decimal]) -> Decimal:
    """Add up what the review absorbed on its own side, so that pooling trials never lightens them."""
    return total(own[finding.id] for finding in absorbed if _side(finding) == _side(review))


def _side(finding: Finding) -> str:
    return _SIDES.get(finding.direction, "against")
