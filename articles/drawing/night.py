"""The hero of sleep: one night as a clock, the sleeper's depth traced round it, the moon beyond."""

from collections.abc import Iterator, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.drawing import plate
from articles.drawing.geometry import arc, at, chance, number, point

DEPTHS = (280.0, 250.0, 220.0, 190.0, 160.0)
SPOTS = ((290.0, 280.0), (281.0, 160.0), (270.0, 358.0), (256.0, 424.0))
START, END = 225.0, 495.0
CYCLE = (0, 1, 2, 3, 4, 3, 2, 1)
CYCLES = 5
MOONS = 28


def night(
    labels: Sequence[str] = (), *, title: str, prefix: str = "night", seed: str = "night"
) -> SafeString:
    """Draw the plate; up to four translated labels: awake, deep sleep, the hours, the month.

    The line steps inward with the depth of sleep through five cycles, deep ones first; the seed
    settles how long each stage lasts.
    """
    luck = chance(seed)
    trace, last = _trace(luck)
    body = format_html(
        "{}{}{}{}",
        plate.lines(_ground(), _stages(), trace, _hours(), _moons(), plate.degree_scale()),
        plate.specks([(360 * next(luck), 6 + 130 * next(luck), 0.9 + 1.5 * next(luck)) for _ in range(46)]),
        plate.pointer(*last),
        plate.labels(labels, SPOTS),
    )
    return plate.plate(body, title=title, prefix=prefix)


def _ground() -> SafeString:
    return plate.rings("l3", 44, 88, 128) + SafeString('<path class="l3" d="M292 318H1412M852 -242V878"/>')


def _stages() -> SafeString:
    return plate.rings("l3", *DEPTHS, *range(393, 421, 4))


def _hours() -> SafeString:
    ring = plate.tick_ring("l2 broad", 340, ".2 3.55") + plate.tick_ring("l1 broad", 340, ".4 29.6")
    return plate.rings("l1", 312, 326, 388, 454) + ring + plate.dashed_ring("l2", 372, "2 7")


def _depths(luck: Iterator[float]) -> Iterator[tuple[float, int]]:
    """Yield how long each stage lasts and how deep it lies; later cycles do not reach the bottom."""
    for cycle in range(CYCLES):
        for depth in CYCLE:
            yield 0.4 + next(luck) * (1.6 if depth >= 3 - cycle // 2 else 0.7), min(depth, 4 - cycle // 2)


def _trace(luck: Iterator[float]) -> tuple[SafeString, tuple[float, float]]:
    stages = list(_depths(luck))
    turn = (END - START) / sum(length for length, _ in stages)
    bearing, path = START, f"M{at(plate.CENTRE, DEPTHS[0] + 20, START)}"
    radius = DEPTHS[0]
    for length, depth in stages:
        radius = DEPTHS[depth]
        step = bearing + length * turn
        path += "L" + arc(plate.CENTRE, radius, bearing, step)[1:]
        bearing = step
    drawn = format_html('<path class="epi open" d="{}L{}"/>', path, at(plate.CENTRE, DEPTHS[0] + 20, bearing))
    return drawn, (bearing % 360, radius)


def _moons() -> SafeString:
    """Draw a month of phases: a disc each, its lit edge bulging from new to full and back."""
    path = ""
    for day in range(MOONS):
        x, y = point(plate.CENTRE, 424, day * 360 / MOONS)
        bulge = number(abs(11 - 22 * day / (MOONS - 1)) + 0.4)
        top, sweep = f"{number(x)} {number(y - 11)}", 1 if day < MOONS / 2 else 0
        path += f"M{top}a11 11 0 0 {sweep} 0 22a{bulge} 11 0 0 {1 - sweep if day % 14 > 6 else sweep} 0 -22z"
    return format_html('<path class="l1 moon" d="{}"/>', path)
