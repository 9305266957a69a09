"""The trail of an issue: what happened, who touched it since it was last live. Decides nothing."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from newsletter.models import Issue, IssueEvent


def note(
    issue: Issue,
    kind: IssueEvent.Kind,
    *,
    by: User | None,
    now: datetime,
    remark: str = "",
    **detail: Any,
) -> IssueEvent:
    """Write one event; `by` is None where the clock acted. Kinds in TELLS are mailed to the editors by the tick."""
    return IssueEvent.objects.create(issue=issue, kind=kind, by=by, at=now, remark=remark, detail=detail)


def touchers(issue: Issue) -> set[int]:
    """Return who changed the issue since it last went live (decision 0002): none of them may approve it.

    An approval that an edit voided washes nobody clean; only sending begun, or a revision published, does.
    """
    events = issue.events.filter(by__isnull=False, kind__in=IssueEvent.TOUCHES)
    if issue.began_at is not None and issue.live_revision is not None:
        events = events.filter(at__gt=issue.live_revision.approved_at)
    return set(events.values_list("by_id", flat=True))
