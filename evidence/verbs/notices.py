"""Raising and lifting what must show on published pages at once. Which pages show it is the pages' affair."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from evidence.models import Claim, LiveNotice, Study


def raise_on_claim(claim: Claim, kind: LiveNotice.Kind, *, now: datetime) -> bool:
    """Let the notice stand on the claim from `now`; False if it stood already."""
    return _raise(now=now, kind=kind, claim=claim)


def raise_on_study(study: Study, kind: LiveNotice.Kind, *, now: datetime) -> bool:
    """Let the notice stand on the study, on every page that shows it, from `now`; False if it stood already."""
    return _raise(now=now, kind=kind, study=study)


def _raise(*, now: datetime, **subject: Any) -> bool:
    try:
        with transaction.atomic():
            LiveNotice.objects.create(since=now, **subject)
    except IntegrityError:
        # Another worker raised it between our look and our insert: the constraint keeps one, and that is enough.
        return False
    return True


def lift_from_study(study_id: int, kind: LiveNotice.Kind, *, now: datetime) -> bool:
    """End the notice on a study if it stands; False if it did not."""
    return bool(LiveNotice.objects.standing().filter(study_id=study_id, kind=kind).update(until=now))


def lift_from_claim(claim_id: int, kind: LiveNotice.Kind, *, now: datetime) -> bool:
    """End the notice if it stands; False if it did not."""
    return bool(LiveNotice.objects.standing().filter(claim_id=claim_id, kind=kind).update(until=now))


@transaction.atomic
def sweep_overdue_reviews(*, now: datetime) -> int:
    """Make "review overdue" stand on exactly the graded claims whose next check lies behind `now`.

    Returns the number of notices raised or lifted; doing it twice changes nothing more.
    """
    kind = LiveNotice.Kind.REVIEW_OVERDUE
    overdue = set(Claim.objects.review_overdue(now.date()).values_list("pk", flat=True))
    standing = set(LiveNotice.objects.standing().filter(kind=kind).values_list("claim_id", flat=True))
    raised = sum(
        raise_on_claim(claim, kind, now=now) for claim in Claim.objects.filter(pk__in=overdue - standing)
    )
    lifted = sum(lift_from_claim(pk, kind, now=now) for pk in standing - overdue if pk is not None)
    return raised + lifted
