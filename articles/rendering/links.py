"""The policy for links, and the fate of pictures typed outside a figure."""

import re
from collections.abc import Iterable

from markdown_it.token import Token

from articles.rendering.problems import Findings, ProblemCode

_OUTSIDE = re.compile(r"https?://[^/\\?#]", re.IGNORECASE)
_ALLOWED = re.compile(r"https?://[^/\\?#]|mailto:.|/(?![/\\])|#", re.IGNORECASE)


def is_allowed(address: str) -> bool:
    """Allow http, https and mailto, and on this site paths from the root and fragments; never //host."""
    return _ALLOWED.match(address) is not None


def apply_link_policy(tokens: Iterable[Token], findings: Findings) -> None:
    """Drop what links outside the policy, keeping their words; mark the ones that leave the site."""
    for token in tokens:
        if token.type == "inline":
            line = token.map[0] if token.map else 0
            token.children = _checked(token.children or [], findings, line)


def _checked(children: list[Token], findings: Findings, line: int) -> list[Token]:
    kept: list[Token] = []
    dropping = inside = False
    for child in children:
        line += child.type in ("softbreak", "hardbreak")
        if child.type == "image":
            findings.report(ProblemCode.IMAGE_INLINE, line, child.content or str(child.attrs.get("src", "")))
            # Within a link the words stay plain: links and citations in them would nest links.
            kept += [_words(child)] if inside else _checked(child.children or [], findings, line)
        elif child.type == "link_open" and not is_allowed(str(child.attrs.get("href", ""))):
            findings.report(ProblemCode.LINK_REFUSED, line, str(child.attrs.get("href", "")))
            dropping = True
        elif child.type == "link_close" and dropping:
            dropping = False
        else:
            inside = child.type == "link_open" or (inside and child.type != "link_close")
            kept.append(_outward(child) if child.type == "link_open" else child)
    return kept


def _words(image: Token) -> Token:
    return Token("text", "", 0, content=image.content)


def _outward(link: Token) -> Token:
    """Keep a page opened from here from reaching back."""
    if _OUTSIDE.match(str(link.attrs["href"])):
        link.attrs["rel"] = "noopener"
    return link
