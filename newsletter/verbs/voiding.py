"""Taking an approval back when what the issue states has changed: a regrade, a retraction, an article withdrawn.

An issue being sent cannot be taken back; its editors are told, once for each thing, and may pause and revise it.
"""

from datetime import datetime

from django.db import transaction

from newsletter.models import Issue, IssueEvent
from newsletter.verbs import drafting, stating, trail
from newsletter.verbs.stating import Change

State = Issue.State
Kind = IssueEvent.Kind


def void_what_changed(*, now: datetime) -> int:
    """Hold every approved issue, and every one under way, against what readers see today; the events written.

    Doing it twice writes nothing more. Called by the tick and by evidence's bell: the bell only hurries.
    """
    approved = Issue.objects.filter(state=State.APPROVED)
    return sum(_void(issue, now=now) for issue in approved) + sum(
        _tell(issue, now=now) for issue in Issue.objects.under_way()
    )


@transaction.atomic
def _void(issue: Issue, *, now: datetime) -> int:
    if not drafting.hold(issue, {State.APPROVED}):
        return 0
    changes = _changes(issue)
    if not changes:
        return 0
    said = " ".join(dict.fromkeys(change.said for change in changes))
    drafting.void(issue, by=None, now=now, remark=said, changed=[change.detail() for change in changes])
    return 1


@transaction.atomic
def _tell(issue: Issue, *, now: datetime) -> int:
    if not drafting.hold(issue, {State.SENDING, State.PAUSED}):
        return 0
    told = 0
    for thing, change in {_thing(change): change for change in _changes(issue)}.items():
        if issue.events.filter(kind=Kind.STATED_CHANGED, detail__thing=thing).exists():
            continue
        trail.note(
            issue, Kind.STATED_CHANGED, by=None, now=now, remark=change.said, thing=thing, **change.detail()
        )
        told += 1
    return told


def _changes(issue: Issue) -> list[Change]:
    live = issue.live_revision
    return stating.changes(issue, approved_at=live.approved_at) if live else []


def _thing(change: Change) -> str:
    """Name one change, so that it is told once though several lines state it, and a further regrade is told again."""
    return f"{change.what} {change.of} {change.snapshot or change.new}"
