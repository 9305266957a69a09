"""Regulators and clinical bodies at the desk. Written by coding.save_authority."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from config.admin_rights import RightsAdmin, actor, saving
from config.rights import Action
from evidence.models import Authority
from evidence.verbs import coding


@admin.register(Authority)
class AuthorityAdmin(RightsAdmin, SimpleHistoryAdmin):
    """Bodies whose positions we record."""

    may_add = may_change = (Action.CODE_EVIDENCE,)
    list_display = ("name_en", "name_zh_hant", "code", "layer", "country")
    list_filter = ("layer", "country")
    search_fields = ("name_en", "name_zh_hant", "code")
    fields = ("code", ("name_en", "name_zh_hant"), ("layer", "country"), "url")

    def save_model(self, request: HttpRequest, obj: Any, _form: Any, change: Any) -> None:  # noqa: ARG002
        """Write through the verb."""
        with saving():
            coding.save_authority(obj, by=actor(request), now=timezone.now())
