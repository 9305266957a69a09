"""`manage.py load_retraction_watch [FILE]`: load the Retraction Watch list, from a file or from its address."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.refusal import Refused
from evidence.verbs import listing


class Command(BaseCommand):
    help = "Load the Retraction Watch list (CSV), whole or not at all; what it says something new of is checked next."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a file; without one the list is fetched."""
        parser.add_argument("file", nargs="?", type=Path, help="A CSV file. Left out: RETRACTION_WATCH_URL.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load it and say what came of it."""
        now = timezone.now()
        try:
            loaded = (
                listing.load_file(options["file"], now=now)
                if options["file"]
                else listing.fetch_and_load(now=now)
            )
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{loaded.rows} rows are held now; {loaded.to_check} studies will be checked at once."
        )
        for problem in loaded.problems[:20]:
            self.stdout.write(f"  line {problem.line}: {problem.reason} {problem.way_out}")
        if len(loaded.problems) > 20:
            self.stdout.write(f"  and {len(loaded.problems) - 20} more rows that say nothing usable")
