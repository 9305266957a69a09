"""The history of a claim's grade: a step line and one log line a grade, newest first, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.drawing.history import GradePoint, history
from articles.views.exhibits.graded import Graded, tier_bands
from articles.views.frame import Worded, worded
from articles.words.codes import label
from articles.words.numbers import joined
from evidence.models import GradeSnapshot
from evidence.models.base import both_languages


@dataclass(frozen=True)
class Line:
    """One grade of the history in a line: engine, score, tier, status, agreement, level; then why."""

    number: int
    since: datetime
    summary: str
    grade: str
    is_current: bool
    trigger: str
    reason: Worded


def lines(snapshots: Sequence[GradeSnapshot]) -> list[Line]:
    """Return the published grades as log lines, newest first."""
    ordered = sorted(snapshots, key=lambda one: one.number, reverse=True)
    return [_line(snapshot, snapshot.current_from) for snapshot in ordered if snapshot.current_from]


def _line(snapshot: GradeSnapshot, since: datetime) -> Line:
    return Line(
        number=snapshot.number,
        since=since,
        summary=summary(Graded.of(snapshot)),
        grade=snapshot.reader_grade,
        is_current=snapshot.state == GradeSnapshot.State.CURRENT,
        trigger=label("trigger", snapshot.trigger),
        reason=worded(both_languages(snapshot, "reason")),
    )


def summary(graded: Graded) -> str:
    """Print a grade in a line: "1.0: 0.41, C, Disputed, 72 %, E3"; an ungraded claim has no score to print."""
    verdict = graded.verdict
    parts = [
        graded.score_text or _("not scored"),
        verdict["tier"],
        label("status", verdict["status"]),
        graded.agreement_text,
        verdict["evidence_level"],
    ]
    return f"{graded.snapshot.engine_version}: {', '.join(filter(None, parts))}"


def picture(snapshots: Sequence[GradeSnapshot]) -> SafeString:
    """Draw the step line; its description says what the log beneath says. The line ends at the newest grade."""
    published = [one for one in snapshots if one.current_from is not None]
    read = [Graded.of(snapshot) for snapshot in published]
    points = [
        GradePoint(
            on=since.date(),
            score=graded.score,
            grade=graded.verdict["reader_grade"],
            printed=graded.score_text or "U",
            day=_day(since),
        )
        for graded, since in ((one, one.snapshot.current_from) for one in read)
        if since is not None
    ]
    newest = max(read, key=lambda one: one.snapshot.number)
    said = [f"{point.day}: {label('grade', point.grade)}, {point.printed}." for point in points]
    return history(
        points,
        bounds=tier_bands(newest.tables),
        until=max(point.on for point in points),
        title=_("The score since it was first graded"),
        desc=joined(said),
    )


def _day(moment: datetime) -> str:
    return format_date(moment, pgettext("date format, in full", "j M Y"))
