"""What a claim asks, and the dates of its grade: searched through, graded on, next check."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from articles.views.exhibits.graded import Graded, day_of
from articles.views.frame import Worded, worded


@dataclass(frozen=True)
class Question:
    """The frozen dates of a grade, and its question part by part."""

    graded_on: datetime | None
    searched_through: date | None
    next_check: date | None
    asked: tuple[tuple[str, Worded], ...]


def question(graded: Graded) -> Question:
    """Read question and dates from the exhibits; parts the claim leaves open are left out."""
    frozen = graded.exhibits["claim"]
    parts = (
        (_("Who"), worded(frozen["population"])),
        (_("What"), worded(frozen["intervention"])),
        (_("Compared with"), worded(frozen["comparator"])),
        (_("Outcome"), worded(frozen["outcome"])),
    )
    return Question(
        graded_on=graded.snapshot.current_from,
        searched_through=day_of(frozen["searched_through"]),
        next_check=day_of(frozen["next_check"]),
        asked=tuple((name, words) for name, words in parts if words.text),
    )
