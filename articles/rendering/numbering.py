"""Gives every cited work its number, by first use through all segments, and every place its anchor."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from markdown_it.token import Token

from articles.rendering.problems import Findings, ProblemCode
from articles.rendering.records import CitedReference, CitedWork, CiteKey, Resolver


@dataclass(frozen=True)
class CiteItem:
    """One key of a group as typed, with what stands before ("see") and behind it (", p. 4")."""

    key: CiteKey
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Place:
    """One item of a group after numbering; without a number where the key is unknown."""

    item: CiteItem
    number: int = 0
    label: str = ""
    work_id: str = ""
    anchor: str = ""


@dataclass
class _Entry:
    number: int
    work: CitedWork
    keys: dict[str, None] = field(default_factory=dict)
    anchors: list[str] = field(default_factory=list)


def letters(count: int) -> str:
    """Name the nth occurrence as reference lists do: a to z, then aa, ab …"""
    name = ""
    while count:
        count, rest = divmod(count - 1, 26)
        name = chr(ord("a") + rest) + name
    return name


class Numbering:
    """The running reference list of one article."""

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve
        self._entries: dict[str, _Entry] = {}

    def number(self, tokens: Iterable[Token], findings: Findings) -> None:
        """Put `places` on every citation among the tokens, in reading order; report unknown keys."""
        for token in tokens:
            if token.type == "cite":
                token.meta["places"] = self._places(token, findings)
            self.number(token.children or (), findings)

    def references(self) -> tuple[CitedReference, ...]:
        """List the works cited so far, by number."""
        return tuple(
            CitedReference(entry.number, entry.work.work_id, tuple(entry.keys), tuple(entry.anchors))
            for entry in self._entries.values()
        )

    def _places(self, token: Token, findings: Findings) -> list[Place]:
        places: list[Place] = []
        for item in token.meta["items"]:
            place = self._place(item, {place.work_id for place in places})
            if place is None:
                continue
            if not place.number:
                findings.report(ProblemCode.CITE_UNKNOWN, token.meta["line"], str(item.key))
            places.append(place)
        return places

    def _place(self, item: CiteItem, already: set[str]) -> Place | None:
        """Number one item; None where the group has named the same work before and adds nothing."""
        work = self._resolve(item.key)
        if work is None:
            return Place(item)
        entry = self._entries.setdefault(work.work_id, _Entry(len(self._entries) + 1, work))
        entry.keys[str(item.key)] = None
        if work.work_id in already and not (item.prefix or item.suffix):
            return None
        anchor = f"cite-{entry.number}-{letters(len(entry.anchors) + 1)}"
        entry.anchors.append(anchor)
        return Place(item, entry.number, entry.work.label, work.work_id, anchor)
