"""Claims, their texts per language and the works they cite. What studies found is in findings.py."""

from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.studies import Study

LANGUAGE_CHOICES = [("en", _("English")), ("zh-hant", _("Traditional Chinese"))]
SAFETY_CHOICES = [("none", _("No concern")), ("caution", _("Caution")), ("serious", _("Serious"))]


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims as pages and lists ask for them."""

    def graded(self) -> Self:
        """Claims with a grade that readers may see."""
        return self.filter(grades__state="current")

    def review_overdue(self, today: object) -> Self:
        """Graded claims whose next check lies before `today` (a date)."""
        return self.graded().filter(next_check__lt=today)


class Claim(models.Model):
    """One checkable sentence about health, graded as a whole: population, intervention, comparator, outcome."""

    class Type(models.TextChoices):
        """Which layers and rules apply (engine.md)."""

        INTERVENTION = "intervention", _("Intervention")
        PHYSIOLOGY = "physiology", _("Physiology")

    code = models.CharField(
        _("code"),
        max_length=120,
        unique=True,
        validators=[
            RegexValidator(
                r"^CLM-[a-z0-9]+(-[a-z0-9]+){2,}-\d{3}$",
                _("A claim code reads CLM-<topic>-<outcome>-<intervention>-<three digits>."),
            )
        ],
    )
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    claim_type = models.CharField(_("type"), max_length=16, choices=Type.choices)
    topic = models.SlugField(
        _("topic"), max_length=40, db_index=True, help_text=_("The code of the hub it belongs to.")
    )
    population_en = models.CharField(_("population (English)"), max_length=240, blank=True)
    population_zh_hant = models.CharField(_("population (Chinese)"), max_length=240, blank=True)
    intervention_en = models.CharField(_("intervention (English)"), max_length=240, blank=True)
    intervention_zh_hant = models.CharField(_("intervention (Chinese)"), max_length=240, blank=True)
    comparator_en = models.CharField(_("comparator (English)"), max_length=240, blank=True)
    comparator_zh_hant = models.CharField(_("comparator (Chinese)"), max_length=240, blank=True)
    outcome_en = models.CharField(_("outcome (English)"), max_length=240, blank=True)
    outcome_zh_hant = models.CharField(_("outcome (Chinese)"), max_length=240, blank=True)
    safety = models.CharField(
        _("safety"),
        max_length=8,
        choices=SAFETY_CHOICES,
        null=True,
        blank=True,
        help_text=_("Empty: not assessed."),
    )
    safety_reason_en = models.TextField(_("why this safety level (English)"), blank=True)
    safety_reason_zh_hant = models.TextField(_("why this safety level (Chinese)"), blank=True)
    searched_through = models.DateField(_("searched through"), null=True, blank=True)
    next_check = models.DateField(_("next check"), null=True, blank=True)
    sources = models.ManyToManyField(
        Study, through="ClaimSource", related_name="claims", verbose_name=_("sources")
    )
    history = HistoricalRecords()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(safety__isnull=True) | ~models.Q(safety_reason_en=""),
                name="claim_safety_has_a_reason",
                violation_error_message=_("Say why: a safety level needs its written reason in English."),
            ),
            models.CheckConstraint(
                condition=models.Q(safety__isnull=True) | models.Q(safety__in=["none", "caution", "serious"]),
                name="claim_safety_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class ClaimSource(models.Model):
    """A work cited for a claim: the "N cites · year" of its Radar line counts these."""

    class Role(models.TextChoices):
        """What the work is cited for."""

        FINDING = "finding", _("Finding")
        MECHANISM = "mechanism", _("Mechanism")
        BACKGROUND = "background", _("Background")

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.CASCADE, related_name="claim_sources"
    )
    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="claim_sources"
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.FINDING)

    class Meta:
        verbose_name = _("source of a claim")
        verbose_name_plural = _("sources of a claim")
        ordering = ["claim_id", "study__citekey"]
        constraints = [models.UniqueConstraint(fields=["claim", "study", "role"], name="claim_source_once")]

    def __str__(self) -> str:
        return f"{self.claim} / {self.study}"


class ClaimTextQuerySet(AppendOnlyQuerySet):
    """Revisions of claim texts; append-only."""

    def approved(self) -> Self:
        """Revisions that a second person has approved: the only ones readers see."""
        return self.filter(decisions__outcome="approve").distinct()


class ClaimText(AppendOnly):
    """One revision of a claim's words in one language. A translation makes a revision, never a new grade."""

    claim = models.ForeignKey(Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGE_CHOICES)
    number = models.PositiveIntegerField(_("revision"))
    statement = models.CharField(_("statement"), max_length=300)
    verdict_line = models.CharField(_("verdict line"), max_length=400)
    summary = models.TextField(_("summary"))
    why = models.TextField(_("why this grade"), help_text=_("Markdown; cites as [@key]."))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.PROTECT,
        related_name="claim_texts",
    )
    written_at = models.DateTimeField(_("written"))

    objects = ClaimTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a claim")
        verbose_name_plural = _("texts of a claim")
        ordering = ["claim_id", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "language", "number"], name="claim_text_revision_once"),
        ]

    def __str__(self) -> str:
        return self.statement
