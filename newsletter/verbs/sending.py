"""One slice of sending: at most a minute of claiming, stepping and speaking SMTP over one reused connection.

Safe to start any number of times: locks let as many senders work as the settings allow. What a state means is
stepping.py's; what the dead left behind is reaping.py's.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from newsletter import keys
from newsletter.messages import Stencil
from newsletter.models import Issue, IssueEvent, Rendition
from newsletter.smtp import Connection, Outcome, Phase, Relay, Unavailable
from newsletter.verbs import claiming, liveness, steering, stepping, trail
from newsletter.verbs.claiming import Held
from newsletter.verbs.stepping import Finished

REFUSED_IN_A_ROW = 3  # at MAIL: it is us the relay refuses, not a reader
BROKEN_IN_A_ROW = 3  # conversations: rather wait for the next tick than doubt every reader's message
NAP = 0.5  # seconds, while only rates of domains keep rows waiting
DATABASE_GONE = (OperationalError, InterfaceError)
DATABASE_BACK_WITHIN = 120.0  # seconds
log = structlog.get_logger(__name__)


@dataclass
class Slice:
    """A sender at work: its lock's name, its connection, and what it must not forget."""

    worker: str
    relay: Relay
    clock: Callable[[], datetime]
    ends_at: float  # time.monotonic()
    told_to_stop: Callable[[], bool]
    smtp: Connection | None = None
    sent: int = 0
    refused_at_mail: int = 0
    broken_in_a_row: int = 0
    stencils: dict[tuple[int, str, bool], Stencil] = field(default_factory=dict)

    def over(self) -> bool:
        """Say whether to begin nothing more."""
        return self.told_to_stop() or time.monotonic() >= self.ends_at


def run_slice(
    *, relay: Relay, clock: Callable[[], datetime], told_to_stop: Callable[[], bool], seconds: float
) -> int:
    """Send what is due for at most `seconds`; the number of messages sent.

    Returns at once when enough senders are at work. When it returns or raises, every row it took is either ended
    or given back; if it is killed, the reaper does that for it.
    """
    slots = settings.NEWSLETTER_SENDERS if connection.vendor == "postgresql" else 1
    with liveness.one_of("sender", slots) as free:
        if not free:
            return 0
        worker = liveness.new_worker()
        with liveness.holding(worker):
            work = Slice(worker, relay, clock, time.monotonic() + seconds, told_to_stop)
            with _leaving_nothing_behind(work):
                _work(work)
            return work.sent


@contextmanager
def _leaving_nothing_behind(work: Slice) -> Iterator[None]:
    """Give back what was not begun and close the connection, however the slice ends."""
    try:
        yield
    finally:
        if work.smtp is not None:
            work.smtp.close()
        _persistently(work, lambda: stepping.release(work.worker))


def _work(work: Slice) -> None:
    while not work.over():
        issue = _next_issue(work)
        if issue is None:
            return
        if not _connected(work, issue):
            return
        held = claiming.claim(issue, work.worker, now=work.clock())
        if held:
            if not _send_all(work, issue, held):
                return
        elif claiming.is_waiting(issue, now=work.clock()):
            time.sleep(NAP)
        else:
            return


def _next_issue(work: Slice) -> Issue | None:
    """Return the oldest issue under way that has something due."""
    now = work.clock()
    sending = (
        Issue.objects.filter(state=Issue.State.SENDING).select_related("live_revision").order_by("sunday")
    )
    return next((issue for issue in sending if claiming.is_waiting(issue, now=now)), None)


def _send_all(work: Slice, issue: Issue, batch: list[Held]) -> bool:
    """Send a batch, one commit a message. False when the slice must end: relay or database is gone, or told so."""
    finished: Finished | None = None
    for held in batch:
        if work.over() or work.smtp is None or work.broken_in_a_row >= BROKEN_IN_A_ROW:
            break
        try:
            may_send = stepping.step(issue, work.worker, finished=finished, upcoming=held, now=work.clock())
        except DATABASE_GONE:
            _write_down_after_all(work, issue, finished, unsent=held)
            return False
        finished = Finished(held, _speak(work, issue, held)) if may_send else None
        if finished is None and not stepping.refused(issue, held, now=work.clock()):
            break  # paused, cancelled, or a newer revision
        if finished is not None and _relay_refuses_us(work, finished):
            _end_batch(work, issue, finished)
            _stop_for_the_relay(work, issue)
            return False
    return _end_batch(work, issue, finished)


