"""`manage.py newsletter_tick`: one tick and one slice of sending, for a cron where no worker runs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from newsletter.smtp import Relay
from newsletter.verbs import sending, stopping, ticking


class Command(BaseCommand):
    help = (
        "Look after the Sunday brief: compose, deadline, ledger, what the dead left behind. Then send for at most "
        "a minute. Any number at once, beside beat and workers, do no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --no-send."""
        parser.add_argument(
            "--no-send", action="store_true", help="Only look after it; leave sending to workers."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tick, send, and say how many went."""
        wanted = ticking.tick(now=timezone.now())
        if not wanted:
            self.stdout.write("Nothing is being sent now.")
            return
        if options["no_send"]:
            self.stdout.write(f"An issue is being sent; {wanted} senders may work on it.")
            return
        with stopping.until_told() as told_to_stop:
            sent = sending.run_slice(
                relay=Relay.from_settings(),
                clock=timezone.now,
                told_to_stop=told_to_stop,
                seconds=settings.NEWSLETTER_SLICE_SECONDS,
            )
        self.stdout.write(f"{sent} messages sent.")
