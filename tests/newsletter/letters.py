"""The HTML of a mail as an eye meets it: every piece of text with its colour and ground, by light and in the dark."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "hr", "input"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


@dataclass(frozen=True)
class Piece:
    """A piece of visible text."""

    text: str
    colour: str
    ground: str


class Eye(HTMLParser):
    """Reads one document by one light; `pieces` is what it saw, `links` where it could go and by which words."""

    def __init__(self, document: str, *, dark: bool) -> None:
        super().__init__()
        self.dark = _dark_rules(document) if dark else {}
        self.pieces: list[Piece] = []
        self.links: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._stack: list[tuple[str, str, str, bool]] = [("", "#000000", "#ffffff", False)]
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "a":
            self.links.append((given.get("href", ""), ""))
        if tag in VOID:
            return
        _tag, colour, ground, hidden = self._stack[-1]
        rules = _declared(given.get("style", ""))
        for name in given.get("class", "").split():
            rules |= self.dark.get(name, {})
        if rules.get("background", "").startswith("#"):
            ground = rules["background"]
        hidden = hidden or rules.get("display") == "none" or tag in {"style", "title"}
        self._stack.append((tag, rules.get("color", colour), ground, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        _tag, colour, ground, hidden = self._stack[-1]
        if data.strip() and not hidden:
            self.pieces.append(Piece(data.strip(), colour, ground))
            if any(open_tag[0] == "a" for open_tag in self._stack):
                href, text = self.links[-1]
                self.links[-1] = (href, text + data)


def _declared(style: str) -> dict[str, str]:
    pairs = (one.split(":", 1) for one in style.split(";") if ":" in one)
    return {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


def _dark_rules(document: str) -> dict[str, dict[str, str]]:
    """The rules of the dark media query by class."""
    block = document.split("@media (prefers-color-scheme: dark)", 1)[1].split("</style>", 1)[0]
    body = block.split("{", 1)[1]
    return {selector.strip().lstrip("."): _declared(rules) for selector, rules in _RULE.findall(body)}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
