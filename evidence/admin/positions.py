"""Positions as a table of their own, across claims. Written by coding.save, taken out by coding.remove."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from config.admin_rights import RightsAdmin, actor, saving
from evidence.admin.inlines import CODERS, POSITION_FIELDSETS
from evidence.admin.tables import CodedTables
from evidence.coding_resources import PositionResource
from evidence.models import Position
from evidence.verbs import coding


@admin.register(Position)
class PositionAdmin(CodedTables, RightsAdmin, SimpleHistoryAdmin):  # type: ignore[misc]
    """What an authority holds of a claim."""

    may_add = may_change = may_delete = CODERS
    resource_classes = [PositionResource]
    list_display = ("authority", "layer", "country", "claim", "stance", "relevance", "issued_on", "seen_on")
    list_filter = ("authority__layer", "stance", "relevance")
    search_fields = ("authority__name_en", "authority__code", "claim__slug")
    list_select_related = ("authority", "claim")
    autocomplete_fields = ("claim", "authority")
    fieldsets = ((None, {"fields": ("claim",)}), *POSITION_FIELDSETS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a coded position with its claim."""
        own: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        return (*own, "claim") if obj is not None else own

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002
        """Write through the verb."""
        with saving():
            coding.save(obj, by=actor(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take it out through the verb."""
        coding.remove(obj, by=actor(request), now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take each out through the verb."""
        for position in queryset:
            coding.remove(position, by=actor(request), now=timezone.now())

    @admin.display(description=_("layer"), ordering="authority__layer")
    def layer(self, position: Position) -> str:
        """Say whether a regulator or a clinical body speaks."""
        return position.authority.get_layer_display()

    @admin.display(description=_("country"), ordering="authority__country")
    def country(self, position: Position) -> str:
        """Say for which country it speaks."""
        return position.authority.country or "–"
