"""Parts of the grade review that compare: layers as bars, the evidence against the current grade's, two readers.

What each shows comes frozen from snapshots; reviewing.py puts the page together.
"""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from evidence.admin import words
from evidence.concordance import Agreement
from evidence.models import GradeSnapshot
from evidence.models.claims import SAFETY_CHOICES
from evidence.models.codes import (
    Answer,
    Design,
    Direction,
    Directness,
    FindingRole,
    Layer,
    Precision,
    Quality,
    Question,
    RecheckVerdict,
    Relevance,
    Stance,
    State,
)
from evidence.verbs import agreement
from evidence.verbs.rechecking import CODED

# A bar in units of its picture: as long as the layer's support, as thick as its weight.
BAR_LENGTH = 200
BAR_THICKEST = 24
BAR_THINNEST = 2
VALUES: Any = {
    "design": Design,
    "direction": Direction,
    "quality": Quality,
    "precision": Precision,
    "directness": Directness,
    "state": State,
    "role": FindingRole,
    "stance": Stance,
    "relevance": Relevance,
    "verdict": RecheckVerdict,
}
LISTS = ("findings", "positions", "benchmarks", "rechecks")


def layers(verdict: dict[str, Any], current: GradeSnapshot | None) -> list[dict[str, Any]]:
    """Return each layer's value as a bar, its weight in the score where it has one, and its value in the current grade."""
    terms = verdict["steps"][0]["params"].get("terms", [])
    weights = {code: weight for code, _value, weight in terms}
    heaviest = max((Decimal(weight) for weight in weights.values()), default=Decimal(1))
    before = json.loads(current.verdict_json)["layers"] if current else {}
    return [
        {
            "code": code,
            "name": Layer(code).label,
            "value": value,
            "weight": weights.get(code),
            "before": before.get(code),
            "bar": _bar(value, weights.get(code), heaviest),
        }
        for code, value in verdict["layers"].items()
    ]


def _bar(value: str | None, weight: str | None, heaviest: Decimal) -> dict[str, int] | None:
    if value is None:
        return None
    thickness = BAR_THINNEST if weight is None else round(Decimal(weight) / heaviest * BAR_THICKEST)
    return {
        "length": round(Decimal(value) * BAR_LENGTH),
        "thickness": max(thickness, BAR_THINNEST),
        "top": (BAR_THICKEST - max(thickness, BAR_THINNEST)) // 2,
        "weighed": int(weight is not None),
    }


def evidence_differences(snapshot: GradeSnapshot, current: GradeSnapshot | None) -> list[dict[str, str]]:
    """Return what the dossier holds otherwise than the current grade's: what came, went and changed, field by field."""
    if current is None:
        return []
    before, after = (json.loads(one.dossier_json) for one in (current, snapshot))
    names = _names(current.exhibits) | _names(snapshot.exhibits)
    rows: list[dict[str, str]] = []
    for part in LISTS:
        old, new = ({row["id"]: row for row in dossier[part]} for dossier in (before, after))
        for key in sorted(old.keys() | new.keys()):
            rows += _row_differences(names.get(key, key), old.get(key), new.get(key))
    for question in sorted(before["mechanism"].keys() | after["mechanism"].keys()):
        told = [_answer(dossier["mechanism"].get(question)) for dossier in (before, after)]
        rows += _changed(str(Question(question).label), "answer", *told)
    safety = dict(SAFETY_CHOICES)
    rows += _changed(
        _("The claim"), "safety", *(str(safety.get(one["safety"], "–")) for one in (before, after))
    )
    return rows


def _answer(code: str | None) -> str:
    return str(Answer(code).label) if code else "–"


def _names(exhibits: dict[str, Any]) -> dict[str, str]:
    studies = {row["id"]: row["short_name"] for row in exhibits["findings"]}
    bodies = {row["id"]: row["name"]["en"] for row in exhibits["positions"]}
    return studies | bodies


def _row_differences(
    name: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> list[dict[str, str]]:
    if old is None or new is None:
        came = old is None
        return [
            {
                "name": name,
                "field": "",
                "before": "" if came else _("There"),
                "after": _("New") if came else _("Gone"),
            }
        ]
    return [
        row
        for field in new
        for row in _changed(name, field, _plain(field, old[field]), _plain(field, new[field]))
    ]


def _changed(name: str, field: str, before: str, after: str) -> list[dict[str, str]]:
    if before == after:
        return []
    return [{"name": name, "field": str(words.DOSSIER.get(field, field)), "before": before, "after": after}]


def _plain(field: str, value: Any) -> str:
    if field in VALUES:
        return str(VALUES[field](value).label)
    return ", ".join(value) if isinstance(value, list) else str(value)


def readers(snapshot: GradeSnapshot) -> list[dict[str, Any]]:
    """Return each blind reading beside the coding: both values of every result, and the agreement on each value."""
    return [
        {
            "reading": one.reading,
            "columns": [words.DOSSIER[name] for name in CODED],
            "rows": [_compared(row) for row in one.rows],
            "agreement": [_agreement(one.by_value[name]) for name in CODED],
        }
        for one in agreement.comparisons(snapshot)
    ]


def _compared(row: agreement.Compared) -> dict[str, Any]:
    cells = [
        {
            "first": VALUES[name](row.row[name]).label,
            "second": VALUES[name](getattr(row.blind, name)).label,
            "differs": name in row.differs,
        }
        for name in CODED
    ]
    return {"study": row.row["short_name"], "cells": cells}


def _agreement(found: Agreement) -> str:
    """The share and, where it is defined, kappa to two places."""
    if not found.total:
        return "–"
    said = _("%(same)s of %(total)s") % {"same": found.same, "total": found.total}
    return said if found.kappa is None else f"{said}, κ {_two_places(found.kappa)}"


def _two_places(number: Fraction) -> str:
    return f"{float(number):.2f}"
