"""What must show on published pages at once, without republishing. Written by verbs, read by every public page."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evidence.models.claims import Claim
from evidence.models.overrides import GradeOverride
from evidence.models.studies import Study


class LiveNoticeQuerySet(models.QuerySet["LiveNotice"]):
    """Notices as pages ask for them."""

    def standing(self) -> Self:
        """Notices that show now."""
        return self.filter(until__isnull=True)


class LiveNotice(models.Model):
    """A notice on a claim or on a study, from `since` until it is lifted."""

    class Kind(models.TextChoices):
        """What it says."""

        RETRACTED = "retracted", _("Retracted")
        UNDER_REASSESSMENT = "under_reassessment", _("Under reassessment")
        REVIEW_OVERDUE = "review_overdue", _("Review overdue")
        REGRADED = "regraded", _("Regraded")
        OVERRIDDEN = "overridden", _("Editors differ from the engine")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    claim = models.ForeignKey(
        Claim,
        verbose_name=_("claim"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
    )
    study = models.ForeignKey(
        Study,
        verbose_name=_("study"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
    )
    override = models.ForeignKey(
        GradeOverride,
        verbose_name=_("override"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
        help_text=_("What the editors hold, where the notice is of that kind."),
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = LiveNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("live notice")
        verbose_name_plural = _("live notices")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False, study__isnull=True)
                | Q(claim__isnull=True, study__isnull=False),
                name="live_notice_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(kind="overridden", override__isnull=False)
                | ~Q(kind="overridden") & Q(override__isnull=True),
                name="live_notice_names_its_override",
            ),
            models.UniqueConstraint(
                fields=["claim", "kind"], condition=Q(until__isnull=True), name="live_notice_claim_kind_once"
            ),
            models.UniqueConstraint(
                fields=["study", "kind"], condition=Q(until__isnull=True), name="live_notice_study_kind_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.claim or self.study}"
