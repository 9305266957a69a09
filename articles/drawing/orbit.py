"""A hero for any other article: orbits round a centre, every plate its own, settled by its seed."""

from collections.abc import Iterator, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.drawing import plate
from articles.drawing.frame import gather
from articles.drawing.geometry import arc, at, chance, number

INNER, OUTER = 96.0, 300.0
SPOTS = ((292.0, 98.0), (281.0, 232.0), (270.0, 358.0), (258.0, 424.0))


def orbit(labels: Sequence[str] = (), *, title: str, prefix: str = "orbit", seed: str) -> SafeString:
    """Draw the plate for a seed, usually the article's slug: the same seed, the same plate, for ever.

    A rosette of petals turns round the centre, its count, twist and breath read off the seed.
    """
    luck = chance(seed)
    petals, twist, breath = 9 + int(next(luck) * 17), 14 + 66 * next(luck), 0.25 + 0.5 * next(luck)
    body = format_html(
        "{}{}{}{}",
        plate.lines(_ground(), _rosette(petals, twist, breath), _arcs(luck), plate.degree_scale()),
        plate.specks([(360 * next(luck), 12 + 76 * next(luck), 1.2 + 1.8 * next(luck)) for _ in range(22)]),
        plate.pointer(30 + 120 * next(luck), OUTER),
        plate.labels(labels, SPOTS),
    )
    return plate.plate(body, title=title, prefix=prefix)


def _ground() -> SafeString:
    cross = SafeString('<path class="l3" d="M292 318H1412M852 -242V878"/>')
    return plate.rings("l3", 44, 88) + cross + plate.rings("l2", 312) + plate.rings("l1", 318, 388, 454)


def _rosette(petals: int, twist: float, breath: float) -> SafeString:
    """Draw each petal as a loop out from the inner ring and back, leaning by `twist` degrees."""
    path, step = "", 360 / petals
    for i in range(petals):
        b, wide = i * step, step * breath
        out = f"C{_p(190, b + twist * 0.2 - wide)} {_p(270, b + twist * 0.6 - wide)} {_p(OUTER, b + twist)}"
        back = f"C{_p(270, b + twist * 0.6 + wide)} {_p(190, b + twist * 0.2 + wide)} {_p(INNER, b)}"
        path += f"M{_p(INNER, b)}{out}{back}Z"
    return format_html('<path class="epi" d="{}"/>', path)


def _arcs(luck: Iterator[float]) -> SafeString:
    """Draw the outer bands as broken arcs, no two rings broken alike."""
    drawn = [plate.tick_ring("l2 broad", 424, f".16 {number(0.6 + next(luck))}")]
    for radius in range(334, 382, 8):
        start = 360 * next(luck)
        drawn.append(
            format_html(
                '<path class="l2" d="{}"/>', arc(plate.CENTRE, radius, start, start + 60 + 250 * next(luck))
            )
        )
    return gather(drawn)


def _p(radius: float, bearing: float) -> str:
    return at(plate.CENTRE, radius, bearing)
