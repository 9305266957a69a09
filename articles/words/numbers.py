"""Numbers as readers see them. A score is cut and never rounded, so that it never stands in another tier's band."""

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from django.utils.translation import gettext as _

MINUS = "\N{MINUS SIGN}"
# From here up the tier borders stand in the third place (.825), so the page prints three.
FINE_FROM = Decimal("0.80")
_COARSE, _FINE = Decimal("0.01"), Decimal("0.001")


def page_score(score: Decimal) -> str:
    """Print a score for a page: cut to 2 places, to 3 from .80 up (engine.md, arithmetic)."""
    places = _FINE if score >= FINE_FROM else _COARSE
    return str(score.quantize(places, rounding=ROUND_DOWN))


def weight(value: Decimal) -> str:
    """Print a weight or a border as the engine's tables write it: .45, .825, and whole numbers bare."""
    if value == value.to_integral_value():
        return str(int(value))
    text = f"{value.normalize():f}".removeprefix("0")
    return text if len(text) > 2 else f"{text}0"


def percent(share: Decimal) -> str:
    """Print a share in 0..1 as a whole percentage."""
    whole = (share * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return _("%(number)s %%") % {"number": whole}


def printed(number: str) -> str:
    """Print a number as its source printed it, with a true minus sign."""
    return number.replace("-", MINUS)


def listed(items: Iterable[str]) -> str:
    """Join items as the language joins them; what needs an "and" is not joined here."""
    return _(", ").join(items)


def joined(sentences: Iterable[str]) -> str:
    """Set sentences one after the other: a space between them, but none after a full-width stop."""
    text = ""
    for sentence in filter(None, sentences):
        text += sentence if not text or text.endswith(("\u3002", "\uff01", "\uff1f")) else f" {sentence}"
    return text
