"""Two engine versions over every current dossier: where they would tell readers something else. It changes nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from evidence import engine
from evidence.engine import Verdict
from evidence.models import GradeSnapshot


@dataclass(frozen=True)
class Difference:
    """One claim on which the two versions differ in tier, grade or status."""

    snapshot: GradeSnapshot
    before: Verdict
    after: Verdict


@dataclass
class Report:
    """How many claims were compared, which differ, and how grades move between the versions."""

    before: str
    after: str
    total: int = 0
    same: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


def compare(before: str, after: str, *, most: int) -> Report:
    """Grade every current dossier by both versions, in constant memory; the first `most` differences are kept.

    Raises UnknownVersionError.
    """
    report = Report(before, after)
    for snapshot in _current():
        dossier = engine.dossier_from_bytes(snapshot.dossier_json.encode())
        old, new = engine.grade(dossier, before), engine.grade(dossier, after)
        report.total += 1
        report.moves[old.reader_grade, new.reader_grade] += 1
        if (old.tier, old.reader_grade, old.status) == (new.tier, new.reader_grade, new.status):
            report.same += 1
        elif len(report.differences) < most:
            report.differences.append(Difference(snapshot, old, new))
    return report


def _current() -> Iterator[GradeSnapshot]:
    current = GradeSnapshot.objects.current().select_related("claim").order_by("claim__code")
    return current.only("dossier_json", "claim__code", "claim__slug").iterator(chunk_size=200)
