"""Who changed what of a claim's evidence and texts: the trail that four eyes are judged by. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.claims import Claim


class ClaimEvent(AppendOnly):
    """One act upon a claim. `coded` and `worded` change its bytes; the others are decisions."""

    class Kind(models.TextChoices):
        """What was done."""

        CREATED = "created", _("Claim created")
        CODED = "coded", _("Evidence coded")
        WORDED = "worded", _("Text written")
        PROPOSED = "proposed", _("Grade proposed")
        APPROVED = "approved", _("Grade approved")
        RETURNED = "returned", _("Grade returned")
        TEXT_APPROVED = "text_approved", _("Text approved")
        RELEASED = "released", _("Grade released")
        CHECKED = "checked", _("Coding checked")
        RECHECKED = "rechecked", _("Read blind")
        OVERRIDE_ASKED = "override_asked", _("Override asked for")
        OVERRIDDEN = "overridden", _("Grade overridden")
        OVERRIDE_ENDED = "override_ended", _("Override ended")

    TOUCHES = (Kind.CREATED, Kind.CODED, Kind.WORDED)

    claim = models.ForeignKey(Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=16, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="claim_events",
        help_text=_("Empty: the clock."),
    )
    at = models.DateTimeField(_("at"))
    detail = models.JSONField(_("detail"), default=dict)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of a claim")
        ordering = ["claim_id", "id"]
        indexes = [models.Index(fields=["claim", "kind", "by"], name="claim_event_touch_idx")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.claim})"
