"""The Evidence Radar's dial: six rings from strong in the middle to against, one blip a claim.

The list beside the dial carries the same data; numbers, grades and ring names come in already chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.frame import NOTHING, blip, frame, gather
from articles.drawing.geometry import GRADES, at, bearings, chance, circle, clearance, number, point, ring_of

CENTRE = (210.0, 210.0)
RINGS = (44.0, 72.0, 100.0, 128.0, 156.0, 183.0)
RIM = 213.0
SMALL = (60.0, 60.0)
SMALL_RINGS = (11.0, 19.0, 27.0, 35.0, 43.0, 53.0)
WIDEST = 20.0
SMALLEST = 6.0


@dataclass(frozen=True)
class Blip:
    """One claim on the dial: the number it has in the list, and its reader grade's code."""

    number: int
    grade: str


@dataclass(frozen=True)
class _Placed:
    blip: Blip
    bearing: float
    x: float
    y: float


def dial(
    blips: Sequence[Blip], *, rings: Mapping[str, str], title: str, desc: str, prefix: str = "dial"
) -> SafeString:
    """Draw an article's claims; `rings` gives each grade's translated ring name.

    Bearings run clockwise from 50 to 310 degrees in list order, so no blip meets a ring's name;
    shapes shrink together until none touches another. Raises ValueError for an unknown grade.
    """
    placed = _place(blips)
    size = max(SMALLEST, min(WIDEST, clearance([(one.x, one.y) for one in placed]) - 2))
    body = format_html(
        "{}{}{}{}{}",
        _scale(),
        _ring_lines(CENTRE, RINGS),
        _leads(placed, size),
        _names(rings),
        _marks(placed, size),
    )
    return frame("dial", (-14, -10, 448, 444), body, prefix=prefix, title=title, desc=desc)


def mini_dial(grades: Sequence[str], *, title: str, desc: str = "", prefix: str = "mini") -> SafeString:
    """Draw a hub's claims by grade alone, each ring shared out evenly among its own claims.

    The turn of each ring is fixed by its place, so that the same claims make the same dial.
    """
    marks: list[SafeString] = []
    for ring, grade in enumerate(GRADES):
        marks += _share_ring(grade, ring, sum(1 for one in grades if ring_of(one) == ring))
    ticks = format_html(
        '<path class="tk" d="{}" pathLength="360" stroke-dasharray=".8 9.2"/>', circle(SMALL, 57.5)
    )
    lines = _ring_lines(SMALL, SMALL_RINGS)
    body = format_html("{}{}{}", ticks, lines, gather(marks))
    return frame("mini", (0, 0, 120, 120), body, prefix=prefix, title=title, desc=desc)


def _place(blips: Sequence[Blip]) -> list[_Placed]:
    turns = bearings(len(blips))
    spots = [point(CENTRE, RINGS[ring_of(one.grade)], turn) for one, turn in zip(blips, turns, strict=True)]
    return [_Placed(one, turn, x, y) for one, turn, (x, y) in zip(blips, turns, spots, strict=True)]


def _scale() -> SafeString:
    fine, long = circle(CENTRE, 194), circle(CENTRE, 196)
    return format_html(
        '<path class="tk" d="{}" pathLength="360" stroke-dasharray=".25 1.75" stroke-dashoffset=".12"/>'
        '<path class="tk tk1" d="{}" pathLength="360" stroke-dasharray=".4 9.6" stroke-dashoffset=".2"/>'
        '<path class="ax" d="M210 24V396M24 210H396"/>',
        fine, long,
    )  # fmt: skip


def _ring_lines(centre: tuple[float, float], radii: Sequence[float]) -> SafeString:
    rows = (
        (grade, f"{centre[0]:g}", f"{centre[1]:g}", f"{r:g}") for grade, r in zip(GRADES, radii, strict=True)
    )
    return format_html_join("", '<circle class="rg rg-{}" cx="{}" cy="{}" r="{}"/>', rows)


def _leads(placed: Sequence[_Placed], size: float) -> SafeString:
    lines = []
    for one in placed:
        start = RINGS[ring_of(one.blip.grade)] + size / 2 + 3
        if start < RIM - 22:
            lines.append((f"M{at(CENTRE, start, one.bearing)}L{at(CENTRE, RIM - 12, one.bearing)}",))
    return format_html_join("", '<path class="ld" d="{}"/>', lines)


def _names(rings: Mapping[str, str]) -> SafeString:
    rows = ((number(CENTRE[1] - r + 4), rings.get(grade, "")) for grade, r in zip(GRADES, RINGS, strict=True))
    return format_html_join("", '<text class="rl" x="210" y="{}">{}</text>', rows)


def _marks(placed: Sequence[_Placed], size: float) -> SafeString:
    if not placed:
        return NOTHING
    rows = []
    for one in placed:
        x, y = point(CENTRE, RIM, one.bearing)
        hole = (number(one.x), number(one.y), number(size / 2 + 3))
        rows.append(
            (*hole, blip(one.blip.grade, one.x, one.y, size), number(x), number(y + 5), one.blip.number)
        )
    return format_html_join(
        "", '<circle class="hole" cx="{}" cy="{}" r="{}"/>{}<text class="bn" x="{}" y="{}">{}</text>', rows
    )


def _share_ring(grade: str, ring: int, count: int) -> list[SafeString]:
    if not count:
        return []
    turn = next(chance(grade)) * 360
    spots = [point(SMALL, SMALL_RINGS[ring], turn + 360 * i / count) for i in range(count)]
    size = max(2.4, min(10.0, clearance(spots) - 1))
    return [
        format_html(
            '<circle class="hole" cx="{}" cy="{}" r="{}"/>{}',
            number(x), number(y), number(size / 2 + 1), blip(grade, x, y, size),
        )
        for x, y in spots
    ]  # fmt: skip
