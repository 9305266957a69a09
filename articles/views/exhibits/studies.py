"""The study cards of a grade and the forest plot of its effects, from the findings frozen with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.drawing.forest import Effect, forest
from articles.views.exhibits.graded import Graded
from articles.views.frame import Worded, worded
from articles.words import effects
from articles.words.codes import label, lowered, meaning
from articles.words.numbers import weight

FALLEN = frozenset({"retracted", "replaced", "withdrawn"})


@dataclass(frozen=True)
class Card:
    """One finding as its card shows it. `anchor` is what a cite in the text points at."""

    anchor: str
    citekey: str
    name: str
    title: str
    journal: str
    year: int | None
    pmid: str
    doi: str
    design: str
    found: Worded
    rows: tuple[tuple[str, Worded], ...]
    coding: tuple[tuple[str, Worded], ...]
    weight: str
    weight_note: str
    reasons: tuple[Worded, ...]
    quote: str
    quote_where: str
    standing: str
    fallen: bool
    recorded: bool


@dataclass(frozen=True)
class Source:
    """A work of the claim that no card shows: read for the mechanism or as background."""

    anchor: str
    citekey: str
    name: str
    year: int | None
    role: str


def cards(graded: Graded, numbers: Mapping[str, int], retracted: frozenset[str]) -> list[Card]:
    """Return a card for each finding, heaviest first.

    `numbers` are those of the cites in the text by cite key, `retracted` the works a notice stands against.
    """
    seen: set[str] = set()
    found = []
    for finding in graded.heaviest_first:
        citekey = finding["citekey"]
        anchor = _anchor(citekey, numbers) if citekey not in seen else f"study-{citekey}-{finding['number']}"
        seen.add(citekey)
        found.append(_card(graded, finding, anchor, retracted))
    return found


def sources(graded: Graded, numbers: Mapping[str, int]) -> list[Source]:
    """Return the works that have no card, each once."""
    shown = {finding["citekey"] for finding in graded.exhibits["findings"]}
    others = {row["citekey"]: row for row in graded.exhibits["sources"] if row["citekey"] not in shown}
    return [
        Source(
            _anchor(key, numbers), key, row["short_name"], row["year"], meaning("source_role", row["role"])
        )
        for key, row in others.items()
    ]


def _anchor(citekey: str, numbers: Mapping[str, int]) -> str:
    return f"ref-{numbers[citekey]}" if citekey in numbers else f"study-{citekey}"


def _card(graded: Graded, finding: dict[str, Any], anchor: str, retracted: frozenset[str]) -> Card:
    standing = "retracted" if finding["citekey"] in retracted else finding["standing"]
    return Card(
        anchor=anchor,
        citekey=finding["citekey"],
        name=finding["short_name"],
        title=finding["title"],
        journal=finding["journal"],
        year=finding["year"],
        pmid=finding["pmid"] or "",
        doi=finding["doi"] or "",
        design=label("design", finding["design"]),
        found=worded(finding["summary"]),
        rows=tuple(_rows(finding)),
        coding=tuple(_coding(finding)),
        weight=_weight(graded, finding),
        weight_note=_weight_note(graded, finding),
        reasons=tuple(_reasons(finding)),
        quote=finding["quote"],
        quote_where=finding["quote_where"],
        standing=label("standing", standing),
        fallen=standing in FALLEN,
        recorded=finding["origin"] == "recorded",
    )


def _rows(finding: dict[str, Any]) -> list[tuple[str, Worded]]:
    """What a reader weighs a study by."""
    quality = label("quality", finding["quality"])
    judged = _("%(quality)s, %(tool)s") % {
        "quality": quality,
        "tool": meaning("tool", finding["quality_tool"]),
    }
    return [
        (_("People"), Worded(effects.people(finding["n"]))),
        (_("Effect"), Worded(effects.size(finding) or _("no number stated"))),
        (_("Direction"), Worded(label("direction", finding["direction"]))),
        (_("Quality"), Worded(judged)),
        (_("Funding"), Worded(label("funding", finding["funding"]))),
    ]


def _coding(finding: dict[str, Any]) -> list[tuple[str, Worded]]:
    """The rest of the coding, without the lines it left empty."""
    route = finding["route"]
    rows = [
        (_("Who"), worded(finding["population"])),
        (_("Dose"), worded(finding["dose"])),
        (_("Taken"), Worded(lowered(label("route", route)) if route and route != "other" else "")),
        (_("Outcome"), worded(finding["outcome"])),
        (_("Measure"), Worded(effects.measured(finding))),
        (_("Arms"), _arms(finding["arms"])),
        (_("Precision"), Worded(label("precision", finding["precision"]))),
        (_("Directness"), Worded(label("directness", finding["directness"]))),
    ]
    return [(name, words) for name, words in rows if words.text]


def _arms(arms: list[dict[str, Any]]) -> Worded:
    names = [worded({"en": one.get("label_en", ""), "zh-hant": one.get("label_zh_hant", "")}) for one in arms]
    counts = [effects.arm(one, name.text) for one, name in zip(arms, names, strict=True)]
    return Worded(_("; ").join(counts), next((name.lang for name in names if name.lang), ""))


def _reasons(finding: dict[str, Any]) -> list[Worded]:
    """Why the coding differs from what the numbers alone would give."""
    words = [worded(finding["direction_reason"]), worded(finding["precision_reason"])]
    return [one for one in words if one.text]


def _weight(graded: Graded, finding: dict[str, Any]) -> str:
    found = graded.weights.get(finding["id"])
    return "" if found is None else weight(found.quantize(Decimal("0.0001")))


def _weight_note(graded: Graded, finding: dict[str, Any]) -> str:
    """Say why a finding weighs nothing."""
    if finding["role"] == "safety":
        return _("Not weighed: it speaks to safety, which acts by rule.")
    if graded.weights.get(finding["id"]):
        return ""
    if finding["standing"] in FALLEN:
        return _("The work no longer stands.")
    if not graded.tables.design[finding["design"]]:
        return _("This kind of work is not weighed.")
    return _("Counted within a review that pools it.")


def effects_plot(graded: Graded) -> SafeString | None:
    """Draw the effects that have an interval, one axis each; None where no study states one."""
    stated = [row for row in graded.heaviest_first if row["measure"] and row["ci_low"]]
    if not stated:
        return None
    return forest([_effect(row) for row in stated], harm=_("worse"), benefit=_("better"))


def _effect(finding: dict[str, Any]) -> Effect:
    outcome = worded(finding["outcome"])
    detail = _("%(outcome)s; %(measure)s") % {
        "outcome": "" if outcome.lang else outcome.text,
        "measure": lowered(label("measure", finding["measure"])),
    }
    return Effect(
        name=finding["short_name"],
        detail=label("measure", finding["measure"]) if outcome.lang else detail,
        measure=finding["measure"],
        better=finding["better"],
        estimate=_number(finding["estimate"]),
        low=_number(finding["ci_low"]),
        high=_number(finding["ci_high"]),
        printed=effects.estimate(finding),
        interval=effects.interval(finding),
        pooled=finding["design"].startswith("sr_"),
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        # An estimate may be missing beside a stated interval; the row then shows the interval alone.
        return None
