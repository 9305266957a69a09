"""Findings as a table of their own, across claims: the coding page, its live hints, and the check by another.

Written by coding.save, taken out by coding.remove, checked by checking.check.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from config.admin_rights import RightsAdmin, actor, attempt, page, saving
from config.rights import Action, may
from evidence.admin import finding_shown
from evidence.admin.finding_form import NUMBERS, AskedForm, FindingPageForm
from evidence.admin.hints import Hints
from evidence.admin.inlines import APPRAISAL_FIELDSETS, CODERS, FINDING_FIELDSETS, FindingShown
from evidence.admin.tables import CodedTables
from evidence.coding_resources import FindingResource
from evidence.forms import CheckForm
from evidence.models import Finding
from evidence.verbs import checking, coding


@admin.register(Finding)
class FindingAdmin(CodedTables, FindingShown, RightsAdmin, SimpleHistoryAdmin):  # type: ignore[misc]
    """What one study found about one claim."""

    may_add = may_change = may_delete = CODERS
    form = FindingPageForm
    resource_classes = [FindingResource]
    change_form_template = "admin/evidence/finding/change_form.html"
    list_display = (
        "outcome_en",
        "claim",
        "study",
        "design",
        "direction",
        "quality",
        "precision",
        "n",
        "coded_by",
        "checked",
    )
    list_filter = ("direction", "design", "quality", "precision", "role")
    search_fields = ("outcome_en", "claim__slug", "study__citekey", "=study__pmid")
    list_select_related = ("claim", "study", "coded_by")
    autocomplete_fields = ("claim", "study")
    fieldsets = ((None, {"fields": ("claim",)}), *FINDING_FIELDSETS, *APPRAISAL_FIELDSETS)
    readonly_fields = ("checked",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read along what a check binds to."""
        findings: QuerySet[Any] = super().get_queryset(request)
        return findings.prefetch_related("includes", "checks__by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a coded finding with its claim."""
        own: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        return (*own, "claim") if obj is not None else own

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002
        """Write through the verb."""
        with saving():
            now = timezone.now()
            coding.save(obj, by=actor(request), now=now, includes=list(form.cleaned_data["pooled"]))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take it out through the verb."""
        coding.remove(obj, by=actor(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take each out through the verb."""
        for finding in queryset:
            coding.remove(finding, by=actor(request), now=timezone.now())

    def get_urls(self) -> list[URLPattern]:
        """Add what the form's script asks, and the page on which another checks the coding."""
        guard: Any = self.admin_site.admin_view
        library: Any = super()
        return [
            path("derive/", guard(require_POST(self.derive_view)), name="evidence_finding_derive"),
            path("<int:pk>/check/", guard(self.check_view), name="evidence_finding_check"),
            *library.get_urls(),
        ]

    def derive_view(self, request: HttpRequest) -> JsonResponse:
        """Answer what follows from the numbers and answers typed so far; nothing is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = AskedForm(request.POST)
        form.is_valid()
        unreadable = {
            name: [str(one) for one in form.errors[name]] for name in NUMBERS if name in form.errors
        }
        hints = Hints() if unreadable else Hints.of(form.draft())
        return JsonResponse({**hints.as_data(), "unreadable": unreadable})

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a coding whole, beside its study's words; take a second reader's word that it is right."""
        findings = Finding.objects.select_related("claim", "study__record", "coded_by")
        finding = get_object_or_404(findings.prefetch_related("includes", "checks__by"), pk=pk)
        form = CheckForm(request.POST or None)
        if (
            request.method == "POST"
            and form.is_valid()
            and attempt(form, lambda: _check(request, finding, form))
        ):
            messages.success(request, _("The coding is checked."))
            return HttpResponseRedirect(reverse("admin:evidence_finding_change", args=[finding.pk]))
        context = page(
            self,
            request,
            _("Check the coding"),
            subtitle=str(finding),
            form=form,
            seen=coding.bytes_sha256(finding),
            check=checking.standing_check(finding),
            coded_it=request.user.pk in checking.coders(finding),
            may_check=may(request.user, Action.CODE_EVIDENCE),
            **finding_shown.shown(finding),
        )
        return TemplateResponse(request, "admin/evidence/finding/check.html", context)


def _check(request: HttpRequest, finding: Finding, form: CheckForm) -> None:
    checking.check(finding, by=actor(request), now=timezone.now(), seen=form.cleaned_data["seen"])
