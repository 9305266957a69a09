"""What a reader does: ask for the brief, confirm, leave, ask for a link to the preferences, change them.

Erasing, exporting and purging are in privacy.py, limits in limits.py, the desk's bars in suppressing.py. Whoever
asks learns nothing about an address: outcome and work are the same whether we know it or not, and the letter is
written elsewhere (`send_letter`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.refusal import Refused
from evidence.models import Claim
from evidence.models.base import LANGUAGES
from newsletter import addresses, keys, sundays
from newsletter.keys import BadToken, Purpose
from newsletter.models import BounceDay, ConsentEvent, Delivery, Subscriber, Suppression
from newsletter.models.subscribers import Following
from newsletter.signals import letter_due
from newsletter.verbs import letters, limits

State = Subscriber.State
Kind = ConsentEvent.Kind
Reason = Suppression.Reason

# What a person agrees to: shown beside the button of the form and of the confirmation, and kept with the consent.
CONSENT = gettext_lazy(
    "Send me the Sunday brief by email, about once a week. I can leave with one click in every mail, and have "
    "everything you keep about me erased."
)
MAILED_EVERY = timedelta(days=1)
# Told to stop by the reader's own mail service or by the desk: not even a confirmation goes there.
NEVER_MAILED = (Reason.COMPLAINED, Reason.BY_HAND)
# What proving the address again makes good.
LIFTED = (Reason.ERASED, Reason.BOUNCED, Reason.SOFT_BOUNCES)
NOBODY = 0  # no subscriber bears this number: what is rung for unknown addresses
# A token knows its second and no more.
SECOND = timedelta(seconds=1)


def ask(
    given: str,
    *,
    language: str,
    time_zone: str,
    plain: bool = False,
    source: str,
    wording: str,
    ip: str,
    now: datetime,
) -> None:
    """Take down that somebody asked for the brief, and mail a confirmation to the address.

    Known and unknown addresses end alike. Raises Refused("address", "language", "time_zone" or "limit"). The
    count against the limits stands whatever becomes of the rest; the rest is one transaction.
    """
    address = addresses.parse(given)
    _require_choices(language, time_zone)
    limits.knock(ip=ip, canonical=address.canonical, now=now)
    invite(
        address,
        language=language,
        time_zone=time_zone,
        plain=plain,
        source=source,
        wording=wording,
        ip=ip,
        now=now,
    )


@transaction.atomic
def invite(
    address: addresses.Address,
    *,
    language: str,
    time_zone: str,
    plain: bool,
    source: str,
    wording: str,
    ip: str = "",
    now: datetime,
) -> Subscriber:
    """Do what `ask` promises without counting it: for the desk's import, which is bounded by its file.

    At most one confirmation a day goes to an address, however often and by however many it is asked for. One that
    left stays so until it confirms; one that is subscribed is not touched.
    """
    choices = {"language": language, "time_zone": time_zone, "plain": plain, "asked_at": now}
    subscriber, _new = Subscriber.objects.get_or_create(
        address_key=keys.address_key(address.canonical),
        defaults={"address": address.mailed, "domain": address.domain, **choices},
    )
    waiting = Subscriber.objects.filter(pk=subscriber.pk).exclude(state=State.ACTIVE)
    if waiting.update(**choices):
        _agreed(subscriber, Kind.ASKED, source=source, wording=wording, ip=ip, now=now)
    # For whoever it is: that nothing is due is found out where nobody can watch the clock.
    _ring("confirmation", subscriber.pk, language=language, now=now)
    return subscriber


@transaction.atomic
def confirm(token: str, *, ip: str, now: datetime) -> Subscriber:
    """Subscribe whoever holds the link of a confirmation; again and again gives the same.

    Raises BadToken: forged, or expired, which a link also is once its reader has left or been erased since.
    """
    pk = keys.read(Purpose.CONFIRM, token, now=now)
    proved = keys.made_at(Purpose.CONFIRM, token, now=now) + SECOND
    not_left_since = Q(left_at=None) | Q(left_at__lt=proved)
    waiting = Subscriber.objects.filter(not_left_since, pk=pk).exclude(state=State.ACTIVE)
    confirmed = waiting.update(state=State.ACTIVE, confirmed_at=now, left_at=None)
    subscriber = Subscriber.objects.filter(pk=pk, state=State.ACTIVE).first()
    if subscriber is None:
        raise BadToken(expired=True)
    if confirmed:
        _agreed(subscriber, Kind.CONFIRMED, source="confirmation", wording=str(CONSENT), ip=ip, now=now)
    liftable = Suppression.objects.filter(address_key=subscriber.address_key, reason__in=LIFTED)
    if liftable.filter(at__lt=proved).delete()[0]:
        BounceDay.objects.filter(subscriber=subscriber).delete()
    return subscriber


@transaction.atomic
def leave(token: str, *, source: str, ip: str, now: datetime) -> Subscriber | None:
    """Let go whoever the token names, at once and for what waits to be sent; again and again gives the same.

    None where that person was erased. Raises BadToken for a forged one; this token never expires.
    """
    pk = keys.read(Purpose.UNSUBSCRIBE, token, now=now)
    subscriber = Subscriber.objects.filter(pk=pk).first()
    if subscriber is None:
        return None
    if Subscriber.objects.filter(pk=pk).exclude(state=State.LEFT).update(state=State.LEFT, left_at=now):
        _agreed(subscriber, Kind.LEFT, source=source, ip=ip, now=now)
    # Each time: the ledger may have been opened while this person was leaving.
    waiting = (Delivery.State.PENDING, Delivery.State.DEFERRED)
    Delivery.objects.filter(subscriber_id=pk, state__in=waiting).update(
        state=Delivery.State.SUPPRESSED, ended_at=now
    )
    subscriber.refresh_from_db()
    return subscriber


def request_link(given: str, *, language: str, ip: str, now: datetime) -> None:
    """Mail a link that opens the preferences for 30 minutes, in the language asked in, if the address is known.

    Known and unknown addresses end alike. Raises Refused("address" or "limit").
    """
    address = addresses.parse(given)
    limits.knock(ip=ip, canonical=address.canonical, now=now)
    key = keys.address_key(address.canonical)
    known = Subscriber.objects.filter(address_key=key).values_list("pk", flat=True).first()
    _ring("preferences", known or NOBODY, language=language, now=now)


def send_letter(letter: str, subscriber_id: int, *, language: str, now: datetime) -> bool:
    """Write the letter that somebody asked for to a reader, if it is due and may go; say whether it went.

    `letter` is "confirmation" (in the language chosen) or "preferences" (in the one asked in). Outside of any
    transaction, since it waits for the relay; safe to do twice.
    """
    subscriber = Subscriber.objects.filter(pk=subscriber_id).first()
    if subscriber is None or _is_never_mailed(subscriber):
        return False
    if letter == "confirmation":
        return _is_due(subscriber, now=now) and _mail_confirmation(subscriber, now=now)
    token = keys.token(Purpose.MANAGE, subscriber.pk, now=now)
    url = letters.link("newsletter:preferences-change", token, language)
    return letters.send("preferences", to=subscriber.address, language=language, url=url)


@transaction.atomic
def change(
    subscriber: Subscriber,
    *,
    language: str,
    time_zone: str,
    plain: bool,
    followed: Iterable[Claim],
    ip: str,
    now: datetime,
) -> None:
    """Set a reader's preferences to what is given; a ledger already open keeps its hours.

    Raises Refused("language", "time_zone", "followed": only published claims, or "gone": erased meanwhile).
    """
    _require_choices(language, time_zone)
    wanted = {claim.pk for claim in followed}
    if followable().filter(pk__in=wanted).count() != len(wanted):
        raise Refused("followed", _("Only claims that are published can be followed. Reload the page."))
    values = {"language": language, "time_zone": time_zone, "plain": plain}
    known = Subscriber.objects.filter(pk=subscriber.pk)
    if not known.update(**values):
        raise Refused("gone", _("There is nothing left to change: this address has been erased."))
    before = set(Following.objects.filter(subscriber=subscriber).values_list("claim_id", flat=True))
    Following.objects.filter(subscriber=subscriber).exclude(claim__in=wanted).delete()
    Following.objects.bulk_create(
        (Following(subscriber=subscriber, claim_id=pk) for pk in sorted(wanted - before)),
        ignore_conflicts=True,
    )
    if before != wanted or any(getattr(subscriber, name) != value for name, value in values.items()):
        # That something changed, never what is followed: that says something about somebody's health.
        _agreed(subscriber, Kind.CHANGED, source="preferences", ip=ip, now=now)
    subscriber.refresh_from_db()


def followable() -> QuerySet[Claim]:
    """Return the claims a reader may follow: with a grade and with words that readers can see."""
    worded = Claim.objects.filter(texts__decisions__outcome="approve")
    return Claim.objects.graded().filter(pk__in=worded.values("pk"))


def _require_choices(language: str, time_zone: str) -> None:
    if language not in LANGUAGES:
        raise Refused("language", _("Choose one of the languages the brief is written in."))
    if not sundays.is_time_zone(time_zone):
        raise Refused("time_zone", _("Choose the time zone you live in, so that it is Sunday morning there."))


def _agreed(
    subscriber: Subscriber, kind: ConsentEvent.Kind, *, source: str, ip: str, now: datetime, wording: str = ""
) -> None:
    ConsentEvent.objects.create(
        subscriber=subscriber,
        kind=kind,
        at=now,
        wording=wording,
        source=source,
        ip=ip,
        ip_range=limits.range_of(ip),
    )


def _ring(letter: str, subscriber_id: int, *, language: str, now: datetime) -> None:
    """Have a letter written after the commit, elsewhere: how long an answer takes must not tell a known address."""
    transaction.on_commit(
        lambda: letter_due.send_robust(
            Subscriber, letter=letter, subscriber_id=subscriber_id, language=language, now=now
        )
    )


def _is_never_mailed(subscriber: Subscriber) -> bool:
    barred = Suppression.objects.filter(address_key=subscriber.address_key, reason__in=NEVER_MAILED)
    return barred.exists()


def _is_due(subscriber: Subscriber, *, now: datetime) -> bool:
    """Say whether there is something to confirm and none went within a day, and set down that one goes now."""
    one = Subscriber.objects.filter(pk=subscriber.pk)
    if not Suppression.objects.filter(address_key=subscriber.address_key).exists():
        one = one.exclude(state=State.ACTIVE)
    not_today = Q(confirmation_sent_at=None) | Q(confirmation_sent_at__lte=now - MAILED_EVERY)
    # One conditional UPDATE decides: of two workers at once, one mails.
    return bool(one.filter(not_today).update(confirmation_sent_at=now))


def _mail_confirmation(subscriber: Subscriber, *, now: datetime) -> bool:
    token = keys.token(Purpose.CONFIRM, subscriber.pk, now=now)
    sent = letters.send(
        "confirmation",
        to=subscriber.address,
        language=subscriber.language,
        url=letters.link("newsletter:subscription-confirm", token, subscriber.language),
        consent=_in(subscriber.language),
    )
    if not sent:
        # Nothing went, so asking again today must be able to make it go.
        Subscriber.objects.filter(pk=subscriber.pk, confirmation_sent_at=now).update(
            confirmation_sent_at=None
        )
    return sent


def _in(language: str) -> str:
    with translation.override(language):
        return str(CONSENT)
