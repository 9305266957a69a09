"""Steps for several articles at once. Approving and publishing first show what will be done, with its hash."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin import steps
from articles.models import Article
from articles.verbs import publishing, trail, workflow
from config.admin_rights import actor, page, told
from config.rights import Action, may

BULK_STEPS = ("submit_selected", "approve_selected", "publish_selected")


class BulkSteps:
    """The bulk actions of the list of articles. Each goes through the verb, article by article."""

    def has_submit_permission(self, request: HttpRequest) -> bool:
        """Offer submitting to those who write."""
        return may(request.user, Action.WRITE_DRAFT)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Offer approving to those the matrix lets approve."""
        return may(request.user, Action.APPROVE_ARTICLE)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Offer publishing to those the matrix lets publish."""
        return may(request.user, Action.PUBLISH)

    @admin.action(description=gettext_lazy("Submit the selected articles for review"), permissions=["submit"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        """Submit each, or say why not."""
        by, now = actor(request), timezone.now()
        _each(request, queryset, _("Submitted"), lambda article: workflow.submit(article, by=by, now=now))

    @admin.action(description=gettext_lazy("Approve the selected articles"), permissions=["approve"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        """Show each with its hash; on confirmation approve each as it was shown, or say why not."""
        if "confirmed" not in request.POST:
            return self._confirm(request, queryset, "approve_selected", _("Approve articles"))
        by, now = actor(request), timezone.now()

        def approve(article: Article) -> None:
            seen = request.POST.get(f"seen_{article.pk}", "")
            workflow.approve(article, by=by, now=now, seen=seen)

        _each(request, queryset, _("Approved"), approve)
        return None

    @admin.action(description=gettext_lazy("Publish the selected articles together"), permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Article]) -> HttpResponse | None:
        """Show what will go live; on confirmation publish all in one release, or none."""
        if "confirmed" not in request.POST:
            return self._confirm(request, queryset, "publish_selected", _("Publish articles"))
        note, minor = request.POST.get("note", ""), "major" not in request.POST
        chosen = list(queryset.select_related("topic"))
        done = []
        with told(request):
            done = publishing.release(chosen, by=actor(request), now=timezone.now(), note=note, minor=minor)
        if done:
            editions = ", ".join(str(edition) for edition in done)
            messages.success(request, _("Published: %(editions)s") % {"editions": editions})
            return None
        return self._confirm(request, queryset, "publish_selected", _("Publish articles"), note=note)

    def _confirm(
        self, request: HttpRequest, queryset: QuerySet[Article], action: str, title: str, note: str = ""
    ) -> HttpResponse:
        rows = [
            {
                "article": article,
                "seen": trail.manifest_sha256(article),
                "numbers": steps.numbers(article),
                "blocks": [row["check"] for row in steps.checks(article) if row["check"].outcome == "blocks"],
            }
            for article in queryset.select_related("topic", "live")
        ]
        context: dict[str, Any] = page(self, request, title, rows=rows, action=action, note=note)
        return TemplateResponse(request, "admin/articles/article/confirm.html", context)


def _each(
    request: HttpRequest, queryset: QuerySet[Article], done: str, act: Callable[[Article], Any]
) -> None:
    for article in queryset.select_related("topic"):
        with told(request, about=article.headline):
            act(article)
            messages.success(request, f"{done}: {article.headline}")
