"""`manage.py demo_brief`: load the demonstration's readers and its coming issue. Refused outside the embedded mode."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.refusal import Refused
from newsletter.demonstration.loading import load
from newsletter.mailbox.sink import HOST, sink


class Command(BaseCommand):
    help = "Load the brief's demonstration (EMBEDDED=1 only), after “demo”. Running it again adds only what is missing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say each step as it is done."""
        try:
            with _mails_taken():
                for step in load(now=timezone.now()):
                    self.stdout.write(f"  {step}")
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal


@contextmanager
def _mails_taken() -> Iterator[None]:
    """Take what is mailed meanwhile: `make run` starts its mailbox only when everything is loaded."""
    if settings.EMAIL_HOST != HOST:
        raise CommandError("The demonstration's mails stay on this machine. Unset EMAIL_URL.")
    # aiosmtpd tells each conversation line by line, addresses included.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    server = sink(settings.EMAIL_PORT)
    try:
        server.start()
    except OSError:
        yield  # the mailbox is up
        return
    try:
        yield
    finally:
        server.stop()
