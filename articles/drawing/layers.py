"""The layers of a score as bars: length is support, thickness is weight, area is the share."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.frame import NOTHING
from articles.drawing.geometry import number

HEIGHT = 40.0
THICKEST = 36 / 0.60


@dataclass(frozen=True)
class LayerBar:
    """One layer: value in 0..1 or None when missing, weight in 0..1 or None when it acts by rule.

    `code` is L1 to L11, `name` its translated name; `printed` and `note` are the translated texts of
    value and weight ("0.40", "not assessed"; "weight .30", "by rule only").
    """

    code: str
    name: str
    value: Decimal | None
    weight: Decimal | None
    printed: str
    note: str


def layers(bars: Sequence[LayerBar], *, neutral: Decimal = Decimal("0.5")) -> SafeString:
    """Draw the layers as a list whose words say all the bars do; the upright line is `neutral`.

    A layer that acts by rule is outlined, a missing one has no bar and says so.
    """
    rows = ((_state(bar), bar.code, bar.name, _bar(bar, neutral), bar.printed, bar.note) for bar in bars)
    items = format_html_join(
        "",
        '<li class="{}"><span><b>{}</b> {}</span>{}<span class="v">{}</span><span class="w">{}</span></li>',
        rows,
    )
    return format_html('<ol class="layers">{}</ol>', items)


def _state(bar: LayerBar) -> str:
    if bar.value is None:
        return "gone"
    return "rule" if bar.weight is None else "sum"


def _bar(bar: LayerBar, neutral: Decimal) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 100 {}" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="base" d="M0 20H100"/>{}<path class="mid" d="M{} 2V38"/></svg>',
        number(HEIGHT), _length(bar), number(float(neutral) * 100),
    )  # fmt: skip


def _length(bar: LayerBar) -> SafeString:
    if bar.value is None:
        return NOTHING
    width = 100 * min(1.0, max(0.0, float(bar.value)))
    if bar.weight is None:
        return format_html('<rect class="rule-bar" x="0" y="15" width="{}" height="10"/>', number(width))
    thickness = min(HEIGHT, float(bar.weight) * THICKEST)
    return format_html(
        '<rect class="bar" x="0" y="{}" width="{}" height="{}"/>',
        number((HEIGHT - thickness) / 2), number(width), number(thickness),
    )  # fmt: skip
