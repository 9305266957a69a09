"""What workers do for the brief: each task calls one verb and returns. The ledger remembers; the queue only rings."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from newsletter.smtp import Relay
from newsletter.verbs import importing, privacy, sending, stopping, subscription, ticking


@shared_task
def tick() -> int:
    """Look after everything that has its hour, and start as many slices as there may be senders."""
    wanted = ticking.tick(now=timezone.now())
    for _slice in range(wanted):
        send_slice.apply_async(expires=60)
    return wanted


@shared_task
def send_slice() -> int:
    """Send for at most a minute; the number of messages sent."""
    with stopping.until_told() as told_to_stop:
        return sending.run_slice(
            relay=Relay.from_settings(),
            clock=timezone.now,
            told_to_stop=told_to_stop,
            seconds=settings.NEWSLETTER_SLICE_SECONDS,
        )


@shared_task
def send_letter(letter: str, subscriber_id: int, language: str) -> bool:
    """Write a confirmation, or a link to the preferences, to a reader; nobody bears the number of an unknown address."""
    return subscription.send_letter(letter, subscriber_id, language=language, now=timezone.now())


@shared_task
def forget() -> int:
    """Purge who never confirmed, shorten network addresses, forget counted requests and uploads left lying."""
    now = timezone.now()
    return (
        privacy.purge_unconfirmed(now=now)
        + privacy.shorten_network_addresses(now=now)
        + privacy.forget_knocks(now=now)
        + importing.forget_abandoned_uploads(now=now)
    )
