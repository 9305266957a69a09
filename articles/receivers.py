"""Hears evidence's bells. The bell only hurries what the sweep in tasks.py would find anyway."""

from typing import Any

from django.dispatch import receiver

from articles import tasks
from evidence.signals import grade_changed


@receiver(grade_changed, dispatch_uid="articles.ring_the_radars")
def ring_the_radars(*, claim_id: int, **_kwargs: Any) -> None:
    """Ask a worker to flag every Radar that shows the claim's older grade."""
    tasks.sweep_superseded_grades.delay(claim_id)
