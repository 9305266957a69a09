"""What regulators and clinical bodies hold, as frozen with a grade: stance, words in the original, source, dates."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from articles.drawing.stance import stance
from articles.views.exhibits.graded import Graded, day_of
from articles.views.frame import HTML_LANGUAGES, Worded, language, worded
from articles.words.codes import label
from articles.words.numbers import weight


@dataclass(frozen=True)
class Position:
    """One body's position. `word` is its stance, or its relevance where it speaks of something else."""

    name: Worded
    layer: str
    layer_name: str
    picture: SafeString
    word: str
    relevance: str
    weight: str
    summary: Worded
    reason: Worded
    quote: Worded
    translation: Worded
    url: str
    issued_on: date | None
    seen_on: date | None


def positions(graded: Graded) -> list[Position]:
    """Return the positions, regulators first, as the snapshot holds them."""
    return [_position(row, graded) for row in sorted(graded.exhibits["positions"], key=_order)]


def _order(row: dict[str, Any]) -> tuple[str, str, str]:
    """Those that speak of the claim itself first, within regulators and within clinical bodies."""
    relevances = ("direct", "related", "off_topic")
    return row["layer"], str(relevances.index(row["relevance"])), row["id"]


def _position(row: dict[str, Any], graded: Graded) -> Position:
    off_topic = row["relevance"] == "off_topic"
    return Position(
        name=worded(row["name"]),
        layer=row["layer"],
        layer_name=label("layer", row["layer"]),
        picture=stance(None if off_topic else graded.tables.stance[row["stance"]]),
        word=label("relevance", "off_topic") if off_topic else label("stance", row["stance"]),
        relevance="" if row["relevance"] == "direct" else label("relevance", row["relevance"]),
        weight=weight(graded.tables.relevance[row["relevance"]]),
        summary=worded(row["summary"]),
        reason=worded(row["relevance_reason"]),
        quote=Worded(row["quote"], HTML_LANGUAGES.get(row["quote_language"].lower(), row["quote_language"])),
        translation=_translation(row),
        url=row["url"],
        issued_on=day_of(row["issued_on"]),
        seen_on=day_of(row["seen_on"]),
    )


def _translation(row: dict[str, Any]) -> Worded:
    """The quote in the page's language, unless the quote is in it already."""
    same = row["quote_language"].lower() == language()
    return Worded("") if same else Worded(row["translation"].get(language(), ""))
