"""Points, arcs and seeded chance for the drawings: numbers in, numbers or path text out.

Bearings are degrees clockwise from the top of the page, as on a compass. No markup is made here.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence

GRADES = ("strong", "moderate", "emerging", "weak", "unsupported", "against")


def ring_of(grade: str) -> int:
    """Return the ring a grade is plotted on, 0 in the middle; raise ValueError for an unknown grade."""
    if grade not in GRADES:
        raise ValueError(f"grade: {grade!r} is none of {', '.join(GRADES)}")
    return GRADES.index(grade)


def number(value: float) -> str:
    """Write a coordinate with at most one decimal; raise ValueError for what is not finite."""
    if not math.isfinite(value):
        raise ValueError("a coordinate must be finite")
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def point(centre: tuple[float, float], radius: float, bearing: float) -> tuple[float, float]:
    """Return x and y at a distance and bearing from a centre."""
    angle = math.radians(bearing - 90)
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def at(centre: tuple[float, float], radius: float, bearing: float) -> str:
    """Return the same point as path text, "x y"."""
    x, y = point(centre, radius, bearing)
    return f"{number(x)} {number(y)}"


def arc(centre: tuple[float, float], radius: float, start: float, end: float) -> str:
    """Return a clockwise arc between two bearings less than a full turn apart, as path text."""
    large = 1 if end - start > 180 else 0
    r = number(radius)
    return f"M{at(centre, radius, start)}A{r} {r} 0 {large} 1 {at(centre, radius, end)}"


def circle(centre: tuple[float, float], radius: float) -> str:
    """Return a full circle as path text that starts at the top, so that dashes count from north."""
    r, x, top = number(radius), number(centre[0]), number(centre[1] - radius)
    return f"M{x} {top}a{r} {r} 0 1 1 0 {number(2 * radius)}a{r} {r} 0 1 1 0 {number(-2 * radius)}"


def bearings(count: int, start: float = 50, end: float = 310) -> list[float]:
    """Spread `count` bearings evenly and clockwise inside start..end, the margins half a step each."""
    return [start + (end - start) * (i + 0.5) / count for i in range(count)]


def clearance(points: Sequence[tuple[float, float]]) -> float:
    """Return the smallest distance between any two points; infinity for fewer than two."""
    return min(
        (math.dist(a, b) for i, a in enumerate(points) for b in points[i + 1 :]),
        default=math.inf,
    )


def chance(seed: str) -> Iterator[float]:
    """Yield numbers in 0..1 that depend on the seed alone: the same on every machine, for ever."""
    turn = 0
    while True:
        block = hashlib.sha256(f"{seed}/{turn}".encode()).digest()
        for start in range(0, 32, 4):
            yield int.from_bytes(block[start : start + 4], "big") / 2**32
        turn += 1
