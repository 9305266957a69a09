"""Levels, anchors and faults of headings. The page's h1 is the headline, so a body begins with h2."""

import re
import unicodedata

from markdown_it.token import Token

from articles.rendering.plain import inline_text
from articles.rendering.problems import Findings, ProblemCode
from articles.rendering.records import Heading

_NOT_IN_ANCHORS = re.compile(r"[^\w]+")


class Headings:
    """The headings of one article, their anchors unique through all segments."""

    def __init__(self) -> None:
        self.found: list[Heading] = []
        self._anchors: set[str] = set()

    def apply(self, tokens: list[Token], findings: Findings) -> list[Token]:
        """Give headings level and anchor, and drop those without content, reporting every fault.

        Parts other than the body stand under a heading of the page, so theirs begin with h3.
        """
        floor = 2 if findings.segment == "body" else 3
        above = floor - 1
        dropped: set[int] = set()
        for index, token in enumerate(tokens):
            if token.type != "heading_open":
                continue
            inline, closing = tokens[index + 1], tokens[index + 2]
            above = self._settle(token, inline, findings, floor=floor, above=above)
            closing.tag = token.tag
            if not inline.content.strip():
                dropped |= {index, index + 1, index + 2}
        return [token for index, token in enumerate(tokens) if index not in dropped]

    def _settle(self, opening: Token, inline: Token, findings: Findings, *, floor: int, above: int) -> int:
        """Set tag and attributes of one heading; give the level it is shown at."""
        typed, text = int(opening.tag[1]), inline_text(inline, with_cites=False)
        line = opening.map[0] if opening.map else 0
        if not text:
            findings.report(ProblemCode.HEADING_EMPTY, line)
        if typed < floor:
            findings.report(ProblemCode.HEADING_TOO_HIGH, line, text)
        elif typed > above + 1:
            findings.report(ProblemCode.HEADING_SKIPPED, line, text)
        level = max(typed, floor)
        opening.tag = f"h{level}"
        if level == 2:
            opening.attrs["class"] = "h2"
        if text:
            opening.attrs["id"] = self._add(text, level, findings.segment)
        return level

    def _add(self, text: str, level: int, segment: str) -> str:
        wanted = f"s-{slug(text)}"
        anchor, count = wanted, 1
        while anchor in self._anchors:
            count += 1
            anchor = f"{wanted}-{count}"
        self._anchors.add(anchor)
        self.found.append(Heading(level, text, anchor, segment))
        return anchor


def slug(text: str) -> str:
    """Make an anchor from the words of any language; the s- before it keeps it clear of the page's own."""
    return _NOT_IN_ANCHORS.sub("-", unicodedata.normalize("NFKC", text).lower()).strip("-") or "section"
