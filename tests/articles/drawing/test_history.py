"""The history: a true time scale, every grade's shape, the newest always named."""

from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest

from articles.drawing.history import LEFT, RIGHT, GradePoint, history
from tests.articles.drawing.reading import HOSTILE, marked, parse, words
from tests.articles.drawing.test_limb import BOUNDS


def point(day: date, score: str | None, grade: str = "weak") -> GradePoint:
    return GradePoint(day, None if score is None else Decimal(score), grade, score or "–", day.isoformat())


def draw(*points: GradePoint, until: date = date(2026, 12, 31)) -> Element:
    return parse(history(points, bounds=BOUNDS, until=until, title="History", desc="In words"))


def places(root: Element) -> list[float]:
    return [float(one.attrib["x"]) + 8 for one in root.iter("use")]


def test_time_is_to_scale() -> None:
    xs = places(
        draw(point(date(2026, 1, 1), "0.5"), point(date(2026, 3, 1), "0.4"), until=date(2026, 12, 31))
    )
    assert xs == pytest.approx([LEFT, LEFT + (RIGHT - LEFT) * 59 / 364], abs=0.2)


def test_the_order_given_does_not_matter() -> None:
    points = [point(date(2026, 6, 1), "0.4"), point(date(2026, 1, 1), "0.5", "against")]
    assert history(points, bounds=BOUNDS, until=date(2026, 12, 31), title="t", desc="d") == history(
        points[::-1], bounds=BOUNDS, until=date(2026, 12, 31), title="t", desc="d"
    )


def test_each_grade_has_its_shape() -> None:
    root = draw(point(date(2026, 1, 1), "0.5"), point(date(2026, 6, 1), "0.3", "against"))
    assert [one.attrib["href"] for one in root.iter("use")] == ["#g-weak", "#g-against"]


def test_the_newest_grade_is_always_named() -> None:
    days = [date(2026, 1, 1 + i) for i in range(15)]
    texts = words(draw(*[point(day, f"0.{40 + i}") for i, day in enumerate(days)]))
    assert "0.54" in texts
    assert "2026-01-15" in texts


def test_a_grade_without_a_score_breaks_the_line() -> None:
    root = draw(
        point(date(2026, 1, 1), "0.5"),
        point(date(2026, 4, 1), None, "unsupported"),
        point(date(2026, 8, 1), "0.4"),
    )
    assert marked(root, "hl")[0].attrib["d"].count("M") == 2


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_points_or_none_still_make_a_picture(count: int) -> None:
    root = draw(*[point(date(2026, 5, 5), "0.41")] * count, until=date(2026, 5, 5))
    assert len(places(root)) == count


def test_borders_are_named_as_tiers() -> None:
    assert "C .40" in words(draw(point(date(2026, 1, 1), "0.42")))


def test_it_escapes_hostile_words() -> None:
    one = GradePoint(date(2026, 1, 1), None, "weak", HOSTILE, HOSTILE)
    root = parse(history([one], bounds=[], until=date(2026, 2, 1), title=HOSTILE, desc=HOSTILE))
    assert words(root) == [HOSTILE] * 4
