"""Hears evidence's bells, which only hurry what the tick would find within half a minute, and our own.

Ours ring for a letter that is due, and for an erasure.
"""

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from kombu.exceptions import OperationalError

from evidence.signals import grade_changed
from newsletter import tasks
from newsletter.signals import letter_due, subscriber_erased
from newsletter.verbs import importing, subscription, voiding

log = structlog.get_logger(__name__)


@receiver(grade_changed, dispatch_uid="newsletter.void_what_changed")
def void_what_changed(**_kwargs: Any) -> None:
    """Take back the approval of every issue that states an older grade.

    Robust: the grade is live already, and whoever approved it must not be shown our failure.
    """

    def void() -> None:
        voiding.void_what_changed(now=timezone.now())

    transaction.on_commit(void, robust=True)


@receiver(subscriber_erased, dispatch_uid="newsletter.forget_every_upload")
def forget_every_upload(**_kwargs: Any) -> None:
    """Delete the tables that wait at the desk to be imported."""
    importing.forget_every_upload()


@receiver(letter_due, dispatch_uid="newsletter.have_letter_written")
def have_letter_written(
    *, letter: str, subscriber_id: int, language: str, now: datetime, **_kwargs: Any
) -> None:
    """Ask a worker for it; write it here where no queue answers, since readers wait for it.

    The demonstration, where no address is a secret, writes it before it says that it is on its way.
    """
    if not settings.EMBEDDED:
        try:
            tasks.send_letter.delay(letter, subscriber_id, language)
        except OperationalError as reason:
            log.warning("no queue for letters", reason=type(reason).__name__)
        else:
            return
    subscription.send_letter(letter, subscriber_id, language=language, now=now)
