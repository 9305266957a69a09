"""Issues of the brief: what is being composed, and what was approved, frozen to the byte.

Composing lives in newsletter/verbs/composing.py, approving in approval.py, the bytes in newsletter/messages.py.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Edition
from evidence.models import Claim, GradeSnapshot, Study
from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.claims import LANGUAGE_CHOICES


class IssueQuerySet(models.QuerySet["Issue"]):
    """Issues as the desk, the tick and the archive ask for them."""

    def went(self) -> Self:
        """Those that were sent, wholly or in part: what the archive shows and what the next cut begins after."""
        return self.filter(began_at__isnull=False, live_revision__isnull=False)

    def composing(self) -> Self:
        """Those somebody may still work on before Sunday."""
        return self.filter(state__in=[Issue.State.DRAFT, Issue.State.APPROVED])

    def under_way(self) -> Self:
        """Those whose ledger is being worked through, or rests."""
        return self.filter(state__in=[Issue.State.SENDING, Issue.State.PAUSED])


class Issue(models.Model):
    """One Sunday's brief. One a week, whoever composes it and however often."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")
        MISSED = "missed", _("Not approved in time")
        EMPTY = "empty", _("Nothing changed that week")

    iso_week = models.CharField(_("week"), max_length=8, unique=True, help_text=_("ISO 8601: 2026-W48."))
    sunday = models.DateField(_("Sunday"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    cut_from = models.DateTimeField(_("covers from"))
    cut_until = models.DateTimeField(_("covers until"))
    composed_at = models.DateTimeField(_("composed"))
    live_revision = models.ForeignKey(
        "Revision",
        verbose_name=_("approved revision"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    ledger_through = models.BigIntegerField(
        _("ledger filled through subscriber"), default=0, help_text=_("Where opening goes on after a stop.")
    )
    ledger_until = models.BigIntegerField(_("last subscriber of the audience"), null=True, blank=True)
    audience = models.PositiveIntegerField(
        _("audience"),
        null=True,
        blank=True,
        help_text=_("Rows in the ledger; empty while it is being filled."),
    )
    brought_forward_at = models.DateTimeField(
        _("brought forward"), null=True, blank=True, help_text=_("Demonstration only: sent without waiting.")
    )
    began_at = models.DateTimeField(_("sending since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-sunday"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "sending"])
                | models.Q(live_revision__isnull=False),
                name="issue_sends_only_what_was_approved",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["sending", "sent"]) | models.Q(audience__isnull=False),
                name="issue_sends_only_a_whole_ledger",
            ),
        ]

    def __str__(self) -> str:
        return self.iso_week


class IssueText(models.Model):
    """An issue's own words in one language: subject, opening, and the erratum of a later revision."""

    issue = models.ForeignKey(Issue, verbose_name=_("issue"), on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGE_CHOICES)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    opening = models.TextField(
        _("opening"), blank=True, help_text=_("Paragraphs, an empty line between them.")
    )
    erratum = models.TextField(
        _("erratum"), blank=True, help_text=_("For a revision while Sunday is still rolling westwards.")
    )

    class Meta:
        verbose_name = _("words of an issue")
        verbose_name_plural = _("words of an issue")
        constraints = [models.UniqueConstraint(fields=["issue", "language"], name="issue_text_once")]

    def __str__(self) -> str:
        return f"{self.issue} ({self.get_language_display()})"


class IssueLine(models.Model):
    """One line of an issue: what changed, in both languages, with the works it rests on."""

    class Section(models.TextChoices):
        """Where it stands, in this order."""

        CHANGED = "changed", _("What changed")
        NEW = "new", _("New this week")
        HYPE = "hype", _("Hype or signal")

    class Kind(models.TextChoices):
        """What happened."""

        REGRADE = "regrade", _("Regrade")
        RETRACTION = "retraction", _("Retraction")
        CORRECTION = "correction", _("Correction")
        MENDED = "mended", _("Mended reference")
        EDITION = "edition", _("New edition")
        NEW_STUDY = "new_study", _("New study")
        SPOTLIGHT = "spotlight", _("Hype or signal")

    issue = models.ForeignKey(Issue, verbose_name=_("issue"), on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(_("key"), max_length=120, help_text=_("What it is about, once an issue."))
    section = models.CharField(_("section"), max_length=8, choices=Section.choices)
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    dropped = models.BooleanField(_("left out"), default=False)
    text_en = models.TextField(_("line (English)"))
    text_zh_hant = models.TextField(_("line (Chinese)"))
    why_en = models.TextField(_("why (English)"), blank=True)
    why_zh_hant = models.TextField(_("why (Chinese)"), blank=True)
    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    snapshot = models.ForeignKey(
        GradeSnapshot,
        verbose_name=_("grade"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    edition_en = models.ForeignKey(
        Edition,
        verbose_name=_("edition (English)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    edition_zh_hant = models.ForeignKey(
        Edition,
        verbose_name=_("edition (Chinese)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    study = models.ForeignKey(
        Study, verbose_name=_("work"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    works = models.ManyToManyField(Study, verbose_name=_("works cited"), related_name="+")

    class Meta:
        verbose_name = _("line of an issue")
        verbose_name_plural = _("lines of an issue")
        ordering = ["issue_id", "section", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["issue", "key"], name="issue_line_once")]

    def __str__(self) -> str:
        return self.key


class Revision(AppendOnly):
    """What a second person approved: the content in both languages and the hash of every byte it renders to."""

    issue = models.ForeignKey(
        Issue, verbose_name=_("issue"), on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    content = models.JSONField(
        _("content"), help_text=_("By language: texts, sections, lines, references; what the archive shows.")
    )
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("approved by"), on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"))
    claims = models.ManyToManyField(Claim, verbose_name=_("claims stated"), related_name="+")
    studies = models.ManyToManyField(Study, verbose_name=_("works cited"), related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("approved revision")
        verbose_name_plural = _("approved revisions")
        ordering = ["issue_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["issue", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"{self.issue} r{self.number}"


class Rendition(AppendOnly):
    """The bytes of a revision in one language, with or without HTML, its slots still named."""

    revision = models.ForeignKey(
        Revision, verbose_name=_("revision"), on_delete=models.PROTECT, related_name="renditions"
    )
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGE_CHOICES)
    plain = models.BooleanField(_("plain text only"))
    wire = models.BinaryField(
        _("message"), help_text=_("As it goes over SMTP, dots doubled, with named slots.")
    )
    followed = models.JSONField(
        _("lines for those who follow a claim"), default=dict, help_text=_("By claim: encoded for the wire.")
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    html_bytes = models.PositiveIntegerField(_("size of the HTML in bytes"), default=0)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [
            models.UniqueConstraint(fields=["revision", "language", "plain"], name="rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.language}"


class IssueEvent(AppendOnly):
    """What happened to an issue and by whom; empty `by` is the clock. Append-only; four eyes are judged by it."""

    class Kind(models.TextChoices):
        """What was done."""

        COMPOSED = "composed", _("Composed")
        EDITED = "edited", _("Edited")
        TEST_SENT = "test_sent", _("Test sent")
        APPROVED = "approved", _("Approved")
        VOIDED = "voided", _("Approval void")
        STATED_CHANGED = "stated_changed", _("Something it states has changed")
        MISSED = "missed", _("Not approved in time")
        EMPTY = "empty", _("Nothing to send")
        OPENED = "opened", _("Ledger opened")
        BEGAN = "began", _("Sending began")
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Resumed")
        CANCELLED = "cancelled", _("Cancelled")
        BROUGHT_FORWARD = "brought_forward", _("Brought forward")
        DOMAIN_PAUSED = "domain_paused", _("A receiving domain refuses us")
        DOMAIN_RESUMED = "domain_resumed", _("A receiving domain resumed")
        RELAY_REFUSED = "relay_refused", _("The relay refuses us")
        SETTLED = "settled", _("A doubtful delivery settled")
        ENDED = "ended", _("Sent to the end")

    TOUCHES = (Kind.COMPOSED, Kind.EDITED)
    # What the editors are written to about, each once.
    TELLS = (
        Kind.COMPOSED, Kind.VOIDED, Kind.STATED_CHANGED, Kind.MISSED, Kind.EMPTY, Kind.PAUSED, Kind.CANCELLED,
        Kind.DOMAIN_PAUSED, Kind.RELAY_REFUSED, Kind.ENDED,
    )  # fmt: skip

    issue = models.ForeignKey(Issue, verbose_name=_("issue"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=16, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))
    remark = models.TextField(_("remark"), blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an issue")
        verbose_name_plural = _("events of an issue")
        ordering = ["issue_id", "id"]
        indexes = [models.Index(fields=["kind", "id"], name="issue_event_kind_idx")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.issue})"


class Telling(AppendOnly):
    """That the editors were written to about an event: each once, however many ticks ask. Append-only."""

    event = models.OneToOneField(IssueEvent, on_delete=models.PROTECT, related_name="telling")
    at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.event}"
