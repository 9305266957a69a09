"""The dial: every blip on its grade's ring, none upon another, none under a ring's name."""

import math
from xml.etree.ElementTree import Element

import pytest

from articles.drawing.dial import CENTRE, RINGS, SMALL, SMALL_RINGS, Blip, dial, mini_dial
from articles.drawing.geometry import GRADES, ring_of
from tests.articles.drawing.reading import HOSTILE, marked, parse, words

NAMES = {grade: grade.capitalize() for grade in GRADES}
CHINESE = dict.fromkeys(GRADES, "證據不足以支持這項主張")


def draw(*grades: str) -> Element:
    blips = [Blip(number, grade) for number, grade in enumerate(grades, 1)]
    return parse(dial(blips, rings=NAMES, title="Claims", desc="The same in words"))


def centres(root: Element) -> list[tuple[float, float, float]]:
    uses = list(root.iter("use"))
    sizes = [float(one.attrib["width"]) for one in uses]
    return [
        (float(one.attrib["x"]) + size / 2, float(one.attrib["y"]) + size / 2, size)
        for one, size in zip(uses, sizes, strict=True)
    ]


@pytest.mark.parametrize("grade", GRADES)
def test_it_plots_a_claim_on_the_ring_of_its_grade(grade: str) -> None:
    ((x, y, _),) = centres(draw(grade))
    assert math.dist((x, y), CENTRE) == pytest.approx(RINGS[ring_of(grade)], abs=0.2)


def test_it_gives_the_middle_to_strong_and_the_rim_to_against() -> None:
    assert (ring_of("strong"), ring_of("against")) == (0, 5)
    assert sorted(RINGS) == list(RINGS)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 15])
@pytest.mark.parametrize("grade", ["strong", "weak", "against"])
def test_no_blip_touches_another_however_many_share_a_ring(count: int, grade: str) -> None:
    blips = centres(draw(*[grade] * count))
    for i, (x, y, size) in enumerate(blips):
        for other_x, other_y, other in blips[i + 1 :]:
            assert math.dist((x, y), (other_x, other_y)) >= (size + other) / 2


@pytest.mark.parametrize("count", [1, 5, 12, 15])
def test_no_blip_hides_a_ring_name(count: int) -> None:
    for x, y, _ in centres(draw(*[GRADES[i % 6] for i in range(count)])):
        bearing = math.degrees(math.atan2(x - CENTRE[0], CENTRE[1] - y)) % 360
        assert 50 <= round(bearing) <= 310


def test_it_numbers_the_blips_as_the_list_does() -> None:
    root = draw("weak", "strong", "against")
    assert [one.text for one in marked(root, "bn")] == ["1", "2", "3"]
    assert [one.attrib["href"] for one in root.iter("use")] == ["#g-weak", "#g-strong", "#g-against"]


def test_it_names_itself_and_its_description_by_ids_of_its_own() -> None:
    root = parse(dial([], rings=NAMES, title="One", desc="Two", prefix="second"))
    assert root.attrib["aria-labelledby"] == "second-t second-d"
    assert [one.attrib["id"] for one in root if one.tag in {"title", "desc"}] == ["second-t", "second-d"]


def test_it_draws_the_rings_when_there_is_no_claim() -> None:
    root = draw()
    assert len(marked(root, "rg")) == 6
    assert marked(root, "bn") == []


def test_it_escapes_hostile_names() -> None:
    root = parse(dial([], rings=dict.fromkeys(GRADES, HOSTILE), title=HOSTILE, desc=HOSTILE))
    assert words(root) == [HOSTILE] * 8


def test_it_takes_long_chinese_names() -> None:
    root = parse(dial([Blip(1, "weak")], rings=CHINESE, title="主張", desc="說明"))
    assert [one.text for one in marked(root, "rl")] == list(CHINESE.values())


def test_it_refuses_a_grade_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="excellent"):
        dial([Blip(1, "excellent")], rings=NAMES, title="", desc="")


def test_it_draws_the_same_claims_the_same_way() -> None:
    blips = [Blip(1, "weak"), Blip(2, "strong")]
    once, again = (dial(blips, rings=NAMES, title="t", desc="d") for _ in range(2))
    assert once == again


def test_a_hub_s_dial_has_one_blip_a_claim_each_on_its_ring() -> None:
    grades = [*GRADES, "weak", "weak", "strong"]
    root = parse(mini_dial(grades, title="Gut: nine claims"))
    rings = sorted(
        min(range(6), key=lambda ring: abs(math.dist((x, y), SMALL) - SMALL_RINGS[ring]))
        for x, y, _ in centres(root)
    )
    assert rings == sorted(ring_of(grade) for grade in grades)


def test_a_hub_s_dial_with_no_claim_is_rings_alone() -> None:
    root = parse(mini_dial([], title="Sleep: no claim yet"))
    assert centres(root) == []
    assert len(marked(root, "rg")) == 6


def test_a_dial_without_a_name_is_decoration() -> None:
    assert parse(mini_dial(["weak"], title="")).attrib["aria-hidden"] == "true"
