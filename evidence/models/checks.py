"""What second readers leave: a check of another's coding, and a blind reading of a claim's studies. Append-only.

Who may is decided in evidence/verbs/checking.py and evidence/verbs/rechecking.py.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.claims import Claim
from evidence.models.codes import Direction, Directness, Precision, Quality, RecheckVerdict
from evidence.models.findings import Finding
from evidence.models.studies import Study


class CodingCheck(AppendOnly):
    """A second person went through a finding's coding. It holds for exactly these bytes and is void for any other."""

    finding = models.ForeignKey(
        Finding, verbose_name=_("finding"), on_delete=models.CASCADE, related_name="checks"
    )
    sha256 = models.CharField(_("SHA-256 of the coding"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="codings_checked",
    )
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a coding")
        verbose_name_plural = _("checks of codings")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["finding", "sha256"], name="coding_checked_once")]

    def __str__(self) -> str:
        return f"{self.finding_id} ({self.sha256[:12]})"


class BlindReading(AppendOnly):
    """One reader's verdict on a claim, formed from its question and studies alone; layer L11 rests on it."""

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="blind_readings"
    )
    number = models.PositiveIntegerField(_("number"))
    verdict = models.CharField(_("verdict"), max_length=14, choices=RecheckVerdict.choices)
    remark = models.TextField(_("remark"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="blind_readings",
    )
    at = models.DateTimeField(
        _("at"), help_text=_("When the reader attested to not having seen the claim's coding, and read.")
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("blind reading")
        verbose_name_plural = _("blind readings")
        ordering = ["claim_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="blind_reading_number_once"),
            models.UniqueConstraint(fields=["claim", "by"], name="blind_reading_once_a_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.number}: {self.get_verdict_display()}"


class BlindCoding(AppendOnly):
    """What the blind reader makes of one result of one study: kept apart, compared with the first coding, never weighed."""

    reading = models.ForeignKey(
        BlindReading, verbose_name=_("blind reading"), on_delete=models.PROTECT, related_name="codings"
    )
    study = models.ForeignKey(Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    direction = models.CharField(_("direction"), max_length=12, choices=Direction.choices)
    quality = models.CharField(_("quality"), max_length=16, choices=Quality.choices)
    precision = models.CharField(_("precision"), max_length=16, choices=Precision.choices)
    directness = models.CharField(_("directness"), max_length=10, choices=Directness.choices)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("blind coding")
        verbose_name_plural = _("blind codings")
        ordering = ["reading_id", "study__citekey", "number"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "study", "number"], name="blind_coding_once")
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.get_direction_display()}"
