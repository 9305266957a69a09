"""`manage.py replay_grades`: recompute every stored verdict with its own engine version; fail on the first difference."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evidence.models import GradeSnapshot
from evidence.verbs import grading

EVERY = 2.0  # seconds between two lines of progress


class Command(BaseCommand):
    help = "Recompute every stored verdict with its own engine version and fail on the first differing byte."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Replay with progress."""
        total = GradeSnapshot.objects.count()
        held, told = 0, time.monotonic()
        try:
            for _snapshot in grading.replay_each():
                held += 1
                if time.monotonic() - told > EVERY:
                    told = time.monotonic()
                    self.stdout.write(f"  {held} of {total} hold")
        except grading.ReplayMismatchError as difference:
            raise CommandError(f"After {held} that held: {difference}") from difference
        self.stdout.write(f"{held} of {total} stored verdicts recomputed, every byte the same.")
