"""Grade snapshots and the decisions upon them. A snapshot keeps its own engine version, dossier and verdict for ever.

Proposing lives in evidence/verbs/grading.py, deciding in evidence/verbs/review.py.
"""

from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evidence.models.base import AppendOnly, AppendOnlyError, AppendOnlyQuerySet
from evidence.models.claims import Claim, ClaimText
from evidence.models.codes import ReaderGrade, Status, Tier
from evidence.models.studies import Study


class GradeSnapshotQuerySet(models.QuerySet["GradeSnapshot"]):
    """Snapshots as pages and the desk ask for them."""

    def current(self) -> Self:
        """The grade readers see today, one a claim."""
        return self.filter(state=GradeSnapshot.State.CURRENT)

    def published(self) -> Self:
        """Grades that are or once were what readers saw: the history of a claim."""
        return self.filter(state__in=[GradeSnapshot.State.CURRENT, GradeSnapshot.State.SUPERSEDED])

    def awaiting_review(self) -> Self:
        """Open proposals."""
        return self.filter(state=GradeSnapshot.State.PROPOSED)

    def awaiting_release(self) -> Self:
        """Approved grades that wait for the Release they go out with."""
        return self.filter(state=GradeSnapshot.State.APPROVED)


class GradeSnapshot(models.Model):
    """One grading of one claim: dossier and verdict byte for byte, what triggered it, what came before.

    Only `state`, `current_from` and `current_until` ever change after the insert; the evidence and the verdict
    never do. `exhibits` freezes what the claim page shows beside the verdict (findings, records, positions).
    """

    class State(models.TextChoices):
        """Where it stands on the way to readers."""

        PROPOSED = "proposed", _("Proposed")
        RETURNED = "returned", _("Returned")
        CLOSED = "closed", _("Closed by a newer proposal")
        APPROVED = "approved", _("Approved, awaiting release")
        CURRENT = "current", _("Current")
        SUPERSEDED = "superseded", _("Superseded")

    class Trigger(models.TextChoices):
        """Why it was graded."""

        FIRST = "first", _("First grade")
        NEW_FINDING = "new_finding", _("New finding")
        RECODED = "recoded", _("Coded again with care")
        STATUS_CHANGED = "status_changed", _("A cited work changed its status")
        ENGINE_VERSION = "engine_version", _("New engine version")

    OPEN = (State.PROPOSED, State.APPROVED)

    claim = models.ForeignKey(Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="grades")
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PROPOSED)
    engine_version = models.CharField(_("engine"), max_length=8)
    dossier_json = models.TextField(
        _("dossier"), help_text=_("Canonical JSON; its SHA-256 is dossier_sha256.")
    )
    dossier_sha256 = models.CharField(_("SHA-256 of the dossier"), max_length=64)
    verdict_json = models.TextField(_("verdict"), help_text=_("The engine's line, key order kept."))
    exhibits = models.JSONField(_("exhibits"), default=dict)
    left_out = models.JSONField(
        _("left out"), default=list, help_text=_("Works left out of the dossier, and why.")
    )
    studies = models.ManyToManyField(
        Study,
        verbose_name=_("works shown"),
        related_name="grades",
        help_text=_("Those named by the exhibits."),
    )
    trigger = models.CharField(_("trigger"), max_length=16, choices=Trigger.choices)
    reason_en = models.TextField(_("reason (English)"), blank=True)
    reason_zh_hant = models.TextField(_("reason (Chinese)"), blank=True)
    previous = models.ForeignKey(
        "self", verbose_name=_("previous"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    tier = models.CharField(_("tier"), max_length=1, choices=Tier.choices)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=4, null=True, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    reader_grade = models.CharField(_("grade"), max_length=12, choices=ReaderGrade.choices)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grades_proposed",
        help_text=_("Empty: proposed by the clock."),
    )
    proposed_at = models.DateTimeField(_("proposed"))
    current_from = models.DateTimeField(_("current from"), null=True, blank=True)
    current_until = models.DateTimeField(_("current until"), null=True, blank=True)

    objects = GradeSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ["claim_id", "-number"]
        indexes = [
            models.Index(fields=["state", "-proposed_at"], name="grade_state_idx"),
            models.Index(fields=["reader_grade", "state"], name="grade_reader_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="grade_number_once"),
            models.UniqueConstraint(fields=["claim"], condition=Q(state="current"), name="grade_one_current"),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=["proposed", "approved"]),
                name="grade_one_open_proposal",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, tier="U") | Q(score__isnull=False) & ~Q(tier="U"),
                name="grade_unscored_is_tier_u",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["current", "superseded"]) | Q(current_from__isnull=False),
                name="grade_published_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.number}: {self.get_reader_grade_display()}"

    def save(self, **options: Any) -> None:
        """Insert the snapshot; its state moves only by the verbs' conditional updates."""
        if not self._state.adding:
            raise AppendOnlyError(
                "A grade snapshot is never saved again: evidence/verbs/review.py moves its state."
            )
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: a grade once proposed stays on record."""
        raise AppendOnlyError("Grade snapshots are never deleted.")


class ReviewDecision(AppendOnly):
    """A second person's decision on a proposed grade, or on texts alone, bound to the hash of what was shown."""

    class Outcome(models.TextChoices):
        """What was decided."""

        APPROVE = "approve", _("Approved")
        RETURN = "return", _("Returned")

    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="decisions"
    )
    snapshot = models.ForeignKey(
        GradeSnapshot,
        verbose_name=_("grade"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text=_("Empty: texts alone."),
    )
    texts = models.ManyToManyField(ClaimText, verbose_name=_("texts"), related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    manifest_sha256 = models.CharField(_("SHA-256 of what was decided"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="grade_decisions",
    )
    at = models.DateTimeField(_("at"))
    remark = models.TextField(_("remark"), blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["claim_id", "-id"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.claim})"
