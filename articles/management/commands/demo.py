"""`manage.py demo`: load the demonstration's content. Refused outside the embedded mode."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.demonstration.loading import load
from config.refusal import Refused


class Command(BaseCommand):
    help = "Load the demonstration content (EMBEDDED=1 only). Running it again adds only what is missing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say each step as it is done."""
        try:
            for step in load():
                self.stdout.write(f"  demonstration: {step}")
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
