"""The layers of a score: bars with their weights, what is missing, and what lies behind those that are not studies."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.drawing.layers import LayerBar, layers
from articles.views.exhibits.graded import Graded, day_of
from articles.views.frame import Worded, worded
from articles.words.codes import label, meaning
from articles.words.numbers import weight
from evidence.engine import scales

BY_RULE = frozenset({"L4", "L6"})


@dataclass(frozen=True)
class Behind:
    """One line of what lies behind a layer: a question or a source, its answer, a reason, when and where seen."""

    layer: str
    what: Worded
    answer: str
    reason: Worded
    day: date | None
    url: str


def bars(graded: Graded) -> SafeString:
    """Draw the layers: those that are weighed first, heaviest first, then those that act by rule."""
    profile = graded.tables.profiles[graded.dossier["claim_type"]]
    weighed = sorted(profile, key=lambda code: (-profile[code], scales.LAYERS.index(code)))
    found = graded.verdict["layers"]
    others = [code for code in scales.LAYERS if code not in profile and (code in BY_RULE or found[code])]
    return layers([_bar(code, found[code], profile.get(code)) for code in (*weighed, *others)])


def _bar(code: str, value: str | None, share: Decimal | None) -> LayerBar:
    return LayerBar(
        code=code,
        name=label("layer", code),
        value=None if value is None else Decimal(value),
        weight=share,
        printed=_("no input") if value is None else value,
        note=_note(code, share),
    )


def _note(code: str, share: Decimal | None) -> str:
    if share is not None:
        return _("weight %(weight)s") % {"weight": weight(share)}
    return _("by rule only") if code in BY_RULE else _("not weighed here")


def behind(graded: Graded) -> list[Behind]:
    """List what lies behind mechanism, outside benchmarks, the blind re-check and safety."""
    shown = graded.exhibits
    return [
        *(_mechanism(row) for row in shown["mechanism"]),
        *(_benchmark(row) for row in shown["benchmarks"]),
        *(_recheck(row) for row in shown["rechecks"]),
        _safety(graded),
    ]


def _mechanism(row: dict[str, Any]) -> Behind:
    question = Worded(label("question", row["question"]))
    return Behind("L3", question, label("answer", row["answer"]), worded(row["reason"]), None, "")


def _benchmark(row: dict[str, Any]) -> Behind:
    return Behind("L1", worded(row["source"]), row["grade"], Worded(""), day_of(row["seen_on"]), row["url"])


def _recheck(row: dict[str, Any]) -> Behind:
    kind = Worded(meaning("reader", row["kind"]))
    reader = worded(row["reader"])
    return Behind("L11", reader, label("recheck", row["verdict"]), kind, day_of(row["done_on"]), "")


def _safety(graded: Graded) -> Behind:
    safety = graded.dossier["safety"]
    answer = _("Not assessed") if safety is None else meaning("safety", safety)
    reason = worded(graded.exhibits["claim"]["safety_reason"])
    return Behind("L6", Worded(_("How safe is it?")), answer, reason, None, "")
