"""Hears evidence's bells, which only hurry what the tick would find within half a minute, and our own of an erasure."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from evidence.signals import grade_changed
from newsletter.signals import subscriber_erased
from newsletter.verbs import importing, voiding


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
