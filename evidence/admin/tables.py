"""Import and export of coded evidence at the desk: who may, all rows or none, and what stood in the way."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm

from config.admin_rights import sees_desk
from config.rights import Action, may


class CodedTables(ImportExportMixin):
    """An admin whose rows come and go as tables, by the right to code."""

    # The form that lets choose columns names its checkboxes by inline script.
    export_form_class = ExportForm  # type: ignore[assignment]
    formats = (CSV, XLSX)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Import: whoever may code evidence."""
        return may(request.user, Action.CODE_EVIDENCE)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Export what one may look at."""
        return sees_desk(request.user)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Import all rows or none."""
        kwargs.pop("form", None)
        return {**kwargs, "rollback_on_validation_errors": True}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Show what stood in the way of an import that was fine when it was previewed."""
        desk = cast("Any", self)
        if not (result.has_errors() or result.has_validation_errors()):
            library: Any = super()
            return cast("HttpResponse", library.process_result(result, request))
        context = {
            **desk.admin_site.each_context(request),
            "title": _("Import"),
            "opts": desk.opts,
            "form": desk.create_import_form(request),
            "result": result,
            "media": desk.media,
            "import_error_display": self.import_error_display,
        }
        return TemplateResponse(request, [self.import_template_name], context)
