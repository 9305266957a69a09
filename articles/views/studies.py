"""The page of a study: its record, what stands about it and what was asked, where it is cited, which claims it moves."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.models import Edition
from articles.views import checks, frame, reference_files
from articles.views.changes import statements
from articles.views.exhibits.graded import Graded
from articles.views.frame import Worded
from articles.views.published import public_study
from articles.words import records
from articles.words.codes import label, meaning
from articles.words.numbers import weight
from evidence import citing
from evidence.models import GradeSnapshot, LiveNotice, Study
from evidence.sources.plain import from_plain
from evidence.sources.records import Author, WorkRecord
from evidence.status import Status, most_severe, status_of

MOST_AUTHORS = 12


@dataclass(frozen=True)
class Moved:
    """A claim whose grade of today shows the work: as a finding with its weight, or read beside it."""

    slug: str
    statement: Worded
    grade: str
    flags: tuple[str, ...]
    role: str
    weight: str


@dataclass(frozen=True)
class Cited:
    """A live edition that cites the work, under the number it has there."""

    pk: int
    path: str
    headline: str
    lang: str
    number: int


@require_safe
def study_detail(request: HttpRequest, citekey: str) -> HttpResponse:
    """Show a study that a published edition or grade names; any other is as unknown as one we never held."""
    study = public_study(citekey)
    cited = _cited(study)
    moved = _moved(study)
    notices = list(LiveNotice.objects.standing().filter(study=study).order_by("pk"))
    return frame.page(
        request,
        "articles/study_detail.html",
        lambda: {
            **_context(study, cited, moved, notices),
            "check": checks.of_study(study),
            "past": checks.history(study),
            "files": reference_files.of_study(citekey),
        },
        addresses=frame.in_both("articles:study-detail", citekey=citekey),
        facts=(study.record_id, cited, moved, [notice.pk for notice in notices], checks.facts([study])),
    )


def _context(
    study: Study, cited: list[Cited], moved: list[Moved], notices: list[LiveNotice]
) -> dict[str, Any]:
    if study.record is None:
        raise Http404
    record = from_plain(WorkRecord, study.record.content)
    found = status_of(record)
    authors = [_author(author) for author in record.named_authors]
    retracted = any(notice.kind == LiveNotice.Kind.RETRACTED for notice in notices)
    standing = most_severe([found.status, Status(study.standing), *([Status.RETRACTED] if retracted else [])])
    return {
        "study": study,
        "work": record,
        "reference": citing.reference(record),
        "authors": authors[:MOST_AUTHORS],
        "more_authors": authors[MOST_AUTHORS:],
        "kind": records.kind(record.kind),
        "origin": label("origin", study.record.origin),
        "recorded": study.record.origin == study.record.Origin.RECORDED,
        "standing": label("standing", standing.value),
        "standing_meaning": records.standing_meaning(standing.value),
        "fallen": standing.engine_state in {"retracted", "withdrawn"},
        "signs": [(records.sign(sign), sign.notice) for sign in found.signs],
        "cited": cited,
        "moved": moved,
    }


def _author(author: Author) -> dict[str, str]:
    name = author.collective or " ".join(filter(None, [author.given, author.family, author.suffix]))
    return {"name": name, "orcid": author.orcid}


def _cited(study: Study) -> list[Cited]:
    rows = Edition.objects.live().filter(studies=study).order_by("-published_at")
    found = [
        _edition(edition, study.citekey) for edition in rows.only("slug", "headline", "language", "content")
    ]
    return sorted(found, key=lambda one: bool(one.lang))


def _edition(edition: Edition, citekey: str) -> Cited:
    (address,) = frame.alternates("articles:article-detail", {edition.language: {"slug": edition.slug}})
    reference = next(one for one in edition.content["references"] if one["citekey"] == citekey)
    return Cited(
        pk=edition.pk,
        path=address.path,
        headline=edition.headline,
        lang="" if edition.language == frame.language() else address.html_lang,
        number=reference["number"],
    )


def _moved(study: Study) -> list[Moved]:
    current = (
        GradeSnapshot.objects.current().filter(studies=study).select_related("claim").order_by("claim__code")
    )
    snapshots = list(current)
    said = statements([snapshot.claim_id for snapshot in snapshots])
    return [
        _move(Graded.of(snapshot), study.citekey, said[snapshot.claim_id])
        for snapshot in snapshots
        if snapshot.claim_id in said
    ]


def _move(graded: Graded, citekey: str, statement: Worded) -> Moved:
    findings = [row for row in graded.exhibits["findings"] if row["citekey"] == citekey]
    weights = [graded.weights[row["id"]] for row in findings if row["id"] in graded.weights]
    roles = {row["role"] for row in findings}
    sources = [row["role"] for row in graded.exhibits["sources"] if row["citekey"] == citekey]
    role = label("role", min(roles)) if roles else meaning("source_role", sources[0])
    return Moved(
        slug=graded.snapshot.claim.slug,
        statement=statement,
        grade=graded.verdict["reader_grade"],
        flags=tuple(graded.flags),
        role=role,
        weight=weight(sum(weights, Decimal(0))) if weights else "",
    )
