"""Citations in pandoc's form, `[@zhou2019; see @pmid:30108163, p. 4]`: reading them and writing them out.

Which work gets which number is decided in `numbering`.
"""

import re
from collections.abc import Callable
from html import escape
from itertools import pairwise

from django.utils.translation import gettext
from markdown_it.rules_inline import StateInline

from articles.rendering.numbering import CiteItem, Place
from articles.rendering.problems import ProblemCode
from articles.rendering.records import CiteKey

# A bracket without brackets in it, except within braces, which pandoc allows for odd keys: @{doi:10.1/a[1];b}
_BRACKET = re.compile(r"\[((?:[^\[\]{}]|\{[^{}\n]*\})*)\]")
_SEPARATOR = re.compile(r";(?![^{}]*\})")
_MARK = re.compile(r"(?<![\w\\@])-?@(?=[\w{])")
_KEY = re.compile(r"\{([^{}\s]+)\}|(\w(?:[\w:.#$%&\-+?<>~/()!*'=@]*[\w)>/=])?)")
_BARE = re.compile(r"(?<![\w@\[{-])@(?:doi|pmid|pmcid):[^\s\]]+", re.IGNORECASE)


def cite_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # the parser calls rules by position
    """Turn a bracket of citations into one `cite` token; what looks like one and is not gets reported."""
    if state.src[state.pos] != "[":
        return _report_bare(state, silent=silent)
    match = _BRACKET.match(state.src, state.pos, state.posMax)
    items = read_items(match[1]) if match else None
    if items is None or match is None:
        if not silent and _looks_like_cite(state.src, state.pos):
            _report_malformed(state, state.src[state.pos : match.end() if match else state.pos + 40])
        return False
    if not silent:
        token = state.push("cite", "", 0)
        token.content = match[0]
        token.meta = {"items": items, "line": line_of(state)}
    state.pos = match.end()
    return True


def line_of(state: StateInline) -> int:
    """Give the line of the segment, counted from 0, at which the inline parser stands."""
    block_line: int = state.env["findings"].block_line
    return block_line + state.src.count("\n", 0, state.pos)


def read_items(inside: str) -> list[CiteItem] | None:
    """Read what stands between the brackets; None unless every part names one key. A stray ; is forgiven."""
    if "@" not in inside:
        return None
    items = [_read_item(part) for part in _SEPARATOR.split(inside) if part.strip()]
    known = [item for item in items if item is not None]
    return known if len(known) == len(items) else None


def with_keys(text: str, renamed: Callable[[CiteKey], str | None]) -> str:
    """Return the text with each cite key replaced by what `renamed` gives for it; None leaves it as it is typed."""

    def bracket(match: re.Match[str]) -> str:
        inside, end, parts = match[1], 0, []
        if read_items(inside) is None:
            return match[0]
        for mark in _MARK.finditer(inside):
            key = _KEY.match(inside, mark.end())
            typed = "" if key is None else key[1] or _balanced(key[2])
            new = renamed(CiteKey.parse(typed)) if typed else None
            if key is None or new is None:
                continue
            parts += [inside[end : mark.end()], new]
            end = key.end() if key[1] else mark.end() + len(typed)
        return f"[{''.join(parts)}{inside[end:]}]"

    return _BRACKET.sub(bracket, text)


def _read_item(part: str) -> CiteItem | None:
    mark = _MARK.search(part)
    key = _KEY.match(part, mark.end()) if mark else None
    if mark is None or key is None:
        return None
    typed, end = key[1], key.end()
    if typed is None:
        typed = _balanced(key[2])
        end = key.start() + len(typed)
    suffix = part[end:]
    if _MARK.search(suffix):
        return None
    return CiteItem(CiteKey.parse(typed), _one_line(part[: mark.start()]), _one_line(suffix))


