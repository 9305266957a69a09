"""Who must never be written to again: barring an address by its HMAC, and letting it be written to again.

What makes a bounce bar an address is decided in bounces.py. Sending asks before every message (stepping.py).
"""

from datetime import datetime

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from newsletter.models import BounceDay, Delivery, Subscriber, Suppression

Reason = Suppression.Reason

# Two reasons for one address keep the weightier one, in whatever order they arrive. A complaint outlasts all: what
# lifts an erasure (the reader confirms again) would let us write to somebody who told their mail service to stop us.
WEIGHT = {
    Reason.BY_HAND: 0,
    Reason.SOFT_BOUNCES: 1,
    Reason.BOUNCED: 2,
    Reason.ERASED: 3,
    Reason.COMPLAINED: 4,
}


@transaction.atomic
def suppress(
    address_key: str, reason: Suppression.Reason, *, by: User | None, now: datetime, remark: str = ""
) -> bool:
    """Bar an address from now on and take back what was still to go there; say whether that was new.

    Idempotent. `by` is None where a report or the person's own wish bars it. Raises PermissionDenied.
    """
    if by is not None:
        require(by, Action.SEE_SUBSCRIBER)
    row, new = Suppression.objects.get_or_create(
        address_key=address_key, defaults={"reason": reason, "at": now, "by": by, "remark": remark}
    )
    if not new:
        lighter = [other for other, weight in WEIGHT.items() if weight < WEIGHT[reason]]
        Suppression.objects.filter(pk=row.pk, reason__in=lighter).update(reason=reason, at=now)
    take_back(address_key, now=now)
    return new


def take_back(address_key: str, *, now: datetime) -> int:
    """Mark as suppressed what waits to go to an address. What a sender holds, its own next step lets go."""
    subscriber = Subscriber.objects.filter(address_key=address_key).values_list("pk", flat=True).first()
    if subscriber is None:
        return 0
    # Columns of the row alone: PostgreSQL does not look again into a subquery when it had to wait for a sender,
    # and would overwrite a state it never saw.
    waiting = (Delivery.State.PENDING, Delivery.State.DEFERRED)
    return Delivery.objects.filter(subscriber_id=subscriber, state__in=waiting).update(
        state=Delivery.State.SUPPRESSED, ended_at=now
    )


@transaction.atomic
def lift(address_key: str, *, by: User, now: datetime) -> bool:
    """Let the desk write to an address again, its soft bounces forgotten; say whether it was barred.

    Always an act of a person, and it stands in the desk's log. Who complained has also left, and is not subscribed
    by this. Raises PermissionDenied, and Refused("erased"): an erasure only its reader takes back.
    """
    require(by, Action.SEE_SUBSCRIBER)
    row = Suppression.objects.filter(address_key=address_key).first()
    if row is None:
        return False
    if row.reason == Reason.ERASED or _hides_an_erasure(row):
        raise Refused(
            "erased",
            _(
                "This address was erased at its reader's own wish, so the desk cannot lift it. "
                "The reader can ask for the brief again on the site."
            ),
        )
    BounceDay.objects.filter(subscriber__address_key=address_key).delete()
    gone, _rows = Suppression.objects.filter(pk=row.pk).exclude(reason=Reason.ERASED).delete()
    if gone:
        # The row is gone, and the trail must not be: who, when, why it was barred.
        LogEntry.objects.create(
            user=by,
            action_time=now,
            content_type=ContentType.objects.get_for_model(Suppression),
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=DELETION,
        )
    return bool(gone)


def _hides_an_erasure(row: Suppression) -> bool:
    """Say whether somebody complained and was erased: complaints come from readers, and only erasing removes those."""
    gone = not Subscriber.objects.filter(address_key=row.address_key).exists()
    return row.reason == Reason.COMPLAINED and gone
