"""The forest: one null line for all, benefit to the right, arrows where an arm leaves its axis."""

import math
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.drawing.axis import Effect, axis_of, shared_zero
from articles.drawing.forest import forest
from tests.articles.drawing.reading import HOSTILE, marked, parse, words


def effect(
    measure: str,
    better: str,
    estimate: str | None,
    low: str | None,
    high: str | None,
    *,
    pooled: bool = False,
) -> Effect:
    first, second, third = (None if one is None else Decimal(one) for one in (estimate, low, high))
    return Effect(
        "Zhou 2019", "Responders", measure, better, first, second, third, "13.8", "4.6 to 41.7", pooled
    )


ABBASI = effect("WMD", "lower", "-0.00", "-0.04", "0.03", pooled=True)
ZHOU = effect("RR", "higher", "13.8", "4.57", "41.7")
REDOXS = effect("OR", "lower", "1.28", "1.00", "1.64")


def draw(*effects: Effect) -> Element:
    return parse(forest(effects, harm="harm", benefit="benefit"))


def test_all_studies_share_one_line_of_no_difference() -> None:
    lines = {one.attrib["d"] for one in marked(draw(ABBASI, ZHOU, REDOXS), "nul")}
    assert len(lines) == 1


@pytest.mark.parametrize(("one", "side"), [(ZHOU, 1), (REDOXS, -1)])
def test_benefit_is_always_right_of_it(one: Effect, side: int) -> None:
    axis = axis_of(one, shared_zero([ABBASI, ZHOU, REDOXS]))
    assert one.estimate is not None
    assert math.copysign(1, axis.place(one.benefit(float(one.estimate))) - axis.zero) == side


def test_a_ratio_and_its_reciprocal_stand_equally_far_from_the_line() -> None:
    assert ZHOU.benefit(4.0) == pytest.approx(-ZHOU.benefit(0.25))


def test_pooled_is_a_diamond_and_a_trial_a_square() -> None:
    assert [one.tag for one in marked(draw(ABBASI, ZHOU), "pe")] == ["path", "rect"]


def test_an_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    wide, narrow = effect("RR", "higher", "2", "0.00001", "5"), effect("RR", "higher", "2", "1.5", "5")
    arrows = ["l6 -5" in marked(draw(one), "ci")[0].attrib["d"] for one in (wide, narrow)]
    assert arrows == [True, False]


@pytest.mark.parametrize("low", ["0", "-0.3"])
def test_a_ratio_with_no_logarithm_is_drawn_on_a_plain_scale(low: str) -> None:
    one = effect("OR", "higher", "1.2", low, "3")
    assert one.benefit(3) - one.benefit(2) == pytest.approx(one.benefit(2) - one.benefit(1))
    assert len(marked(draw(one), "ci")) == 1


def test_an_estimate_without_an_interval_is_a_point_alone() -> None:
    root = draw(effect("MD", "lower", "-3.2", None, "1"))
    assert (len(marked(root, "pe")), len(marked(root, "ci"))) == (1, 0)


def test_a_study_without_numbers_keeps_its_words_and_draws_nothing() -> None:
    root = draw(effect("MD", "lower", None, None, None))
    assert marked(root, "pe") == marked(root, "ci") == marked(root, "nl") == []
    assert "Zhou 2019" in words(root)


def test_a_reversed_interval_is_read_as_none() -> None:
    assert marked(draw(effect("MD", "lower", "1", "5", "-5")), "ci") == []


def test_the_null_value_is_among_the_ticks() -> None:
    texts = [[one.text for one in marked(draw(row), "nl")] for row in (ABBASI, ZHOU, REDOXS)]
    assert "0" in texts[0]
    assert all("1" in row for row in texts[1:])


def test_the_words_are_those_it_was_given() -> None:
    row = words(draw(ZHOU))
    assert row[2:4] == ["Zhou 2019", "Responders"]
    assert row[-2:] == ["13.8", "4.6 to 41.7"]


def test_it_escapes_hostile_words() -> None:
    one = Effect(HOSTILE, HOSTILE, "MD", "lower", None, None, None, HOSTILE, HOSTILE)
    assert words(draw(one)) == ["← harm", "benefit →", *[HOSTILE] * 4]


def test_no_study_makes_an_empty_plot() -> None:
    assert marked(draw(), "fp") == []


numbers = st.none() | st.decimals(-1000, 1000, places=3, allow_nan=False)


@given(st.sampled_from(["RR", "MD"]), st.sampled_from(["higher", "lower"]), numbers, numbers, numbers)
def test_whatever_the_numbers_every_mark_stays_within_the_picture(
    measure: str, better: str, estimate: Decimal | None, low: Decimal | None, high: Decimal | None
) -> None:
    one = Effect("a", "b", measure, better, estimate, low, high, "", "")
    for tick in marked(draw(one), "nl"):
        assert 0 <= float(tick.attrib["x"]) <= 400
    for square in marked(draw(one), "pe"):
        assert 0 <= float(square.attrib["x"]) <= 400
