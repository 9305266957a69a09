"""The blocks between `::: name` and `:::`: finding them, and turning each into tokens.

A block has one form, its tokens; `web` and `plain` write them out, and mail and feeds will from the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock

from articles.rendering.problems import Findings, ProblemCode
from articles.rendering.tables import used_how_headers

_FENCE = re.compile(r":{3,}[ \t]*(\S*)[ \t]*(.*)")
_CODE_FENCE = re.compile(r"(`{3,}|~{3,})")
_ROW = re.compile(r"[-*]\s+(.*)")
_CELL = re.compile(r"(?<!\\)\|")
_ATTRIBUTION = re.compile(r"(?:--|—|——)\s+(\S.*)")
_FIGURE_KEY = re.compile(r"(?:plate:)?[a-z0-9][a-z0-9_-]*")
_FIGURE_LINE = re.compile(r"(alt|credit):\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A directive found: what stands behind its name, its line, and the lines between its fences."""

    state: StateBlock
    line: int
    end: int
    title: str

    @property
    def findings(self) -> Findings:
        found: Findings = self.state.env["findings"]
        return found

    def text(self, line: int) -> str:
        return line_text(self.state, line)

    def lines(self) -> list[tuple[int, str]]:
        """Give the lines that are not blank, with their numbers."""
        texts = ((line, self.text(line)) for line in range(self.line + 1, self.end))
        return [(line, text) for line, text in texts if text]

    def open(self, kind: str, tag: str, **meta: object) -> None:
        token = self.state.push(f"{kind}_open", tag, 1)
        token.map, token.meta, token.block = [self.line, self.end], meta, True

    def close(self, kind: str, tag: str) -> None:
        self.state.push(f"{kind}_close", tag, -1).block = True

    def inline(self, text: str, line: int) -> None:
        token = self.state.push("inline", "", 0)
        token.content, token.map, token.children = text, [line, line + 1], []

    def wrap(self, kind: str, tag: str, text: str, line: int) -> None:
        """Push one line of inline text between an opening and a closing token."""
        self.open(kind, tag)
        self.inline(text, line)
        self.close(kind, tag)

    def markdown(self, end: int) -> None:
        """Parse the lines up to `end` as Markdown of their own."""
        state = self.state
        parent, last = state.parentType, state.lineMax
        state.parentType, state.lineMax = "container", end
        state.md.block.tokenize(state, self.line + 1, end)
        state.parentType, state.lineMax = parent, last


