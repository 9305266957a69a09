"""What every tick looks after: composing on Friday, the deadline, the ledger, the dead, rates, ends, and telling.

Each part is safe to do twice and from anywhere: two beats and a cron make one issue and one delivery each.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction

from newsletter import sundays
from newsletter.models import Delivery, Issue, IssueEvent
from newsletter.verbs import (
    composing,
    ledger,
    liveness,
    reaping,
    steering,
    telling,
    throttle,
    trail,
    voiding,
)

State = Issue.State
log = structlog.get_logger(__name__)


def tick(*, now: datetime) -> int:
    """Bring everything to where it should be at `now`; the number of slices of sending to start."""
    with liveness.holding("tick") as mine:
        if mine:
            _look_after(now=now)
    if not Issue.objects.filter(state=State.SENDING).exists():
        return 0
    return settings.NEWSLETTER_SENDERS if connection.vendor == "postgresql" else 1


def _look_after(*, now: datetime) -> None:
    """Do every part. One that fails is written to the log as an error and keeps none of the others from its work."""
    for part in (begin_what_is_due, take_back, compose_if_due, telling.tell_editors):
        try:
            part(now=now)
        except Exception:  # a draft that cannot be composed must not keep the dead from being reaped
            log.exception("part of the tick failed", part=part.__name__)


def begin_what_is_due(*, now: datetime) -> None:
    """Void, close and open what has its hour; nothing is opened where voiding failed."""
    voiding.void_what_changed(now=now)
    miss_the_deadline(now=now)
    for issue in Issue.objects.filter(state=State.APPROVED):
        open_if_due(issue, now=now)


def take_back(*, now: datetime) -> None:
    """Return what the dead, the deferring and the doubtful left to the line, and end what has no line left."""
    reaping.reap(now=now)
    reaping.send_doubtful_again(now=now)
    reaping.return_deferred(now=now)
    reaping.close_erased(now=now)
    throttle.restore(now=now)
    end_what_is_done(now=now)


def compose_if_due(*, now: datetime) -> Issue | None:
    """Compose the coming Sunday's issue from Friday 06:00 UTC on, if nobody has."""
    sunday = sundays.next_sunday(now)
    if now < sundays.composes_at(sunday) or Issue.objects.filter(iso_week=sundays.iso_week(sunday)).exists():
        return None
    return composing.compose(sunday, by=None, now=now)


def miss_the_deadline(*, now: datetime) -> int:
    """Close every draft whose Sunday has begun somewhere: it does not go, and the editors are told."""
    missed = 0
    for issue in Issue.objects.filter(state=State.DRAFT):
        if now < sundays.deadline(issue.sunday):
            continue
        with transaction.atomic():
            if Issue.objects.filter(pk=issue.pk, state=State.DRAFT).update(state=State.MISSED, ended_at=now):
                steering.close_open_rows(issue, now=now)
                trail.note(issue, IssueEvent.Kind.MISSED, by=None, now=now)
                missed += 1
    return missed


def open_if_due(issue: Issue, *, now: datetime) -> bool:
    """Open the ledger of an approved issue before the first Sunday morning; begin when it comes and all is whole."""
    forward = issue.brought_forward_at is not None
    if not forward and now < sundays.opens_at(issue.sunday):
        return False
    if not ledger.open_ledger(issue, now=now):
        return False
    if not forward and now < sundays.deadline(issue.sunday):
        return False
    with transaction.atomic():
        begun = Issue.objects.filter(pk=issue.pk, state=State.APPROVED, audience__isnull=False)
        if not begun.update(state=State.SENDING, began_at=now):
            return False
        trail.note(issue, IssueEvent.Kind.BEGAN, by=None, now=now)
    return True


def end_what_is_done(*, now: datetime) -> int:
    """Mark as sent every issue of which no row is open any more, and close rows of the cancelled ones."""
    for cancelled in Issue.objects.filter(state=State.CANCELLED, audience__isnull=False):
        # A message that was on its way when the issue was cancelled may since have been put off.
        steering.close_open_rows(cancelled, now=now)
    ended = 0
    for issue in Issue.objects.filter(state=State.SENDING):
        if Delivery.objects.filter(issue=issue, state__in=Delivery.OPEN).exists():
            continue
        if reaping.to_be_sent_again().filter(issue=issue).exists():
            continue  # doubted since this tick looked
        with transaction.atomic():
            if Issue.objects.filter(pk=issue.pk, state=State.SENDING).update(state=State.SENT, ended_at=now):
                counts = steering.progress(issue, now=now)["counts"]
                trail.note(issue, IssueEvent.Kind.ENDED, by=None, now=now, counts=counts)
                ended += 1
    return ended
