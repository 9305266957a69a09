"""The desk: Django's admin under our name, with a second factor outside the embedded mode.

What may be done there is decided by config/rights.py through the verbs; this module only opens the door.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_otp.forms import OTPAuthenticationForm

from config.rights import Action, may


class Group(NamedTuple):
    """One group of the navigation: its name and the tables in it, in order."""

    code: str
    name: Any
    models: tuple[str, ...]


GROUPS = (
    Group("writing", _("Writing"), ("articles.Article", "articles.Topic", "articles.Person")),
    Group(
        "evidence",
        _("Evidence"),
        (
            "evidence.Claim",
            "evidence.Finding",
            "evidence.Study",
            "evidence.Position",
            "evidence.ReferenceImport",
            "evidence.GradeSnapshot",
            "evidence.BlindReading",
            "evidence.Authority",
        ),
    ),
    Group(
        "brief",
        _("The brief"),
        (
            "newsletter.Issue",
            "newsletter.Subscriber",
            "newsletter.Suppression",
            "newsletter.Delivery",
            "newsletter.ReceivingDomain",
            "newsletter.InboundEvent",
            "newsletter.Revision",
            "newsletter.IssueEvent",
            "newsletter.ConsentEvent",
            "newsletter.SubscriberExport",
        ),
    ),
    Group(
        "record",
        _("Record"),
        (
            "articles.Edition",
            "articles.Release",
            "articles.ArticleEvent",
            "evidence.ClaimEvent",
            "evidence.ClaimText",
            "evidence.ReviewDecision",
            "evidence.GradeOverride",
            "evidence.CodingCheck",
            "evidence.StudyRecord",
            "evidence.Verification",
            "evidence.CitedAs",
            "evidence.Acceptance",
            "evidence.RetractionListing",
            "evidence.LiveNotice",
        ),
    ),
)
# What the navigation calls a table by another name than its rows.
NAMES = {"evidence.GradeSnapshot": _("Grade review"), "evidence.BlindReading": _("Blind re-check")}


class DeskSite(AdminSite):
    """The admin site as the desk. Whoever holds a role may enter; outside EMBEDDED only after a second factor."""

    site_header = _("Desk")
    site_title = _("Desk · Wellness Radar")
    index_title = _("Desk")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        if not settings.EMBEDDED:
            self.login_form = OTPAuthenticationForm

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff who hold a role (or administer the machine) and gave their second factor."""
        user: Any = request.user
        entitled = user.is_active and user.is_staff and (user.is_superuser or may(user, Action.SEE_DESK))
        return bool(entitled and (settings.EMBEDDED or user.is_verified()))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Group the tables by what they are for; whatever no group names comes under its own app, last."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        tables = {
            f"{app['app_label']}.{model['object_name']}": model for app in apps for model in app["models"]
        }
        groups = [self._group(group, tables) for group in GROUPS]
        named = {name for group in GROUPS for name in group.models}
        others = [
            app | {"models": rest}
            for app in apps
            if (rest := [m for m in app["models"] if f"{app['app_label']}.{m['object_name']}" not in named])
        ]
        return [group for group in groups if group["models"]] + others

    def _group(self, group: Group, tables: dict[str, Any]) -> dict[str, Any]:
        models = [
            tables[name] | {"name": NAMES.get(name, tables[name]["name"])}
            for name in group.models
            if name in tables
        ]
        return {
            "name": group.name,
            "app_label": group.code,
            "app_url": reverse("admin:index", current_app=self.name) + f"#{group.code}",
            "has_module_perms": True,
            "models": models,
        }
