"""What the page of a proposed grade shows, as data: words, layers, trail, differences, sensitivity, touches.

It decides nothing and writes nothing; the decision is grades.py's call of the verb.
"""

import json
from typing import Any

from django.utils.translation import get_language

from config.word_diff import word_diff
from evidence import engine
from evidence.admin import review_parts, words
from evidence.admin.inlines import contradiction_words, derived_words
from evidence.models import ClaimEvent, ClaimText, CodingCheck, Finding, GradeOverride, GradeSnapshot
from evidence.models.claims import SAFETY_CHOICES, Claim
from evidence.models.codes import (
    Agreement,
    Answer,
    Certainty,
    Direction,
    Precision,
    Question,
    ReaderGrade,
    RecheckVerdict,
    Relevance,
    Stance,
    Status,
)
from evidence.verbs import checking, grading, review, texts, trail

PRINTED = (
    "measure", "better", "estimate", "ci_low", "ci_high", "ci_level", "p", "alpha", "mid", "n", "arms", "direction",
    "precision",
)  # fmt: skip
SHOWN_ACTS = (
    *ClaimEvent.TOUCHES, ClaimEvent.Kind.CHECKED, ClaimEvent.Kind.RECHECKED, ClaimEvent.Kind.OVERRIDE_ASKED,
    ClaimEvent.Kind.OVERRIDDEN, ClaimEvent.Kind.OVERRIDE_ENDED,
)  # fmt: skip
TEXT_LABELS = {
    field.name: field.verbose_name for field in ClaimText._meta.fields if field.name in texts.FIELDS
}


def shown(snapshot: GradeSnapshot, words_now: list[ClaimText]) -> dict[str, Any]:
    """Return everything the review page of a grade shows, with the hash that a decision binds to."""
    verdict = json.loads(snapshot.verdict_json)
    dossier = engine.dossier_from_bytes(snapshot.dossier_json.encode())
    checks = _checks(snapshot.claim)
    names = {row["id"]: row["short_name"] for row in snapshot.exhibits["findings"]}
    current = GradeSnapshot.objects.current().filter(claim=snapshot.claim).exclude(pk=snapshot.pk).first()
    return {
        "snapshot": snapshot,
        "claim": snapshot.claim,
        "verdict": _verdict(verdict),
        "layers": review_parts.layers(verdict, current),
        "steps": [_step(step) for step in verdict["steps"]],
        "findings": [_finding(row, verdict["weights"], checks) for row in snapshot.exhibits["findings"]],
        "beside": _beside(snapshot),
        "evidence_differences": review_parts.evidence_differences(snapshot, current),
        "readers": review_parts.readers(snapshot),
        "override": _override(snapshot, words_now),
        "differences": _differences(verdict, current),
        "current": current,
        "changes": [
            _change(change, names) for change in engine.sensitivity(dossier, snapshot.engine_version)
        ],
        "left_out": [
            {**row, "why": words.LEFT_OUT.get(row["reason"], row["reason"])} for row in snapshot.left_out
        ],
        "texts": texts_shown(snapshot.claim, words_now),
        "touches": touches(snapshot.claim),
        "decisions": snapshot.decisions.select_related("by"),
        "is_todays": snapshot.state not in GradeSnapshot.OPEN or grading.is_todays(snapshot),
        "seen": trail.fingerprint(review.manifest(snapshot, words_now)),
    }


def texts_shown(claim: Claim, words: list[ClaimText]) -> list[dict[str, Any]]:
    """Return texts with the word-by-word difference from what readers see now."""
    approved = {text.language: text for text in texts.all_approved(claim)}
    return [_text_shown(text, approved.get(text.language)) for text in words]


def _text_shown(text: ClaimText, approved: ClaimText | None) -> dict[str, Any]:
    return {
        "text": text,
        "language": text.get_language_display(),
        "is_approved": approved is not None and approved.pk == text.pk,
        "fields": [
            {
                "label": TEXT_LABELS[name],
                "parts": word_diff(
                    getattr(approved, name) if approved else getattr(text, name), getattr(text, name)
                ),
            }
            for name in texts.FIELDS
        ],
    }


def touches(claim: Claim) -> list[ClaimEvent]:
    """Return who did what to the claim since its grade last went live, newest first; proposals have lines of their own."""
    acts = trail.since_release(claim).filter(kind__in=SHOWN_ACTS)
    return list(acts.select_related("by").order_by("-id"))


