"""`manage.py demo`: load the demonstration's content. Refused outside the embedded mode."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.demonstration.loading import load
from articles.demonstration.people import PASSWORD, SIGN_INS
from config.refusal import Refused


class Command(BaseCommand):
    help = "Load the demonstration content (EMBEDDED=1 only). Running it again adds only what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --sign-ins."""
        parser.add_argument("--sign-ins", action="store_true", help="Only list who can sign in.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say each step as it is done."""
        if options["sign_ins"]:
            self._list_sign_ins()
            return
        try:
            for step in load():
                self.stdout.write(f"  {step}")
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list_sign_ins(self) -> None:
        width = max(len(sign_in.username) for sign_in in SIGN_INS)
        self.stdout.write(f"  Sign in with the password {PASSWORD} as")
        for sign_in in SIGN_INS:
            self.stdout.write(f"    {sign_in.username:<{width}}   {sign_in.role.value.replace('_', ' ')}")
