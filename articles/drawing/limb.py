"""The sextant limb: the score on its D C B A S axis, needle where the score truly stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.frame import NOTHING, frame
from articles.drawing.geometry import arc, at, number, point

CENTRE = (220.0, 250.0)
RADIUS = 196.0
SWEEP = 66.0


@dataclass(frozen=True)
class TierBand:
    """One tier of the score's axis: its letter, its borders in 0..1, the grade whose colour it has."""

    tier: str
    low: Decimal
    high: Decimal
    grade: str


def bearing_of(score: Decimal) -> float:
    """Return the needle's bearing in degrees for a score in 0..1; what lies outside stops at the end."""
    return -SWEEP + 2 * SWEEP * min(1.0, max(0.0, float(score)))


def border_text(value: Decimal) -> str:
    """Print a border as the engine's table does: .40, .825, and whole numbers bare."""
    if value == value.to_integral_value():
        return str(int(value))
    return f"{value:.3f}".lstrip("0").removesuffix("0")


def limb(
    score: Decimal | None,
    *,
    bounds: Sequence[TierBand],
    tier: str,
    printed: str,
    caption: str,
    title: str,
    desc: str,
    prefix: str = "limb",
) -> SafeString:
    """Draw the scale, thick where the verdict's tier lies, and the needle at the uncut score.

    `bounds` are the engine's own borders; `tier` is the verdict's, which a rule may have moved away
    from the needle's band ("" or "U": no band is thick). `printed` and `caption` stand beneath the
    needle's pivot: the cut score and its name, or, when `score` is None, "not scored".
    """
    needle, dot = _needle(score) if score is not None else (NOTHING, NOTHING)
    body = format_html(
        '{}{}{}{}{}<text class="{}" x="220" y="206">{}</text><text class="sc" x="220" y="230">{}</text>',
        _scale(), needle, _bands(bounds, tier), _borders(bounds), dot,
        "sv" if score is not None else "sv none", printed, caption,
    )  # fmt: skip
    return frame("limb", (0, 14, 440, 224), body, prefix=prefix, title=title, desc=desc)


def _scale() -> SafeString:
    return format_html(
        '<path class="tk" d="{}" pathLength="100" stroke-dasharray=".14 .86" stroke-dashoffset=".07"/>'
        '<path class="tk tk1" d="{}" pathLength="100" stroke-dasharray=".24 4.76" stroke-dashoffset=".12"/>'
        '<path class="rg" d="{}"/>',
        *(arc(CENTRE, RADIUS - inset, -SWEEP, SWEEP) for inset in (3, 6, 0)),
    )


def _bands(bounds: Sequence[TierBand], tier: str) -> SafeString:
    rows = []
    for band in bounds:
        start, end = bearing_of(band.low) + 0.5, bearing_of(band.high) - 0.5
        x, y = point(CENTRE, RADIUS - 43, (start + end) / 2)
        mark = f"is-{band.grade} on" if band.tier == tier else f"is-{band.grade}"
        rows.append((mark, arc(CENTRE, RADIUS - 20, start, end), mark, number(x), number(y + 7), band.tier))
    return format_html_join(
        "", '<path class="band {}" d="{}"/><text class="tl {}" x="{}" y="{}">{}</text>', rows
    )


def _borders(bounds: Sequence[TierBand]) -> SafeString:
    edges = sorted({edge for band in bounds for edge in (band.low, band.high)})
    rows = []
    for edge in edges:
        bearing = bearing_of(edge)
        line = f"M{at(CENTRE, RADIUS - 25, bearing)}L{at(CENTRE, RADIUS + 2, bearing)}"
        x, y = point(CENTRE, RADIUS + 9, bearing)
        side = "en" if bearing < -8 else "st" if bearing > 8 else "mi"
        rows.append((line, side, number(x), number(y + 3), border_text(edge)))
    return format_html_join("", '<path class="bd" d="{}"/><text class="nl {}" x="{}" y="{}">{}</text>', rows)


def _needle(score: Decimal) -> tuple[SafeString, SafeString]:
    """Return the line, drawn beneath the tier letters, and the reading's dot, drawn above the bands."""
    bearing = bearing_of(score)
    x, y = point(CENTRE, RADIUS - 20, bearing)
    line = f"M{at(CENTRE, 94, bearing)}L{at(CENTRE, RADIUS - 1, bearing)}"
    dot = format_html('<circle class="sig-f" cx="{}" cy="{}" r="4.6"/>', number(x), number(y))
    return format_html('<path class="needle" d="{}"/>', line), dot
