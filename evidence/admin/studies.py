"""Studies at the desk: looked at, searched, imported by identifier; never typed by hand."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm
from simple_history.admin import SimpleHistoryAdmin

from config.admin_rights import RecordAdmin, RightsAdmin, sees_desk
from config.rights import Action, may
from evidence import citing
from evidence.identifiers import Identifier, Scheme
from evidence.models import ClaimSource, Study, StudyRecord
from evidence.resources import StudyIdentifierResource, StudyResource
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord


class RecordFilter(admin.SimpleListFilter):
    """Studies by where their record comes from, those still awaiting one among them."""

    title = _("record")
    parameter_name = "record"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """List the origins, and that there is none."""
        return [("awaiting", _("Awaiting record")), *StudyRecord.Origin.choices]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Study]) -> QuerySet[Study]:
        """Keep the studies of the origin chosen."""
        if self.value() == "awaiting":
            return queryset.filter(record__isnull=True)
        return queryset.filter(record__origin=self.value()) if self.value() else queryset


@admin.register(Study)
class StudyAdmin(ImportExportMixin, RightsAdmin, SimpleHistoryAdmin):  # type: ignore[misc]
    """Studies: what their record says, to read; the only ways in are a file and identifiers."""

    list_display = (
        "citekey",
        "short_name",
        "journal",
        "year",
        "pmid",
        "standing_chip",
        "record_state",
        "claims_count",
    )
    list_filter = ("standing", RecordFilter, "year")
    search_fields = ("^citekey", "=pmid", "=doi", "title", "^first_author")
    list_select_related = ("record",)
    change_form_template = "admin/evidence/study/change_form.html"
    fieldsets = (
        (None, {"fields": ("citekey", "identifiers", "standing", "is_notice", "record_state", "added_at")}),
    )
    readonly_fields = ("identifiers", "record_state")
    resource_classes = [StudyResource]
    # The form that lets choose columns names its checkboxes by inline script.
    export_form_class = ExportForm  # type: ignore[assignment]
    formats = (CSV, XLSX)
    change_list_template = "admin/evidence/study/change_list.html"  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Study]:
        """Count the claims of each study in the list's own query."""
        held = ClaimSource.objects.filter(study=OuterRef("pk")).order_by().values("study")
        counted = held.annotate(held=Count("claim", distinct=True)).values("held")
        studies: QuerySet[Study] = super().get_queryset(request)
        return studies.annotate(claims_held=Coalesce(Subquery(counted), 0))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Import identifiers: whoever may add studies."""
        return may(request.user, Action.ADD_STUDY)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Export what one may look at."""
        return sees_desk(request.user)

    def get_import_resource_classes(self, _request: HttpRequest) -> tuple[type[StudyIdentifierResource]]:
        """Import identifiers only: what a record says is never typed."""
        return (StudyIdentifierResource,)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Import all rows or none."""
        kwargs.pop("form", None)
        return {**kwargs, "rollback_on_validation_errors": True}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Show what stood in the way of an import that was fine when it was previewed."""
        if not (result.has_errors() or result.has_validation_errors()):
            library: Any = super()
            return cast("HttpResponse", library.process_result(result, request))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import"),
            "opts": self.opts,
            "form": cast("Any", self).create_import_form(request),
            "result": result,
            "media": self.media,
            "import_error_display": self.import_error_display,
        }
        return TemplateResponse(request, [self.import_template_name], context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the record in a readable way under the identifiers."""
        study = kwargs.get("obj")
        if study is not None and study.record is not None:
            record = from_plain(WorkRecord, study.record.content)
            context |= {"record": record, "reference": citing.reference_text(record), "version": study.record}
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @admin.display(description=_("standing"), ordering="standing")
    def standing_chip(self, study: Study) -> SafeString:
        """Say what has become of the work."""
        return format_html(
            '<span class="state standing-{}">{}</span>', study.standing, study.get_standing_display()
        )

    @admin.display(description=_("record"), ordering="record__origin")
    def record_state(self, study: Study) -> Any:
        """Say where the record comes from, or that it is awaited."""
        return study.record.get_origin_display() if study.record else _("Awaiting record")

    @admin.display(description=_("claims"), ordering="claims_held")
    def claims_count(self, study: Any) -> int:
        """Count the claims that cite the work."""
        return int(study.claims_held)

    @admin.display(description=_("identifiers"))
    def identifiers(self, study: Study) -> SafeString:
        """Link each identifier to where it leads."""
        known = [(scheme, getattr(study, scheme.value)) for scheme in Scheme if getattr(study, scheme.value)]
        return format_html_join(
            " · ",
            '<a href="{}" rel="noreferrer">{} {}</a>',
            ((Identifier(scheme, value).url, scheme.upper(), value) for scheme, value in known),
        )


@admin.register(StudyRecord)
class StudyRecordAdmin(RecordAdmin):
    """Versions of records, as they arrived."""

    list_display = ("study", "number", "origin", "received_at", "sha256")
    list_filter = ("origin",)
    search_fields = ("=study__pmid", "^study__citekey", "^sha256")
    list_select_related = ("study",)
