"""From the database to a dossier: the only bridge between the ORM and the engine. It reads and changes nothing."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from evidence import engine
from evidence.models import Claim, ClaimSource, Finding, MechanismAnswer, Position, Study
from evidence.models.base import both_languages
from evidence.models.studies import NOT_WEIGHED, Outcome
from evidence.status import Status


@dataclass(frozen=True)
class Built:
    """A dossier with what lies beside it: works left out and why, and what a claim page shows of the evidence."""

    dossier: dict[str, Any]
    left_out: list[dict[str, str]]
    exhibits: dict[str, Any]
    studies: frozenset[int]  # primary keys of every work the exhibits name

    @property
    def canonical(self) -> str:
        """The dossier in canonical form, as it is hashed and stored."""
        return engine.canonical_bytes(engine.read_dossier(self.dossier)).decode()


def build(claim: Claim) -> Built:
    """Assemble today's dossier of a claim. What was not checked, or is not what it is cited as, stays out."""
    claim = _as_stored(claim)
    coded = list(claim.findings.all())
    kept = [finding for finding in coded if reason_to_leave_out(finding.study) is None]
    positions = list(claim.positions.all())
    mechanism = list(claim.mechanism.all())
    dossier = {
        "claim_type": claim.claim_type,
        "findings": [_finding(finding) for finding in kept],
        "positions": [
            {
                "id": row.authority.code,
                "layer": row.authority.layer,
                "stance": row.stance,
                "relevance": row.relevance,
            }
            for row in positions
        ],
        "mechanism": {row.question: row.answer for row in mechanism},
        "benchmarks": [{"id": row.code, "grade": row.grade} for row in claim.benchmarks.all()],
        "rechecks": [{"id": row.code, "verdict": row.verdict} for row in claim.rechecks.all()],
        "safety": claim.safety or None,
    }
    works = {finding.study_id for finding in kept} | {row.study_id for row in claim.claim_sources.all()}
    return Built(dossier, _left_out(coded), _exhibits(claim, kept, positions, mechanism), frozenset(works))


def _as_stored(claim: Claim) -> Claim:
    """The claim with all its evidence as the database has it now, whatever the object in hand remembers."""
    findings = Finding.objects.select_related("study__record").prefetch_related("includes")
    return Claim.objects.prefetch_related(
        Prefetch("findings", findings.order_by("study__citekey", "number")),
        Prefetch("positions", Position.objects.select_related("authority")),
        Prefetch("claim_sources", ClaimSource.objects.select_related("study")),
        "mechanism",
        "benchmarks",
        "rechecks",
    ).get(pk=claim.pk)


def reason_to_leave_out(study: Study) -> str | None:
    """Return the code of why a work may not be weighed, or None (engine.md, "From the database to a dossier")."""
    if Outcome(study.outcome) in NOT_WEIGHED:
        return study.outcome
    return Outcome.UNCHECKED.value if study.record_id is None else None


def _left_out(findings: list[Finding]) -> list[dict[str, str]]:
    reasons = {finding.study: reason_to_leave_out(finding.study) for finding in findings}
    return [
        {"citekey": study.citekey, "short_name": str(study), "reason": reason}
        for study, reason in reasons.items()
        if reason
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.dossier_id,
        "design": finding.design,
        "direction": finding.direction,
        "quality": finding.quality,
        "precision": finding.precision,
        "directness": finding.directness,
        "state": Status(finding.study.standing).engine_state,
        "role": finding.role,
        "group": finding.group,
        "n": finding.n,
        "includes": sorted(study.work_id for study in finding.includes.all()),
    }


def _exhibits(
    claim: Claim, findings: list[Finding], positions: list[Position], mechanism: list[MechanismAnswer]
) -> dict[str, Any]:
    """What the claim page shows beside the verdict, in both languages, frozen with it."""
    return {
        "claim": {
            "code": claim.code,
            "slug": claim.slug,
            "topic": claim.topic,
            "searched_through": _day(claim.searched_through),
            "next_check": _day(claim.next_check),
            **{
                name: both_languages(claim, name)
                for name in ("population", "intervention", "comparator", "outcome")
            },
            "safety_reason": both_languages(claim, "safety_reason"),
        },
        "findings": [_exhibit_of_finding(finding) for finding in findings],
        "positions": [_exhibit_of_position(row) for row in positions],
        "mechanism": [
            {"question": row.question, "answer": row.answer, "reason": both_languages(row, "reason")}
            for row in mechanism
        ],
        "benchmarks": [
            {
                "id": row.code,
                "source": both_languages(row, "source"),
                "grade": row.grade,
                "url": row.url,
                "seen_on": _day(row.seen_on),
            }
            for row in claim.benchmarks.all()
        ],
        "rechecks": [
            {
                "id": row.code,
                "reader": both_languages(row, "reader"),
                "kind": row.kind,
                "verdict": row.verdict,
                "done_on": _day(row.done_on),
            }
            for row in claim.rechecks.all()
        ],
        "sources": [
            {
                "citekey": row.study.citekey,
                "role": row.role,
                "short_name": str(row.study),
                "year": row.study.year,
                "held": row.study.record_id is not None,
                "outcome": row.study.outcome,
            }
            for row in claim.claim_sources.all()
        ],
    }


PLAIN = (
    "number", "role", "route", "design", "quality", "quality_tool", "appraisal", "measure", "better", "estimate", "ci_low",
    "ci_high", "ci_level", "p", "alpha", "mid", "n", "arms", "direction", "precision", "directness",
    "directness_population", "directness_intervention", "directness_outcome", "group", "funding", "quote",
    "quote_where",
)  # fmt: skip
WORDS = ("outcome", "summary", "population", "dose", "mid_source", "direction_reason", "precision_reason")


def _exhibit_of_finding(finding: Finding) -> dict[str, Any]:
    study = finding.study
    return {
        "id": finding.dossier_id,
        "citekey": study.citekey,
        "short_name": str(study),
        "title": study.title,
        "journal": study.journal,
        "year": study.year,
        "pmid": study.pmid,
        "doi": study.doi,
        "standing": study.standing,
        "record_sha256": study.record.sha256 if study.record else "",
        "origin": study.record.origin if study.record else "",
        "checked": study.outcome,
        **{name: getattr(finding, name) for name in PLAIN},
        **{name: both_languages(finding, name) for name in WORDS},
        "includes": sorted(work.work_id for work in finding.includes.all()),
    }


def _exhibit_of_position(row: Position) -> dict[str, Any]:
    return {
        "id": row.authority.code,
        "name": both_languages(row.authority, "name"),
        "layer": row.authority.layer,
        "country": row.authority.country,
        "stance": row.stance,
        "relevance": row.relevance,
        "relevance_reason": both_languages(row, "relevance_reason"),
        "summary": both_languages(row, "summary"),
        "quote": row.quote,
        "quote_language": row.quote_language,
        "quote_context": row.quote_context,
        "translation": both_languages(row, "translation"),
        "url": row.url,
        "issued_on": _day(row.issued_on),
        "seen_on": _day(row.seen_on),
    }


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
