"""Editors' own grade beside the engine's: who asked, who seconded, why, and until when.

Asking, seconding and ending live in evidence/verbs/overriding.py.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evidence.models.claims import Claim
from evidence.models.codes import ReaderGrade, Status
from evidence.models.grades import GradeSnapshot


class GradeOverrideQuerySet(models.QuerySet["GradeOverride"]):
    """Overrides as pages and the desk ask for them."""

    def standing(self) -> Self:
        """Those that readers see beside the engine's verdict."""
        return self.filter(state=GradeOverride.State.STANDING)

    def asked(self) -> Self:
        """Those that wait for a second person."""
        return self.filter(state=GradeOverride.State.ASKED)

    def open(self) -> Self:
        """Those that wait or stand: at most one a claim."""
        return self.filter(state__in=GradeOverride.OPEN)


class GradeOverride(models.Model):
    """Another reader grade or status than the engine's, for a while. Layers, score and tier stay the engine's.

    The verdict it stands beside was approved with it, so that it can stand alone again. Only the fields of its
    end and of its seconding ever change after the insert.
    """

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("Waits for a second person")
        STANDING = "standing", _("Stands")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        VOID = "void", _("Void: the evidence changed")

    class Reason(models.TextChoices):
        """The kinds of reason that carry an override."""

        OUTSIDE = "outside", _("Evidence that the dossier cannot carry")
        RULE = "rule", _("A rule of the engine misleads here")
        SAFETY = "safety", _("A safety concern not yet coded")
        PENDING = "pending", _("A correction or a retraction is expected")

    OPEN = (State.ASKED, State.STANDING)

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="overrides"
    )
    snapshot = models.ForeignKey(
        GradeSnapshot, verbose_name=_("grade"), on_delete=models.PROTECT, related_name="overrides"
    )
    reader_grade = models.CharField(
        _("grade"),
        max_length=12,
        choices=ReaderGrade.choices,
        blank=True,
        help_text=_("Empty: the engine's."),
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, blank=True, help_text=_("Empty: the engine's.")
    )
    reason_code = models.CharField(_("kind of reason"), max_length=8, choices=Reason.choices)
    reason_en = models.TextField(_("reason (English)"))
    reason_zh_hant = models.TextField(_("reason (Chinese)"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="overrides_asked",
    )
    asked_at = models.DateTimeField(_("asked"))
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("seconded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="overrides_seconded",
    )
    stands_from = models.DateTimeField(_("stands from"), null=True, blank=True)
    expires_on = models.DateField(
        _("expires on"), help_text=_("On this day the engine's verdict stands alone again.")
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the clock."),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = GradeOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("override of a grade")
        verbose_name_plural = _("overrides of grades")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "expires_on"], name="override_state_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state__in=["asked", "standing"]), name="override_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(reader_grade="") | ~Q(status=""), name="override_says_something_else"
            ),
            models.CheckConstraint(
                condition=~Q(state="standing") | Q(seconded_by__isnull=False, stands_from__isnull=False),
                name="override_stands_by_two",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True) | ~Q(seconded_by=F("asked_by")),
                name="override_seconded_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.get_reader_grade_display() or self.get_status_display()}"
