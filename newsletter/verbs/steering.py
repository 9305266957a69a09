"""Steering a send by hand: pause, resume, cancel, settle what is in doubt, and how far it is.

Starting by the clock is ticking.py's; who approved what is approval.py's.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from newsletter.models import Delivery, Issue, IssueEvent, ReceivingDomain
from newsletter.verbs import approval, trail

State = Issue.State
Kind = IssueEvent.Kind
RATE_OVER = timedelta(minutes=5)
TELL_AGAIN_AFTER = timedelta(hours=1)


@transaction.atomic
def pause(issue: Issue, *, by: User | None, now: datetime, remark: str = "") -> None:
    """Stop a send within one message a sender; `by` is None where the clock stops it. Needs STEER_SEND."""
    if by is not None:
        require(by, Action.STEER_SEND)
    _require_no_address(remark)
    _move(issue, {State.SENDING}, State.PAUSED)
    trail.note(issue, Kind.PAUSED, by=by, now=now, remark=remark)


@transaction.atomic
def resume(issue: Issue, *, by: User, now: datetime) -> None:
    """Go on with what was approved. Refused while something was changed that nobody approved yet."""
    require(by, Action.STEER_SEND)
    if issue.state == State.PAUSED and approval.needs_revision(issue):
        raise Refused(
            "not_approved",
            _("The issue was changed while it was paused: let a second person approve the revision first."),
        )
    _move(issue, {State.PAUSED}, State.SENDING)
    trail.note(issue, Kind.RESUMED, by=by, now=now)


@transaction.atomic
def cancel(issue: Issue, *, by: User, now: datetime, remark: str) -> None:
    """End an issue for good: whoever has not got it will not. Asks for a remark, since it cannot be taken back."""
    require(by, Action.STEER_SEND)
    if not remark.strip():
        raise Refused("remark", _("Say in a remark why it is cancelled: subscribers may ask."))
    _require_no_address(remark)
    _move(issue, {State.DRAFT, State.APPROVED, State.SENDING, State.PAUSED}, State.CANCELLED, ended_at=now)
    close_open_rows(issue, now=now)
    trail.note(issue, Kind.CANCELLED, by=by, now=now, remark=remark)


def close_open_rows(issue: Issue, *, now: datetime) -> int:
    """Mark as cancelled what was not begun; what is being sent at this moment ends as it ends."""
    waiting = Delivery.objects.filter(
        issue=issue,
        state__in=[Delivery.State.PENDING, Delivery.State.DEFERRED, Delivery.State.CLAIMED],
    )
    return waiting.update(state=Delivery.State.CANCELLED, ended_at=now)


@transaction.atomic
def settle(delivery: Delivery, *, by: User, now: datetime, arrived: bool) -> None:
    """Decide for one doubtful delivery whether it arrived or goes once more. Needs STEER_SEND."""
    require(by, Action.STEER_SEND)
    doubtful = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.AMBIGUOUS)
    if arrived:
        moved = doubtful.update(state=Delivery.State.SENT)
    else:
        reachable = doubtful.filter(subscriber__isnull=False)
        moved = reachable.update(state=Delivery.State.PENDING, due_at=now, ended_at=None)
    if not moved:
        raise Refused(
            "not_doubtful",
            _(
                "This delivery is no longer in doubt, or its reader was erased: look again at what became of it."
            ),
        )
    if not arrived and delivery.issue.state == State.SENT:
        _move(delivery.issue, {State.SENT}, State.SENDING, ended_at=None)
    trail.note(delivery.issue, Kind.SETTLED, by=by, now=now, delivery=delivery.pk, arrived=arrived)


@transaction.atomic
def resume_domain(domain: ReceivingDomain, *, by: User, now: datetime) -> None:
    """Write to a paused domain again; what it refused before no longer counts. Needs STEER_SEND."""
    require(by, Action.STEER_SEND)
    if not ReceivingDomain.objects.filter(pk=domain.pk, paused_at__isnull=False).update(
        paused_at=None, resumed_at=now
    ):
        raise Refused("not_paused", _("%(domain)s is not paused.") % {"domain": domain.domain})
    for issue in Issue.objects.under_way():
        trail.note(issue, Kind.DOMAIN_RESUMED, by=by, now=now, domain=domain.domain)


@transaction.atomic
def bring_forward(issue: Issue, *, by: User, now: datetime) -> None:
    """Let Sunday morning come now. The demonstration's alone: real readers get their brief on Sunday."""
    require(by, Action.STEER_SEND)
    if not settings.EMBEDDED:
        raise Refused("not_embedded", _("Only the demonstration can bring Sunday forward."))
    moved = Issue.objects.filter(
        pk=issue.pk, state__in=[State.APPROVED, State.SENDING], brought_forward_at=None
    ).update(brought_forward_at=now)
    if not moved:
        raise Refused("state", _("Only an approved issue can be brought forward, and only once."))
    waiting = Delivery.objects.filter(issue=issue, state=Delivery.State.PENDING, due_at__gt=now)
    waiting.update(due_at=now)
    trail.note(issue, Kind.BROUGHT_FORWARD, by=by, now=now)


def progress(issue: Issue, *, now: datetime) -> dict[str, Any]:
    """Return how far a send is: counts by state (they add up to the audience), messages a minute, next and last due."""
    rows = Delivery.objects.filter(issue=issue).order_by()
    counts = dict.fromkeys(Delivery.State.values, 0)
    counts |= dict(rows.values_list("state").annotate(number=Count("id")))
    since = now - RATE_OVER
    recent = rows.filter(state=Delivery.State.SENT, ended_at__gt=since).count()
    waiting = rows.filter(state__in=[Delivery.State.PENDING, Delivery.State.DEFERRED])
    due = waiting.aggregate(first=Min("due_at"), last=Max("due_at"))
    return {
        "counts": counts,
        "total": sum(counts.values()),
        "audience": issue.audience,
        "per_minute": recent / (RATE_OVER.total_seconds() / 60),
        "first_due": due["first"],
        "last_due": due["last"],
    }


def _require_no_address(remark: str) -> None:
    """The trail is kept for good, and a reader's wish to be erased must reach every place their address stands in."""
    if "@" in remark:
        raise Refused("remark", _("Leave addresses out of the remark: it is kept for good."))


def _move(issue: Issue, before: Collection[str], after: State, **values: Any) -> None:
    """Move an issue's state if it is where the act begins; Refused, saying where it is, if not."""
    if not Issue.objects.filter(pk=issue.pk, state__in=list(before)).update(state=after, **values):
        issue.refresh_from_db()
        raise Refused(
            "state",
            _("The issue is “%(state)s” now, and this cannot be done to it any more.")
            % {"state": issue.get_state_display()},
        )
    issue.refresh_from_db()
