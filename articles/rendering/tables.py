"""Tables, typed ones and those of blocks: headers that a screen reader hears and a phone can stack."""

from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext
from markdown_it.token import Token

from articles.rendering.plain import inline_text

_ALIGNMENT = {"text-align:right": "is-end", "text-align:center": "is-center"}


def settle_tables(tokens: list[Token]) -> None:
    """Give every cell its scope and its column's name, and replace inline styles, which the CSP forbids.

    The first cell of a row is its header, as in any table of studies; an empty cell heads nothing.
    """
    labels: list[str] = []
    column = 0
    in_head = False
    for index, token in enumerate(tokens):
        if token.type in ("thead_open", "tbody_open"):
            in_head = token.type == "thead_open"
            labels = [] if in_head else labels
        elif token.type == "tr_open":
            column = 0
        elif token.type in ("th_open", "td_open"):
            text = inline_text(tokens[index + 1], with_cites=False)
            if in_head:
                labels.append(text)
            label = labels[column] if column < len(labels) else ""
            _settle_cell(token, tokens[index + 2], text, label, in_head=in_head, first=column == 0)
            column += 1


def _settle_cell(
    opening: Token, closing: Token, text: str, label: str, *, in_head: bool, first: bool
) -> None:
    heads = bool(text) and (in_head or first)
    alignment = _ALIGNMENT.get(str(opening.attrs.get("style", "")))
    opening.tag = closing.tag = "th" if heads else "td"
    opening.attrs = {"class": alignment} if alignment else {}
    if heads:
        opening.attrs["scope"] = "col" if in_head else "row"
    elif label:
        opening.attrs["data-l"] = label


def table_opening(token: Token) -> str:
    """Open the frame in which a wide table scrolls, reachable by keyboard, and the table in it."""
    own = " used-how" if token.meta.get("used_how") else ""
    name = escape(gettext("Table"))
    return (
        f'<div class="scroll" role="group" aria-label="{name}" tabindex="0"><table class="tbl stack{own}">\n'
    )


def used_how_headers() -> Iterable[str]:
    """Name the columns of the table of uses."""
    return gettext("Dose"), gettext("For whom"), gettext("What the evidence says"), gettext("Source")
