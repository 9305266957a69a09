"""The ledger: one row per issue and subscriber, and what sending knows of receiving domains. Never deleted.

The statements that move rows are in newsletter/verbs/ (ledger, claiming, stepping, reaping): a state is never
set by `save()`, only by a conditional UPDATE that names the state it comes from.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.models.issues import Issue, Revision
from newsletter.models.subscribers import Subscriber


class Delivery(models.Model):
    """What became of one issue for one person. The address is blank once that person was erased."""

    class State(models.TextChoices):
        """The states of brief.md; every row is in exactly one, so they add up to the audience."""

        PENDING = "pending", _("Waiting")
        CLAIMED = "claimed", _("In a sender's hands")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DEFERRED = "deferred", _("Put off by the receiver")
        FAILED = "failed", pgettext_lazy("of a delivery", "Refused")
        AMBIGUOUS = "ambiguous", _("Perhaps sent")
        SUPPRESSED = "suppressed", _("Not to be written to")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Given up after a day")

    OPEN = (State.PENDING, State.CLAIMED, State.SENDING, State.DEFERRED)

    # The unique constraint begins with the issue, so that an index of its own would only slow the opening.
    issue = models.ForeignKey(
        Issue,
        verbose_name=_("issue"),
        on_delete=models.PROTECT,
        related_name="deliveries",
        db_index=False,
    )
    subscriber = models.ForeignKey(
        Subscriber,
        verbose_name=_("subscriber"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deliveries",
    )
    address = models.CharField(pgettext_lazy("of a reader", "address"), max_length=254)
    domain = models.CharField(_("receiving domain"), max_length=253)
    revision = models.ForeignKey(
        Revision,
        verbose_name=_("revision"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    language = models.CharField(_("language"), max_length=8)
    plain = models.BooleanField(_("plain text only"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    send_after = models.DateTimeField(_("Sunday 07:00 there"))
    due_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    doubts = models.PositiveSmallIntegerField(
        _("times in doubt"), default=0, help_text=_("How often it could not be known whether it arrived.")
    )
    worker = models.CharField(_("sender"), max_length=80, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, blank=True)
    smtp_phase = models.CharField(_("phase"), max_length=8, blank=True)
    smtp_code = models.PositiveSmallIntegerField(_("SMTP code"), null=True, blank=True)
    smtp_reply = models.CharField(_("SMTP reply"), max_length=500, blank=True)
    began_at = models.DateTimeField(_("last begun"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["issue", "due_at", "id"],
                name="delivery_due_idx",
                condition=models.Q(state="pending"),
            ),
            models.Index(
                fields=["worker"],
                name="delivery_in_hand_idx",
                condition=models.Q(state__in=["claimed", "sending", "ambiguous"]),
            ),
            models.Index(fields=["issue", "state"], name="delivery_state_idx"),
            models.Index(
                fields=["domain", "-ended_at"],
                name="delivery_domain_idx",
                condition=models.Q(state__in=["sent", "failed"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["issue", "subscriber"], name="delivery_once"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["claimed", "sending"]) | ~models.Q(worker=""),
                name="delivery_in_hand_has_a_worker",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class IssueZone(models.Model):
    """When Sunday 07:00 comes in one time zone for one issue."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="zones")
    time_zone = models.CharField(_("time zone"), max_length=64)
    send_after = models.DateTimeField(_("Sunday 07:00 there"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "time_zone"], name="issue_zone_once")]

    def __str__(self) -> str:
        return f"{self.time_zone}"


class ReceivingDomain(models.Model):
    """How fast one receiving domain is written to, and whether at all. Made when it first matters."""

    domain = models.CharField(_("receiving domain"), max_length=253, unique=True)
    per_minute = models.FloatField(
        _("messages a minute"), help_text=_("Halved on 421 and 4.7.x, restored hourly.")
    )
    free_at = models.DateTimeField(_("next may go"))
    slowed_at = models.DateTimeField(_("slowed"), null=True, blank=True)
    restored_at = models.DateTimeField(_("last restored"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    resumed_at = models.DateTimeField(
        _("resumed"), null=True, blank=True, help_text=_("Refusals before this no longer count.")
    )

    class Meta:
        verbose_name = _("receiving domain")
        verbose_name_plural = _("receiving domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain


class InboundEvent(models.Model):
    """One report from outside, taken once: a bounce, a complaint, an unsubscribe, an ESP's event."""

    key = models.CharField(
        _("key"), max_length=64, unique=True, help_text=_("SHA-256 of what names the event.")
    )
    kind = models.CharField(_("what"), max_length=16)
    at = models.DateTimeField(_("at"))
    delivery = models.ForeignKey(
        Delivery,
        verbose_name=_("delivery"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    status = models.CharField(_("status code"), max_length=12, blank=True)
    acted = models.BooleanField(_("acted upon"), default=False)

    class Meta:
        verbose_name = _("report from outside")
        verbose_name_plural = _("reports from outside")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class BounceDay(models.Model):
    """A day on which mail to somebody failed for a passing reason: half a point each, three points suppress."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="bounce_days")
    day = models.DateField(_("day"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "day"], name="bounce_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"
