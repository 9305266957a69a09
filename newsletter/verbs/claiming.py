"""Taking rows of the ledger in hand: up to 200 due ones at a time, never one that another sender holds.

No network here, and nothing is marked as being sent: that is stepping.py, one commit a message.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from newsletter.models import Delivery, Issue, ReceivingDomain
from newsletter.models.subscribers import Following
from newsletter.verbs import throttle
from newsletter.verbs.statements import read, stored

BATCH = 200

_DUE = """
FROM newsletter_delivery d
JOIN newsletter_subscriber s ON s.id = d.subscriber_id
WHERE d.issue_id = %s AND d.state = 'pending' AND d.due_at <= %s
  AND NOT EXISTS (
    SELECT 1 FROM newsletter_receivingdomain r
    WHERE r.domain = d.domain AND (r.paused_at IS NOT NULL OR r.free_at > %s))
"""
PICK = f"""
SELECT d.id, d.subscriber_id, d.address, d.domain, s.language, s.plain, d.attempts, d.send_after {_DUE}
ORDER BY d.due_at, d.id LIMIT {BATCH}
"""


@dataclass(frozen=True, slots=True)
class Held:
    """One row in a sender's hands, with what its message needs."""

    id: int
    subscriber_id: int
    address: str
    domain: str
    language: str
    plain: bool
    attempts: int
    send_after: datetime
    follows: tuple[str, ...] = ()


@transaction.atomic
def claim(issue: Issue, worker: str, *, now: datetime) -> list[Held]:
    """Take up to 200 due rows of an issue, within each domain's rate, earliest first. Empty when none may go now.

    PostgreSQL skips rows that another sender is taking; SQLite takes the whole database for this moment.
    """
    held = _within_rates(_pick(issue, now), now=now)
    if not held:
        return []
    lease = now + timedelta(seconds=settings.NEWSLETTER_LEASE_SECONDS)
    Delivery.objects.filter(pk__in=[row.id for row in held], state=Delivery.State.PENDING).update(
        state=Delivery.State.CLAIMED, worker=worker, lease_until=lease
    )
    return _with_follows(issue, held)


def is_waiting(issue: Issue, *, now: datetime) -> bool:
    """Say whether due rows wait only for their domain's rate: a sender with time left may wait with them."""
    waiting = Delivery.objects.filter(issue=issue, state=Delivery.State.PENDING, due_at__lte=now)
    paused = ReceivingDomain.objects.filter(domain=OuterRef("domain"), paused_at__isnull=False)
    return waiting.filter(~Exists(paused)).exists()


def _pick(issue: Issue, now: datetime) -> list[Held]:
    lock = " FOR UPDATE OF d SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    moment = stored(now)
    with connection.cursor() as cursor:
        cursor.execute(PICK + lock, [issue.pk, moment, moment])
        rows = cursor.fetchall()
    return [
        Held(pk, reader, address, domain, language, bool(plain), attempts, read(send_after))
        for pk, reader, address, domain, language, plain, attempts, send_after in rows
    ]


def _within_rates(due: list[Held], *, now: datetime) -> list[Held]:
    """Keep of each domain what its rate allows at a time, and close the domain for that long."""
    if not due:
        return []
    quota = throttle.quotas({row.domain for row in due})
    taken: Counter[str] = Counter()
    kept = []
    for row in due:
        if taken[row.domain] < quota[row.domain]:
            taken[row.domain] += 1
            kept.append(row)
    throttle.charge(taken, now=now)
    return kept


def _with_follows(issue: Issue, held: list[Held]) -> list[Held]:
    """Add which of the claims that the issue states each reader follows."""
    if issue.live_revision is None:
        return held
    changed = issue.live_revision.claims.values_list("pk", flat=True)
    followings = Following.objects.filter(
        subscriber__in=[row.subscriber_id for row in held], claim__in=list(changed)
    ).values_list("subscriber_id", "claim__code")
    found: dict[int, list[str]] = {}
    for subscriber_id, code in followings:
        found.setdefault(subscriber_id, []).append(code)
    return [
        replace(row, follows=tuple(sorted(found[row.subscriber_id]))) if row.subscriber_id in found else row
        for row in held
    ]
