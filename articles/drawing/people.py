"""People as marks: one mark a person, filled for those to whom it happened, words above."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.drawing.geometry import number

WIDTH = 620.0


@dataclass(frozen=True)
class Arm:
    """One arm of a trial: how many of how many, and the translated texts above its marks."""

    label: str
    hits: int
    total: int
    printed: str


def people(arms: Sequence[Arm]) -> SafeString:
    """Draw the arms one beneath the other, all at one size of mark; the words hold the numbers.

    Marks shrink when an arm is large, so that a thousand people still fit on a page. Raises ValueError
    when an arm has more hits than people or fewer than none.
    """
    columns = _columns(max((arm.total for arm in arms), default=0))
    rows = ((arm.label, arm.printed, _marks(arm, columns)) for arm in arms)
    body = format_html_join("", '<p class="arm"><b>{}</b> <span class="num">{}</span></p>{}', rows)
    return format_html('<div class="ppl">{}</div>', body)


def _columns(most: int) -> int:
    if most <= 135:
        return 27
    return 45 if most <= 450 else 75


def _marks(arm: Arm, columns: int) -> SafeString:
    if not 0 <= arm.hits <= arm.total:
        raise ValueError(f"an arm of {arm.total} cannot have {arm.hits}")
    pitch = WIDTH / columns
    spots = [(pitch * (i % columns + 0.5), pitch * (i // columns + 0.5)) for i in range(arm.total)]
    groups = (("hit", spots[: arm.hits], pitch * 0.31), ("mis", spots[arm.hits :], pitch * 0.27))
    drawn = ((name, "".join(_mark(x, y, size) for x, y in some)) for name, some, size in groups if some)
    return format_html(
        '<svg viewBox="0 0 620 {}" aria-hidden="true">{}</svg>',
        number(pitch * max(1, -(-arm.total // columns))),
        format_html_join("", '<path class="{}" d="{}"/>', drawn),
    )


def _mark(x: float, y: float, radius: float) -> str:
    r, wide = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 0 {wide} 0a{r} {r} 0 1 0-{wide} 0"
