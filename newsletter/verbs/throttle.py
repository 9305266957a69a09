"""How fast each receiving domain is written to: a rate, halved when it asks for patience, restored hour by hour.

A batch that is claimed is paid for at once: the domain is closed until its rate has caught up.
"""

import math
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from newsletter.models import Delivery, Issue, IssueEvent, ReceivingDomain
from newsletter.verbs import trail

WINDOW = 10.0  # seconds of a domain's rate that one batch may hold
SLOWEST = 1.0  # messages a minute
SLOWED_AT_MOST_EVERY = timedelta(minutes=1)  # four senders hearing 421 at once have heard it once
RESTORED_EVERY = timedelta(hours=1)
LOOKED_AT = 200  # the last messages a domain answered finally
TOLERATED = 0.05  # of them refused


def quotas(domains: set[str]) -> dict[str, int]:
    """Return how many messages of a batch each domain may get; at least one."""
    known = {row.domain: row.per_minute for row in _locked(domains)}
    rates = {domain: known.get(domain, settings.NEWSLETTER_DOMAIN_RATE) for domain in domains}
    return {domain: max(1, math.floor(rate * WINDOW / 60)) for domain, rate in rates.items()}


def charge(claimed: Counter[str], *, now: datetime) -> None:
    """Close each domain for as long as its rate needs for what was just claimed."""
    known = {row.domain: row for row in _locked(set(claimed))}
    rows = []
    for domain, count in sorted(claimed.items()):
        row = known.get(domain) or ReceivingDomain(
            domain=domain, per_minute=settings.NEWSLETTER_DOMAIN_RATE, free_at=now
        )
        row.free_at = max(row.free_at, now) + timedelta(minutes=count / row.per_minute)
        rows.append(row)
    ReceivingDomain.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["domain"], update_fields=["free_at"]
    )


def slow(domain: str, *, now: datetime) -> None:
    """Halve the rate of a domain that answered 421 or 4.7.x; heard again within a minute, it counts once."""
    row, _new = ReceivingDomain.objects.get_or_create(
        domain=domain, defaults={"per_minute": settings.NEWSLETTER_DOMAIN_RATE, "free_at": now}
    )
    heard = ReceivingDomain.objects.filter(pk=row.pk).exclude(slowed_at__gt=now - SLOWED_AT_MOST_EVERY)
    heard.update(per_minute=max(SLOWEST, row.per_minute / 2), slowed_at=now, restored_at=None)


def restore(*, now: datetime) -> int:
    """Double the rate of each domain that was quiet for an hour, up to the usual one."""
    usual = settings.NEWSLETTER_DOMAIN_RATE
    quiet = ReceivingDomain.objects.filter(per_minute__lt=usual, slowed_at__lte=now - RESTORED_EVERY)
    rested = quiet.exclude(restored_at__gt=now - RESTORED_EVERY)
    faster = rested.filter(per_minute__lt=usual / 2).update(per_minute=F("per_minute") * 2, restored_at=now)
    return faster + rested.filter(per_minute__gte=usual / 2).update(per_minute=usual, restored_at=now)


def pause_if_refusing(domain: str, issue: Issue, *, now: datetime) -> bool:
    """Pause a domain that refused over 5 % of the last 200 for good, and tell the editors; False if it did not."""
    row, _new = ReceivingDomain.objects.get_or_create(
        domain=domain, defaults={"per_minute": settings.NEWSLETTER_DOMAIN_RATE, "free_at": now}
    )
    last = Delivery.objects.filter(
        domain=domain, state__in=[Delivery.State.SENT, Delivery.State.FAILED], ended_at__isnull=False
    )
    if row.resumed_at is not None:
        last = last.filter(ended_at__gt=row.resumed_at)
    states = list(last.order_by("-ended_at").values_list("state", flat=True)[:LOOKED_AT])
    refused = states.count(Delivery.State.FAILED)
    if refused <= LOOKED_AT * TOLERATED:
        return False
    if not ReceivingDomain.objects.filter(pk=row.pk, paused_at=None).update(paused_at=now):
        return False
    trail.note(
        issue,
        IssueEvent.Kind.DOMAIN_PAUSED,
        by=None,
        now=now,
        domain=domain,
        refused=refused,
        of=len(states),
    )
    return True


def _locked(domains: set[str]) -> list[ReceivingDomain]:
    """Return the rows of domains in a fixed order, locked where the database can: two batches never cross."""
    return list(ReceivingDomain.objects.select_for_update().filter(domain__in=domains).order_by("domain"))
