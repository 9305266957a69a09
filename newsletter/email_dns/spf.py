"""SPF (RFC 7208): which hosts may send under a domain's name, and whether that can be read at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from newsletter.email_dns.asking import Address, Asker, Finding, fine, lacks, note

LOOKUPS = 10  # RFC 7208, 4.6.4: a receiver stops there, and the record counts for nothing
VOIDS = 2
RUNAWAY = 40
MOST_EXCHANGERS = 10
_MECHANISM = re.compile(
    r"([+?~-]?)(all|include|ip4|ip6|a|mx|ptr|exists)(?::([^/]+|[^/]*%.+?))?((?:/\d+)?(?://\d+)?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"([a-z][a-z0-9._-]*)=(.*)", re.IGNORECASE)
_NEED_A_TARGET = ("include", "ip4", "ip6", "exists")


@dataclass
class _Tree:
    """What a record says together with all it refers to."""

    asker: Asker
    lookups: int = 0
    voids: int = 0
    anyone: bool = False
    end: str = ""  # the qualifier of its own "all"
    networks: list[IPv4Network | IPv6Network] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """Where in the tree a record stands: by which names it was reached, and what a match in it means."""

    path: tuple[str, ...]
    passes: bool = True  # a match lets the sender pass
    outermost: bool = True  # its "all" is the last word

    @property
    def domain(self) -> str:
        return self.path[-1]


def examine(domain: str, relays: Sequence[str], asker: Asker) -> list[Finding]:
    """Say what the SPF record of a domain lacks, and whether each relay may send by it."""
    records = asker.versioned(domain, "v=spf1")
    if not records:
        return [
            lacks(
                f"{domain} has no SPF record. Publish a TXT record there: “v=spf1 include:YOUR-RELAY ~all”."
            )
        ]
    if len(records) > 1:
        many = f"{domain} has {len(records)} SPF records, so that none of them counts. Merge them into one."
        return [lacks(many)]
    tree = _Tree(asker)
    _read(tree, records[0], _Place((domain,)))
    there = fine(f"{domain} has an SPF record; it takes {tree.lookups} of {LOOKUPS} lookups.")
    return [
        there,
        *tree.findings,
        *_verdict(domain, tree),
        *(_relay(domain, relay, tree) for relay in relays),
    ]


def _read(tree: _Tree, record: str, place: _Place) -> None:
    """Go through one record, and through those it refers to."""
    redirect = ""
    for term in record.split()[1:]:
        mechanism, modifier = _MECHANISM.fullmatch(term), _MODIFIER.fullmatch(term)
        if mechanism is not None and (mechanism[3] or mechanism[2].lower() not in _NEED_A_TARGET):
            qualifier = mechanism[1] or "+"
            inside = _Place(place.path, place.passes and qualifier == "+", place.outermost)
            if mechanism[2].lower() == "all":
                tree.anyone = tree.anyone or inside.passes
                tree.end = qualifier if place.outermost else tree.end
                return
            _mechanism(tree, mechanism, inside)
        elif modifier is None:
            tree.findings.append(
                lacks(f"{place.domain}: SPF knows no “{term}”, so that the whole record fails. Correct it.")
            )
        elif modifier[1].lower() == "redirect":
            redirect = modifier[2]
    if redirect:
        _refer(tree, redirect, place, outermost=place.outermost)


def _mechanism(tree: _Tree, mechanism: re.Match[str], place: _Place) -> None:
    kind, target, length = mechanism[2].lower(), mechanism[3] or place.domain, mechanism[4] or ""
    if kind in ("ip4", "ip6"):
        _networks(tree, f"{target}{length}", place)
    elif kind == "include":
        _refer(tree, target, place, outermost=False)
    else:
        tree.lookups += 1
        if kind == "ptr":
            tree.findings.append(
                note(f"{place.domain}: “ptr” in SPF should no longer be used (RFC 7208, 5.5). Leave it out.")
            )
        elif kind != "exists" and "%" not in target:
            _hosts(tree, kind, target, length, place)


def _networks(tree: _Tree, written: str, place: _Place) -> None:
    try:
        network = ip_network(written, strict=False)
    except ValueError:
        tree.findings.append(
            lacks(
                f"{place.domain}: “{written}” in SPF is no network, so that the whole record fails. Correct it."
            )
        )
    else:
        tree.networks += [network] if place.passes else []


def _refer(tree: _Tree, target: str, place: _Place, *, outermost: bool) -> None:
    """Follow an include or a redirect; both count as a lookup, and fail where there is nothing to read."""
    tree.lookups += 1
    target = target.lower().rstrip(".")
    if "%" in target:
        tree.findings.append(
            note(f"{place.domain}: “{target}” in SPF depends on the sender, and was not followed.")
        )
        return
    if target in place.path:
        tree.findings.append(
            lacks(f"{place.domain}: SPF refers to {target}, which refers back. Leave one out.")
        )
        return
    if tree.lookups > RUNAWAY:
        return
    records = tree.asker.versioned(target, "v=spf1")
    if place.passes:
        tree.names.add(target)
    if len(records) != 1:
        tree.voids += not records
        found = "no SPF record" if not records else "several SPF records"
        tree.findings.append(
            lacks(
                f"{place.domain}: SPF refers to {target}, which has {found}, so that the whole record fails."
            )
        )
        return
    _read(tree, records[0], _Place((*place.path, target), place.passes, outermost))


def _hosts(tree: _Tree, kind: str, target: str, length: str, place: _Place) -> None:
    """Take down the addresses that “a” and “mx” stand for, widened to the lengths behind them."""
    hosts = [target] if kind == "a" else tree.asker.mx(target)[:MOST_EXCHANGERS]
    found = [address for host in hosts if host for address in tree.asker.addresses(host)]
    tree.voids += not found
    if place.passes:
        tree.names.add(target.lower())
        four, _slashes, six = length.partition("//")
        for address in found:
            wide = four if address.version == 4 else (f"/{six}" if six else "")
            tree.networks.append(ip_network(f"{address}{wide}", strict=False))


def _verdict(domain: str, tree: _Tree) -> list[Finding]:
    """Judge the record as a whole."""
    findings = []
    if tree.lookups > LOOKUPS:
        findings.append(
            lacks(
                f"{domain}: SPF takes {tree.lookups} lookups and receivers stop at {LOOKUPS}, so that the record "
                "fails. Replace includes by the networks behind them, or leave some out."
            )
        )
    if tree.voids > VOIDS:
        findings.append(
            note(f"{domain}: {tree.voids} names in SPF lead nowhere; receivers may stop at {VOIDS}.")
        )
    if tree.anyone:
        findings.append(
            lacks(f"{domain}: SPF lets anybody send (“+all”). End the record with “~all” or “-all”.")
        )
    elif tree.end not in ("~", "-"):
        findings.append(
            note(f"{domain}: SPF does not refuse the rest. End the record with “~all” or “-all”.")
        )
    return findings


def _relay(domain: str, relay: str, tree: _Tree) -> Finding:
    """Say whether a relay, given as a name that is included or as a host or network address, may send."""
    relay = relay.lower().rstrip(".")
    if relay in tree.names:
        return fine(f"{domain}: SPF names {relay}.")
    sends_from = _addresses_of(relay, tree.asker)
    if sends_from and all(any(address in network for network in tree.networks) for address in sends_from):
        return fine(f"{domain}: SPF lets {relay} send.")
    missing = [str(address) for address in sends_from if not any(address in known for known in tree.networks)]
    which = f" ({', '.join(missing)})" if missing and missing != [relay] else ""
    return lacks(
        f"{domain}: SPF does not let {relay}{which} send. Add it to the record, as the relay documents it."
    )


def _addresses_of(relay: str, asker: Asker) -> list[Address]:
    try:
        return [ip_address(relay)]
    except ValueError:
        return asker.addresses(relay)
