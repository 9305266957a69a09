"""What mail services tell us at /anymail/: their events in our words. What follows is decided in verbs/bounces.py.

Anymail checks the secret of every request where one is set. Where none is set it would let anybody speak, so that
these receivers refuse them all.
"""

import hashlib
import json
import re
from typing import Any

from anymail.signals import (
    AnymailInboundEvent,
    AnymailTrackingEvent,
    EventType,
    RejectReason,
    inbound,
    tracking,
)
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.utils import timezone

from newsletter import reports
from newsletter.verbs import bounces
from newsletter.verbs.bounces import What

# What is not here changes nothing: a delay is not yet a failure, an opening is nobody's business.
MEANS = {
    EventType.DELIVERED: What.DELIVERED,
    EventType.BOUNCED: What.BOUNCED,
    EventType.REJECTED: What.BOUNCED,
    EventType.FAILED: What.BOUNCED,
    EventType.COMPLAINED: What.COMPLAINED,
    EventType.UNSUBSCRIBED: What.UNSUBSCRIBED,
}
GAVE_UP = "4.4.7"  # RFC 3463: delivery time expired


@receiver(tracking, dispatch_uid="newsletter.take_tracking")
def take_tracking(*, event: AnymailTrackingEvent, esp_name: str, **_kwargs: Any) -> None:
    """Act on what became of a message we sent."""
    _require_secret()
    what = MEANS.get(event.event_type)
    if what is not None and event.recipient:
        bounces.take_event(_event(what, event, esp_name), now=timezone.now())


@receiver(inbound, dispatch_uid="newsletter.take_inbound")
def take_inbound(*, event: AnymailInboundEvent, **_kwargs: Any) -> None:
    """Read a message that a mail service took in for the bounce domain, as newsletter_inbound would."""
    _require_secret()
    if event.message is not None:
        report = reports.read(event.message.as_bytes(), event.message.envelope_recipient or "")
        bounces.take(report, now=timezone.now())


def _require_secret() -> None:
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise PermissionDenied("ANYMAIL_WEBHOOK_SECRET is not set, so that no mail service may report.")


def _event(what: What, event: AnymailTrackingEvent, service: str) -> bounces.Event:
    status = ""
    if what is What.BOUNCED:
        gave_up = GAVE_UP if event.reject_reason == RejectReason.TIMED_OUT else ""
        status = reports.status_in(f"{event.mta_response or ''} {event.description or ''}") or gave_up
    # One event of a service may concern several recipients, so that the caller adds whom it is about.
    named = event.event_id or f"{event.message_id} {event.timestamp}"
    name = hashlib.sha256(f"{service} {named}".encode()).hexdigest()
    return bounces.Event(what, name, event.recipient, _ours(event), status)


def _ours(event: AnymailTrackingEvent) -> frozenset[str]:
    """Return the Message-IDs of our form anywhere in an event: every service puts them somewhere else."""
    form = rf"\b[0-9a-f]{{32}}@{re.escape(settings.NEWSLETTER_DOMAIN)}"
    said = f"{event.message_id} {json.dumps(event.esp_event, default=str)}"
    return frozenset(f"<{found}>" for found in re.findall(form, said))
