"""The hot path: one commit a message, which marks the last one as what became of it and the next as being sent.

Only after that commit may a word go over the network. Every statement names the worker and the state it comes
from, so that a sender who was thought dead changes nothing that is no longer its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from newsletter import keys
from newsletter.models import Delivery, Issue, ReceivingDomain, Subscriber
from newsletter.smtp import Outcome, Phase
from newsletter.sundays import GIVES_UP_AFTER
from newsletter.verbs import bounces, throttle
from newsletter.verbs.claiming import Held
from newsletter.verbs.statements import stored

FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=4)
UNSENT_DELAY = timedelta(minutes=1)
State = Delivery.State

BEGIN = """
UPDATE newsletter_delivery
SET state = 'sending', began_at = %s, ended_at = NULL, attempts = attempts + 1, message_id = %s, revision_id = %s,
    language = %s, plain = %s, smtp_phase = '', smtp_code = NULL, smtp_reply = ''
WHERE id = %s AND worker = %s AND state = 'claimed'
  AND EXISTS (SELECT 1 FROM newsletter_issue i
              WHERE i.id = %s AND i.state = 'sending' AND i.live_revision_id = %s)
  AND EXISTS (SELECT 1 FROM newsletter_subscriber s
              WHERE s.id = %s AND s.state = 'active' AND NOT EXISTS (
                SELECT 1 FROM newsletter_suppression x WHERE x.address_key = s.address_key))
  AND NOT EXISTS (SELECT 1 FROM newsletter_receivingdomain r WHERE r.domain = %s AND r.paused_at IS NOT NULL)
"""
# Replies often repeat the address, so none is kept of somebody who was erased while the message was on its way.
# A fact may also land on a row that was given up on meanwhile, as long as nobody else has taken it: the slow are
# not robbed of what they know.
END = """
UPDATE newsletter_delivery
SET state = %s, ended_at = %s, due_at = %s, doubts = doubts + %s, smtp_phase = %s, smtp_code = %s,
    smtp_reply = CASE WHEN subscriber_id IS NULL THEN '' ELSE %s END
WHERE id = %s AND worker = %s AND state IN ('sending', 'ambiguous', 'pending')
"""


@dataclass(frozen=True, slots=True)
class Finished:
    """A message that the network has answered, or has not."""

    held: Held
    outcome: Outcome


def step(
    issue: Issue, worker: str, *, finished: Finished | None, upcoming: Held | None, now: datetime
) -> bool:
    """Write down what became of the last message and begin the next, in one commit; True if the next may be sent.

    The first half stands even where the guard refuses the second.
    """
    with transaction.atomic():
        if finished is not None:
            _end(issue, worker, finished, now=now)
        return upcoming is not None and _begin(issue, worker, upcoming, now=now)


def refused(issue: Issue, held: Held, *, now: datetime) -> bool:
    """After the guard said no: move a row that it concerns alone, and say whether the sender may go on with others.

    False where the issue itself does not go on: paused, cancelled, or revised.
    """
    row = Delivery.objects.filter(pk=held.id, issue=issue, state=State.CLAIMED)
    if not Subscriber.objects.reachable().filter(pk=held.subscriber_id).exists():
        row.update(state=State.SUPPRESSED, worker="", ended_at=now)
        return True
    if ReceivingDomain.objects.filter(domain=held.domain, paused_at__isnull=False).exists():
        row.update(state=State.PENDING, worker="", lease_until=None)
        return True
    return False


def release(worker: str, *, unsent: Held | None = None) -> int:
    """Give back what a sender has not begun; with `unsent`, a message it had begun and knows it never sent."""
    mine = Delivery.objects.filter(worker=worker)
    released = mine.filter(state=State.CLAIMED).update(state=State.PENDING, worker="", lease_until=None)
    if unsent is not None:
        begun = mine.filter(pk=unsent.id, state=State.SENDING)
        released += begun.update(state=State.PENDING, worker="", lease_until=None)
    return released


def _begin(issue: Issue, worker: str, held: Held, *, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            BEGIN,
            [
                stored(now),
                keys.message_id(issue.pk, held.subscriber_id),
                issue.live_revision_id,
                held.language,
                held.plain,
                held.id,
                worker,
                issue.pk,
                issue.live_revision_id,
                held.subscriber_id,
                held.domain,
            ],
        )
        return int(cursor.rowcount) == 1


def _end(issue: Issue, worker: str, finished: Finished, *, now: datetime) -> None:
    held, outcome = finished.held, finished.outcome
    state, due_at = _becomes(finished, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            END,
            [
                state.value,
                stored(now),
                stored(due_at),
                1 if state is State.AMBIGUOUS else 0,
                outcome.phase.value,
                outcome.code,
                outcome.reply,
                held.id,
                worker,
            ],
        )
        ours = cursor.rowcount == 1
    if ours and state is not State.SENT:
        _after(issue, finished, state, now=now)


def _becomes(finished: Finished, *, now: datetime) -> tuple[State, datetime]:
    """Return the state that an outcome means, and when to try again."""
    held, outcome = finished.held, finished.outcome
    match outcome.result:
        case "sent":
            return State.SENT, now
        case "failed":
            return State.FAILED, now
        case "ambiguous":
            return State.AMBIGUOUS, now
    first = FIRST_DELAY if outcome.result == "deferred" else UNSENT_DELAY
    due_at = now + min(first * 2 ** min(held.attempts, 10), LONGEST_DELAY)
    return (State.EXPIRED, now) if due_at > held.send_after + GIVES_UP_AFTER else (State.DEFERRED, due_at)


def _after(issue: Issue, finished: Finished, state: State, *, now: datetime) -> None:
    """Let the receiving domain and the reader's record learn from what was not a plain success."""
    held, outcome = finished.held, finished.outcome
    if outcome.result == "deferred" and (outcome.code == 421 or outcome.status.startswith("4.7.")):
        throttle.slow(held.domain, now=now)
    if state is State.EXPIRED and (reader := Subscriber.objects.filter(pk=held.subscriber_id).first()):
        bounces.soft(reader, now=now)
    if state is State.FAILED:
        if outcome.phase is not Phase.MAIL:  # there it is us who are refused
            bounces.refused(held.id, outcome.status, now=now)
        throttle.pause_if_refusing(held.domain, issue, now=now)
