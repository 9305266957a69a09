"""Importing references at the desk: the upload, the preview with its decisions, progress and result on one page.

What a row is and what may be done is decided by evidence/verbs/importing.py and its neighbours.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import RecordAdmin, actor, attempt, page, told
from config.rights import Action, may
from evidence import tasks
from evidence.admin.chips import state_chip
from evidence.forms import ReferenceUploadForm
from evidence.models import ReferenceImport, ReferenceImportRow
from evidence.verbs import import_wording, importing

SHOWN = 50
DECISION = "decision-"
Kind = ReferenceImportRow.Kind
State = ReferenceImport.State
# What becomes of the rows of a kind, as the preview says it of their number.
PROMISES = {
    Kind.PERHAPS: gettext_lazy("perhaps known here: say which it is, or it is left out"),
    Kind.REFUSED: gettext_lazy("refused"),
    Kind.NEW: gettext_lazy("new, to be added"),
    Kind.CHANGED: gettext_lazy("with a newer record of a study held"),
    Kind.DUPLICATE: gettext_lazy("of a work that stands here or earlier in the file"),
    Kind.OLDER: gettext_lazy("older than what is held, left alone"),
    Kind.UNCHANGED: gettext_lazy("held already, unchanged"),
}
RESULTS = {
    "added": gettext_lazy("studies added"),
    "updated": gettext_lazy("records updated"),
    "cited": gettext_lazy("citations kept, to be compared with the record"),
    "left": gettext_lazy("left as they were"),
    "refused": gettext_lazy("refused"),
}


@admin.register(ReferenceImport)
class ReferenceImportAdmin(RecordAdmin):
    """Imports of references, the newest first."""

    may_add = (Action.ADD_STUDY,)
    list_display = ("file_name", "format", "state_now", "by", "at", "sums")
    list_filter = ("state", "format")
    search_fields = ("file_name", "by__username")
    list_select_related = ("by",)

    class Media:
        css = {"all": ["evidence/css/reference-import.css"]}

    def get_urls(self) -> list[URLPattern]:
        """Add the address to which the page of an import sends what was decided."""
        act = path(
            "<int:pk>/act/", self.admin_site.admin_view(self.act_view), name="evidence_referenceimport_act"
        )
        return [act, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Take a file, and go to its page while a worker reads it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ReferenceUploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and attempt(form, lambda: self._begin(request, form)):
            return HttpResponseRedirect(_address(form.begun))
        context = page(self, request, _("Import references"), form=form)
        return TemplateResponse(request, "admin/evidence/referenceimport/upload.html", context)

    def _begin(self, request: HttpRequest, form: ReferenceUploadForm) -> None:
        file = form.cleaned_data["file"]
        form.begun = importing.begin(file, name=file.name, by=actor(request), now=timezone.now()).pk
        _send_for_a_worker(form.begun)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show how far an import is, what it would do, or what it did."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal():
            raise Http404
        of = get_object_or_404(ReferenceImport.objects.select_related("by", "confirmed_by"), pk=object_id)
        context = page(
            self,
            request,
            of.file_name,
            of=of,
            kinds=_kinds(of, request),
            chosen=_chosen(request),
            results=[(of.results[code], label) for code, label in RESULTS.items() if of.results.get(code)],
            importable=_importable(of),
            allowed=may(request.user, Action.ADD_STUDY),
            failure=import_wording.failure(of.problem) if of.problem else "",
            refreshes=of.state in ReferenceImport.WORKING,
            decisions=ReferenceImportRow.Decision.choices,
        )
        return TemplateResponse(request, "admin/evidence/referenceimport/import.html", context)

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the decisions on the page, and import or drop the file if asked to; back to the page."""
        of = get_object_or_404(ReferenceImport, pk=pk)
        act = request.POST.get("act", "")
        if request.method == "POST" and act in {"decide", "confirm", "drop"}:
            with told(request):
                _act(of, act, request)
        return HttpResponseRedirect(_address(of.pk))

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, of: ReferenceImport) -> SafeString:
        """Say how far it is."""
        return state_chip(of.state, of.get_state_display())

    @admin.display(description=gettext_lazy("rows"))
    def sums(self, of: ReferenceImport) -> SafeString:
        """Count the rows by what becomes, or became, of them."""
        told_of = of.results or of.counts
        labels = dict(Kind.choices) | dict(ReferenceImportRow.Outcome.choices)
        return format_html("{}", ", ".join(f"{labels[code]}: {number}" for code, number in told_of.items()))


def _address(pk: int | None) -> str:
    return reverse("admin:evidence_referenceimport_change", args=[pk])


def _send_for_a_worker(pk: int) -> None:
    """Send for one once everything is written."""
    transaction.on_commit(lambda: tasks.go_on_with_import.delay(pk))


def _act(of: ReferenceImport, act: str, request: HttpRequest) -> None:
    by, now = actor(request), timezone.now()
    if act == "drop":
        importing.drop(of, by=by, now=now)
        messages.success(request, _("Dropped. Nothing was imported."))
        return
    decisions = {
        int(name.removeprefix(DECISION)): str(value) for name, value in request.POST.items()
        if name.startswith(DECISION) and name.removeprefix(DECISION).isdecimal()
    }  # fmt: skip
    if decisions or act == "decide":
        importing.decide(of, decisions, by=by)
    if act == "confirm":
        importing.confirm(of, by=by, now=now)
        _send_for_a_worker(of.pk)
    else:
        messages.success(request, _("Decisions kept."))


def _chosen(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in Kind.values else ""


def _kinds(of: ReferenceImport, request: HttpRequest) -> list[dict[str, Any]]:
    """Return each kind that occurs, with its number and 50 of its rows: the first, or the page asked for of one kind."""
    chosen = _chosen(request)
    kinds = []
    for kind, promise in PROMISES.items():
        count = of.counts.get(kind, 0)
        if count and of.state != State.READING:
            rows = of.rows.filter(kind=kind).select_related("study").order_by("ordinal")
            wanted = request.GET.get("page") if chosen == kind else 1
            shown = None if chosen and chosen != kind else Paginator(rows, SHOWN).get_page(wanted)
            kinds.append(
                {
                    "code": kind.value, "label": kind.label, "promise": promise, "count": count, "page": shown,
                    "rows": [_described(row) for row in shown or ()],
                    "open": chosen == kind or kind in {Kind.PERHAPS, Kind.REFUSED},
                }
            )  # fmt: skip
    return kinds


def _described(row: ReferenceImportRow) -> dict[str, Any]:
    identifiers = " · ".join(f"{name.upper()} {value}" for name, value in row.identifiers.items())
    return {
        "row": row, "why": import_wording.why(row), "where": import_wording.where(row), "identifiers": identifiers,
    }  # fmt: skip


def _importable(of: ReferenceImport) -> bool:
    """Say whether importing could change anything."""
    return bool({Kind.NEW, Kind.CHANGED, Kind.DUPLICATE, Kind.PERHAPS} & set(of.counts))
