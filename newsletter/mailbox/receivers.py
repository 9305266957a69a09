"""What the mailbox does when news comes: it forgets whoever had themselves erased."""

from typing import Any

from django.dispatch import receiver

from newsletter.mailbox import folder
from newsletter.signals import subscriber_erased


@receiver(subscriber_erased, dispatch_uid="mailbox forgets")
def forget(address: str, **_kwargs: Any) -> None:
    """Delete every mail the address stands in."""
    folder.forget(address)
