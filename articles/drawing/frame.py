"""The outer SVG element every drawing shares, and the grade glyphs drawn from the page's sprite."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.geometry import ring_of

NOTHING = SafeString("")

NOTHING = SafeString("")


def frame(
    kind: str, box: tuple[float, float, float, float], body: SafeString, *, prefix: str, title: str, desc: str
) -> SafeString:
    """Wrap a drawing as one image with a name and a description for those who do not see it.

    `kind` becomes the class, `box` is x, y, width, height in user units; `prefix` makes the ids of
    title and description unique on the page. Without a title the drawing is decoration and hidden.
    """
    view = " ".join(f"{side:g}" for side in box)
    if not title:
        return format_html('<svg class="{}" viewBox="{}" aria-hidden="true">{}</svg>', kind, view, body)
    labelled = f"{prefix}-t {prefix}-d" if desc else f"{prefix}-t"
    described = format_html('<desc id="{}-d">{}</desc>', prefix, desc) if desc else ""
    return format_html(
        '<svg class="{}" viewBox="{}" role="img" aria-labelledby="{}"><title id="{}-t">{}</title>{}{}</svg>',
        kind, view, labelled, prefix, title, described, body,
    )  # fmt: skip


def gather(parts: Iterable[SafeString]) -> SafeString:
    """Return the parts one after the other."""
    return format_html_join("", "{}", ((part,) for part in parts))


def blip(grade: str, x: float, y: float, size: float) -> SafeString:
    """Return a grade's shape centred on x, y, `size` units wide, in the grade's colour."""
    ring_of(grade)
    corner = (f"{x - size / 2:.1f}", f"{y - size / 2:.1f}")
    return format_html(
        '<use class="is-{}" href="#g-{}" x="{}" y="{}" width="{}" height="{}"/>',
        grade, grade, *corner, f"{size:.1f}", f"{size:.1f}",
    )  # fmt: skip


def glyph(grade: str) -> SafeString:
    """Return the grade's shape as an inline mark; the word must stand beside it."""
    ring_of(grade)
    return format_html('<svg class="g" aria-hidden="true"><use href="#g-{}"/></svg>', grade)


def grade_mark(grade: str, word: str) -> SafeString:
    """Return shape, colour and translated word together: a grade is never colour alone."""
    return format_html('<span class="grade is-{}">{}<b>{}</b></span>', grade, glyph(grade), word)
