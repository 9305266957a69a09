"""What the page of a proposed grade shows, as data: words, layers, trail, differences, sensitivity, touches.

It decides nothing and writes nothing; the decision is grades.py's call of the verb.
"""

import json
from typing import Any

from django.utils.translation import get_language

from config.word_diff import word_diff
from evidence import engine
from evidence.admin import words
from evidence.admin.inlines import contradiction_words, derived_words
from evidence.models import ClaimEvent, ClaimText, Finding, GradeSnapshot
from evidence.models.claims import Claim
from evidence.models.codes import Agreement, Certainty, Direction, Layer, Precision, ReaderGrade, Status
from evidence.verbs import grading, review, texts, trail

PRINTED = (
    "measure", "better", "estimate", "ci_low", "ci_high", "ci_level", "p", "alpha", "mid", "n", "arms", "direction",
    "precision",
)  # fmt: skip
TEXT_LABELS = {
    field.name: field.verbose_name for field in ClaimText._meta.fields if field.name in texts.FIELDS
}


def shown(snapshot: GradeSnapshot) -> dict[str, Any]:
    """Return everything the review page of a grade shows, with the hash a decision binds to."""
    verdict = json.loads(snapshot.verdict_json)
    dossier = engine.dossier_from_bytes(snapshot.dossier_json.encode())
    names = {row["id"]: row["short_name"] for row in snapshot.exhibits["findings"]}
    current = GradeSnapshot.objects.current().filter(claim=snapshot.claim).exclude(pk=snapshot.pk).first()
    return {
        "snapshot": snapshot,
        "claim": snapshot.claim,
        "verdict": _verdict(verdict),
        "layers": _layers(verdict, current),
        "steps": [_step(step) for step in verdict["steps"]],
        "findings": [_finding(row, verdict["weights"]) for row in snapshot.exhibits["findings"]],
        "differences": _differences(verdict, current),
        "current": current,
        "changes": [
            _change(change, names) for change in engine.sensitivity(dossier, snapshot.engine_version)
        ],
        "left_out": [
            {**row, "why": words.LEFT_OUT.get(row["reason"], row["reason"])} for row in snapshot.left_out
        ],
        "texts": [text_shown(snapshot.claim, text) for text in review.newest_texts(snapshot.claim)],
        "touches": touches(snapshot.claim),
        "decisions": snapshot.decisions.select_related("by"),
        "is_todays": snapshot.state not in GradeSnapshot.OPEN or grading.is_todays(snapshot),
        "seen": trail.fingerprint(review.manifest(snapshot)),
    }


def text_shown(claim: Claim, text: ClaimText) -> dict[str, Any]:
    """Return a text with the word-by-word difference from what readers see now."""
    approved = texts.latest_approved(claim, text.language)
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
    """Return who changed what of the claim since its grade last went live, newest first."""
    released = ClaimEvent.objects.filter(claim=claim, kind=ClaimEvent.Kind.RELEASED).order_by("-id").first()
    events = ClaimEvent.objects.filter(claim=claim, kind__in=ClaimEvent.TOUCHES).select_related("by")
    if released is not None:
        events = events.filter(pk__gt=released.pk)
    return list(events.order_by("-id"))


def _verdict(verdict: dict[str, Any]) -> dict[str, Any]:
    """The verdict with its codes in words."""
    return {
        **verdict,
        "status": Status(verdict["status"]).label,
        "reader_grade_label": ReaderGrade(verdict["reader_grade"]).label,
        "agreement": Agreement(verdict["agreement"]).label if verdict["agreement"] else "–",
        "certainty": Certainty(verdict["certainty"]).label if verdict["certainty"] else "–",
    }


def _layers(verdict: dict[str, Any], current: GradeSnapshot | None) -> list[dict[str, Any]]:
    """Each layer's value, its weight in the score where it has one, and its value in the current grade."""
    terms = verdict["steps"][0]["params"].get("terms", [])
    weights = {code: weight for code, _value, weight in terms}
    before = json.loads(current.verdict_json)["layers"] if current else {}
    return [
        {
            "code": code,
            "name": Layer(code).label,
            "value": value,
            "weight": weights.get(code),
            "before": before.get(code),
        }
        for code, value in verdict["layers"].items()
    ]


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


def _finding(row: dict[str, Any], weights: dict[str, str]) -> dict[str, Any]:
    """A finding as it was frozen, with what its numbers give now beside what was coded."""
    finding = Finding(**{name: row[name] for name in PRINTED if name in row})
    return {
        **row,
        "outcome": _in_words(row["outcome"]),
        "weight": weights.get(row["id"]),
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
        {"name": name, "before": before[name], "after": verdict[name]}
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
