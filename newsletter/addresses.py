"""Addresses of readers: what can be written to, how it is spelled, and its canonical form. Pure, no database."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

from config.refusal import Refused


@dataclass(frozen=True)
class Address:
    """An address as mail is sent to it, and its canonical form (stripped, lower case, IDNA)."""

    mailed: str
    domain: str
    canonical: str


def parse(given: str) -> Address:
    """Read an address as a person typed it. Raises Refused("address") saying what is wrong with it.

    The local part keeps its case as typed, since RFC 5321 lets the receiver care; the canonical form does not.
    """
    text = given.strip()
    try:
        checked = validate_email(
            text, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except (EmailNotValidError, EmailSyntaxError) as reason:
        raise Refused("address", _("“%(address)s” is no address mail can be sent to: %(reason)s") % {
            "address": text[:80], "reason": reason,
        }) from reason  # fmt: skip
    # Without SMTPUTF8 the ASCII form is always there.
    local, _at, domain = (checked.ascii_email or text).rpartition("@")
    domain = domain.lower()
    return Address(mailed=f"{local}@{domain}", domain=domain, canonical=f"{local.lower()}@{domain}")
