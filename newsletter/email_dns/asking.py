"""Asking DNS, and the shape of what is found. Knows no standard of mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from dns.exception import DNSException
from dns.name import EmptyLabel, LabelTooLong, NameTooLong
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

Address = IPv4Address | IPv6Address


class Weight(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"  # worth knowing
    LACKS = "lacks"  # to be mended


@dataclass(frozen=True)
class Finding:
    """One sentence about what is there or is not."""

    weight: Weight
    text: str


def fine(text: str) -> Finding:
    """Make a finding that asks nothing of anybody."""
    return Finding(Weight.FINE, text)


def note(text: str) -> Finding:
    """Make a finding that somebody should know and nobody must mend."""
    return Finding(Weight.NOTE, text)


def lacks(text: str) -> Finding:
    """Make a finding that must be mended."""
    return Finding(Weight.LACKS, text)


class Unanswered(Exception):
    """DNS could not be asked, which says nothing of what it holds."""

    def __init__(self, kind: str, name: str, reason: DNSException) -> None:
        super().__init__(f"The {kind} records of {name} could not be looked up ({type(reason).__name__}).")


@dataclass(frozen=True)
class Asker:
    """Asks one resolver. What does not exist is an empty answer; Unanswered is raised where none came."""

    resolver: Resolver

    def txt(self, name: str) -> list[str]:
        """Return the texts at a name, the strings of each joined (RFC 7208, 3.3)."""
        return [b"".join(row.strings).decode("utf-8", "replace") for row in self._ask(name, "TXT")]

    def versioned(self, name: str, version: str) -> list[str]:
        """Return the texts that begin with a version, as “v=spf1”; other texts at a name mean something else."""
        return [text for text in self.txt(name) if text.partition(";")[0].partition(" ")[0] == version]

    def mx(self, name: str) -> list[str]:
        """Return the mail exchangers of a name, the preferred one first; an empty text is the null MX (RFC 7505)."""
        rows = sorted(self._ask(name, "MX"), key=lambda row: int(row.preference))
        return [row.exchange.to_text().rstrip(".").lower() for row in rows]

    def addresses(self, name: str) -> list[Address]:
        """Return the network addresses of a name, of both families."""
        return [ip_address(row.address) for kind in ("A", "AAAA") for row in self._ask(name, kind)]

    # dnspython types every row of an answer by a base class that has none of their fields.
    def _ask(self, name: str, kind: str) -> Iterable[Any]:
        try:
            return list(self.resolver.resolve(name, kind, search=False))
        except (NXDOMAIN, NoAnswer, LabelTooLong, NameTooLong, EmptyLabel):
            return []
        except DNSException as reason:
            raise Unanswered(kind, name, reason) from reason
