"""The hero of the gut: the small intestine in cross-section, drawn like a radar screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.drawing import plate
from articles.drawing.frame import gather
from articles.drawing.geometry import at, chance

VILLI = 44
BASE = 288.0
SPOTS = ((292.0, 98.0), (281.0, 232.0), (270.0, 358.0), (258.0, 424.0))


@dataclass(frozen=True)
class _Villus:
    bearing: float
    tip: float
    lean: float
    half: float = 360 / VILLI * 0.34

    @property
    def narrow(self) -> float:
        return min(360 / VILLI * 0.37, 3.2 * 170 / self.tip)


def gut(labels: Sequence[str] = (), *, title: str, prefix: str = "gut", seed: str = "gut") -> SafeString:
    """Draw the plate; up to four translated labels: lumen, villi, submucosa, muscle.

    The seed settles the villi's lengths, nothing else, and the same seed always gives the same plate.
    """
    luck = chance(seed)
    villi = [_Villus(i * 360 / VILLI, 140 + 44 * next(luck), 2.2 * next(luck) - 1.1) for i in range(VILLI)]
    needle = villi[7]
    body = format_html(
        "{}{}{}{}",
        plate.lines(_ground(), _lining(villi), _coats(), plate.degree_scale()),
        plate.specks([(360 * next(luck), 14 + 118 * next(luck), 1.6 + 1.2 * next(luck)) for _ in range(26)]),
        plate.pointer(needle.bearing + needle.lean, needle.tip + 2),
        plate.labels(labels, SPOTS),
    )
    return plate.plate(body, title=title, prefix=prefix)


def _ground() -> SafeString:
    cross = SafeString('<path class="l3" d="M292 318H1412M852 -242V878"/>')
    return plate.rings("l3", 44, 88, 128) + cross


def _lining(villi: Sequence[_Villus]) -> SafeString:
    edge = "".join(_edge(villi)) + "Z"
    cores = "".join(_core(one) for one in villi)
    return format_html('<path class="epi" d="{}"/><path class="l2" d="{}"/>', edge, cores)


def _edge(villi: Sequence[_Villus]) -> Iterator[str]:
    """Follow the one layer of cells: up each villus and down, with a crypt between neighbours."""
    first = villi[0]
    yield f"M{_p(BASE, first.bearing - first.half)}"
    for this, following in zip(villi, [*villi[1:], first], strict=True):
        yield _finger(this)
        start, end = this.bearing + this.half, following.bearing - following.half
        yield f"C{_p(BASE + 19, start + 0.5)} {_p(BASE + 19, end - 0.5)} {_p(BASE, end)}"


def _finger(one: _Villus) -> str:
    base, lean, half, narrow = one.bearing, one.lean, one.half, one.narrow
    head = base + lean
    up = f"C{_p(BASE - 60, base - half + 0.4)} {_p(one.tip + 40, base - narrow + lean * 0.7)}"
    over = f"C{_p(one.tip - 7, head - narrow)} {_p(one.tip - 7, head + narrow)} {_p(one.tip + 11, head + narrow)}"
    down = f"C{_p(one.tip + 40, base + narrow + lean * 0.7)} {_p(BASE - 60, base + half - 0.4)}"
    return f"{up} {_p(one.tip + 11, head - narrow)}{over}{down} {_p(BASE, base + half)}"


def _core(one: _Villus) -> str:
    inner = f"{_p(one.tip + 60, one.bearing + one.lean * 0.7)} {_p(one.tip + 22, one.bearing + one.lean)}"
    return f"M{_p(BASE + 6, one.bearing)}C{_p(BASE - 60, one.bearing)} {inner}"


def _coats() -> SafeString:
    dashes = ((340, "2 7"), (352, "5 9"), (364, "1.5 6"), (376, "4 10"))
    submucosa = [plate.dashed_ring("l2", radius, dash) for radius, dash in dashes]
    muscle = plate.rings("l3", *range(393, 421, 4)) + plate.tick_ring("l2 broad", 439, ".16 1.04")
    return plate.rings("l2", 320) + plate.rings("l1", 326, 388, 424, 454) + gather(submucosa) + muscle


def _p(radius: float, bearing: float) -> str:
    return at(plate.CENTRE, radius, bearing)
