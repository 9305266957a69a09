"""Findings as a table of their own, across claims. Written by coding.save, taken out by coding.remove."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from config.admin_rights import RightsAdmin, actor, saving
from evidence.admin.inlines import CODERS, FINDING_FIELDSETS, FindingShown
from evidence.forms import FindingForm
from evidence.models import Finding
from evidence.verbs import coding


@admin.register(Finding)
class FindingAdmin(FindingShown, RightsAdmin, SimpleHistoryAdmin):
    """What one study found about one claim."""

    may_add = may_change = may_delete = CODERS
    form = FindingForm
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
    )
    list_filter = ("direction", "design", "quality", "precision", "role")
    search_fields = ("outcome_en", "claim__slug", "study__citekey", "=study__pmid")
    list_select_related = ("claim", "study", "coded_by")
    autocomplete_fields = ("claim", "study")
    fieldsets = ((None, {"fields": ("claim",)}), *FINDING_FIELDSETS)
    readonly_fields = ("derived_now", "contradictions_now")

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
