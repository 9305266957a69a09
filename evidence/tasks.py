"""What a worker does for evidence: each task loads, calls one verb and returns."""

from celery import shared_task
from django.utils import timezone

from evidence.verbs import grading, notices, overriding, regrading


@shared_task
def sweep_overdue_reviews() -> int:
    """Raise or lift "review overdue" on every graded claim, as its next check lies behind us or ahead."""
    return notices.sweep_overdue_reviews(now=timezone.now())


@shared_task
def replay_grades() -> int:
    """Recompute every stored verdict with its own engine version; fail on the first difference."""
    return grading.replay_all()


@shared_task
def propose_for_coding() -> int:
    """Propose a regrade of every graded claim whose coding changed and has come to rest."""
    return len(regrading.propose_for_coding(now=timezone.now()))


@shared_task
def sweep_overrides() -> int:
    """End every override whose day has come or whose evidence changed."""
    return overriding.sweep(now=timezone.now())
