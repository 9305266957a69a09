"""`manage.py mailbox`: take the site's mails by SMTP and keep them in var/mailbox/. Refused outside the embedded mode."""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsletter.mailbox.sink import HOST, sink


class Command(BaseCommand):
    help = "The demonstration's mailbox (EMBEDDED=1 only): SMTP on 127.0.0.1 at the port the site sends to, until SIGTERM."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **options: Any) -> None:
        """Listen until told to stop."""
        if not settings.EMBEDDED:
            raise CommandError(
                "This mailbox is for the demonstration only. Set EMAIL_URL to a relay instead."
            )
        # aiosmtpd tells each conversation line by line, addresses included.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        told_to_stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: told_to_stop.set())
        server = sink(settings.EMAIL_PORT)
        try:
            server.start()
        except OSError as reason:
            raise CommandError(
                f"Port {settings.EMAIL_PORT} is taken by another program. Give another one: MAILBOX_PORT=…"
            ) from reason
        if options["verbosity"]:
            self.stdout.write(f"Every mail of the site arrives here: {HOST}:{settings.EMAIL_PORT}")
        told_to_stop.wait()
        server.stop()
