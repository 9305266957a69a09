"""Taking back what the dead left behind, and what a delay has run out for. Done by every tick; twice does no harm."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from newsletter.models import Delivery, Issue
from newsletter.sundays import GIVES_UP_AFTER
from newsletter.verbs import liveness

State = Delivery.State
RESEND_ONCE = "resend_once"
log = structlog.get_logger(__name__)


def reap(*, now: datetime) -> int:
    """Return the rows of dead senders to where they can be gone on with; the number of rows moved.

    A row that was claimed is simply waiting again. One that was being sent is in doubt: nobody can know whether
    it arrived. A sender that is alive but slow keeps what it is sending; past its lease it loses the rest.
    """
    in_hand = Delivery.objects.filter(state__in=[State.CLAIMED, State.SENDING]).order_by()
    workers = list(in_hand.values_list("worker", flat=True).distinct())
    return sum(_reap_worker(worker, now=now) for worker in workers)


@transaction.atomic
def _reap_worker(worker: str, *, now: datetime) -> int:
    mine = Delivery.objects.filter(worker=worker)
    if not liveness.is_dead(worker):
        late = mine.filter(state=State.CLAIMED, lease_until__lt=now)
        return late.update(state=State.PENDING, worker="", lease_until=None)
    moved = mine.filter(state=State.CLAIMED).update(state=State.PENDING, worker="", lease_until=None)
    # A sender that lost its database and not its life has until then to write down what it knows.
    before = now - timedelta(seconds=settings.NEWSLETTER_GRACE_SECONDS)
    doubtful = mine.filter(state=State.SENDING, began_at__lt=before)
    doubted = doubtful.update(state=State.AMBIGUOUS, doubts=F("doubts") + 1, ended_at=now)
    log.info("sender is gone", worker=worker, waiting_again=moved, in_doubt=doubted)
    return moved + doubted


def to_be_sent_again() -> QuerySet[Delivery]:
    """Return the rows that are in doubt for the first time and, where that is the policy, go once more; never a third.

    Nobody is written to again who was erased meanwhile.
    """
    if settings.NEWSLETTER_AMBIGUOUS != RESEND_ONCE:
        return Delivery.objects.none()
    return Delivery.objects.filter(
        state=State.AMBIGUOUS,
        doubts=1,
        subscriber__isnull=False,
        issue__state__in=[Issue.State.SENDING, Issue.State.PAUSED],
    )


def send_doubtful_again(*, now: datetime) -> int:
    """Put what goes once more back in line.

    The row keeps its worker's name until it is claimed again: if that worker still lives, what it knows counts.
    """
    return to_be_sent_again().update(state=State.PENDING, due_at=now)


def return_deferred(*, now: datetime) -> int:
    """Let what was put off wait in line again when its time has come, or give it up after 24 hours."""
    due = Delivery.objects.filter(state=State.DEFERRED, due_at__lte=now)
    given_up = due.filter(send_after__lt=now - GIVES_UP_AFTER).update(state=State.EXPIRED, ended_at=now)
    return given_up + due.update(state=State.PENDING, worker="")


def close_erased(*, now: datetime) -> int:
    """Close rows whose reader was erased while their message was on its way: nobody is left to send it to."""
    waiting = Delivery.objects.filter(subscriber=None, state__in=[State.PENDING, State.DEFERRED])
    return waiting.update(state=State.SUPPRESSED, ended_at=now)
