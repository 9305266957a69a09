"""References to download: of an edition, a claim, a study, in four formats. Writing them is evidence/sources'.

Only what readers can see is given, and abstracts are left out: they are their publishers'
(docs/decisions/0011-what-a-badge-reads.md).
"""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Edition
from articles.views import caching
from articles.views.claim_parts import current_of, history_of
from articles.views.published import live_edition, older_edition, public_study
from evidence.models import Study
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.sources.writing import FORMS

Links = list[tuple[str, str]]


@require_safe
def article_references(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Give the references of the live edition, as frozen with it."""
    edition = live_edition(slug)
    if edition is None:
        raise Http404
    return _edition_file(request, edition, form)


@require_safe
def version_references(request: HttpRequest, slug: str, major: int, minor: int, form: str) -> HttpResponse:
    """Give the references of one edition of an article that is live."""
    newest = live_edition(slug)
    if newest is None:
        raise Http404
    return _edition_file(request, older_edition(newest, major, minor), form)


@require_safe
def claim_references(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Give the works that today's grade of a claim shows, by their newest records."""
    current = current_of(history_of(slug))
    if current is None:
        raise Http404
    shown = {row["citekey"] for row in (*current.exhibits["sources"], *current.exhibits["findings"])}
    studies = Study.objects.with_record().filter(citekey__in=shown).select_related("record")
    works = list(studies.order_by("citekey"))
    return _file(
        request, form, slug, [_content(study) for study in works], facts=[study.record_id for study in works]
    )


@require_safe
def study_reference(request: HttpRequest, citekey: str, form: str) -> HttpResponse:
    """Give the record of one study that a published edition or grade names."""
    study = public_study(citekey)
    return _file(request, form, citekey, [_content(study)], facts=[study.record_id])


def of_edition(edition: Edition, *, is_old: bool) -> Links:
    """Name the files of an edition and their addresses."""
    if is_old:
        numbers = {"major": edition.major, "minor": edition.minor}
        return _links("articles:version-references", slug=edition.slug, **numbers)
    return _links("articles:article-references", slug=edition.slug)


def of_claim(slug: str) -> Links:
    """Name the files of a claim and their addresses."""
    return _links("articles:claim-references", slug=slug)


def of_study(citekey: str) -> Links:
    """Name the files of a study and their addresses."""
    return _links("articles:study-reference", citekey=citekey)


def _links(route: str, **arguments: Any) -> Links:
    return [
        (form.name, reverse(route, kwargs={**arguments, "form": extension}))
        for extension, form in FORMS.items()
    ]


def _edition_file(request: HttpRequest, edition: Edition, form: str) -> HttpResponse:
    contents = [reference["record"] for reference in edition.content["references"]]
    return _file(request, form, f"{edition.slug}-{edition.number}", contents, facts=[edition.pk])


def _content(study: Study) -> dict[str, Any]:
    if study.record is None:
        raise Http404
    return dict(study.record.content)


def _file(
    request: HttpRequest, extension: str, name: str, contents: list[dict[str, Any]], *, facts: list[object]
) -> HttpResponse:
    """Answer with the records in a format, or 304. Raises Http404 for a format nobody writes."""
    form = FORMS.get(extension)
    if form is None:
        raise Http404

    def build() -> HttpResponse:
        records = [_given(from_plain(WorkRecord, content)) for content in contents]
        headers = {"Content-Disposition": f'attachment; filename="{name}.{extension}"'}
        return HttpResponse(
            form.write(records), content_type=f"{form.media_type}; charset=utf-8", headers=headers
        )

    return caching.answer(request, build, name, extension, *facts)


def _given(record: WorkRecord) -> WorkRecord:
    return replace(record, abstract=(), other_abstracts=(), copyright="")
