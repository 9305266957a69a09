"""`manage.py propose_regrades`: after a new engine version, propose a regrade where its verdict is another."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from evidence import engine
from evidence.verbs import regrading


class Command(BaseCommand):
    help = "Propose, by the clock, a regrade of each claim to which the newest engine gives another tier, grade or status."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the reason that each proposal gives, in both languages."""
        parser.add_argument("--reason", required=True, help="why, in English; stands on the grade's page")
        parser.add_argument("--reason-zh", required=True, help="why, in Chinese")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Propose one by one, saying which."""
        proposed = regrading.propose_for_engine(
            now=timezone.now(), reason_en=options["reason"], reason_zh_hant=options["reason_zh"]
        )
        count = 0
        for snapshot in proposed:
            count += 1
            self.stdout.write(f"  {snapshot.claim.code}: {snapshot.reader_grade}, grade {snapshot.number}")
        self.stdout.write(
            f"{count} regrades proposed by engine {engine.NEWEST}. A second person decides on each."
        )
