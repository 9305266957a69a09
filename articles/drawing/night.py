"""The hero of sleep: one night as a clock, the sleeper's depth traced round it, the moon beyond."""

import math
from collections.abc import Iterator, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.drawing import plate
from articles.drawing.geometry import arc, at, chance, number, point

AWAKE = 292.0
DEPTHS = (262.0, 236.0, 200.0, 150.0)
SPOTS = ((288.0, 286.0), (281.0, 150.0), (270.0, 340.0), (257.0, 424.0))
START, END = 222.0, 498.0
CYCLES = 5
STAGES = ((1, 0.5), (2, 1.0), (3, 1.6), (2, 0.8), (0, 1.0))
MOONS = 28


def night(
    labels: Sequence[str] = (), *, title: str, prefix: str = "night", seed: str = "night"
) -> SafeString:
    """Draw the plate; up to four translated labels: awake, deep sleep, the hours, the month.

    The band reaches inward with the depth of sleep through five cycles; the seed settles how long
    each stage lasts.
    """
    luck = chance(seed)
    trace, deep = _trace(luck)
    body = format_html(
        "{}{}{}{}",
        plate.lines(_ground(), _stages(), trace, _hours(), _moons(), plate.degree_scale()),
        plate.specks([(360 * next(luck), 6 + 130 * next(luck), 0.9 + 1.5 * next(luck)) for _ in range(46)]),
        plate.pointer(*deep),
        plate.labels(labels, SPOTS),
    )
    return plate.plate(body, title=title, prefix=prefix)


def _ground() -> SafeString:
    return plate.rings("l3", 44, 88, 128) + SafeString('<path class="l3" d="M292 318H1412M852 -242V878"/>')


def _stages() -> SafeString:
    return plate.rings("l3", AWAKE, *DEPTHS, *range(393, 421, 4))


def _hours() -> SafeString:
    ring = plate.tick_ring("l2 broad", 340, ".2 3.55") + plate.tick_ring("l1 broad", 340, ".4 29.6")
    return plate.rings("l1", 312, 326, 388, 454) + ring + plate.dashed_ring("l2", 372, "2 7")


def _depths(luck: Iterator[float]) -> Iterator[tuple[float, float]]:
    """Yield how long each stage lasts and its radius: the deep ones fade, the dreams grow, by morning."""
    for cycle in range(CYCLES):
        for depth, length in STAGES:
            fade = 1 - 0.2 * cycle if depth == 3 else 1 + (0.3 * cycle if depth == 0 else 0)
            yield length * fade * (0.75 + 0.5 * next(luck)), DEPTHS[min(depth, 3 if cycle < 3 else 2)]


def _trace(luck: Iterator[float]) -> tuple[SafeString, tuple[float, float]]:
    """Draw the night as one band between waking and the sleeper's depth; return its first deep place."""
    stages = list(_depths(luck))
    turn = (END - START) / sum(length for length, _ in stages)
    bearing, deep = START, (START, AWAKE)
    path = f"M{at(plate.CENTRE, AWAKE, START)}"
    for length, radius in stages:
        step = bearing + length * turn
        path += "L" + arc(plate.CENTRE, radius, bearing, step)[1:]
        deep = ((bearing + step) / 2, radius) if radius < deep[1] else deep
        bearing = step
    back = f"L{at(plate.CENTRE, AWAKE, END)}A{AWAKE:g} {AWAKE:g} 0 1 0 {at(plate.CENTRE, AWAKE, START)}Z"
    return format_html('<path class="epi" d="{}{}"/>', path, back), deep


def _moons() -> SafeString:
    """Draw a month of phases, from new at the top clockwise to full and back."""
    return format_html(
        '<path class="l1 moon" d="{}"/>', "".join(_moon(day / MOONS) for day in range(1, MOONS))
    )


def _moon(phase: float) -> str:
    """Return the lit part of one moon: half its edge, and the ellipse of the line between light and dark."""
    x, y = point(plate.CENTRE, 424, phase * 360)
    tilt = math.cos(2 * math.pi * phase)
    waxing = int(phase < 0.5)
    inner = int((tilt > 0) != bool(waxing))
    return f"M{number(x)} {number(y - 11)}a11 11 0 0 {waxing} 0 22a{number(11 * abs(tilt))} 11 0 0 {inner} 0 -22z"
