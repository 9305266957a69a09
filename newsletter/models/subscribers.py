"""Who reads the brief, what they agreed to, and who must never be written to again.

An address stands in one column of one row; everything else refers to it by its HMAC (newsletter/keys.py), so
that erasing a person is deleting that row. Changing rows is the business of newsletter/verbs/.
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evidence.models import Claim
from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.claims import LANGUAGE_CHOICES


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Subscribers as sending and the desk ask for them."""

    def active(self) -> Self:
        """Those who confirmed and have not left."""
        return self.filter(state=Subscriber.State.ACTIVE)

    def reachable(self) -> Self:
        """The audience: active, and nothing forbids writing to them."""
        barred = Suppression.objects.filter(address_key=OuterRef("address_key"))
        return self.active().filter(~Exists(barred))

    def unconfirmed_since(self, moment: datetime) -> Self:
        """Those who asked before `moment` and never confirmed."""
        return self.filter(state=Subscriber.State.PENDING, asked_at__lt=moment)


class Subscriber(models.Model):
    """One address and its preferences. `str()` never shows the address: logs and the desk's history keep it."""

    class State(models.TextChoices):
        """Where a person stands with us."""

        PENDING = "pending", _("Asked, not confirmed")
        ACTIVE = "active", _("Subscribed")
        LEFT = "left", _("Left")

    address = models.EmailField(pgettext_lazy("of a reader", "address"), max_length=254)
    address_key = models.CharField(_("HMAC of the address"), max_length=64, unique=True)
    domain = models.CharField(_("receiving domain"), max_length=253)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGE_CHOICES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    plain = models.BooleanField(_("plain text only"), default=False)
    followed = models.ManyToManyField(
        Claim, verbose_name=_("claims followed"), related_name="+", through="Following"
    )
    asked_at = models.DateTimeField(_("asked"))
    confirmation_sent_at = models.DateTimeField(_("confirmation mailed"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "id"], name="subscriber_audience_idx"),
            models.Index(fields=["state", "time_zone"], name="subscriber_zone_idx"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Following(models.Model):
    """A claim somebody follows. It says something about their health: no page of the desk shows it by person."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="followings")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "claim"], name="following_once")]

    def __str__(self) -> str:
        return f"{self.pk}"


class ConsentQuerySet(AppendOnlyQuerySet):
    """Consent is added and read. The two changes the law asks for have names of their own."""

    def shorten_addresses(self, before: datetime) -> int:
        """Blank the full network address of events older than `before`; the shortened one stays."""
        return models.QuerySet.update(self.filter(at__lt=before).exclude(ip=""), ip="")

    def erase(self, subscriber_id: int) -> int:
        """Delete what one person agreed to, at that person's own wish."""
        return models.QuerySet.delete(self.filter(subscriber_id=subscriber_id))[0]


class ConsentEvent(AppendOnly):
    """One act of consent or its withdrawal: what text was shown, when, from where. Append-only."""

    class Kind(models.TextChoices):
        """What the person did, or what was stated on their behalf."""

        ASKED = "asked", _("Asked for the brief")
        CONFIRMED = "confirmed", _("Confirmed by the link")
        IMPORTED = "imported", _("Imported with a stated origin")
        CHANGED = "changed", _("Changed preferences")
        LEFT = "left", _("Left")

    subscriber = models.ForeignKey(
        Subscriber, verbose_name=_("subscriber"), on_delete=models.CASCADE, related_name="consents"
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    wording = models.TextField(_("text shown, or origin stated"), blank=True)
    source = models.CharField(
        _("from where"), max_length=40, help_text=_("The form, link or import it came by.")
    )
    ip = models.CharField(_("network address"), max_length=45, blank=True)
    ip_range = models.CharField(_("network range"), max_length=49, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("imported by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["subscriber_id", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.subscriber})"


class Suppression(models.Model):
    """An address that must not be written to, known by its HMAC alone. It outlives the subscriber."""

    class Reason(models.TextChoices):
        """Why."""

        BOUNCED = "bounced", _("The address does not exist")
        SOFT_BOUNCES = "soft_bounces", _("Kept failing")
        COMPLAINED = "complained", _("Reported as spam")
        ERASED = "erased", _("Erased at their own wish")
        BY_HAND = "by_hand", _("By the desk")

    address_key = models.CharField(_("HMAC of the address"), max_length=64, unique=True)
    reason = models.CharField(_("why"), max_length=14, choices=Reason.choices)
    at = models.DateTimeField(_("since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.at:%Y-%m-%d}"


class Knock(models.Model):
    """One request that counts against a limit: an HMAC of the network range or address, and when. Kept a day."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="knock_key_idx")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class SubscriberExport(AppendOnly):
    """One export of subscribers from the desk: who, when, why, how many rows. Append-only."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"))
    rows = models.PositiveIntegerField(_("rows"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of subscribers")
        verbose_name_plural = _("exports of subscribers")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
