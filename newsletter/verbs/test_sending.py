"""Sending an issue to one address to look at: the same bytes as readers get, with [TEST] before the subject."""

from datetime import datetime
from email.utils import format_datetime, make_msgid, parseaddr

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from newsletter import addresses, keys, messages
from newsletter.models import Issue, IssueEvent, Suppression
from newsletter.smtp import Connection, Outcome, Relay, Unavailable
from newsletter.verbs import contents, trail

NOBODY = 0  # no subscriber bears this number, so the links of a test message change nothing


def test_send(issue: Issue, *, by: User, now: datetime, to: str, language: str, plain: bool) -> None:
    """Send one rendition of the issue as it stands to one address, over the relay that readers' mail takes.

    Outside of any transaction, since it waits for the relay. Raises PermissionDenied; Refused: "address",
    "suppressed", "incomplete", or "not_sent" with the relay's reply.
    """
    require(by, Action.COMPOSE_BRIEF)
    address = addresses.parse(to)
    if Suppression.objects.filter(address_key=keys.address_key(address.canonical)).exists():
        raise Refused("suppressed", _("This address must not be written to. Send the test to another."))
    said = contents.contents(issue)[language]
    rendered = messages.render(said, plain=plain)
    wire = messages.Stencil(rendered.wire, rendered.followed).fill(
        to=address.mailed,
        date=format_datetime(now),
        # A reader's Message-ID is the same on every try, and mailboxes would show a second test only once.
        message_id=make_msgid(domain=settings.NEWSLETTER_DOMAIN),
        subscriber_id=NOBODY,
        test=True,
    )
    _hand_over(address.mailed, wire)
    trail.note(
        issue,
        IssueEvent.Kind.TEST_SENT,
        by=by,
        now=now,
        domain=address.domain,
        language=language,
        plain=plain,
        revision=said.revision,
    )


def _hand_over(to: str, wire: bytes) -> None:
    try:
        connection = Connection(Relay.from_settings())
    except Unavailable as reason:
        raise _not_sent(reason.reply) from reason
    try:
        outcome: Outcome = connection.send(parseaddr(settings.NEWSLETTER_FROM)[1], to, wire)
    finally:
        connection.close()
    if outcome.result != "sent":
        raise _not_sent(outcome.reply)


def _not_sent(reply: str) -> Refused:
    return Refused("not_sent", _("The test was not sent; the relay says: %(reply)s") % {"reply": reply})
