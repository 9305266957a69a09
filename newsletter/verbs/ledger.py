"""Opening the ledger: one row for every reader of the audience, in ranges, so that a stop only costs the last range.

Which rows are then sent is claiming.py's and stepping.py's; what the issue says was approved before.
"""

from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

import structlog
from django.db import connection, transaction
from django.db.models import Max

from newsletter import sundays
from newsletter.models import Delivery, Issue, IssueEvent, IssueZone, Subscriber
from newsletter.verbs import trail
from newsletter.verbs.statements import stored

RANGE = 20_000  # subscriber ids a transaction: about a second of work
FALLBACK = "UTC"
log = structlog.get_logger(__name__)

# The columns are read from subscribers as they stand now; what changes until Sunday is read again at sending.
# A zone without a row of its own can only be one that somebody changed to this very moment: UTC then, never lost.
FILL = """
INSERT INTO newsletter_delivery
    (issue_id, subscriber_id, address, domain, language, plain, state, send_after, due_at, attempts, doubts,
     worker, message_id, smtp_phase, smtp_reply)
SELECT %s, s.id, s.address, s.domain, s.language, s.plain, 'pending', COALESCE(z.send_after, u.send_after),
       COALESCE(%s, z.send_after, u.send_after), 0, 0, '', '', '', ''
FROM newsletter_subscriber s
LEFT JOIN newsletter_issuezone z ON z.issue_id = %s AND z.time_zone = s.time_zone
JOIN newsletter_issuezone u ON u.issue_id = %s AND u.time_zone = 'UTC'
WHERE s.id > %s AND s.id <= %s AND s.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM newsletter_suppression x WHERE x.address_key = s.address_key)
ON CONFLICT (issue_id, subscriber_id) DO NOTHING
"""


def open_ledger(issue: Issue, *, now: datetime) -> bool:
    """Fill the ledger of an approved issue range by range; True when it is whole. Goes on where a stop left it.

    Two at once write no row twice: the unique constraint decides.
    """
    if issue.ledger_until is None:
        last = Subscriber.objects.aggregate(last=Max("id"))["last"] or 0
        Issue.objects.filter(pk=issue.pk, ledger_until=None).update(ledger_until=last)
    issue.refresh_from_db()
    while issue.state == Issue.State.APPROVED and issue.ledger_through < (issue.ledger_until or 0):
        _fill_range(issue, now=now)
        issue.refresh_from_db()
    if issue.state != Issue.State.APPROVED:
        return issue.audience is not None
    return _close(issue, now=now)


@transaction.atomic
def _fill_range(issue: Issue, *, now: datetime) -> None:
    start, until = issue.ledger_through, issue.ledger_until or 0
    end = min(start + RANGE, until)
    _set_down_zones(issue, start, end)
    forward = stored(issue.brought_forward_at) if issue.brought_forward_at else None
    with connection.cursor() as cursor:
        cursor.execute(FILL, [issue.pk, forward, issue.pk, issue.pk, start, end])
    Issue.objects.filter(pk=issue.pk, ledger_through=start).update(ledger_through=end)
    log.info("ledger filled", issue=issue.iso_week, through=end, until=until, at=now.isoformat())


def _set_down_zones(issue: Issue, start: int, end: int) -> None:
    """Keep when Sunday 07:00 comes in every zone of this range."""
    audience = Subscriber.objects.active().filter(pk__gt=start, pk__lte=end)
    zones = set(audience.order_by().values_list("time_zone", flat=True).distinct()) | {FALLBACK}
    known = set(issue.zones.values_list("time_zone", flat=True))
    IssueZone.objects.bulk_create(
        [
            IssueZone(issue=issue, time_zone=zone, send_after=_send_after(issue, zone))
            for zone in sorted(zones - known)
        ],
        ignore_conflicts=True,
    )


def _send_after(issue: Issue, zone: str) -> datetime:
    try:
        return sundays.send_after(issue.sunday, zone)
    except (ZoneInfoNotFoundError, ValueError):
        # Zones are checked when they are chosen; one that the system has since forgotten still gets its mail.
        return sundays.send_after(issue.sunday, FALLBACK)


@transaction.atomic
def _close(issue: Issue, *, now: datetime) -> bool:
    """Set the audience down once; from here on the states always add up to it."""
    if issue.audience is None:
        audience = Delivery.objects.filter(issue=issue).count()
        if Issue.objects.filter(pk=issue.pk, audience=None).update(audience=audience):
            trail.note(issue, IssueEvent.Kind.OPENED, by=None, now=now, audience=audience)
        issue.refresh_from_db()
    return True
