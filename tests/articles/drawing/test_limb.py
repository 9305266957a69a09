"""The limb: the needle at the true score, thick only where the verdict's tier lies."""

import math
import re
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest

from articles.drawing.limb import CENTRE, TierBand, bearing_of, border_text, limb
from tests.articles.drawing.reading import HOSTILE, marked, parse, words

EDGES = ("0", ".40", ".55", ".70", ".825", "1")
BOUNDS = [
    TierBand(tier, Decimal(low), Decimal(high), grade)
    for tier, grade, low, high in zip(
        "DCBAS", ("against", "weak", "emerging", "moderate", "strong"), EDGES[:-1], EDGES[1:], strict=True
    )
]


def draw(score: str | None, tier: str = "C") -> Element:
    value = None if score is None else Decimal(score)
    printed = "not scored" if score is None else "0.41"
    return parse(
        limb(
            value, bounds=BOUNDS, tier=tier, printed=printed, caption="Score", title="Score", desc="In words"
        )
    )


@pytest.mark.parametrize("score", ["0", "0.4125", "0.5", "0.8251", "1"])
def test_the_needle_points_at_the_uncut_score(score: str) -> None:
    (needle,) = marked(draw(score), "needle")
    x, y = map(float, re.findall(r"L(\S+) (\S+)$", needle.attrib["d"])[0])
    bearing = math.degrees(math.atan2(x - CENTRE[0], CENTRE[1] - y))
    assert bearing == pytest.approx(-66 + 132 * float(score), abs=0.1)


def test_only_the_reached_tier_is_thick() -> None:
    classes = [one.attrib["class"].split() for one in marked(draw("0.4125"), "band")]
    assert [names[1] for names in classes if "on" in names] == ["is-weak"]


def test_a_tier_moved_by_a_rule_is_thick_where_the_needle_is_not() -> None:
    root = draw("0.8912", tier="B")
    (thick,) = [one for one in marked(root, "band") if "on" in one.attrib["class"].split()]
    assert "is-emerging" in thick.attrib["class"]


def test_without_a_score_there_is_no_needle_and_it_says_so() -> None:
    root = draw(None, tier="U")
    assert marked(root, "needle") == []
    assert "not scored" in words(root)
    assert not any("on" in one.attrib["class"].split() for one in marked(root, "band"))


def test_the_borders_are_the_engine_s_own() -> None:
    assert [one.text for one in marked(draw("0.41"), "nl")] == list(EDGES)


@pytest.mark.parametrize(("value", "text"), [("0.4", ".40"), ("0.825", ".825"), ("0", "0"), ("1", "1")])
def test_a_border_is_printed_as_the_table_prints_it(value: str, text: str) -> None:
    assert border_text(Decimal(value)) == text


def test_a_score_beyond_the_scale_stops_at_its_end() -> None:
    assert bearing_of(Decimal("1.2")) == bearing_of(Decimal(1))


def test_it_escapes_hostile_words() -> None:
    root = parse(
        limb(None, bounds=[], tier="", printed=HOSTILE, caption=HOSTILE, title=HOSTILE, desc=HOSTILE)
    )
    assert words(root) == [HOSTILE] * 4
