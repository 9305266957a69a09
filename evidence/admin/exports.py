"""Actions of the study list: the chosen works as NBIB, RIS, BibTeX or CSL-JSON. Tables are import-export's."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.refusal import Refused
from evidence.models import Study
from evidence.sources.bibtex import write_bibtex
from evidence.sources.csl import write_csl
from evidence.sources.nbib import write_nbib
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.sources.ris import write_ris

MOST_AT_ONCE = 5000
Write = Callable[[Iterable[WorkRecord]], str]
FORMATS: dict[str, tuple[Write, str, Any]] = {
    "ris": (write_ris, "application/x-research-info-systems", gettext_lazy("Export as RIS")),
    "bib": (write_bibtex, "application/x-bibtex", gettext_lazy("Export as BibTeX")),
    "nbib": (write_nbib, "text/plain", gettext_lazy("Export as NBIB")),
    "json": (write_csl, "application/vnd.citationstyles.csl+json", gettext_lazy("Export as CSL-JSON")),
}


def _action(extension: str) -> Any:
    write, content_type, title = FORMATS[extension]

    @admin.action(description=title)
    def export(_model_admin: Any, request: HttpRequest, studies: QuerySet[Study]) -> HttpResponse | None:
        try:
            text = write(_records(studies))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return None
        answer = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
        answer["Content-Disposition"] = (
            f'attachment; filename="studies-{timezone.now():%Y-%m-%d}.{extension}"'
        )
        return answer

    export.__name__ = f"export_{extension}"
    return export


def _records(studies: QuerySet[Study]) -> Iterator[WorkRecord]:
    """Return the records of the chosen works that have one. Raises Refused for none, or too many for one answer."""
    held = studies.filter(record__isnull=False).select_related("record")
    count = held.count()
    if not count or count > MOST_AT_ONCE:
        raise Refused(
            "not_exportable",
            _("%(count)s of the chosen works have a record; one to %(most)s go into a file.")
            % {"count": count, "most": MOST_AT_ONCE},
        )
    for study in held.iterator(chunk_size=500):
        if study.record is not None:
            yield from_plain(WorkRecord, study.record.content)


ACTIONS = [_action(extension) for extension in FORMATS]
