"""The badge over a list of works: how many exist, match their record and stand, counted from checks. Pure: no words.

Where the checks come from is the page's affair; wording them is articles/words/badges.py.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from evidence.status import Status

# Codes of evidence/models/studies.py, Outcome. "Retracted" and "replaced" are in neither set: they are graver than a
# mismatch, so that alone they tell that a work exists and not how its record compares.
_UNFOUND = frozenset({"not_found", "not_yet_checked", "not_checkable_now"})
_MATCHING = frozenset({"verified", "verified_with_notes", "corrected", "concern", "preprint_superseded"})


@dataclass(frozen=True, slots=True)
class Checked:
    """One work as the badge counts it: what its check came to, and how the work stands today."""

    outcome: str
    standing: Status
    recorded: bool
    mended: int = 0
    checked_at: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Badge:
    """Counts over works. Demonstration replies are counted apart: nobody was asked, so nothing was found to exist.

    `standings` lists what stands against works, the gravest first. `checked_at` is the day of the work checked the
    longest ago, `failing_since` of the silence that has lasted longest.
    """

    asked: int
    exist: int
    match: int
    recorded: int
    compared: int
    standings: tuple[tuple[Status, int], ...]
    mended: int
    checked_at: datetime | None
    failing_since: datetime | None


def count(works: Iterable[Checked]) -> Badge:
    """Count what checks of works came to."""
    works = list(works)
    asked = [work for work in works if not work.recorded]
    recorded = [work for work in works if work.recorded]
    standings = Counter(work.standing for work in works if work.standing is not Status.CURRENT)
    return Badge(
        asked=len(asked),
        exist=sum(work.outcome not in _UNFOUND for work in asked),
        match=sum(work.outcome in _MATCHING for work in asked),
        recorded=len(recorded),
        compared=sum(work.outcome not in _UNFOUND for work in recorded),
        standings=tuple(sorted(standings.items(), key=lambda pair: -pair[0].severity)),
        mended=sum(work.mended for work in works),
        checked_at=min((work.checked_at for work in asked if work.checked_at), default=None),
        failing_since=min((work.failing_since for work in asked if work.failing_since), default=None),
    )
