"""Who touched a claim since its last approval: what four eyes ask, and the writing of events. No decisions here."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from evidence.models import Claim, ClaimEvent, GradeSnapshot


def record(
    claim: Claim,
    kind: ClaimEvent.Kind,
    *,
    by: User | None,
    now: datetime,
    **detail: Any,
) -> ClaimEvent:
    """Add one line to the claim's trail. `by=None` is the clock."""
    event = ClaimEvent(claim=claim, kind=kind, by_id=by.pk if by else None, at=now, detail=detail)
    event.save()
    return event


def contributors(claim: Claim) -> frozenset[int]:
    """Return the ids of everyone who changed a byte of the claim's evidence or texts since its grade last went live.

    Since it went *live*, not since any approval: one that a later edit made void must not wash its authors clean.
    """
    touches = since_release(claim).filter(kind__in=ClaimEvent.TOUCHES, by__isnull=False)
    return frozenset(touches.values_list("by_id", flat=True))


def since_release(claim: Claim) -> QuerySet[ClaimEvent]:
    """Return the claim's events after its grade last went live, all of them where none ever did."""
    released = ClaimEvent.objects.filter(claim=claim, kind=ClaimEvent.Kind.RELEASED).order_by("-id")
    return ClaimEvent.objects.filter(claim=claim, id__gt=Coalesce(Subquery(released.values("id")[:1]), 0))


def untouched_by(snapshots: QuerySet[GradeSnapshot], user: User) -> QuerySet[GradeSnapshot]:
    """Keep the grades that `user` neither proposed nor, since the claim's last release, changed: `contributors` in SQL."""
    released = (
        ClaimEvent.objects.filter(claim=OuterRef("claim"), kind=ClaimEvent.Kind.RELEASED)
        .order_by("-id")
        .values("id")
    )
    touches = ClaimEvent.objects.filter(
        claim=OuterRef("claim"),
        kind__in=ClaimEvent.TOUCHES,
        by=user,
        id__gt=Coalesce(Subquery(released[:1]), 0),
    )
    return snapshots.filter(~Exists(touches)).exclude(proposed_by=user)


def fingerprint(data: Any) -> str:
    """Return the sha256 (hex) of JSON-like data in canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
