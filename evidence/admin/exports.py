"""Actions of the study list: the chosen works as NBIB, RIS, BibTeX or CSL-JSON. Tables are import-export's."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.refusal import Refused
from evidence.models import Study
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.sources.writing import FORMS

MOST_AT_ONCE = 5000


def _action(extension: str) -> Any:
    form = FORMS[extension]

    @admin.action(description=format_lazy(gettext_lazy("Export as {form}"), form=form.name))
    def export(_model_admin: Any, request: HttpRequest, studies: QuerySet[Study]) -> HttpResponse | None:
        try:
            text = form.write(_records(studies))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return None
        answer = HttpResponse(text, content_type=f"{form.media_type}; charset=utf-8")
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


ACTIONS = [_action(extension) for extension in FORMS]