def _balanced(typed: str) -> str:
    """Leave a closing parenthesis to the sentence unless the key, a DOI perhaps, has opened it."""
    while typed.endswith(")") and typed.count(")") > typed.count("("):
        typed = typed[:-1]
    return typed


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _looks_like_cite(src: str, pos: int) -> bool:
    inside = re.compile(r"\[([^\[\]\n]{0,200})").match(src, pos)
    return bool(inside and re.search(r"^\s*-?@|(?<![\w\\])@(?:doi|pmid|pmcid):", inside[1], re.IGNORECASE))


def _report_bare(state: StateInline, *, silent: bool) -> bool:
    """Report an identifier that stands in the text without its brackets; it stays text."""
    match = _BARE.match(state.src, state.pos) if not silent and state.src[state.pos] == "@" else None
    if match:
        _report_malformed(state, match[0])
    return False


def _report_malformed(state: StateInline, what: str) -> None:
    state.env["findings"].report(ProblemCode.CITE_MALFORMED, line_of(state), _one_line(what))


def cite_text(places: list[Place]) -> str:
    """Write a group as plain text: [4–6], [4,6], [see 4, p. 4; 5], [?unknown-key]."""
    return "[" + "".join(shown for shown, _ in _pieces(places)) + "]"


def cite_html(places: list[Place]) -> str:
    """Write a group as links between real brackets, so that copied text never reads 456 for 4, 5, 6.

    The inner works of a range keep links of their own: without text, so that the eye reads [4–6], but with
    a name for assistive technology, reachable by keyboard, and an anchor for the way back.
    """
    inner = "".join(_link(place, shown) if place else escape(shown) for shown, place in _pieces(places))
    return f'<span class="cites">[{inner}]</span>'


def _link(place: Place, shown: str) -> str:
    if not place.number:
        return f'<mark class="cite-unknown">{escape(shown)}</mark>'
    name = gettext("Reference %(number)d: %(label)s") % {"number": place.number, "label": place.label}
    start = f'<a class="cite{"" if shown else " cite-mid"}" id="{place.anchor}" href="#ref-{place.number}"'
    inside = f"<span>{shown}</span>" if shown else ""
    return f'{start} aria-label="{escape(name)}" data-n="{place.number}">{inside}</a>'


_Pieces = list[tuple[str, Place | None]]


def _pieces(places: list[Place]) -> _Pieces:
    """Lay a group out: (text, None) is a separator, (text, place) a link, ("", place) a hidden one."""
    if any(place.item.prefix or place.item.suffix for place in places):
        return _as_written(places)
    known = sorted((place for place in places if place.number), key=lambda place: place.number)
    pieces: _Pieces = []
    for run in _runs(known):
        pieces += [(",", None)] if pieces else []
        pieces += _range(run) if len(run) > 2 else _listed(run)
    unknown = [place for place in places if not place.number]
    return pieces + ([(",", None)] if pieces and unknown else []) + _listed(unknown)


def _as_written(places: list[Place]) -> _Pieces:
    pieces: _Pieces = []
    for place in places:
        pieces.append(("; " if pieces else "", None))
        pieces.append((f"{place.item.prefix} " if place.item.prefix else "", None))
        pieces.append((_shown(place), place))
        joint = " " if place.item.suffix[:1].isalnum() else ""
        pieces.append((joint + place.item.suffix, None))
    return pieces


def _runs(known: list[Place]) -> list[list[Place]]:
    runs: list[list[Place]] = [known[:1]] if known else []
    for before, place in pairwise(known):
        if place.number == before.number + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _range(run: list[Place]) -> _Pieces:
    middle: _Pieces = [("", place) for place in run[1:-1]]
    return [(_shown(run[0]), run[0]), ("–", None), *middle, (_shown(run[-1]), run[-1])]


def _listed(run: list[Place]) -> _Pieces:
    pieces: _Pieces = []
    for place in run:
        pieces += [(",", None)] if pieces else []
        pieces.append((_shown(place), place))
    return pieces


def _shown(place: Place) -> str:
    return str(place.number) if place.number else f"?{place.item.key}"
