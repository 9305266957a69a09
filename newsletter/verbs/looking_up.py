"""One person by their address, for the desk: finding them, and ending a subscription on their behalf.

Suppressing is suppressing.py's; there is no way to change what a person set, nor to list people.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import Claim
from newsletter import addresses, keys
from newsletter.models import Subscriber, Suppression
from newsletter.models.subscribers import Following
from newsletter.verbs import subscription
from newsletter.verbs.suppressing import suppress

SOURCE = "desk"
# Fewer followers than this are not told, and more only in steps of it: a number that falls by one as somebody leaves
# would say what that somebody followed.
FOLLOWERS_LEAST = 5


@dataclass(frozen=True)
class Found:
    """What is known of one address; the address itself is not kept."""

    key: str
    subscriber: Subscriber | None
    suppression: Suppression | None


def find(given: str, *, by: User) -> Found:
    """Look an address up. Needs SEE_SUBSCRIBER. Raises Refused("address") where it is none."""
    require(by, Action.SEE_SUBSCRIBER)
    key = keys.address_key(addresses.parse(given).canonical)
    return Found(
        key=key,
        subscriber=Subscriber.objects.filter(address_key=key).first(),
        suppression=Suppression.objects.filter(address_key=key).select_related("by").first(),
    )


def suppress_by_hand(address_key: str, *, by: User, now: datetime, remark: str) -> bool:
    """Bar an address for a reason somebody gives; say whether that was new. Needs SEE_SUBSCRIBER.

    Raises Refused("remark") where it is empty or holds an address: a suppression outlives the erasure of a person.
    """
    require(by, Action.SEE_SUBSCRIBER)
    if not remark.strip():
        raise Refused("remark", _("Say in a few words why nothing may be sent there any more."))
    if "@" in remark:
        raise Refused("remark", _("Leave addresses out of the remark: it is kept when a person is erased."))
    return suppress(address_key, Suppression.Reason.BY_HAND, by=by, now=now, remark=remark.strip())


def unsubscribe(subscriber: Subscriber, *, by: User, now: datetime) -> None:
    """End a subscription as the person asked us to. Needs SEE_SUBSCRIBER. They may subscribe again themselves."""
    require(by, Action.SEE_SUBSCRIBER)
    given = keys.token(keys.Purpose.UNSUBSCRIBE, subscriber.pk)
    subscription.leave(given, source=SOURCE, ip="", now=now)


def states() -> dict[str, int]:
    """Count the subscribers in each state: one walk along an index, no address read."""
    counted = dict(Subscriber.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in Subscriber.State.values}


def followers() -> list[tuple[Claim, int]]:
    """Return the claims followed by at least so many people, most followed first, each with "at least this many"."""
    counted = Following.objects.order_by().values_list("claim").annotate(followed=Count("pk"))
    numbers = {
        claim: number - number % FOLLOWERS_LEAST
        for claim, number in counted.filter(followed__gte=FOLLOWERS_LEAST)
    }
    claims = Claim.objects.filter(pk__in=numbers).prefetch_related("texts")
    return sorted(((claim, numbers[claim.pk]) for claim in claims), key=lambda one: (-one[1], one[0].code))
