"""A tiny DNS server on this machine: answers over UDP from a few lines of zone, as a test writes them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
from dns.name import Name

# Zone lines by (name, type); a name that is "broken" answers SERVFAIL.
Zone = dict[tuple[str, str], list[str]]


@contextmanager
def serving(zone: Zone, *, broken: tuple[str, ...] = ()) -> Iterator[dns.resolver.Resolver]:
    """Serve a zone and yield a resolver that asks nobody else."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(listener, zone, broken), daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = listener.getsockname()[1]
    resolver.lifetime = 5
    try:
        yield resolver
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", resolver.port))
        thread.join()
        listener.close()


def text(value: str) -> str:
    """Write a text as a zone does: in quoted strings of at most 255 bytes."""
    return " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))


def _serve(listener: socket.socket, zone: Zone, broken: tuple[str, ...]) -> None:
    while True:
        wire, asker = listener.recvfrom(4096)
        if not wire:
            return
        listener.sendto(_answer(dns.message.from_wire(wire), zone, broken).to_wire(max_size=65000), asker)


def _answer(query: dns.message.Message, zone: Zone, broken: tuple[str, ...]) -> dns.message.Message:
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    question = query.question[0]
    name: Name = question.name
    known = name.to_text(omit_final_dot=True).lower()
    if known in broken:
        response.set_rcode(dns.rcode.SERVFAIL)
        return response
    rows = zone.get((known, dns.rdatatype.to_text(question.rdtype)))
    if rows:
        response.answer.append(dns.rrset.from_text_list(name, 60, question.rdclass, question.rdtype, rows))
    elif not any(there == known or there.endswith(f".{known}") for there, _kind in zone):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response
