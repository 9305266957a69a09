"""What editors hold against the engine, beside what the engine says: both, why, and until when."""

from dataclasses import dataclass
from datetime import date

from articles.views.exhibits.graded import Graded
from articles.views.frame import Worded, worded
from articles.words.codes import label, meaning
from evidence.models import GradeOverride
from evidence.models.base import both_languages


@dataclass(frozen=True)
class Side:
    """One of the two voices: its grade, and its status in words."""

    grade: str
    status: str
    means: str


@dataclass(frozen=True)
class Override:
    """Both voices with the kind of reason, the reason itself, and the days between which the editors' is heard."""

    engine: Side
    editors: Side
    kind: str
    reason: Worded
    since: date | None
    until: date


def shown(override: GradeOverride | None, graded: Graded) -> Override | None:
    """Set the editors' grade and status beside the engine's; where they say nothing, they follow it."""
    if override is None:
        return None
    verdict = graded.verdict
    engine = _side(verdict["reader_grade"], verdict["status"])
    editors = _side(override.reader_grade or verdict["reader_grade"], override.status or verdict["status"])
    return Override(
        engine=engine,
        editors=editors,
        kind=label("override_reason", override.reason_code),
        reason=worded(both_languages(override, "reason")),
        since=override.stands_from.date() if override.stands_from else None,
        until=override.expires_on,
    )


def _side(grade: str, status: str) -> Side:
    return Side(grade, label("status", status), meaning("status", status))
