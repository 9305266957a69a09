"""The layers: length is support, thickness weight; rules are outlined, missing layers said."""

from decimal import Decimal
from xml.etree.ElementTree import Element

from articles.drawing.layers import LayerBar, layers
from tests.articles.drawing.reading import HOSTILE, marked, parse, words


def bar(value: str | None, weight: str | None, code: str = "L2") -> LayerBar:
    return LayerBar(
        code=code,
        name="Human studies",
        value=None if value is None else Decimal(value),
        weight=None if weight is None else Decimal(weight),
        printed=value or "not assessed",
        note=f"weight {weight}" if weight else "by rule only",
    )


def draw(*bars: LayerBar) -> Element:
    return parse(layers(bars))


def test_the_area_of_a_bar_is_its_share_of_the_score() -> None:
    bars = [bar("0.40", "0.45"), bar("0.80", "0.10", "L3"), bar("1", "0.60", "L5")]
    areas = [float(one.attrib["width"]) * float(one.attrib["height"]) for one in marked(draw(*bars), "bar")]
    shares = [one.value * one.weight for one in bars if one.value and one.weight]
    assert [round(area / float(share)) for area, share in zip(areas, shares, strict=True)] == [6000] * 3


def test_a_layer_that_acts_by_rule_is_outlined() -> None:
    root = draw(bar("0.30", None, "L4"))
    assert marked(root, "bar") == []
    assert len(marked(root, "rule-bar")) == 1


def test_a_missing_layer_has_no_bar_and_says_so() -> None:
    root = draw(bar(None, "0.05"))
    assert marked(root, "bar") == marked(root, "rule-bar") == []
    assert "not assessed" in words(root)


def test_the_words_are_those_it_was_given() -> None:
    assert words(draw(bar("0.40", "0.45"))) == ["L2", "Human studies", "0.40", "weight 0.45"]


def test_every_row_shares_one_neutral_line() -> None:
    root = draw(*[bar("0.5", "0.1", f"L{i}") for i in range(15)])
    assert {one.attrib["d"] for one in marked(root, "mid")} == {"M50 2V38"}


def test_no_layer_makes_an_empty_list() -> None:
    assert list(draw()) == []


def test_it_escapes_hostile_words() -> None:
    root = draw(LayerBar(HOSTILE, HOSTILE, None, None, HOSTILE, HOSTILE))
    assert words(root) == [HOSTILE] * 4
