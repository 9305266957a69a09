"""Taking hold of an issue to change it, and what a change does to its approval. Deciding what changes is elsewhere."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from newsletter import sundays
from newsletter.models import Issue, IssueEvent
from newsletter.verbs import trail

State = Issue.State
Kind = IssueEvent.Kind
OPEN_TO_EDITORS = (State.DRAFT, State.APPROVED, State.PAUSED)


def hold(issue: Issue, states: Collection[Issue.State]) -> bool:
    """Keep everybody else from moving the issue until this transaction ends; False if it is in none of `states`.

    An UPDATE that changes nothing takes the row's lock on PostgreSQL and the only writer's place on SQLite, where
    select_for_update would be ignored. The issue is read again.
    """
    held = Issue.objects.filter(pk=issue.pk, state__in=list(states)).update(state=F("state"))
    issue.refresh_from_db()
    return bool(held)


def hold_to_edit(
    issue: Issue, *, by: User, now: datetime, states: Collection[Issue.State] = OPEN_TO_EDITORS
) -> None:
    """Hold an issue that `by` is about to change. Raises PermissionDenied; Refused, saying what to do instead."""
    require(by, Action.COMPOSE_BRIEF)
    if not hold(issue, states):
        raise Refused("state", _closed(issue))
    if issue.state == State.APPROVED and now >= sundays.deadline(issue.sunday):
        # A change would void an approval that nobody could give again.
        raise Refused(
            "about_to_begin",
            _(
                "The send begins at any moment. Pause it once it has begun, then change it for those still waiting."
            ),
        )


def edited(issue: Issue, *, by: User | None, now: datetime, **detail: Any) -> None:
    """Write that the issue was edited; an approval of what it said before is void from here on."""
    void(issue, by=by, now=now)
    trail.note(issue, Kind.EDITED, by=by, now=now, **detail)


def void(issue: Issue, *, by: User | None, now: datetime, remark: str = "", **detail: Any) -> bool:
    """Take an approved issue back to draft; False where there was no approval to lose.

    A paused issue keeps its live revision, which some readers have: it asks for a further one instead.
    """
    approved = Issue.objects.filter(pk=issue.pk, state=State.APPROVED)
    if not approved.update(state=State.DRAFT, live_revision=None):
        return False
    issue.refresh_from_db()
    trail.note(issue, Kind.VOIDED, by=by, now=now, remark=remark, **detail)
    return True


def require_time(issue: Issue, *, now: datetime) -> None:
    """Raise Refused once Sunday has begun somewhere, unless the send was paused for a revision."""
    if issue.state != State.PAUSED and now >= sundays.deadline(issue.sunday):
        raise Refused(
            "too_late",
            _(
                "It is past Saturday 17:00 UTC, when this Sunday began somewhere: the issue does not go. "
                "Its news comes into the next one by itself."
            ),
        )


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what differs, as an event keeps it: field, old, new."""
    return [
        {"field": name, "old": before[name], "new": value}
        for name, value in after.items()
        if before[name] != value
    ]


def _closed(issue: Issue) -> str:
    """Say why an issue in its state cannot be changed, and the way out."""
    ways = {
        State.SENDING: _("Pause the send first; then it can be changed for those who have not got it."),
        State.EMPTY: _("Nothing changed that week. Refresh the issue to take in what changed since."),
    }
    instead = ways.get(State(issue.state), _("What is to be said now goes into the next issue."))
    said = _("The issue is “%(state)s”, so it cannot be changed.") % {"state": issue.get_state_display()}
    return f"{said} {instead}"
