"""DKIM keys (RFC 6376): whether what the relay signs with can be verified. The signing itself is the relay's."""

import base64
import binascii
from collections.abc import Sequence

from newsletter.email_dns.asking import Asker, Finding, fine, lacks, note

# The bytes of an RSA public key, whether wrapped as SubjectPublicKeyInfo or bare: 162 or 140 for 1024 bits, 294 or
# 270 for 2048.
BYTES_OF_1024_BITS = 138
BYTES_OF_2048_BITS = 266
BYTES_OF_ED25519 = 32


def examine(domain: str, selectors: Sequence[str], asker: Asker) -> list[Finding]:
    """Say what the published keys of a domain lack."""
    if not selectors:
        unseen = (
            f"Whether mail from {domain} can be signed was not looked at: give --selector. It stands behind “s=” in "
            "the DKIM-Signature of any message the relay has signed."
        )
        return [lacks(unseen)]
    return [finding for selector in selectors for finding in _key(f"{selector}._domainkey.{domain}", asker)]


def tags(record: str) -> dict[str, str]:
    """Return the tags of a record written as “a=1; b=2” (RFC 6376, 3.2)."""
    pairs = (piece.partition("=") for piece in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, equals, value in pairs if equals}


def _key(name: str, asker: Asker) -> list[Finding]:
    records = [record for record in asker.txt(name) if "p" in tags(record)]
    if not records:
        return [
            lacks(f"{name} holds no DKIM key. Publish the TXT or CNAME record that the relay gives for it.")
        ]
    if len(records) > 1:
        return [lacks(f"{name} holds {len(records)} DKIM keys and may hold one. Leave only the relay's.")]
    found = tags(records[0])
    wrong = _wrong(name, found)
    return wrong or [fine(f"{name} holds a DKIM key."), *_weak(name, found)]


def _wrong(name: str, found: dict[str, str]) -> list[Finding]:
    """Return why no signature by this key will ever be believed."""
    if found.get("v", "DKIM1") != "DKIM1":
        return [lacks(f"{name}: the version is “{found['v']}”, not DKIM1, so that the key is ignored.")]
    if not found["p"]:
        return [lacks(f"{name}: the key was revoked (“p=” is empty). Publish the relay's present one.")]
    if not {"*", "email"} & set(found.get("s", "*").split(":")):
        return [lacks(f"{name}: the key is not for mail (“s={found['s']}”).")]
    if "sha256" not in found.get("h", "sha256").split(":"):
        return [lacks(f"{name}: the key allows no SHA-256 (“h={found['h']}”), which every signature uses.")]
    return _unreadable(name, found)


def _unreadable(name: str, found: dict[str, str]) -> list[Finding]:
    try:
        size = len(base64.b64decode(found["p"], validate=True))
    except (binascii.Error, ValueError):
        return [lacks(f"{name}: the key is not whole (“p=” is no base64). Copy it again from the relay.")]
    kind = found.get("k", "rsa")
    if kind not in ("rsa", "ed25519"):
        return [lacks(f"{name}: nobody knows keys of the kind “{kind}”. Use rsa.")]
    least = BYTES_OF_1024_BITS if kind == "rsa" else BYTES_OF_ED25519
    return [lacks(f"{name}: the key is cut off or too short to be believed.")] if size < least else []


def _weak(name: str, found: dict[str, str]) -> list[Finding]:
    """Return what a key that works would better have."""
    findings = []
    if "y" in found.get("t", "").split(":"):
        findings.append(
            note(f"{name}: the key is marked as a test (“t=y”). Take that out once mail is signed.")
        )
    if found.get("k", "rsa") == "ed25519":
        findings.append(
            note(f"{name}: many receivers verify RSA alone. Let the relay sign with an RSA key too.")
        )
    elif len(base64.b64decode(found["p"])) < BYTES_OF_2048_BITS:
        findings.append(note(f"{name}: the key is shorter than 2048 bits. Let the relay make a longer one."))
    return findings
