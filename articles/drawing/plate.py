"""What the hero plates share: the night frame's size, rings of ticks, labels with their leads."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.frame import frame, gather
from articles.drawing.geometry import at, circle, number

SIZE = (1264.0, 600.0)
CENTRE = (852.0, 318.0)
LABEL_ROWS = (150, 222, 318, 412)


def plate(body: SafeString, *, title: str, prefix: str) -> SafeString:
    """Frame a hero drawing; the page cuts it to the shape it needs, so nothing vital lies at the edge."""
    drawing = frame("gut", (0, 0, *SIZE), body, prefix=prefix, title=title, desc="")
    return format_html('<div class="frame">{}</div>', drawing)


def rings(kind: str, *radii: float) -> SafeString:
    """Return plain circles round the plate's centre, of line class l1 (firm) to l3 (faint)."""
    rows = ((kind, number(CENTRE[0]), number(CENTRE[1]), number(r)) for r in radii)
    return format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="{}"/>', rows)


def tick_ring(kind: str, radius: float, dash: str) -> SafeString:
    """Return a ring of ticks, the first centred on north; `dash` is in degrees, on and off."""
    return format_html(
        '<path class="{}" d="{}" pathLength="360" stroke-dasharray="{}" stroke-dashoffset="{}"/>',
        kind, circle(CENTRE, radius), dash, f"{float(dash.split(maxsplit=1)[0]) / 2:g}",
    )  # fmt: skip


def dashed_ring(kind: str, radius: float, dash: str) -> SafeString:
    """Return a broken circle; `dash` is in units."""
    return format_html(
        '<circle class="{}" cx="{}" cy="{}" r="{}" stroke-dasharray="{}"/>',
        kind, number(CENTRE[0]), number(CENTRE[1]), number(radius), dash,
    )  # fmt: skip


def degree_scale() -> SafeString:
    """Return the outermost scale of every plate: a tick a degree, a long one every ten."""
    return tick_ring("l2 thin", 486, ".12 .88") + tick_ring("l1 wide", 491, ".2 9.8")


def labels(texts: Sequence[str], spots: Sequence[tuple[float, float]]) -> SafeString:
    """Return up to four labels down the left edge, each led to its spot (bearing, radius)."""
    rows = []
    for text, (bearing, radius), y in zip(texts, spots, LABEL_ROWS, strict=False):
        spot = at(CENTRE, radius, bearing)
        x, dot = spot.split()
        rows.append((y + 12, spot, x, dot, y, text))
    return format_html_join(
        "",
        '<path class="lead" d="M48 {}H300L{}"/><circle class="dot" cx="{}" cy="{}" r="3.2"/>'
        '<text class="pl" x="48" y="{}">{}</text>',
        rows,
    )


def pointer(bearing: float, radius: float) -> SafeString:
    """Return the needle from the middle to the one place the picture is about."""
    x, y = at(CENTRE, radius, bearing).split()
    return format_html(
        '<path class="needle" d="M{} {}L{} {}"/><circle class="sig-f" cx="{}" cy="{}" r="5"/>',
        number(CENTRE[0]), number(CENTRE[1]), x, y, x, y,
    )  # fmt: skip


def specks(spots: Sequence[tuple[float, float, float]]) -> SafeString:
    """Return small discs: bearing and radius of each, and its own size."""
    rows = []
    for bearing, radius, size in spots:
        x, y = at(CENTRE, radius, bearing).split()
        rows.append((x, y, number(size)))
    return format_html_join("", '<circle class="mol" cx="{}" cy="{}" r="{}"/>', rows)


def lines(*drawn: SafeString) -> SafeString:
    """Gather strokes into the group that draws them as fine lines."""
    return format_html('<g class="ln">{}</g>', gather(drawn))
