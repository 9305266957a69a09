"""Small inline rules of our own: text in another language, and the report of typed HTML."""

import re

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from articles.rendering.cites import line_of
from articles.rendering.problems import ProblemCode

_LANGUAGE = re.compile(r'\{lang=("?)([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\1\}')


def parse_inlines(state: StateCore) -> None:
    """Parse all inline texts as the stock rule does, telling the rules at which line each block begins."""
    for token in state.tokens:
        if token.type == "inline":
            state.env["findings"].block_line = token.map[0] if token.map else 0
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def language_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # called by position
    """Turn `[中文]{lang=zh-Hant}` into a span that names its language; no other attribute is known."""
    if state.src[state.pos] != "[" or "]{lang=" not in state.src:
        return False
    start, maximum = state.pos, state.posMax
    end = state.md.helpers.parseLinkLabel(state, start)
    match = _LANGUAGE.match(state.src, end + 1, maximum) if end >= 0 else None
    if match is None:
        return False
    if not silent:
        state.pos, state.posMax = start + 1, end
        state.push("language_open", "span", 1).attrs = {"lang": match[2]}
        state.md.inline.tokenize(state)
        state.push("language_close", "span", -1)
    state.pos, state.posMax = match.end(), maximum
    return True


def html_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # called by position
    """Report typed HTML and leave it to be shown as text."""
    if silent or state.src[state.pos] != "<":
        return False
    match = HTML_TAG_RE.match(state.src, state.pos)
    comment = state.src.startswith("<!--", state.pos)
    if match or comment:
        shown = match[0] if match else "<!--"
        state.env["findings"].report(ProblemCode.RAW_HTML, line_of(state), " ".join(shown.split()))
    return False
