"""The claims of one hub as they stand today, from current snapshots, approved texts and live notices."""

import json
from dataclasses import dataclass

from articles.views.changes import statements
from articles.views.frame import Worded
from articles.views.standing import standing
from evidence.citations import counted
from evidence.flags import flags
from evidence.models import GradeSnapshot


@dataclass(frozen=True)
class HubClaim:
    """One graded claim of a hub."""

    code: str
    slug: str
    statement: Worded
    grade: str
    cites: int
    year: int | None
    flags: tuple[str, ...]


def claims_of(topic: str) -> list[HubClaim]:
    """Return the hub's graded claims with an approved text, ordered by code."""
    snapshots = list(
        GradeSnapshot.objects.current()
        .filter(claim__topic=topic)
        .select_related("claim")
        .order_by("claim__code")
    )
    said = statements([snapshot.claim_id for snapshot in snapshots])
    today = standing([snapshot.claim.code for snapshot in snapshots])
    return [
        HubClaim(
            snapshot.claim.code,
            snapshot.claim.slug,
            said[snapshot.claim_id],
            snapshot.reader_grade,
            *counted(snapshot.exhibits),
            flags=(*_flags(snapshot), *today.notices(snapshot.claim.code)),
        )
        for snapshot in snapshots
        if snapshot.claim_id in said
    ]


def _flags(snapshot: GradeSnapshot) -> list[str]:
    return flags(json.loads(snapshot.verdict_json), json.loads(snapshot.dossier_json))
