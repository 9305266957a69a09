"""The text renderer: tokens to plain text for search, descriptions and counting, losing no word.

Citations stand as [4]; blocks keep their words in reading order, without markup.
"""

import re
from collections.abc import Iterable

from markdown_it.token import Token

from articles.rendering.chinese import joins_without_space
from articles.rendering.cites import cite_text

_BLANK_LINES = re.compile(r"\n{3,}")
_SAID = {
    "stat_value_open": ": ",
    "paragraph_close": "\n\n",
    "heading_close": "\n\n",
    "bullet_list_close": "\n",
    "ordered_list_close": "\n",
    "tr_close": "\n",
    "table_close": "\n",
    "caption_close": "\n",
    "stat_row_close": "\n",
    "stats_close": "\n",
    "figcaption_close": "\n",
    "attribution_close": "\n\n",
    "callout_title_close": "\n\n",
    "credit_close": "\n\n",
    "hr": "\n",
}


def inline_text(inline: Token, *, with_cites: bool = True) -> str:
    """Write the text of one inline token, on request without its citations."""
    parts: list[str] = []
    children = inline.children or []
    for index, child in enumerate(children):
        if child.type == "softbreak":
            parts.append("" if joins_without_space(children, index) else " ")
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type == "cite":
            parts.append(cite_text(child.meta["places"]) if with_cites and "places" in child.meta else "")
        else:
            parts.append(child.content)
    return "".join(parts).strip()


def block_text(tokens: Iterable[Token], *, with_cites: bool = True) -> str:
    """Write a token stream as text: blocks apart by a blank line, rows and items one a line."""
    writer = _Writer(with_cites=with_cites)
    for token in tokens:
        writer.write(token)
    lines = "\n".join(line.strip() for line in "".join(writer.parts).split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()


class _Writer:
    """Walks the stream once; knows the open lists, for their markers, and the place in a table row."""

    def __init__(self, *, with_cites: bool) -> None:
        self.parts: list[str] = []
        self._with_cites = with_cites
        self._lists: list[int | None] = []
        self._cells = 0

    def write(self, token: Token) -> None:
        """Append what one token says."""
        self._track(token)
        if token.hidden:
            self.parts.append("\n" if token.nesting < 0 else "")
        elif token.type == "inline":
            self.parts.append(inline_text(token, with_cites=self._with_cites))
        elif token.type in ("fence", "code_block"):
            self.parts.append(f"{token.content}\n")
        elif token.type == "figure_frame":
            self.parts.append(f"{token.meta['alt']}\n\n" if token.meta["alt"] else "")
        elif token.type in ("td_open", "th_open"):
            self.parts.append(" | " if self._cells else "")
            self._cells += 1
        elif token.type == "list_item_open":
            self.parts.append(self._marker())
        else:
            self.parts.append(_SAID.get(token.type, ""))

    def _track(self, token: Token) -> None:
        if token.type == "tr_open":
            self._cells = 0
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            first = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
            self._lists.append(first)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()

    def _marker(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "
