"""The numbers that pages render and the codes that forms offer: both complete, and the same codes."""

import decimal
from decimal import Decimal

import pytest

from evidence.engine import (
    NEWEST,
    VERSIONS,
    UnknownVersionError,
    grade,
    read_dossier,
    scales,
    tables,
    verdict_line,
)
from evidence.engine.v1_0.tables import Scale
from tests.evidence.engine.vectors import compact, lines


@pytest.mark.parametrize("version", VERSIONS)
def test_every_code_a_dossier_may_hold_has_its_number(version: str) -> None:
    numbers = tables(version)
    expected: dict[scales.Codes, Scale] = {
        scales.DESIGNS: numbers.design,
        scales.QUALITIES: numbers.quality,
        scales.PRECISIONS: numbers.precision,
        scales.DIRECTNESSES: numbers.directness,
        scales.STATES: numbers.state,
        scales.DIRECTIONS: numbers.direction,
        scales.STANCES: numbers.stance,
        scales.RELEVANCES: numbers.relevance,
        scales.BENCHMARK_GRADES: numbers.benchmark,
        scales.RECHECK_VERDICTS: numbers.recheck,
        scales.MECHANISM_QUESTIONS: numbers.mechanism,
        scales.MECHANISM_ANSWERS: numbers.answer,
        scales.SAFETIES: numbers.safety,
        scales.AGREEMENTS: numbers.agreement,
        scales.TIERS[:-1]: numbers.tiers,
    }
    for codes, table in expected.items():
        assert tuple(table) == codes


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("claim_type", scales.CLAIM_TYPES)
def test_a_profile_weighs_its_layers_in_order_and_to_one(version: str, claim_type: str) -> None:
    profile = tables(version).profiles[claim_type]
    assert sum(profile.values()) == 1
    assert list(profile) == [layer for layer in scales.LAYERS if layer in profile]


def test_the_newest_version_puts_human_trials_before_mechanism() -> None:
    profile = tables().profiles["intervention"]
    assert tables().version == NEWEST
    assert profile["L2"] == Decimal("0.45")
    assert profile["L3"] == Decimal("0.10")


def test_no_one_can_change_a_table() -> None:
    with pytest.raises(TypeError):
        tables("1.0").design["rct"] = Decimal(2)  # type: ignore[index]


def test_it_refuses_a_version_that_was_never_released() -> None:
    with pytest.raises(UnknownVersionError, match=r"0\.9"):
        tables("0.9")


def test_every_word_of_the_golden_verdicts_is_in_the_vocabulary() -> None:
    verdicts = [verdict for case in lines("engine.jsonl") for verdict in case["verdicts"].values()]
    known = {
        "tier": scales.TIERS,
        "hec": scales.HEC_OUTCOMES,
        "agreement": (*scales.AGREEMENTS, None),
        "certainty": (*scales.CERTAINTIES, None),
        "evidence_level": scales.EVIDENCE_LEVELS,
        "status": scales.STATUSES,
        "reader_grade": scales.READER_GRADES,
    }
    for key, codes in known.items():
        assert {verdict[key] for verdict in verdicts} <= set(codes)
    assert {code for verdict in verdicts for code in verdict["disputes"]["hard"]} == set(scales.HARD_DISPUTES)
    assert {code for verdict in verdicts for code in verdict["disputes"]["soft"]} == set(scales.SOFT_DISPUTES)


def test_the_arithmetic_of_the_program_around_it_changes_no_verdict() -> None:
    case = lines("engine.jsonl")[1]
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        line = verdict_line(grade(read_dossier(case["dossier"]), "1.1"))
    assert line == compact(case["verdicts"]["1.1"])
