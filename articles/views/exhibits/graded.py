"""One grade read back from its frozen bytes, with the helpers every part of its pages needs."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from articles.drawing.limb import TierBand
from articles.words.codes import label, lowered
from articles.words.numbers import page_score, percent
from articles.words.trail import Told, Trail, band
from evidence import engine
from evidence.engine import Tables
from evidence.flags import flags
from evidence.models import GradeSnapshot

AGAINST_BENEFIT = frozenset({"nsd", "no_effect", "harm"})
GRADE_OF_TIER = {
    "S": "strong",
    "A": "moderate",
    "B": "emerging",
    "C": "weak",
    "D": "against",
    "U": "unsupported",
}


@dataclass(frozen=True)
class Graded:
    """A published grade: its verdict, its dossier, what lies beside them, and the numbers of its own version."""

    snapshot: GradeSnapshot
    verdict: dict[str, Any]
    dossier: dict[str, Any]
    exhibits: dict[str, Any]
    tables: Tables

    @classmethod
    def of(cls, snapshot: GradeSnapshot) -> "Graded":
        """Read a snapshot's stored bytes; nothing is computed that it does not hold."""
        return cls(
            snapshot=snapshot,
            verdict=json.loads(snapshot.verdict_json),
            dossier=json.loads(snapshot.dossier_json),
            exhibits=snapshot.exhibits,
            tables=engine.tables(snapshot.engine_version),
        )

    @property
    def score(self) -> Decimal | None:
        """The score as stored, cut to four places; never a rounded copy."""
        return None if self.verdict["score"] is None else Decimal(self.verdict["score"])

    @property
    def score_text(self) -> str:
        """The score as a page prints it, or nothing for an ungraded claim."""
        return "" if self.score is None else page_score(self.score)

    @property
    def agreement_text(self) -> str:
        """How far the layers agree, as a percentage, or nothing for an ungraded claim."""
        confidence = self.verdict["confidence"]
        return "" if confidence is None else percent(Decimal(confidence))

    @cached_property
    def flags(self) -> list[str]:
        """The codes of what the grade's row warns of."""
        return flags(self.verdict, self.dossier)

    @property
    def is_contested(self) -> bool:
        return bool(self.verdict["disputes"]["hard"])

    @cached_property
    def weights(self) -> dict[str, Decimal]:
        """The weight of each efficacy finding after absorption."""
        return {name: Decimal(weight) for name, weight in self.verdict["weights"].items()}

    @property
    def heaviest_first(self) -> list[dict[str, Any]]:
        """The exhibits of findings: efficacy by weight, then safety, which is never weighed."""
        least = Decimal(-1)
        findings: list[dict[str, Any]] = self.exhibits["findings"]
        return sorted(findings, key=lambda row: (-self.weights.get(row["id"], least), row["id"]))

    @cached_property
    def names(self) -> dict[str, str]:
        """The printed name of each finding's study, by the finding's id in the dossier."""
        return {row["id"]: row["short_name"] for row in self.exhibits["findings"]}

    @property
    def level_direction(self) -> str:
        """Which way the evidence points that gives the level, in words; nothing where no finding carries weight."""
        directions = {row["direction"] for row in _of_level(self)}
        if not directions:
            return ""
        if len(directions) == 1:
            return lowered(label("direction", directions.pop()))
        if directions <= AGAINST_BENEFIT:
            return _("no benefit, and harm") if "harm" in directions else lowered(label("direction", "nsd"))
        divided = "benefit" in directions and directions & AGAINST_BENEFIT
        return _("divided") if divided else lowered(label("direction", "mixed"))

    def told(self) -> list[Told]:
        """Tell the seven steps of the trail."""
        trail = Trail(
            steps=tuple(self.verdict["steps"]),
            tables=self.tables,
            claim_type=self.dossier["claim_type"],
            shares=shares_by_side(self.dossier, self.verdict),
        )
        return trail.told()


def shares_by_side(dossier: dict[str, Any], verdict: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Return which part of the human evidence, by weight, shows benefit, and which none or harm (0 without weight)."""
    directions = {finding["id"]: finding["direction"] for finding in dossier["findings"]}
    weights = {name: Decimal(weight) for name, weight in verdict["weights"].items()}
    whole = sum(weights.values(), Decimal(0))
    if not whole:
        return Decimal(0), Decimal(0)
    benefit = sum((weight for name, weight in weights.items() if directions[name] == "benefit"), Decimal(0))
    against = sum((w for name, w in weights.items() if directions[name] in AGAINST_BENEFIT), Decimal(0))
    return benefit / whole, against / whole


def tier_bands(tables: Tables) -> list[TierBand]:
    """Return the score's axis by the version's own borders, D first."""
    return [TierBand(tier, *band(tier, tables), GRADE_OF_TIER[tier]) for tier in reversed(list(tables.tiers))]


def day_of(text: str | None) -> date | None:
    """Read a frozen date back."""
    return date.fromisoformat(text) if text else None


def _of_level(graded: Graded) -> list[dict[str, Any]]:
    """The weighing findings that the evidence level rests on: sound reviews for E1 to E3, trials for E4, else all."""
    weighing = [row for row in graded.dossier["findings"] if graded.weights.get(row["id"], 0) > 0]
    level = graded.verdict["evidence_level"]
    if level == "E4":
        return [row for row in weighing if row["design"] in {"sr_rct", "rct"}]
    if level in {"E1", "E2", "E3"}:
        return [row for row in weighing if _is_sound_review(row)]
    return weighing


def _is_sound_review(finding: dict[str, Any]) -> bool:
    """Set H of engine.md, step 3, for the direction printed beside a level; the level itself is the engine's."""
    return (
        finding["design"] == "sr_rct"
        and finding["quality"] in {"high", "moderate"}
        and finding["directness"] in {"direct", "partial"}
    )
