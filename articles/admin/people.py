"""People and hubs at the desk. Written by articles/verbs/people.py."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from articles.models import Person, Topic
from articles.verbs import people
from config.admin_rights import RightsAdmin, actor, saving
from config.rights import Action


@admin.register(Person)
class PersonAdmin(RightsAdmin, SimpleHistoryAdmin):
    """The people named on the site. Changing a byline touches every article that bears it."""

    may_add = may_change = (Action.EDIT_ANY_DRAFT,)
    list_display = ("name", "name_zh_hant", "credential", "role_en", "user", "conflicts_expire")
    list_filter = (("credential", admin.EmptyFieldListFilter), ("user", admin.EmptyFieldListFilter))
    search_fields = ("name", "name_zh_hant", "slug")
    list_select_related = ("user",)
    raw_id_fields = ("user",)
    fieldsets = (
        (None, {"fields": (("name", "name_zh_hant"), ("slug", "user"))}),
        (
            _("Credentials"),
            {"fields": (("credential", "awarding_body", "orcid"), ("role_en", "role_zh_hant"))},
        ),
        (
            _("Conflicts of interest"),
            {"fields": (("conflicts_en", "conflicts_zh_hant"), "conflicts_expire")},
        ),
        (_("Biography"), {"fields": (("biography_en", "biography_zh_hant"),)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, _form: Any, change: Any) -> None:  # noqa: ARG002
        """Write through the verb."""
        with saving():
            people.save_person(obj, by=actor(request), now=timezone.now())


@admin.register(Topic)
class TopicAdmin(RightsAdmin, SimpleHistoryAdmin):
    """Hubs."""

    may_add = may_change = (Action.EDIT_ANY_DRAFT,)
    list_display = ("title_en", "title_zh_hant", "code", "slug", "order")
    search_fields = ("title_en", "title_zh_hant", "code", "slug")
    fields = (
        ("code", "slug", "order"),
        ("title_en", "title_zh_hant"),
        ("introduction_en", "introduction_zh_hant"),
    )

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the code that claims carry."""
        return ("code",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, _form: Any, change: Any) -> None:  # noqa: ARG002
        """Write through the verb."""
        with saving():
            people.save_topic(obj, by=actor(request))