def line_text(state: StateBlock, line: int) -> str:
    """Give a line without its indentation and without the marks of what encloses it."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def directive_rule(state: StateBlock, first: int, last: int, silent: bool) -> bool:  # noqa: FBT001
    """Read one block, with the blocks and the Markdown inside it."""
    opening = None if state.is_code_block(first) else _FENCE.fullmatch(line_text(state, first))
    if opening is None:
        return False
    if silent:
        return True
    findings: Findings = state.env["findings"]
    name, title = opening[1], opening[2]
    if not name:
        findings.report(ProblemCode.DIRECTIVE_NOT_OPEN, first)
        state.line = first + 1
        return True
    end, closed = _find_end(state, first, last)
    if not closed:
        findings.report(ProblemCode.DIRECTIVE_UNCLOSED, first, name)
    _BUILDERS.get(name, _unknown)(Block(state, first, end, title))
    state.line = end + closed
    return True


def _find_end(state: StateBlock, first: int, last: int) -> tuple[int, bool]:
    """Find the closing fence of the block, past inner blocks and code; else the end of what encloses it."""
    depth, code = 1, ""
    for line in range(first + 1, last):
        text = line_text(state, line)
        if text and state.sCount[line] < state.blkIndent:
            return line, False
        mark = _CODE_FENCE.match(text)
        if mark and not code:
            code = mark[1]
        elif code:
            code = "" if text.startswith(code) and not text.strip(code[0]) else code
        elif fence := _FENCE.fullmatch(text):
            depth += 1 if fence[1] else -1
            if not depth:
                return line, True
    return last, False


def _unknown(block: Block) -> None:
    """Show what an unknown block holds, its first line included: nothing is lost over a typing mistake."""
    first = block.text(block.line)
    block.findings.report(ProblemCode.DIRECTIVE_UNKNOWN, block.line, first.lstrip(":").split()[0])
    block.wrap("paragraph", "p", first.lstrip(": "), block.line)
    block.markdown(block.end)


def _callout(block: Block) -> None:
    _report_empty(block, "callout")
    block.open("callout", "div")
    if block.title:
        block.wrap("callout_title", "p", block.title, block.line)
    block.markdown(block.end)
    block.close("callout", "div")


def _report_empty(block: Block, name: str) -> None:
    if not block.lines():
        block.findings.report(ProblemCode.DIRECTIVE_EMPTY, block.line, name)


def _rows(
    block: Block, code: ProblemCode, *, least: int, most: int
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """Split rows into cells; lines that are no rows are reported and given back to be shown as text."""
    rows: list[tuple[int, list[str]]] = []
    rest: list[tuple[int, str]] = []
    for line, text in block.lines():
        match = _ROW.fullmatch(text)
        cells = [cell.strip() for cell in _CELL.split(match[1])] if match else []
        if least <= len(cells) <= most and all(cells[:least]):
            rows.append((line, cells))
        else:
            block.findings.report(code, line, text)
            rest.append((line, text))
    return rows, rest


def _remainder(block: Block, rest: list[tuple[int, str]]) -> None:
    for line, text in rest:
        block.wrap("paragraph", "p", text, line)


def _stats(block: Block) -> None:
    _report_empty(block, "stats")
    if block.title:
        block.wrap("paragraph", "p", block.title, block.line)
    rows, rest = _rows(block, ProblemCode.STATS_ROW_MALFORMED, least=2, most=3)
    if rows:
        block.open("stats", "dl")
    for line, (value, *label) in rows:
        block.open("stat_row", "div", line=line)
        block.wrap("stat_label", "dt", " ".join(label), line)
        block.wrap("stat_value", "dd", value, line)
        block.close("stat_row", "div")
    if rows:
        block.close("stats", "dl")
    _remainder(block, rest)


def _quote(block: Block) -> None:
    _report_empty(block, "quote")
    lines = block.lines()
    attribution = _ATTRIBUTION.fullmatch(lines[-1][1]) if lines else None
    end = lines[-1][0] if attribution else block.end
    block.open("quote", "figure", line=block.line, attributed=attribution is not None)
    block.open("blockquote", "blockquote")
    if block.title:
        block.wrap("paragraph", "p", block.title, block.line)
    block.markdown(end)
    block.close("blockquote", "blockquote")
    if attribution:
        block.wrap("attribution", "figcaption", attribution[1], end)
    block.close("quote", "figure")


def _figure(block: Block) -> None:
    named: dict[str, tuple[int, str]] = {}
    caption: list[tuple[int, str]] = []
    for line, text in block.lines():
        match = _FIGURE_LINE.fullmatch(text)
        if match:
            named[match[1].lower()] = (line, match[2].strip())
        else:
            caption.append((line, text))
    _report_figure(block, named, caption)
    key = block.title if _FIGURE_KEY.fullmatch(block.title) else ""
    alt, credit = named.get("alt", (0, ""))[1], named.get("credit", (0, ""))
    block.open("figure", "figure")
    frame = block.state.push("figure_frame", "div", 0)
    alt = "" if alt.lower() == "decorative" else alt
    frame.meta = {"key": key, "alt": alt, "credit": credit[1], "line": block.line + 1}
    block.open("figcaption", "figcaption")
    _remainder(block, _paragraphs(caption))
    if credit[1]:
        block.wrap("credit", "p", credit[1], credit[0])
    block.close("figcaption", "figcaption")
    block.close("figure", "figure")


def _paragraphs(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join lines that follow on each other; a blank or a named line between them parts paragraphs."""
    joined: list[tuple[int, str]] = []
    previous = -2
    for line, text in lines:
        if line == previous + 1:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]}\n{text}")
        else:
            joined.append((line, text))
        previous = line
    return joined


def _report_figure(block: Block, named: dict[str, tuple[int, str]], caption: list[tuple[int, str]]) -> None:
    if not _FIGURE_KEY.fullmatch(block.title):
        block.findings.report(ProblemCode.FIGURE_KEY_MALFORMED, block.line, block.title)
    missing = [name for name in ("alt", "credit") if not named.get(name, (0, ""))[1]]
    missing += [] if caption else ["caption"]
    if missing:
        block.findings.report(ProblemCode.FIGURE_INCOMPLETE, block.line, ", ".join(missing))


def _used_how(block: Block) -> None:
    _report_empty(block, "used-how")
    rows, rest = _rows(block, ProblemCode.USED_HOW_ROW_MALFORMED, least=3, most=4)
    if rows:
        block.open("table", "table", used_how=True)
        if block.title:
            block.wrap("caption", "caption", block.title, block.line)
        block.open("thead", "thead")
        _table_row(block, "th", list(used_how_headers()), block.line)
        block.close("thead", "thead")
        block.open("tbody", "tbody")
        for line, cells in rows:
            _table_row(block, "td", [*cells, ""][:4], line)
        block.close("tbody", "tbody")
        block.close("table", "table")
    elif block.title:
        block.wrap("paragraph", "p", block.title, block.line)
    _remainder(block, rest)


def _table_row(block: Block, kind: str, cells: list[str], line: int) -> None:
    block.open("tr", "tr", line=line, use=kind == "td")
    for cell in cells:
        block.wrap(kind, kind, cell, line)
    block.close("tr", "tr")


_BUILDERS: dict[str, Callable[[Block], None]] = {
    "callout": _callout,
    "stats": _stats,
    "quote": _quote,
    "figure": _figure,
    "used-how": _used_how,
}
