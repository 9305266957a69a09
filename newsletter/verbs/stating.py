"""What an issue states, and whether it still holds: grades that moved, works that fell, articles taken back.

It only looks. composing.py tells the editor, voiding.py takes the approval back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from articles.words.codes import label
from evidence.models import GradeSnapshot, Study
from newsletter.models import Issue, IssueLine
from newsletter.verbs import citing

Kind = IssueLine.Kind
ORDER = [section.value for section in IssueLine.Section]


@dataclass(frozen=True)
class Change:
    """One thing an issue states that no longer holds. Codes for the trail; `said` is for people, translated."""

    what: str  # grade, work, article or retraction
    of: str  # the claim's code, the work's cite key, the line's key
    line: str  # the key of the line that states it
    old: str
    new: str
    snapshot: int | None
    said: str

    def detail(self) -> dict[str, Any]:
        """Return the change as an event keeps it."""
        return {name: value for name, value in asdict(self).items() if name != "said"}


def lines_of(issue: Issue) -> list[IssueLine]:
    """Return the lines the issue goes out with, in their order, with all that rendering and checking reads."""
    edition_fields = [
        f"edition_{code}__{path}" for code in ("en", "zh_hant") for path in ("content", "manifest")
    ]
    rows = (
        issue.lines.filter(dropped=False)
        .select_related(
            "claim", "snapshot", "study", "edition_en__article__live", "edition_zh_hant__article__live"
        )
        .defer(*edition_fields)
        .prefetch_related(Prefetch("works", citing.with_records()))
    )
    return sorted(rows, key=position)


def position(line: IssueLine) -> tuple[int, int, int]:
    """Return where a line stands in its issue: sections in their fixed order, then as the editor arranged them."""
    return ORDER.index(line.section), line.order, line.pk


def may_cite_the_fallen(line: IssueLine) -> bool:
    """Say whether the line tells of a fall, so that it cites what fell: a retraction, or a regrade it caused."""
    return line.kind == Kind.RETRACTION or citing.is_about_a_fall(line.snapshot)


def changes(
    issue: Issue, *, approved_at: datetime | None = None, lines: Sequence[IssueLine] | None = None
) -> list[Change]:
    """Return everything the issue states that does not hold any more, in the order of its lines.

    With `approved_at`, an expression of concern that came after the approval counts too; before it, the editors saw
    it in the reference.
    """
    lines = lines_of(issue) if lines is None else lines
    today = {
        row.claim_id: row
        for row in GradeSnapshot.objects.current().filter(claim__in=[line.claim_id for line in lines])
    }
    return [
        change
        for line in lines
        for change in (
            *_grade(line, today),
            *_articles(line),
            *_retraction(line),
            *_works(line, approved_at),
        )
    ]


def _grade(line: IssueLine, today: dict[int, GradeSnapshot]) -> Iterator[Change]:
    if line.snapshot is None or line.claim is None:
        return
    now = today.get(line.claim.pk)
    if now is not None and now.pk == line.snapshot.pk:
        return
    grade = now.reader_grade if now else ""
    said = _("%(claim)s was graded again and stands at “%(grade)s” now.") % {
        "claim": line.claim.code,
        "grade": label("grade", grade) if grade else "–",
    }
    was = line.snapshot.reader_grade
    yield Change("grade", line.claim.code, line.key, was, grade, now.pk if now else None, said)


def _articles(line: IssueLine) -> Iterator[Change]:
    for edition in filter(None, (line.edition_en, line.edition_zh_hant)):
        # Superseded is no matter: the address shows the newer edition. Without a live one, it shows nothing.
        if edition.article.live_id is None:
            said = _("“%(headline)s” was taken back from readers.") % {"headline": edition.headline}
            yield Change("article", line.key, line.key, edition.number, "", None, said)


def _retraction(line: IssueLine) -> Iterator[Change]:
    if line.kind != Kind.RETRACTION or line.study is None:
        return
    study = next((work for work in line.works.all() if work.pk == line.study_id), line.study)
    if citing.standing(study) not in citing.FALLEN:
        said = _("@%(key)s is not marked as retracted any more.") % {"key": study.citekey}
        yield Change("retraction", study.citekey, line.key, "retracted", study.standing, None, said)


def _works(line: IssueLine, approved_at: datetime | None) -> Iterator[Change]:
    for study in line.works.all():
        problem = citing.citation_problem(study, fallen=may_cite_the_fallen(line))
        if problem is None and approved_at is not None and _concern_since(study, approved_at):
            problem = _("@%(key)s: %(standing)s.") % {
                "key": study.citekey, "standing": citing.standing(study).label,
            }  # fmt: skip
        if problem is not None:
            yield Change("work", study.citekey, line.key, "", citing.standing(study).value, None, problem)


def _concern_since(study: Study, approved_at: datetime) -> bool:
    came_after = study.record is not None and study.record.received_at > approved_at
    return came_after and study.standing == Study.Standing.CONCERN
