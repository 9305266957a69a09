"""The history of a grade: a step line on a true time scale, the grade's shape at each change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.frame import blip, frame
from articles.drawing.geometry import number
from articles.drawing.limb import TierBand, border_text

WIDTH, LEFT, RIGHT = 530.0, 26.0, 440.0
TOP, BOTTOM, FLOOR = 30.0, 128.0, 152.0
SCORES_APART = 46.0
DAYS_APART = 180.0
LEAST_SPAN = 0.18


@dataclass(frozen=True)
class GradePoint:
    """One grade as it was set: the day, the score in 0..1 or None, the grade's code, texts to print."""

    on: date
    score: Decimal | None
    grade: str
    printed: str
    day: str


@dataclass(frozen=True)
class _Scale:
    first: int
    days: int
    low: float
    span: float

    def x(self, day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day.toordinal() - self.first) / self.days

    def y(self, score: Decimal | None) -> float:
        return FLOOR if score is None else BOTTOM - (BOTTOM - TOP) * (float(score) - self.low) / self.span


def history(
    points: Sequence[GradePoint],
    *,
    bounds: Sequence[TierBand],
    until: date,
    title: str,
    desc: str,
    prefix: str = "history",
) -> SafeString:
    """Draw the grades in order of time, the line running on to `until` (the day the page was made).

    Tier borders within reach are drawn and named; a grade without a score stands on the floor. Texts
    that would run into one another are left out: the log beneath the line has them all.
    """
    ordered = sorted(points, key=lambda one: one.on)
    scale = _scale(ordered, until)
    body = format_html(
        '{}<path class="hl" d="{}"/><path class="axl" d="M10 160H470"/>{}{}',
        _borders(bounds, scale), _line(ordered, scale, until),
        _shapes(ordered, scale), _texts(ordered, scale),
    )  # fmt: skip
    return frame("hist", (0, 0, WIDTH, 182), body, prefix=prefix, title=title, desc=desc)


def _scale(points: Sequence[GradePoint], until: date) -> _Scale:
    first = min((one.on for one in points), default=until)
    days = max(1, max((one.on for one in points), default=until).toordinal() - first.toordinal())
    scores = [float(one.score) for one in points if one.score is not None] or [0.5]
    middle, reach = (min(scores) + max(scores)) / 2, max(LEAST_SPAN, (max(scores) - min(scores)) * 1.2)
    days = max(days, until.toordinal() - first.toordinal())
    return _Scale(first.toordinal(), days, middle - reach / 2, reach)


def _borders(bounds: Sequence[TierBand], scale: _Scale) -> SafeString:
    rows = []
    for band in bounds:
        y = scale.y(band.low)
        if band.low > 0 and TOP - 14 <= y <= BOTTOM + 8:
            rows.append((number(y), number(y + 4), f"{band.tier} {border_text(band.low)}"))
    return format_html_join(
        "", '<path class="rg" d="M10 {}H470"/><text class="nl st" x="476" y="{}">{}</text>', rows
    )


def _line(points: Sequence[GradePoint], scale: _Scale, until: date) -> str:
    parts, pen_down = [], False
    for one in points:
        x, y = number(scale.x(one.on)), number(scale.y(one.score))
        if one.score is None:
            parts.append(f"H{x}" if pen_down else "")
            pen_down = False
            continue
        parts.append(f"H{x}V{y}" if pen_down else f"M{x} {y}")
        pen_down = True
    return "".join(parts) + (f"H{number(max(scale.x(until), RIGHT))}" if pen_down else "")


def _shapes(points: Sequence[GradePoint], scale: _Scale) -> SafeString:
    rows = []
    for one in points:
        x, y = scale.x(one.on), scale.y(one.score)
        rows.append(
            (number(x), number(FLOOR + 4), number(FLOOR + 8), number(x), number(y), blip(one.grade, x, y, 16))
        )
    return format_html_join(
        "", '<path class="axl" d="M{} {}V{}"/><circle class="hole" cx="{}" cy="{}" r="9"/>{}', rows
    )


def _texts(points: Sequence[GradePoint], scale: _Scale) -> SafeString:
    scores = _apart(points, scale, SCORES_APART)
    rows = [(number(scale.x(one.on)), number(scale.y(one.score) - 14), one.printed) for one in scores]
    days = _apart(points, scale, DAYS_APART)
    dates = [(_side(scale.x(one.on)), number(scale.x(one.on)), one.day) for one in days]
    return format_html(
        "{}{}",
        format_html_join("", '<text class="hv" x="{}" y="{}">{}</text>', rows),
        format_html_join("", '<text class="nl {}" x="{}" y="178">{}</text>', dates),
    )


def _side(x: float) -> str:
    """Set a day's text so that it never leaves the picture: ranged left, right, or centred."""
    if x < LEFT + 60:
        return "st"
    return "en" if x > RIGHT - 60 else "mi"


def _apart(points: Sequence[GradePoint], scale: _Scale, least: float) -> list[GradePoint]:
    """Keep the newest point and, going back in time, every one far enough from the last kept."""
    kept: list[GradePoint] = []
    for one in reversed(points):
        if not kept or scale.x(kept[-1].on) - scale.x(one.on) >= least:
            kept.append(one)
    return kept[::-1]
