"""An issue as the desk looks at it: the very HTML and text of the mail, slots filled with harmless samples."""

from enum import StrEnum
from typing import NamedTuple

from newsletter.content import Content
from newsletter.rendering import marks
from newsletter.rendering.html import html
from newsletter.rendering.text import text

# As long as any token to leave, and forged: what it opens is a page that says so.
SAMPLE_TOKEN = "0" * 52
_DARK = "@media (prefers-color-scheme: dark)"


class Scheme(StrEnum):
    """By what light a preview is shown, whatever the reader's own screen has."""

    LIGHT = "light"
    DARK = "dark"


class Preview(NamedTuple):
    """Both parts of a message."""

    html: str
    text: str


def preview(content: Content, *, scheme: Scheme | None = None, follows: bool = True) -> Preview:
    """Return both parts as somebody gets them who follows every changed claim, or none.

    With a scheme the HTML shows that one unconditionally; without, as the screen has it.
    """
    content = marks.clean(content)
    document = in_scheme(_filled(html(content), follows=follows), scheme)
    return Preview(document, _filled(text(content), follows=follows))


def in_scheme(document: str, scheme: Scheme | None) -> str:
    """Return the HTML of a message with its dark rules always on, always off, or left to the screen."""
    if scheme is None:
        return document
    return document.replace(_DARK, "@media all" if scheme is Scheme.DARK else "@media not all")


def _filled(part: str, *, follows: bool) -> str:
    apart = marks.take_apart(part)
    return apart.filled(leave=SAMPLE_TOKEN, lines=apart.lines if follows else ())
