"""What one study found about one claim, as coded by a person. Derived values come from evidence/derived.py.

Saving goes through evidence/verbs/coding.py, which derives, lints and records who touched what.
"""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from evidence.models.claims import Claim
from evidence.models.codes import (
    Better,
    Design,
    Direction,
    Directness,
    FindingRole,
    Measure,
    Precision,
    Quality,
)
from evidence.models.studies import Study

# Decimal strings, as printed: "-0.00" and "0.0" say different things about precision, so they stay text.
number_text = RegexValidator(
    r"^[+-]?\d{1,12}(\.\d{1,10})?$", _("A number as printed, with a point for decimals, such as -0.04.")
)
p_text = RegexValidator(r"^<?(0|1|0?\.\d{1,12}|1\.0*|0)$", _("A p value as printed, such as 0.03 or <0.001."))


class Finding(models.Model):
    """One result of one study for one claim. `number` tells several of the same study apart."""

    class Funding(models.TextChoices):
        """Who paid."""

        PUBLIC = "public", _("Public or charity")
        INDUSTRY = "industry", _("Industry")
        MIXED = "mixed", pgettext_lazy("funding", "Mixed")
        NONE = "none", _("No funder declared")
        NOT_STATED = "not_stated", _("Not stated")

    class Tool(models.TextChoices):
        """The instrument behind the quality."""

        AMSTAR2 = "AMSTAR-2", "AMSTAR-2"
        ROB2 = "RoB 2", "RoB 2"
        NONE = "none", _("None")

    class Route(models.TextChoices):
        """How it was taken."""

        ORAL = "oral", _("By mouth")
        ENTERAL = "enteral", _("Tube feeding")
        PARENTERAL = "parenteral", _("Into a vein")
        OTHER = "other", _("Other")

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="findings"
    )
    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="findings"
    )
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    role = models.CharField(
        _("role"), max_length=8, choices=FindingRole.choices, default=FindingRole.EFFICACY
    )
    outcome_en = models.CharField(_("outcome (English)"), max_length=240)
    outcome_zh_hant = models.CharField(_("outcome (Chinese)"), max_length=240, blank=True)
    summary_en = models.TextField(_("finding in a sentence (English)"), blank=True)
    summary_zh_hant = models.TextField(_("finding in a sentence (Chinese)"), blank=True)
    population_en = models.CharField(_("people studied (English)"), max_length=240, blank=True)
    population_zh_hant = models.CharField(_("people studied (Chinese)"), max_length=240, blank=True)
    dose_en = models.CharField(_("dose (English)"), max_length=160, blank=True)
    dose_zh_hant = models.CharField(_("dose (Chinese)"), max_length=160, blank=True)
    route = models.CharField(_("route"), max_length=12, choices=Route.choices, blank=True)

    design = models.CharField(_("design"), max_length=16, choices=Design.choices)
    quality = models.CharField(_("quality"), max_length=16, choices=Quality.choices, default=Quality.UNRATED)
    quality_tool = models.CharField(_("quality by"), max_length=8, choices=Tool.choices, default=Tool.NONE)
    appraisal = models.JSONField(
        _("appraisal"),
        default=dict,
        blank=True,
        help_text=_(
            "The tool's answers, by question; the quality follows from them (evidence/appraisal.py)."
        ),
    )
    measure = models.CharField(_("measure"), max_length=4, choices=Measure.choices, blank=True)
    better = models.CharField(_("better"), max_length=8, choices=Better.choices, default=Better.LOWER)
    estimate = models.CharField(_("estimate"), max_length=24, blank=True, validators=[number_text])
    ci_low = models.CharField(_("interval from"), max_length=24, blank=True, validators=[number_text])
    ci_high = models.CharField(_("interval to"), max_length=24, blank=True, validators=[number_text])
    ci_level = models.CharField(
        _("level, %"), max_length=6, blank=True, validators=[number_text], default="95"
    )
    p = models.CharField(_("p"), max_length=16, blank=True, validators=[p_text])
    alpha = models.CharField(
        _("prespecified alpha"),
        max_length=8,
        blank=True,
        validators=[number_text],
        help_text=_("Empty: .05."),
    )
    mid = models.CharField(
        _("minimal important difference"), max_length=24, blank=True, validators=[number_text]
    )
    mid_source_en = models.CharField(_("its source (English)"), max_length=240, blank=True)
    mid_source_zh_hant = models.CharField(_("its source (Chinese)"), max_length=240, blank=True)
    n = models.PositiveIntegerField(_("people (n)"), default=0, help_text=_("0: not stated."))
    arms = models.JSONField(
        _("arms"),
        default=list,
        blank=True,
        help_text=_("A list of objects with label_en, label_zh_hant, n, events."),
    )
    direction = models.CharField(_("direction"), max_length=12, choices=Direction.choices)
    direction_reason_en = models.TextField(
        _("why it differs from the derived direction (English)"), blank=True
    )
    direction_reason_zh_hant = models.TextField(
        _("why it differs from the derived direction (Chinese)"), blank=True
    )
    precision = models.CharField(_("precision"), max_length=16, choices=Precision.choices)
    precision_reason_en = models.TextField(
        _("why it differs from the derived precision (English)"), blank=True
    )
    precision_reason_zh_hant = models.TextField(
        _("why it differs from the derived precision (Chinese)"), blank=True
    )
    directness_population = models.CharField(
        _("directness: people"), max_length=10, choices=Directness.choices
    )
    directness_intervention = models.CharField(
        _("directness: intervention"), max_length=10, choices=Directness.choices
    )
    directness_outcome = models.CharField(_("directness: outcome"), max_length=10, choices=Directness.choices)
    group = models.CharField(_("research group"), max_length=120, blank=True)
    includes = models.ManyToManyField(
        Study, through="FindingIncludes", related_name="included_in", blank=True, verbose_name=_("includes")
    )
    funding = models.CharField(
        _("funding"), max_length=12, choices=Funding.choices, default=Funding.NOT_STATED
    )
    quote = models.TextField(_("quoted sentence"), blank=True)
    quote_where = models.CharField(_("where it stands"), max_length=160, blank=True)
    coded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("coded by"),
        on_delete=models.PROTECT,
        related_name="findings_coded",
        editable=False,
    )
    coded_at = models.DateTimeField(_("coded"), editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["claim_id", "study__citekey", "number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "study", "number"], name="finding_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="finding_number_from_one"),
            models.CheckConstraint(
                condition=(Q(ci_low="") & Q(ci_high="")) | (~Q(ci_low="") & ~Q(ci_high="")),
                name="finding_interval_has_both_ends",
                violation_error_message=_("An interval has two ends: give both, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(measure__gt="") | (Q(ci_low="") & Q(estimate="")),
                name="finding_numbers_have_a_measure",
                violation_error_message=_("Choose the measure that the estimate is in."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.outcome_en}"

    @property
    def dossier_id(self) -> str:
        """The finding's id in the dossier: the work's, with #2, #3 … for further findings of the same study."""
        return self.study.work_id if self.number == 1 else f"{self.study.work_id}#{self.number}"

    @property
    def directness(self) -> str:
        """The worst of population, intervention and outcome (engine.md)."""
        order = list(Directness.values)
        parts = (self.directness_population, self.directness_intervention, self.directness_outcome)
        return max(parts, key=order.index)


class FindingIncludes(models.Model):
    """A study that a review pools: the review absorbs its weight, so that nothing counts twice."""

    finding = models.ForeignKey(Finding, verbose_name=_("review"), on_delete=models.CASCADE, related_name="+")
    study = models.ForeignKey(
        Study, verbose_name=_("pooled study"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("pooled study")
        verbose_name_plural = _("pooled studies")
        constraints = [models.UniqueConstraint(fields=["finding", "study"], name="finding_includes_once")]

    def __str__(self) -> str:
        return str(self.study)
