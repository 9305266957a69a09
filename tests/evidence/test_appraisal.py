"""Answers of RoB 2 and AMSTAR-2 give the overall rating of the papers that made them."""

import pytest

from evidence import appraisal
from evidence.appraisal import AMSTAR2, AMSTAR2_CRITICAL, AMSTAR2_ITEMS, ROB2, ROB2_DOMAINS, AppraisalError
from evidence.models.codes import Quality


def rob2(**differing: str) -> dict[str, str]:
    return dict.fromkeys(ROB2_DOMAINS, "low") | differing


def amstar2(*weak: str) -> dict[str, str]:
    return dict.fromkeys(AMSTAR2_ITEMS, "yes") | dict.fromkeys(weak, "no")


@pytest.mark.parametrize(
    ("given", "overall", "quality"),
    [
        (rob2(), "low", "high"),
        (rob2(selection="some_concerns"), "some_concerns", "moderate"),
        (rob2(selection="some_concerns", missing="some_concerns"), "some_concerns", "moderate"),
        (rob2(selection="some_concerns", missing="some_concerns", deviations="some_concerns"), "high", "low"),
        (rob2(randomisation="high"), "high", "low"),
        (dict.fromkeys(ROB2_DOMAINS, "high"), "high", "low"),
    ],
)
def test_a_trial_is_as_biased_as_its_domains_say(given: dict[str, str], overall: str, quality: str) -> None:
    assert appraisal.rob2_overall(given) == overall
    assert appraisal.quality(ROB2, given) == quality


@pytest.mark.parametrize(
    ("weak", "overall"),
    [
        ((), "high"),
        (("1",), "high"),
        (("1", "3"), "moderate"),
        (("2",), "low"),
        (("2", "1", "3"), "low"),
        (("2", "4"), "critically_low"),
        (tuple(AMSTAR2_ITEMS), "critically_low"),
    ],
)
def test_a_review_is_as_sound_as_its_weaknesses_say(weak: tuple[str, ...], overall: str) -> None:
    assert appraisal.quality(AMSTAR2, amstar2(*weak)) == overall


@pytest.mark.parametrize("item", sorted(AMSTAR2_CRITICAL))
def test_each_critical_item_makes_a_review_low_alone(item: str) -> None:
    assert appraisal.amstar2_overall(amstar2(item)) == "low"


def test_what_is_met_in_part_or_falls_away_is_no_weakness() -> None:
    given = amstar2() | {"2": "partial_yes", "11": "not_pooled", "12": "not_pooled", "15": "not_pooled"}
    assert appraisal.amstar2_overall(given) == "high"


@pytest.mark.parametrize(
    ("tool", "given", "problem", "asked"),
    [
        (ROB2, rob2(missing=""), "unanswered", ("missing",)),
        (ROB2, rob2(missing="perhaps"), "unknown_answer", ("missing",)),
        (ROB2, rob2(blinding="low"), "unknown_question", ("blinding",)),
        (AMSTAR2, amstar2() | {"1": "partial_yes"}, "unknown_answer", ("1",)),
        (AMSTAR2, {}, "unanswered", AMSTAR2_ITEMS),
        ("none", rob2(), "no_tool", ROB2_DOMAINS),
    ],
)
def test_answers_that_do_not_fit_are_named(
    tool: str, given: dict[str, str], problem: str, asked: tuple[str, ...]
) -> None:
    with pytest.raises(AppraisalError) as refused:
        appraisal.quality(tool, given)
    assert (refused.value.problem, refused.value.asked) == (problem, asked)


def test_every_overall_is_a_quality_the_engine_knows() -> None:
    every = {*appraisal.ROB2_QUALITY.values(), *(appraisal.amstar2_overall(amstar2(*w)) for w in ("", "24"))}
    assert every <= set(Quality.values)
