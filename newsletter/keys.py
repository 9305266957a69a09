"""Tokens and fingerprints of the newsletter: HMAC-SHA-256 with a purpose, from keys of their own.

A token names a subscriber by number and never carries an address. NEWSLETTER_KEYS is a list: the first signs,
all verify, so that a key can be rotated. NEWSLETTER_ADDRESS_KEY is never rotated: suppressions and Message-IDs
must mean the same for ever. What a token opens is decided in newsletter/verbs/.
"""

import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from django.conf import settings

MAC_BYTES = 16


class Purpose(StrEnum):
    """What a token is for; a token for one purpose opens nothing else."""

    UNSUBSCRIBE = "unsubscribe"  # never expires
    CONFIRM = "confirm"
    MANAGE = "manage"  # preferences, export and erasure: mailed on request, since briefs get forwarded
    BOUNCE = "bounce"  # the envelope sender
    FORM = "form"  # when a form was shown


LIFETIMES = {
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.MANAGE: timedelta(minutes=30),
    Purpose.FORM: timedelta(days=1),
}


class BadToken(Exception):
    """The token is not ours, not for this purpose, or too old; `expired` says which."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("expired" if expired else "forged")
        self.expired = expired


def token(purpose: Purpose, subject: int, *, now: datetime | None = None) -> str:
    """Return a token for `subject`: lower-case letters, digits and hyphens, at most 75 characters.

    Purposes with a lifetime carry the second of `now`, which they need; the others never expire.
    """
    stem = f"{subject}"
    if purpose in LIFETIMES:
        if now is None:
            raise ValueError(f"A token to {purpose} needs the time it is made.")
        stem = f"{subject}-{int(now.timestamp())}"
    return f"{stem}-{_mac(_signing_keys()[0], purpose, stem)}"


def read(purpose: Purpose, given: str, *, now: datetime) -> int:
    """Return the subject of a token, compared in constant time with every key. Raises BadToken."""
    stem, _hyphen, mac = given.lower().rpartition("-")
    good = [hmac.compare_digest(_mac(key, purpose, stem).encode(), mac.encode()) for key in _signing_keys()]
    if not stem or not any(good):
        raise BadToken(expired=False)
    subject, _hyphen, second = stem.partition("-")
    if purpose in LIFETIMES and now - datetime.fromtimestamp(int(second), UTC) > LIFETIMES[purpose]:
        raise BadToken(expired=True)
    return int(subject)


def made_at(purpose: Purpose, given: str, *, now: datetime) -> datetime:
    """Return when a token with a lifetime was made. Raises BadToken as `read` does."""
    read(purpose, given, now=now)
    return datetime.fromtimestamp(int(given.split("-")[1]), UTC)


def address_key(canonical: str) -> str:
    """Return the fingerprint by which an address is known everywhere but in its own row (64 hex digits)."""
    return hmac.digest(_lasting_key("address"), canonical.encode(), "sha256").hex()


def limit_key(kind: str, value: str) -> str:
    """Return the fingerprint under which requests are counted against a limit (64 hex digits)."""
    return hmac.digest(_lasting_key("limit"), f"{kind}:{value}".encode(), "sha256").hex()


def message_id(issue_id: int, subscriber_id: int) -> str:
    """Return the Message-ID of an issue to a subscriber, the same on every try (RFC 5322, 3.6.4)."""
    mac = hmac.digest(_lasting_key("message"), b"%d:%d" % (issue_id, subscriber_id), "sha256")[:MAC_BYTES]
    return f"<{mac.hex()}@{settings.NEWSLETTER_DOMAIN}>"


def bounce_address(delivery_id: int) -> str:
    """Return the envelope sender of one delivery (VERP): whoever answers it need not be believed, only read."""
    return f"bounce+{token(Purpose.BOUNCE, delivery_id)}@{settings.NEWSLETTER_BOUNCE_DOMAIN}"


def leave_address(subscriber_id: int) -> str:
    """Return the address to which a mail of any content unsubscribes (RFC 2369)."""
    return f"leave+{token(Purpose.UNSUBSCRIBE, subscriber_id)}@{settings.NEWSLETTER_BOUNCE_DOMAIN}"


def _mac(key: str, purpose: Purpose, stem: str) -> str:
    return hmac.digest(_purpose_key(key, purpose), stem.encode(), "sha256")[:MAC_BYTES].hex()


@lru_cache(maxsize=64)
def _purpose_key(key: str, purpose: str) -> bytes:
    return hmac.digest(key.encode(), f"wellness-radar:{purpose}".encode(), "sha256")


def _signing_keys() -> list[str]:
    keys: list[str] = settings.NEWSLETTER_KEYS
    return keys


def _lasting_key(purpose: str) -> bytes:
    return _purpose_key(settings.NEWSLETTER_ADDRESS_KEY, purpose)
