"""A claim coded, through the verbs, to exactly the dossier of a golden case: its pages must say what the case says."""

from datetime import date, datetime
from typing import Any

from config.rights import Role
from evidence.models import (
    Authority,
    Benchmark,
    Claim,
    Finding,
    GradeSnapshot,
    MechanismAnswer,
    Position,
    Recheck,
    Study,
)
from evidence.sources.records import Author
from evidence.verbs import coding, grading
from tests import factories
from tests.evidence.engine.vectors import lines

SLUG = "glutamine-for-gut-permeability"
# The numbers of a golden case are not in its dossier: a coder states them, and says why the coding differs.
NUMBERS: dict[str, dict[str, Any]] = {
    "pmid:39397201": {
        "measure": "WMD",
        "better": "lower",
        "estimate": "-0.00",
        "ci_low": "-0.04",
        "ci_high": "0.03",
    },
    "pmid:30108163": {
        "measure": "RR",
        "better": "higher",
        "estimate": "13.8",
        "ci_low": "4.6",
        "ci_high": "41.7",
    },
}
NAMES = {
    "pmid:39397201": "Abbasi",
    "pmid:30108163": "Zhou",
    "pmid:23594003": "Heyland",
    "pmid:28105083": "Shu",
}


def case(name: str) -> dict[str, Any]:
    """Return a golden case by its name, or the one of a number."""
    return next(one for one in lines("engine.jsonl") if one["name"] == name)


def published() -> dict[str, Any]:
    """The worked example: the dossier as it was first published."""
    return lines("engine.jsonl")[0]


def recoded() -> dict[str, Any]:
    """The worked example, coded again with care."""
    return lines("engine.jsonl")[1]


def coded(dossier: dict[str, Any], *, now: datetime, slug: str = SLUG) -> Claim:
    """Make (or code again) the claim so that its dossier is this one, byte for byte."""
    reviewer = factories.user("reviewer", Role.REVIEWER)
    factories.topic()
    claim = Claim.objects.filter(slug=slug).first() or factories.claim(
        slug, now=now, claim_type=dossier["claim_type"], next_check=date(2027, 2, 20)
    )
    claim.safety = dossier["safety"]
    claim.safety_reason_en, claim.safety_reason_zh_hant = "Nothing alarming.", "並無警訊。"
    coding.save_claim(claim, by=reviewer, now=now)
    for rows in (claim.findings, claim.positions, claim.mechanism, claim.benchmarks, claim.rechecks):
        for row in rows.all():
            coding.remove(row, by=reviewer, now=now)
    for coded_row in _rows(claim, dossier, now):
        coding.save(coded_row, by=reviewer, now=now)
    return claim


def graded(claim: Claim, version: str, *, now: datetime, trigger: str = "first") -> GradeSnapshot:
    """Grade the claim by a version and make the grade current, with words in both languages."""
    factories.words(claim, "en", now=now)
    factories.words(claim, "zh-hant", now=now)
    proposal = grading.propose(
        claim,
        by=factories.user("reviewer", Role.REVIEWER),
        now=now,
        trigger=GradeSnapshot.Trigger(trigger),
        reason_en=f"Reason of engine {version}.",
        reason_zh_hant=f"引擎 {version} 的理由。",
        engine_version=version,
    )
    return factories.approved(proposal, now=now)


def _rows(claim: Claim, dossier: dict[str, Any], now: datetime) -> list[coding.Evidence]:
    questions = dossier["mechanism"].items()
    return [
        *(_finding(claim, row, now) for row in dossier["findings"]),
        *(_position(claim, row) for row in dossier["positions"]),
        *(MechanismAnswer(claim=claim, question=question, answer=answer) for question, answer in questions),
        *(
            Benchmark(claim=claim, code=row["id"], grade=row["grade"], source_en="A database", source_zh_hant="資料庫")
            for row in dossier["benchmarks"]
        ),
        *(
            Recheck(
                claim=claim, code=row["id"], verdict=row["verdict"], kind="person", done_on=now.date(),
                reader_en="A reader", reader_zh_hant="審閱者",
            )
            for row in dossier["rechecks"]
        ),
    ]  # fmt: skip


def _finding(claim: Claim, row: dict[str, Any], now: datetime) -> Finding:
    same = {name: row[name] for name in ("design", "direction", "quality", "precision", "role", "group", "n")}
    return Finding(
        claim=claim,
        study=_study(row["id"], now),
        outcome_en="Permeability",
        outcome_zh_hant="通透性",
        summary_en="What it found.",
        summary_zh_hant="其結果。",
        direction_reason_en="As the golden case codes it.",
        precision_reason_en="As the golden case codes it.",
        directness_population=row["directness"],
        directness_intervention=row["directness"],
        directness_outcome=row["directness"],
        **NUMBERS.get(row["id"], {}),
        **same,
    )


def _study(work_id: str, now: datetime) -> Study:
    pmid = work_id.removeprefix("pmid:")
    name = NAMES.get(work_id, f"Author{pmid}")
    return Study.objects.filter(pmid=pmid).first() or factories.study(
        factories.record(pmid, title=f"Study {pmid}", authors=(Author(family=name, initials="A"),)), now=now
    )


def _position(claim: Claim, row: dict[str, Any]) -> Position:
    names = {"name_en": row["id"].title(), "name_zh_hant": "機構"}
    body, _new = Authority.objects.get_or_create(code=row["id"], defaults={**names, "layer": row["layer"]})
    return Position(
        claim=claim,
        authority=body,
        stance=row["stance"],
        relevance=row["relevance"],
        relevance_reason_en="As coded.",
    )
