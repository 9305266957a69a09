"""A forest plot in which each study keeps its own axis and all share one line of no difference.

Benefit always points right. The words beside each row hold the same numbers as the row.
"""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.axis import Axis, Effect, axis_of, shared_zero, ticks
from articles.drawing.frame import NOTHING
from articles.drawing.geometry import number

WIDTH, EDGE, LINE = 400.0, 14.0, 22.0
TICKS_APART = 0.16

__all__ = ["Effect", "forest"]


def forest(effects: Sequence[Effect], *, harm: str, benefit: str) -> SafeString:
    """Draw the effects as a list, one row a study; `harm` and `benefit` name the two directions.

    Ratios run on a log scale; an arm that leaves its axis ends in an arrow; a diamond is pooled, a
    square is one trial. A study without numbers keeps its words and an empty axis.
    """
    zero = shared_zero(effects)
    rows = (
        (one.name, one.detail, _row(one, axis_of(one, zero)), one.printed, one.interval) for one in effects
    )
    items = format_html_join(
        "",
        '<li><span><b>{}</b><small>{}</small></span>{}<span class="num">{}<small>{}</small></span></li>',
        rows,
    )
    return format_html(
        '<div class="forest-plot"><p class="ways" aria-hidden="true"><span>\N{LEFTWARDS ARROW} {}</span>'
        '<span>{} \N{RIGHTWARDS ARROW}</span></p><ol class="forest">{}</ol></div>',
        harm, benefit, items,
    )  # fmt: skip


def _x(fraction: float) -> str:
    return number(EDGE + fraction * (WIDTH - 2 * EDGE))


def _row(effect: Effect, axis: Axis) -> SafeString:
    marks = format_html_join(
        "",
        '<path class="axl" d="M{} 42V46"/><text class="nl" x="{}" y="61">{}</text>',
        (
            (_x(spot), _x(spot), text)
            for spot, text in (ticks(effect, axis, apart=TICKS_APART) if effect.values else ())
        ),
    )
    return format_html(
        '<svg class="fp" viewBox="0 0 400 66" aria-hidden="true"><path class="nul" d="M{} 0V46"/>'
        '<path class="axl" d="M14 46H386"/>{}{}{}</svg>',
        _x(axis.zero), marks, _interval(effect, axis), _estimate(effect, axis),
    )  # fmt: skip


def _interval(effect: Effect, axis: Axis) -> SafeString:
    if effect.bounds is None:
        return NOTHING
    left, right = sorted(axis.place(effect.benefit(end)) for end in effect.bounds)
    line = f"M{_x(max(0.0, left))} {LINE:g}H{_x(min(1.0, right))}"
    return format_html('<path class="ci" d="{}{}{}"/>', line, _end(left, inward=1), _end(right, inward=-1))


def _end(spot: float, *, inward: int) -> str:
    """Close an arm with a bar, or with an arrow when it goes on beyond the axis."""
    if 0 <= spot <= 1:
        return f"M{_x(spot)} {LINE - 6:g}v12"
    tip = _x(0.0 if spot < 0 else 1.0)
    return f"M{tip} {LINE:g}l{6 * inward} -5M{tip} {LINE:g}l{6 * inward} 5"


def _estimate(effect: Effect, axis: Axis) -> SafeString:
    if effect.estimate is None:
        return NOTHING
    spot = EDGE + min(1.0, max(0.0, axis.place(effect.benefit(float(effect.estimate))))) * (WIDTH - 2 * EDGE)
    if effect.pooled:
        return format_html('<path class="pe" d="M{} 22l8 -8 8 8 -8 8z"/>', number(spot - 8))
    return format_html('<rect class="pe" x="{}" y="16" width="12" height="12"/>', number(spot - 6))
