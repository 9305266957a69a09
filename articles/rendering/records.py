"""The frozen records that go into the renderer and come out of it.

No parsing and no markup here; what is wrong with a text is described in `problems`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from articles.rendering.problems import Problem

_PREFIXED_KEY = re.compile(r"(doi|pmid|pmcid):(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Source:
    """The four written parts of an article as Markdown, in the order in which they are read."""

    short_version: str = ""
    body: str = ""
    open_questions: str = ""
    verdict: str = ""

    def segments(self) -> Iterator[tuple[str, str]]:
        """Yield name and text in reading order, the order in which citations are numbered."""
        yield "short_version", self.short_version
        yield "body", self.body
        yield "open_questions", self.open_questions
        yield "verdict", self.verdict


@dataclass(frozen=True)
class CiteKey:
    """What an editor typed behind the @: a kind (key, pmid, pmcid or doi) and its value, as typed.

    Bringing identifiers into one form is the resolver's work: it knows the records.
    """

    kind: str
    value: str

    @classmethod
    def parse(cls, typed: str) -> Self:
        """Tell `pmid:30108163` from `zhou2019`; any prefix unknown here stays part of a plain key."""
        match = _PREFIXED_KEY.fullmatch(typed)
        return cls(match[1].lower(), match[2]) if match else cls("key", typed)

    def __str__(self) -> str:
        return self.value if self.kind == "key" else f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class CitedWork:
    """One work: the identity that makes two keys one reference, and its short name ("Zhou 2019")."""

    work_id: str
    label: str


Resolver = Callable[[CiteKey], CitedWork | None]


@dataclass(frozen=True)
class CitedReference:
    """One line of the reference list: its number, every key it was cited by, the anchors to go back to."""

    number: int
    work_id: str
    keys: tuple[str, ...]
    occurrences: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading for the contents, without the citations that stand in it."""

    level: int
    text: str
    anchor: str
    segment: str


@dataclass(frozen=True)
class StatRow:
    """A number on a stat card, for the gate that binds it to a field or a quoted sentence of its works."""

    value: str
    label: str
    work_ids: tuple[str, ...]
    segment: str
    line: int


@dataclass(frozen=True)
class Figure:
    """A picture the text asks for, by the key of an image or a plate; no alt text means decorative."""

    key: str
    alt: str
    credit: str
    segment: str
    line: int


@dataclass(frozen=True)
class Rendered:
    """An article as readers get it: safe HTML and plain text by segment, and what was found on the way."""

    html: Mapping[str, str]
    text: Mapping[str, str]
    references: tuple[CitedReference, ...] = ()
    headings: tuple[Heading, ...] = ()
    stat_rows: tuple[StatRow, ...] = ()
    figures: tuple[Figure, ...] = ()
    problems: tuple[Problem, ...] = ()
    words: int = 0
    reading_minutes: int = 0
