"""Random dossiers for the laws, drawn by Hypothesis as a size and a seed, so that 2,000 take seconds.

Reviews among them include what they judge. What must hold of them is in `test_laws`.
"""

import random
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st

from evidence.engine import Benchmark, Dossier, Finding, Mechanism, Position, Recheck, scales

_T = TypeVar("_T")
_GROUPS = ("", "", "g0", "g1", "g2")
_PEOPLE = (0, 49, 50, 51, 300, 1000)
_MORE_OFTEN = {
    "design": ("sr_rct", "rct", "rct", "sr_obs"),
    "direction": ("benefit", "benefit", "no_effect"),
    "quality": ("high", "high", "moderate"),
    "precision": ("adequate", "adequate"),
    "directness": ("direct", "direct", "partial"),
    "state": ("current", "current", "current", "current", "current", "current"),
    "role": ("efficacy", "efficacy", "efficacy", "efficacy"),
}


@dataclass
class Maker:
    """Makes parts of dossiers from one stream of chance."""

    chance: random.Random

    def code(self, field: str, known: tuple[str, ...]) -> str:
        return self.chance.choice(known + _MORE_OFTEN.get(field, ()))

    def finding(self, name: str, others: tuple[Finding, ...] = (), **fixed: str) -> Finding:
        """Make a finding; a review includes some of the others, and now and then an id that is absent."""
        codes = {
            "design": self.code("design", scales.DESIGNS),
            "direction": self.code("direction", scales.DIRECTIONS),
            "quality": self.code("quality", scales.QUALITIES),
            "precision": self.code("precision", scales.PRECISIONS),
            "directness": self.code("directness", scales.DIRECTNESSES),
            "state": self.code("state", scales.STATES),
            "role": self.code("role", scales.ROLES),
        } | fixed
        share = self.chance.choice((0.0, 0.3, 0.9))
        included = [other.id for other in others if other.id != name and self.chance.random() < share]
        absent = ["absent", "added"] if self.chance.random() < 0.3 else []
        return Finding(
            id=name,
            group=self.chance.choice(_GROUPS),
            n=self.chance.choice(_PEOPLE),
            includes=tuple(included + absent) if codes["design"] in scales.REVIEWS else (),
            **codes,
        )

    def findings(self, count: int) -> tuple[Finding, ...]:
        plain = tuple(self.finding(f"f{index}") for index in range(count))
        return tuple(
            self.finding(finding.id, plain, **_codes(finding))
            if finding.design in scales.REVIEWS
            else finding
            for finding in plain
        )

    def dossier(self, count: int) -> Dossier:
        """Make a dossier of so many findings; other layers are there more often than not."""
        chance = self.chance
        questions = [question for question in scales.MECHANISM_QUESTIONS if chance.random() < 0.7]
        return Dossier(
            claim_type=chance.choice((*scales.CLAIM_TYPES, "intervention", "intervention")),
            findings=self.findings(count),
            positions=tuple(
                Position(
                    id=f"p{index}",
                    layer=chance.choice(scales.POSITION_LAYERS),
                    stance=chance.choice(scales.STANCES),
                    relevance=chance.choice((*scales.RELEVANCES, "direct")),
                )
                for index in range(chance.randrange(6))
            ),
            mechanism=Mechanism(**{name: chance.choice(scales.MECHANISM_ANSWERS) for name in questions}),
            benchmarks=tuple(
                Benchmark(f"b{index}", chance.choice(scales.BENCHMARK_GRADES))
                for index in range(chance.randrange(3))
            ),
            rechecks=tuple(
                Recheck(f"r{index}", chance.choice(scales.RECHECK_VERDICTS))
                for index in range(chance.randrange(3))
            ),
            safety=chance.choice((None, *scales.SAFETIES, "none", "none")),
        )


def _codes(finding: Finding) -> dict[str, str]:
    return {field: getattr(finding, field) for field in _MORE_OFTEN}


def makers() -> st.SearchStrategy[Maker]:
    """Draw a stream of chance."""
    return st.integers(min_value=0, max_value=2**48).map(lambda seed: Maker(random.Random(seed)))


def sizes() -> st.SearchStrategy[int]:
    """Draw how many findings a dossier has."""
    return st.integers(min_value=0, max_value=9)


def with_added(dossier: Dossier, finding: Finding) -> Dossier:
    """Give the dossier with one finding more."""
    return replace(dossier, findings=(*dossier.findings, finding))


def shuffled(dossier: Dossier, chance: random.Random) -> Dossier:
    """Give the dossier with every list in another order, and includes that repeat."""

    def mixed(items: tuple[_T, ...]) -> tuple[_T, ...]:
        return tuple(chance.sample(items, len(items)))

    return Dossier(
        claim_type=dossier.claim_type,
        findings=mixed(
            tuple(replace(finding, includes=mixed(finding.includes * 2)) for finding in dossier.findings)
        ),
        positions=mixed(dossier.positions),
        mechanism=dossier.mechanism,
        benchmarks=mixed(dossier.benchmarks),
        rechecks=mixed(dossier.rechecks),
        safety=dossier.safety,
    )