def _end_batch(work: Slice, issue: Issue, finished: Finished | None) -> bool:
    """Write down the last message and give back the rest of the batch."""
    try:
        if finished is not None:
            stepping.step(issue, work.worker, finished=finished, upcoming=None, now=work.clock())
        stepping.release(work.worker)
    except DATABASE_GONE:
        _write_down_after_all(work, issue, finished, unsent=None)
        return False
    return work.broken_in_a_row < BROKEN_IN_A_ROW


def _speak(work: Slice, issue: Issue, held: Held) -> Outcome:
    """Send one message over the open connection."""
    if work.smtp is None:
        raise RuntimeError("a message is begun only over an open connection")
    wire = _stencil(work, issue, held).fill(
        to=held.address,
        date=format_datetime(work.clock()),
        message_id=keys.message_id(issue.pk, held.subscriber_id),
        subscriber_id=held.subscriber_id,
        follows=held.follows,
    )
    outcome = work.smtp.send(keys.bounce_address(held.id), held.address, wire)
    if not outcome.usable:
        work.smtp.close()
        work.smtp = None
    work.broken_in_a_row = work.broken_in_a_row + 1 if outcome.result in {"unsent", "ambiguous"} else 0
    work.sent += outcome.result == "sent"
    return outcome


def _stencil(work: Slice, issue: Issue, held: Held) -> Stencil:
    key = (issue.live_revision_id or 0, held.language, held.plain)
    if key not in work.stencils:
        rendition = Rendition.objects.get(revision_id=key[0], language=held.language, plain=held.plain)
        work.stencils[key] = Stencil(bytes(rendition.wire), rendition.followed)
    return work.stencils[key]


def _connected(work: Slice, issue: Issue) -> bool:
    """Open the connection if there is none; False, with a line for the editors if it refuses us, when it fails."""
    if work.smtp is not None:
        return True
    try:
        work.smtp = Connection(work.relay)
    except Unavailable as reason:
        log.warning("relay unavailable", phase=str(reason.phase), code=reason.code, reply=reason.reply)
        if reason.code is not None and reason.code >= 500:
            _tell_once_an_hour(issue, reason.reply, now=work.clock())
        return False
    return True


def _relay_refuses_us(work: Slice, finished: Finished) -> bool:
    refused = finished.outcome.result == "failed" and finished.outcome.phase is Phase.MAIL
    work.refused_at_mail = work.refused_at_mail + 1 if refused else 0
    return work.refused_at_mail >= REFUSED_IN_A_ROW


def _stop_for_the_relay(work: Slice, issue: Issue) -> None:
    """Pause the issue: a relay that refuses our sender would refuse every reader the same."""
    now = work.clock()
    issue.refresh_from_db()
    if issue.state == Issue.State.SENDING:
        with transaction.atomic():
            trail.note(issue, IssueEvent.Kind.RELAY_REFUSED, by=None, now=now, paused=True)
            steering.pause(issue, by=None, now=now)


def _tell_once_an_hour(issue: Issue, reply: str, *, now: datetime) -> None:
    recent = issue.events.filter(kind=IssueEvent.Kind.RELAY_REFUSED, at__gt=now - steering.TELL_AGAIN_AFTER)
    if not recent.exists():
        trail.note(issue, IssueEvent.Kind.RELAY_REFUSED, by=None, now=now, reply=reply)


def _write_down_after_all(
    work: Slice, issue: Issue, finished: Finished | None, *, unsent: Held | None
) -> None:
    """After the database came back: keep what the network answered, and give back what was never sent."""

    def catch_up() -> None:
        liveness.retake(work.worker)
        if finished is not None:
            stepping.step(issue, work.worker, finished=finished, upcoming=None, now=work.clock())
        stepping.release(work.worker, unsent=unsent)

    _persistently(work, catch_up)


def _persistently(work: Slice, act: Callable[[], object]) -> None:
    """Do something that is safe to do twice, for as long as a restart of the database may take."""
    patience = time.monotonic() + DATABASE_BACK_WITHIN
    while True:
        try:
            act()
        except DATABASE_GONE:
            if time.monotonic() > patience:
                raise
            log.warning("database gone, trying again", worker=work.worker)
            connection.close()
            time.sleep(0.2)
        else:
            return
