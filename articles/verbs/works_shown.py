"""Which works readers see today, so that they are checked every day. Checking is evidence's."""

from datetime import datetime, timedelta

from django.db.models import Q

from articles.models import Edition
from evidence.models import GradeSnapshot, Study
from evidence.verbs import verifying

EVERY = timedelta(hours=23)  # the sweep runs once a day, and not to the second


def check_daily(*, now: datetime) -> int:
    """Bring forward the check of every work on a live page that was not checked today; return how many."""
    live = Q(editions__in=Edition.objects.live()) | Q(grades__in=GradeSnapshot.objects.current())
    shown = Study.objects.filter(live).values_list("pk", flat=True).distinct()
    return verifying.make_due(shown, checked_before=now - EVERY, now=now)
