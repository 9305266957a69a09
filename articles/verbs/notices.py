"""Keeping "regraded" on exactly the claims whose live Radars show an older grade. Raising it first is evidence's."""

from datetime import datetime

from django.db import transaction

from articles.models import Edition
from evidence.models import Claim, GradeSnapshot, LiveNotice
from evidence.verbs import notices

KIND = LiveNotice.Kind.REGRADED


@transaction.atomic
def flag_superseded_grades(*, claim_id: int | None = None, now: datetime) -> int:
    """Let "regraded" stand on a claim while any live edition shows an older grade of it, and lift it afterwards.

    Returns the number of notices raised or lifted; doing it twice changes nothing more.
    """
    showing_older = _claims_shown_with_an_older_grade(claim_id)
    standing = LiveNotice.objects.standing().filter(kind=KIND, claim__isnull=False)
    if claim_id is not None:
        standing = standing.filter(claim_id=claim_id)
    flagged = set(standing.values_list("claim_id", flat=True))
    raised = sum(
        notices.raise_on_claim(claim, KIND, now=now)
        for claim in Claim.objects.filter(pk__in=showing_older - flagged)
    )
    lifted = sum(
        notices.lift_from_claim(pk, KIND, now=now) for pk in flagged - showing_older if pk is not None
    )
    return raised + lifted


def _claims_shown_with_an_older_grade(claim_id: int | None) -> set[int]:
    grades = GradeSnapshot.objects.current().values_list("claim__code", "claim_id", "number")
    if claim_id is not None:
        grades = grades.filter(claim_id=claim_id)
    current = {code: (pk, number) for code, pk, number in grades}
    editions = Edition.objects.live()
    if claim_id is not None:
        editions = editions.filter(claims=claim_id)
    shown = (row for edition in editions.iterator(chunk_size=100) for row in edition.content["claims"])
    return {
        current[row["code"]][0]
        for row in shown
        if row["code"] in current and row["snapshot"] < current[row["code"]][1]
    }
