"""Hears evidence's bells. The bell only hurries what the tick would find within half a minute."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from evidence.signals import grade_changed
from newsletter.verbs import voiding


@receiver(grade_changed, dispatch_uid="newsletter.void_what_changed")
def void_what_changed(**_kwargs: Any) -> None:
    """Take back the approval of every issue that states an older grade.

    Robust: the grade is live already, and whoever approved it must not be shown our failure.
    """

    def void() -> None:
        voiding.void_what_changed(now=timezone.now())

    transaction.on_commit(void, robust=True)
