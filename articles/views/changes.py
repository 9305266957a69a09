"""Grades of today and what changed about them, for home and hubs: from snapshots and approved texts alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from articles.views.frame import Worded, worded
from evidence.models import ClaimText, GradeSnapshot
from evidence.models.base import both_languages


@dataclass(frozen=True)
class Change:
    """One line of "what changed": a first grade has no `old`."""

    at: datetime
    slug: str
    statement: Worded
    old: str
    new: str
    reason: Worded
    trigger: str


@dataclass(frozen=True)
class Today:
    """The current grade of one claim."""

    code: str
    topic: str
    number: int
    grade: str


def todays_grades() -> list[Today]:
    """Return the current grade of every claim."""
    rows = GradeSnapshot.objects.current().order_by("claim__code")
    return [Today(*row) for row in rows.values_list("claim__code", "claim__topic", "number", "reader_grade")]


def changes(*, most: int, topic: str | None = None) -> list[Change]:
    """Return the newest grades that readers got, newest first, of all claims or of one hub's."""
    snapshots = GradeSnapshot.objects.published().select_related("claim", "previous")
    if topic is not None:
        snapshots = snapshots.filter(claim__topic=topic)
    newest = list(
        snapshots.only(
            "current_from", "reader_grade", "reason_en", "reason_zh_hant", "trigger",
            "claim__slug", "previous__reader_grade",
        ).order_by("-current_from", "-pk")[:most]
    )  # fmt: skip
    said = statements([snapshot.claim_id for snapshot in newest])
    return [
        Change(
            at=snapshot.current_from,
            slug=snapshot.claim.slug,
            statement=said[snapshot.claim_id],
            old=snapshot.previous.reader_grade if snapshot.previous else "",
            new=snapshot.reader_grade,
            reason=worded(both_languages(snapshot, "reason")),
            trigger=snapshot.get_trigger_display(),
        )
        for snapshot in newest
        if snapshot.current_from is not None and snapshot.claim_id in said
    ]


def statements(claims: Collection[int]) -> dict[int, Worded]:
    """Return the newest approved statement of each claim, in the page's language where it has one."""
    rows = (
        ClaimText.objects.approved()
        .filter(claim__in=claims)
        .order_by("number")
        .values_list("claim_id", "language", "statement")
    )
    texts: dict[int, dict[str, str]] = {}
    for claim, language, statement in rows:
        texts.setdefault(claim, {})[language] = statement
    return {claim: worded(by_language) for claim, by_language in texts.items()}
