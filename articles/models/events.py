"""What happened to an article and by whom: the trail that four eyes are judged by. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.models.base import AppendOnly, AppendOnlyQuerySet


class ArticleEvent(AppendOnly):
    """One act upon an article. `created`, `edited` and `repinned` change its manifest; the others are decisions."""

    class Kind(models.TextChoices):
        """What was done."""

        CREATED = "created", _("Draft created")
        EDITED = "edited", _("Edited")
        REPINNED = "repinned", _("Pinned to today's grades and records")
        SUBMITTED = "submitted", _("Submitted for review")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    TOUCHES = (Kind.CREATED, Kind.EDITED, Kind.REPINNED)

    article = models.ForeignKey(
        "Article", verbose_name=_("article"), on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="article_events",
    )
    at = models.DateTimeField(_("at"))
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64)
    remark = models.TextField(_("remark"), blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an article")
        verbose_name_plural = _("events of an article")
        ordering = ["article_id", "id"]
        indexes = [models.Index(fields=["article", "kind", "by"], name="article_event_touch_idx")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.article})"
