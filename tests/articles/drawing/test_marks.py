"""People, stances, glyphs and hero plates: counted truly, escaped, the same every time."""

from decimal import Decimal

import pytest
from django.utils.safestring import SafeString

from articles.drawing.frame import glyph, grade_mark
from articles.drawing.gut import gut
from articles.drawing.night import night
from articles.drawing.orbit import orbit
from articles.drawing.people import Arm, people
from articles.drawing.stance import stance
from tests.articles.drawing.reading import HOSTILE, marked, parse, words


@pytest.mark.parametrize(("hits", "total"), [(43, 54), (3, 52), (0, 3), (20, 20), (228, 615), (0, 0)])
def test_there_is_one_mark_a_person(hits: int, total: int) -> None:
    root = parse(people([Arm("Glutamine", hits, total, f"{hits} of {total}")]))
    drawn = [sum(one.attrib["d"].count("M") for one in marked(root, name)) for name in ("hit", "mis")]
    assert drawn == [hits, total - hits]
    assert words(root) == ["Glutamine", f"{hits} of {total}"]


def test_two_arms_are_drawn_at_one_size() -> None:
    root = parse(people([Arm("a", 1, 200, "1 of 200"), Arm("b", 1, 2, "1 of 2")]))
    radii = {one.attrib["d"].split("a")[1].split()[0] for one in marked(root, "hit")}
    assert len(radii) == 1


def test_more_hits_than_people_is_refused() -> None:
    with pytest.raises(ValueError, match="54 cannot have 55"):
        people([Arm("a", 55, 54, "")])


def test_people_s_labels_are_escaped() -> None:
    assert words(parse(people([Arm(HOSTILE, 0, 1, HOSTILE)]))) == [HOSTILE] * 2


@pytest.mark.parametrize(("value", "x"), [("0.10", "4"), ("0.50", "40"), ("0.90", "76"), ("0.95", "76")])
def test_a_stance_s_needle_stands_on_its_tick(value: str, x: str) -> None:
    (needle,) = marked(parse(stance(Decimal(value))), "needle")
    assert needle.attrib["d"] == f"M{x} 0V16"


def test_a_body_that_is_off_topic_has_no_needle() -> None:
    assert marked(parse(stance(None)), "needle") == []


def test_a_grade_is_shape_colour_and_word_together() -> None:
    root = parse(grade_mark("against", "Against"))
    assert root.attrib["class"] == "grade is-against"
    assert words(root) == ["Against"]
    assert [one.attrib["href"] for one in root.iter("use")] == ["#g-against"]


def test_a_glyph_of_no_known_grade_is_refused() -> None:
    with pytest.raises(ValueError, match="good"):
        glyph("good")


def plates(*labels: str, title: str = "A plate", seed: str = "a") -> list[SafeString]:
    return [draw(labels, title=title, prefix="p", seed=seed) for draw in (gut, night, orbit)]


def test_a_plate_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert plates(seed="a") == plates(seed="a")
    assert all(one != other for one, other in zip(plates(seed="a"), plates(seed="b"), strict=True))


def test_a_plate_names_itself_and_carries_its_labels() -> None:
    for drawing in plates("Lumen", HOSTILE, title=HOSTILE):
        assert words(parse(drawing)) == [HOSTILE, "Lumen", HOSTILE]


def test_a_plate_needs_no_labels() -> None:
    for drawing in plates():
        assert marked(parse(drawing), "lead") == []


def test_a_plate_stays_light() -> None:
    for drawing in plates():
        assert len(drawing) < 24_000
