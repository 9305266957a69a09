"""The stance of a body on its scale of five ticks; the word stands beside it."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.drawing.frame import NOTHING
from articles.drawing.geometry import number

TICKS = (Decimal("0.10"), Decimal("0.40"), Decimal("0.50"), Decimal("0.70"), Decimal("0.90"))


def stance(value: Decimal | None) -> SafeString:
    """Draw the needle at a stance's value, .10 (against) to .90 (supportive); None draws no needle."""
    ticks = "".join(f"M{_x(tick)} 8V15" for tick in TICKS)
    needle = NOTHING if value is None else format_html('<path class="needle" d="M{} 0V16"/>', _x(value))
    return format_html(
        '<svg class="stance" viewBox="0 0 80 16" aria-hidden="true">'
        '<path class="tk" d="M4 15.5H76{}"/>{}</svg>',
        ticks, needle,
    )  # fmt: skip


def _x(value: Decimal) -> str:
    share = (min(max(value, TICKS[0]), TICKS[-1]) - TICKS[0]) / (TICKS[-1] - TICKS[0])
    return number(4 + 72 * float(share))
