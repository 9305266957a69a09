"""DMARC: what receivers do with mail that neither SPF nor DKIM vouches for, and whether ours is vouched for.

Where a domain ends and its organisation begins is found by walking up the tree to the highest policy, as the
newer DMARC does; no list of public suffixes is kept here.
"""

from newsletter.email_dns.asking import Asker, Finding, fine, lacks, note
from newsletter.email_dns.dkim import tags

VERSION = "v=DMARC1"
POLICIES = ("none", "quarantine", "reject")
MOST_STEPS = 8


def examine(sender: str, bounces: str, asker: Asker, *, signed: bool) -> list[Finding]:
    """Say what the policy for `sender`, the domain readers see, lacks; and whether SPF or DKIM speaks for it.

    `bounces` is the domain that SPF is asked about. `signed` says that a DKIM key of `sender` was found.
    """
    policies = _policies(sender, asker)
    if not policies:
        absent = (
            f"{sender} has no DMARC policy, and large receivers refuse bulk mail without one. Publish at "
            f"_dmarc.{sender}: “v=DMARC1; p=none; rua=mailto:SOMEBODY”, and raise p later."
        )
        return [lacks(absent)]
    where, records = policies[0]
    if len(records) > 1:
        return [lacks(f"_dmarc.{where} holds {len(records)} policies, so that none counts. Leave one.")]
    found = tags(records[0])
    return [*_policy(sender, where, found), *_aligned(sender, bounces, found, asker, signed=signed)]


def _policy(sender: str, where: str, found: dict[str, str]) -> list[Finding]:
    asked = found.get("p", "") if where == sender else found.get("sp", found.get("p", ""))
    if asked.lower() not in POLICIES:
        return [
            lacks(
                f"_dmarc.{where}: the policy “p={asked}” is none of none, quarantine or reject. Correct it."
            )
        ]
    findings = [fine(f"{sender} has a DMARC policy at _dmarc.{where}: {asked.lower()}.")]
    if asked.lower() == "none":
        findings.append(
            note(
                f"_dmarc.{where}: p=none asks receivers to let forged mail through. Good to begin with; once the "
                "reports show our own mail passing, raise it to quarantine."
            )
        )
    if "rua" not in found:
        findings.append(note(f"_dmarc.{where}: no “rua”, so that nobody is sent the receivers' reports."))
    if found.get("pct", "100") != "100":
        findings.append(note(f"_dmarc.{where}: the policy holds for {found['pct']} % of mail only (“pct”)."))
    return findings


def _aligned(
    sender: str, bounces: str, found: dict[str, str], asker: Asker, *, signed: bool
) -> list[Finding]:
    """Say whether what SPF and DKIM vouch for is the domain readers see (RFC 7489, 3.1)."""
    strict = found.get("aspf", "r").lower() == "s"
    by_spf = sender == bounces or (not strict and _same_organisation(sender, bounces, asker))
    if by_spf:
        return [
            fine(f"SPF speaks for {sender}: bounces return to {bounces}, and DMARC counts that as aligned.")
        ]
    apart = f"SPF does not speak for {sender}, since bounces return to {bounces}: DMARC does not count them as aligned"
    if signed:
        return [note(f"{apart}. DKIM alone must carry every message.")]
    return [
        lacks(f"{apart}, and no DKIM key of {sender} was found. Sign with one, or let bounces return to it.")
    ]


def _same_organisation(one: str, other: str, asker: Asker) -> bool:
    if one.endswith(f".{other}") or other.endswith(f".{one}"):
        return True
    return _organisation(one, asker) == _organisation(other, asker)


def _organisation(domain: str, asker: Asker) -> str:
    policies = _policies(domain, asker)
    return policies[-1][0] if policies else domain


def _policies(domain: str, asker: Asker) -> list[tuple[str, list[str]]]:
    """Return where policies stand, from the domain itself upwards, never at a top-level domain."""
    labels = domain.split(".")
    upwards = [".".join(labels[step:]) for step in range(max(len(labels) - 1, 1))][:MOST_STEPS]
    found = [(name, asker.versioned(f"_dmarc.{name}", VERSION)) for name in upwards]
    return [(name, records) for name, records in found if records]
