"""What stands today about claims and works: grades, live notices, newest checks, in three queries for a whole page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from evidence.models import GradeSnapshot, LiveNotice, Study
from evidence.status import Status

Kind = LiveNotice.Kind


@dataclass(frozen=True)
class Grade:
    """A claim's grade of today."""

    number: int
    grade: str
    since: datetime


@dataclass(frozen=True)
class Regraded:
    """A claim was graded again after it was pinned; `same` when the word did not move."""

    at: datetime
    grade: str
    same: bool


@dataclass(frozen=True)
class Asked:
    """When the services last told how a work stands, what they told, and since when they have not answered."""

    standing: Status
    checked_at: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True)
class Standing:
    """Today's grades by claim code, the notices that stand, by claim code and by cite key, and the newest checks."""

    grades: dict[str, Grade]
    of_claims: dict[str, list[str]]
    of_studies: dict[str, list[str]]
    asked: dict[str, Asked]
    facts: tuple[object, ...]

    def notices(self, code: str) -> list[str]:
        """Return the kinds of notice on a claim that show as flags."""
        return [kind for kind in self.of_claims.get(code, []) if kind != Kind.REGRADED]

    def regraded(self, code: str, *, pinned: int, grade: str) -> Regraded | None:
        """Return what became of a claim since the grade numbered `pinned`.

        Asked of the grades and not of the notice: an old edition must go on saying so after a newer edition,
        which shows the new grade, has had the notice lifted.
        """
        today = self.grades.get(code)
        if today is None or today.number <= pinned:
            return None
        return Regraded(today.since, today.grade, same=today.grade == grade)


def standing(codes: Collection[str], citekeys: Collection[str] = ()) -> Standing:
    """Look up what stands about these claims and works."""
    grades = {
        code: Grade(number, grade, since)
        for code, number, grade, since in GradeSnapshot.objects.current()
        .filter(claim__code__in=codes)
        .values_list("claim__code", "number", "reader_grade", "current_from")
        if since is not None
    }
    rows = list(
        LiveNotice.objects.standing()
        .filter(Q(claim__code__in=codes) | Q(study__citekey__in=citekeys))
        .order_by("kind")
        .values_list("pk", "kind", "claim__code", "study__citekey")
    )
    newest = asked(citekeys) if citekeys else {}
    return Standing(
        grades=grades,
        of_claims=_by_subject((code, kind) for _, kind, code, _ in rows if code),
        of_studies=_by_subject((citekey, kind) for _, kind, _, citekey in rows if citekey),
        asked=newest,
        facts=([pk for pk, *_ in rows], [(code, grade.number) for code, grade in grades.items()], newest),
    )


def asked(citekeys: Collection[str]) -> dict[str, Asked]:
    """Look up the newest check of each work: its day and what it found of the work itself, never a comparison."""
    fields = ("citekey", "standing", "checked_at", "failing_since")
    rows = Study.objects.filter(citekey__in=citekeys).order_by("citekey").values_list(*fields)
    return {citekey: Asked(Status(standing), *days) for citekey, standing, *days in rows}


def _by_subject(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subject, kind in pairs:
        found.setdefault(subject, []).append(kind)
    return found
