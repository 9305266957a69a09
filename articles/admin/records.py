"""What is written once and only looked at here: editions, releases and what happened to articles."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import ArticleEvent, Edition, Release
from config.admin_rights import RecordAdmin


@admin.register(Edition)
class EditionAdmin(RecordAdmin):
    """What was published, as it was."""

    list_display = ("headline", "number", "language", "topic", "published_at", "live_now", "note")
    list_filter = ("language", "topic", "major")
    search_fields = ("headline", "slug", "^manifest_sha256")
    list_select_related = ("topic", "article")
    change_form_template = "admin/articles/edition/change_form.html"
    fields = (
        ("headline", "number", "language"),
        ("topic", "slug"),
        ("published_at", "first_published_at", "release"),
        "note",
        ("renderer", "manifest_sha256"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        """Leave the frozen pages out of the list's query."""
        editions: QuerySet[Edition] = super().get_queryset(request)
        is_list = (
            request.resolver_match is not None
            and request.resolver_match.url_name == "articles_edition_changelist"
        )
        return editions.defer("content", "manifest") if is_list else editions

    @admin.display(description=_("live"), boolean=True)
    def live_now(self, edition: Edition) -> bool:
        """Say whether readers see this one."""
        return edition.article.live_id == edition.pk


@admin.register(Release)
class ReleaseAdmin(RecordAdmin):
    """Instants at which editions and grades went live."""

    list_display = ("at", "by", "editions_count", "remark")
    list_filter = ("by",)
    search_fields = ("remark", "by__username", "editions__headline")
    list_select_related = ("by",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count the editions along."""
        counted: QuerySet[Any] = super().get_queryset(request).annotate(held=Count("editions", distinct=True))
        return counted

    @admin.display(description=_("editions"), ordering="held")
    def editions_count(self, release: Any) -> int:
        """Count the editions that went live with it."""
        return int(release.held)


@admin.register(ArticleEvent)
class ArticleEventAdmin(RecordAdmin):
    """What happened to articles and by whom."""

    list_display = ("at", "article", "kind", "by", "remark", "manifest_sha256")
    list_filter = ("kind", "by")
    search_fields = ("article__headline", "by__username", "^manifest_sha256")
    list_select_related = ("article", "by")
    ordering = ("-id",)
