"""What a worker does for evidence: each task loads, calls one verb and returns."""

from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from evidence.models import Study
from evidence.verbs import (
    grading,
    import_running,
    importing,
    listing,
    notices,
    overriding,
    regrading,
    verifying,
)


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
def check_due() -> int:
    """Ask PubMed and Crossref about the studies whose time has come, 200 at the most."""
    return verifying.check_due(now=timezone.now())


@shared_task
def check_study(pk: int) -> int:
    """Ask about one study now: somebody has just added it, or is waiting before the page."""
    return len(verifying.check(Study.objects.filter(pk=pk), by=None))


def ask_about(study_pk: int) -> None:
    """Ring for a worker once what was written is committed; where no queue answers, the clock comes within a minute."""
    transaction.on_commit(partial(check_study.delay, study_pk), robust=True)


@shared_task
def load_retraction_watch() -> int:
    """Fetch the Retraction Watch list and load it; return its rows."""
    return listing.fetch_and_load(now=timezone.now()).rows


@shared_task
def sweep_overrides() -> int:
    """End every override whose day has come or whose evidence changed."""
    return overriding.sweep(now=timezone.now())


@shared_task
def go_on_with_import(pk: int) -> str:
    """Read an import to its preview, or import what was confirmed; the state it is in now."""
    return import_running.go_on(pk, clock=timezone.now)


@shared_task
def go_on_with_imports() -> int:
    """Send for the imports whose message was lost or whose worker was killed; how many."""
    waiting = importing.unattended(now=timezone.now())
    for pk in waiting:
        go_on_with_import.delay(pk)
    return len(waiting)


@shared_task
def forget_imports() -> int:
    """Drop uploads that nobody confirmed within seven days; how many."""
    return importing.forget(now=timezone.now())
