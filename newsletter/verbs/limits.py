"""How often anybody may make us write to an address: one code path for pages and JSON alike.

A request is counted as a `Knock` under an HMAC of the network range and of the address, and forgotten after a day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.translation import gettext as _

from config.refusal import Refused
from newsletter import keys
from newsletter.models import Knock

# A household or a small provider shares a range; one machine can easily change its address inside it.
IPV4_RANGE = 24
IPV6_RANGE = 56
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most so many requests of one kind of key within a time."""

    kind: str
    most: int
    within: timedelta


PER_RANGE = Limit("range", 20, timedelta(hours=1))
PER_ADDRESS = Limit("address", 5, timedelta(hours=1))
PER_ADDRESS_A_DAY = Limit("address", 10, timedelta(days=1))


def range_of(ip: str) -> str:
    """Return the network range of an address (/24 of IPv4, /56 of IPv6); empty for what is no address."""
    try:
        found = ip_address(ip)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    prefix = IPV4_RANGE if found.version == 4 else IPV6_RANGE
    return str(ip_network(f"{found}/{prefix}", strict=False))


def knock(*, ip: str, canonical: str, now: datetime) -> None:
    """Count one request, or raise Refused("limit"), counting nothing.

    Written first and counted afterwards, so that of many at once none slips through. Call it outside a
    transaction: what a refusal rolls back, or a neighbour cannot see yet, would not count. Readers of whom no
    network address is known share one range.
    """
    counted = [(limit, _key(limit, ip, canonical)) for limit in (PER_RANGE, PER_ADDRESS, PER_ADDRESS_A_DAY)]
    fresh = Knock.objects.bulk_create(Knock(key=key, at=now) for key in {key for _limit, key in counted})
    for limit, key in counted:
        if Knock.objects.filter(key=key, at__gt=now - limit.within).count() > limit.most:
            Knock.objects.filter(pk__in=[one.pk for one in fresh]).delete()
            raise Refused(
                "limit",
                _("Too many requests came from here or for this address. Please try again in an hour."),
            )


def _key(limit: Limit, ip: str, canonical: str) -> str:
    return keys.limit_key(limit.kind, range_of(ip) if limit.kind == "range" else canonical)
