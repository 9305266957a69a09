"""Where a rendered part holds something that differs per person: marks no content can hold, and their reading.

Marks are Unicode noncharacters (The Unicode Standard, 23.7): they never belong into text that is exchanged, and
`clean` takes them, and every control character, out of what editors wrote.
"""

import re
from dataclasses import dataclass
from typing import Any

from newsletter.content import Content, from_plain, to_plain

LEAVE = "\ufdd0"  # the token, wherever a link to leave stands
OPEN, LINE, TAIL, CLOSE = "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"  # the block of followed claims

# Controls with the line and paragraph separators become one space; noncharacters and lone surrogates go.
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_NEVER = re.compile("[\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Marked:
    """A rendered part taken apart: what comes before and after the block, the block's head, lines and tail."""

    before: str
    head: str
    lines: tuple[str, ...]
    tail: str
    after: str

    def filled(self, *, leave: str, lines: tuple[str, ...]) -> str:
        """Return the part as a person gets it who follows what `lines` state; without lines the block is gone."""
        block = self.head + "".join(lines) + self.tail if lines else ""
        return (self.before + block + self.after).replace(LEAVE, leave)


def take_apart(part: str) -> Marked:
    """Read the marks of a rendered part; a part without the block has empty head, lines and tail."""
    if OPEN not in part:
        return Marked(part, "", (), "", "")
    before, rest = part.split(OPEN)
    block, after = rest.split(CLOSE)
    heading, tail = block.split(TAIL)
    head, *lines = heading.split(LINE)
    return Marked(before, head, tuple(lines), tail, after)


def clean(content: Content) -> Content:
    """Return the content with every text on one line and free of controls, noncharacters and lone surrogates."""
    kept: dict[str, Any] = _cleaned(to_plain(content))
    return from_plain(kept)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _BLANK.sub(" ", _NEVER.sub("", value)).strip(" ")
    if isinstance(value, dict):
        return {name: _cleaned(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return value
