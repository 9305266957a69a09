"""What an issue says in one language, as frozen at approval: the one shape that mail, previews and archive render.

Pure data, no database, no words of its own. newsletter/verbs/composing.py makes it.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """A work cited: its number in the issue, the printed reference, its page on the site."""

    number: int
    text: str
    url: str


@dataclass(frozen=True)
class Line:
    """One line: what happened, why, where to read on. `refs` are numbers of Reference; never empty."""

    key: str
    kind: str  # a code of IssueLine.Kind
    text: str
    why: str
    url: str  # absolute, in the language of the issue
    refs: tuple[int, ...]
    claim: str = ""  # its code
    grade: str = ""  # a code of ReaderGrade: what the line states
    previous_grade: str = ""


@dataclass(frozen=True)
class Section:
    """Lines under one heading; sections without lines are not there."""

    code: str  # a code of IssueLine.Section
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Content:
    """A whole issue in one language. Paragraphs are plain text; `archive_url` is absolute and holds no token."""

    iso_week: str
    sunday: str  # ISO date
    language: str  # "en" or "zh-hant"
    revision: int
    subject: str
    opening: tuple[str, ...]
    erratum: tuple[str, ...]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    archive_url: str

    def lines(self) -> tuple[Line, ...]:
        """Return every line, in order."""
        return tuple(line for section in self.sections for line in section.lines)


def to_plain(content: Content) -> dict[str, Any]:
    """Return the content as JSON keeps it."""
    return asdict(content)


def from_plain(kept: dict[str, Any]) -> Content:
    """Return the content that `to_plain` made."""
    sections = tuple(
        Section(
            section["code"], tuple(Line(**line | {"refs": tuple(line["refs"])}) for line in section["lines"])
        )
        for section in kept["sections"]
    )
    return Content(
        **kept
        | {
            "opening": tuple(kept["opening"]),
            "erratum": tuple(kept["erratum"]),
            "sections": sections,
            "references": tuple(Reference(**reference) for reference in kept["references"]),
        }
    )
