"""When studies are checked: what is due, taken in batches by whichever worker comes first, asked, concluded.

How an answer is judged is verification.py's.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.rights import Action, require
from evidence.models import Study, Verification
from evidence.verbs import asking, verification

BATCH = 200
# A worker that dies while asking gives its studies back after so long.
LEASE = timedelta(minutes=15)


def check_due(*, now: datetime) -> int:
    """Check the studies whose time has come, 200 at the most; return how many. Two workers never take the same."""
    with transaction.atomic():
        taken = list(Study.objects.due(now).select_for_update(skip_locked=True)[:BATCH])
        Study.objects.filter(pk__in=[study.pk for study in taken]).update(check_after=now + LEASE)
    return len(_check(taken, by=None))


def check(studies: Iterable[Study], *, by: User | None, at: str = "") -> list[Verification]:
    """Check these studies now, whenever their time would have come. `by=None` is the clock, `at` is asking.py's.

    Raises PermissionDenied. May not run inside a transaction: it waits for other people's machines.
    """
    if by is not None:
        require(by, Action.ADD_STUDY)
    found: list[Verification] = []
    waiting = list(studies)
    for begin in range(0, len(waiting), BATCH):
        found += _check(waiting[begin : begin + BATCH], by=by, at=at)
    return found


def make_due(studies: Iterable[int], *, checked_before: datetime, now: datetime) -> int:
    """Bring forward the check of each of these studies that was last checked before then; return how many.

    One that is failing keeps its own pace.
    """
    stale = Study.objects.filter(
        pk__in=list(studies), checked_at__lt=checked_before, failing_since__isnull=True
    )
    return stale.filter(check_after__gt=now).update(check_after=now)


def _check(studies: list[Study], *, by: User | None, at: str = "") -> list[Verification]:
    if not studies:
        return []
    answers = asking.ask(studies, at=at)
    return [verification.conclude(study, answers[study.pk], by=by, now=timezone.now()) for study in studies]
