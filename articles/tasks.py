"""What a worker does for articles: each task loads, calls one verb and returns."""

from celery import shared_task
from django.utils import timezone

from articles.verbs import notices, works_shown


@shared_task
def sweep_superseded_grades(claim_id: int | None = None) -> int:
    """Flag every live Radar row pinned to an older grade; with `claim_id`, of that claim alone."""
    return notices.flag_superseded_grades(claim_id=claim_id, now=timezone.now())


@shared_task
def check_works_shown() -> int:
    """Have every work on a live page checked again that was not checked today."""
    return works_shown.check_daily(now=timezone.now())