def _verdict(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict with its codes in words."""
    return {
        **verdict,
        "status": Status(verdict["status"]).label,
        "reader_grade_label": ReaderGrade(verdict["reader_grade"]).label,
        "agreement": Agreement(verdict["agreement"]).label if verdict["agreement"] else "–",
        "certainty": Certainty(verdict["certainty"]).label if verdict["certainty"] else "–",
    }


def _step(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": words.STEPS.get(step["step"], step["step"]),
        "outcome": words.OUTCOMES.get(step["outcome"], step["outcome"]),
        "params": [(words.PARAMS.get(name, name), _plain(value)) for name, value in step["params"].items()],
    }


def _plain(value: Any) -> str:
    """A parameter in one line: lists joined, terms as layer, value and weight."""
    if isinstance(value, list):
        return "; ".join(" ".join(item) if isinstance(item, list) else str(item) for item in value) or "–"
    return str(value)


def _checks(claim: Claim) -> dict[str, CodingCheck | None]:
    """The standing check of each finding as it is coded today, by its id in a dossier."""
    findings = list(claim.findings.select_related("study"))
    checks = checking.standing_checks(findings)
    return {finding.dossier_id: checks[finding.pk] for finding in findings}


def _beside(snapshot: GradeSnapshot) -> dict[str, Any]:
    """What stands beside the studies, in words: positions, mechanism, benchmarks, re-checks, safety with its reason."""
    shown, safety = snapshot.exhibits, json.loads(snapshot.dossier_json)["safety"]
    return {
        "positions": [
            {
                "name": _in_words(row["name"]),
                "layer": row["layer"],
                "stance": Stance(row["stance"]).label,
                "relevance": Relevance(row["relevance"]).label,
                "why": _in_words(row["relevance_reason"]),
                "quote": row["quote"],
                "url": row["url"],
            }
            for row in shown["positions"]
        ],
        "mechanism": [
            {
                "question": Question(row["question"]).label,
                "answer": Answer(row["answer"]).label,
                "why": _in_words(row["reason"]),
            }
            for row in shown["mechanism"]
        ],
        "benchmarks": [
            {"name": _in_words(row["source"]), "grade": row["grade"]} for row in shown["benchmarks"]
        ],
        "rechecks": [
            {"name": _in_words(row["reader"]), "verdict": RecheckVerdict(row["verdict"]).label}
            for row in shown["rechecks"]
        ],
        "safety": dict(SAFETY_CHOICES)[safety] if safety else None,
        "safety_reason": _in_words(shown["claim"]["safety_reason"]),
    }


def _override(snapshot: GradeSnapshot, words_now: list[ClaimText]) -> dict[str, Any] | None:
    """The override that waits or stands beside this grade, with the hash its seconding binds to."""
    beside = snapshot.overrides.filter(state__in=GradeOverride.OPEN)
    override = beside.select_related("asked_by", "seconded_by").first()
    if override is None:
        return None
    override.snapshot = snapshot
    return {"row": override, "seen": trail.fingerprint(review.override_manifest(override, words_now))}


def _finding(
    row: dict[str, Any], weights: dict[str, str], checks: dict[str, CodingCheck | None]
) -> dict[str, Any]:
    """A finding as it was frozen, with what its numbers give now beside what was coded."""
    finding = Finding(**{name: row[name] for name in PRINTED if name in row})
    return {
        **row,
        "outcome": _in_words(row["outcome"]),
        "weight": weights.get(row["id"]),
        "check": checks.get(row["id"]),
        "coded": f"{Direction(row['direction']).label} · {Precision(row['precision']).label}",
        "derived": derived_words(finding),
        "lint": contradiction_words(finding),
        "reasons": [
            said for name in ("direction_reason", "precision_reason") if (said := _in_words(row[name]))
        ],
    }


def _in_words(texts_by_language: dict[str, str]) -> str:
    """The words in the reviewer's language; at the desk English stands in where a translation is still missing."""
    return texts_by_language.get(get_language() or "en") or texts_by_language["en"]


def _differences(verdict: dict[str, Any], current: GradeSnapshot | None) -> list[dict[str, Any]]:
    """What the current grade says otherwise, line by line."""
    if current is None:
        return []
    before = json.loads(current.verdict_json)
    asked = ("engine", "tier", "score", "status", "reader_grade", "certainty", "confidence")
    return [
        {"name": words.VERDICT[name], "before": before[name], "after": verdict[name]}
        for name in asked
        if before[name] != verdict[name]
    ]


def _change(change: engine.Change, names: dict[str, str]) -> dict[str, Any]:
    added = change.change == "add"
    return {
        "is_added": added,
        "what": words.CHANGES.get(change.id, change.id) if added else names.get(change.id, change.id),
        "score": change.score,
        "tier": change.tier,
        "status": Status(change.status).label,
        "reader_grade": change.reader_grade,
        "grade_label": ReaderGrade(change.reader_grade).label,
    }
