"""Every code of engine and models becomes words, in both languages, and a number is never flattered."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from articles.views.exhibits.graded import shares_by_side
from articles.words import changes, codes, numbers
from articles.words.trail import TITLES, Told, Trail, demanded, dispute
from evidence import engine
from evidence.engine import scales
from tests.evidence.engine.vectors import lines

LANGUAGES = ("en", "zh-hant")
RAW = re.compile(r"None|undefined|object Object|[{}]|%\(|\b[a-z]+_[a-z_]+\b")
CASES = [
    (case["name"], version, case["dossier"], verdict)
    for case in lines("engine.jsonl")
    for version, verdict in case["verdicts"].items()
]


def tell(dossier: dict[str, Any], version: str, verdict: dict[str, Any]) -> list[Told]:
    trail = Trail(
        steps=tuple(verdict["steps"]),
        tables=engine.tables(version),
        claim_type=dossier["claim_type"],
        shares=shares_by_side(dossier, verdict),
    )
    return trail.told()


def assert_is_words(text: str) -> None:
    assert text.strip()
    assert not RAW.search(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_every_golden_trail_is_told_in_words(language: str) -> None:
    with translation.override(language):
        for name, version, dossier, verdict in CASES:
            told = tell(dossier, version, verdict)
            assert len(told) == 7, name
            for step in told:
                for text in (step.title, step.result, step.text):
                    assert_is_words(text)


def test_the_golden_trails_hold_every_step_and_outcome_the_engine_can_give() -> None:
    seen = {(step["step"], step["outcome"]) for *_, verdict in CASES for step in verdict["steps"]}
    statuses = {outcome for step, outcome in seen if step == "decide_status"}
    assert {step for step, _ in seen} == set(scales.STEPS) == set(TITLES)
    assert statuses == set(scales.STATUSES)
    assert {outcome for step, outcome in seen if step == "apply_hec_rules"} == set(scales.HEC_OUTCOMES)
    hard = {
        code for *_, verdict in CASES for code in verdict["disputes"]["hard"] + verdict["disputes"]["soft"]
    }
    assert hard == {*scales.HARD_DISPUTES, *scales.SOFT_DISPUTES}


def test_the_worked_example_says_null_and_never_positive() -> None:
    _name, version, dossier, verdict = CASES[0]
    reviews = tell(dossier, version, verdict)[2]
    assert reviews.result == "sound reviews found no difference"
    assert "1 no difference" in reviews.text
    assert "0 found benefit" in reviews.text
    assert "never counted as support" in reviews.text


def test_the_worked_example_prints_the_sum_a_reader_can_redo() -> None:
    _name, version, dossier, verdict = CASES[0]
    score = tell(dossier, version, verdict)[0]
    assert score.result == "0.412"
    assert "0.50 × .10 + 0.40 × .30 + 0.45 × .25 + 0.32 × .25 + 0.50 × .10 gives 0.412" in score.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("agreement", scales.AGREEMENTS),
        ("answer", scales.MECHANISM_ANSWERS),
        ("certainty", scales.CERTAINTIES),
        ("design", scales.DESIGNS),
        ("direction", scales.DIRECTIONS),
        ("directness", scales.DIRECTNESSES),
        ("grade", scales.READER_GRADES),
        ("layer", scales.LAYERS),
        ("precision", scales.PRECISIONS),
        ("quality", scales.QUALITIES),
        ("question", scales.MECHANISM_QUESTIONS),
        ("recheck", scales.RECHECK_VERDICTS),
        ("relevance", scales.RELEVANCES),
        ("role", scales.ROLES),
        ("stance", scales.STANCES),
        ("state", scales.STATES),
        ("status", scales.STATUSES),
    ],
)
def test_every_code_of_the_engine_has_a_label(kind: str, known: tuple[str, ...], language: str) -> None:
    with translation.override(language):
        for code in known:
            assert_is_words(codes.label(kind, code))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("certainty", scales.CERTAINTIES),
        ("claim_type", scales.CLAIM_TYPES),
        ("grade", scales.READER_GRADES),
        ("hec", scales.HEC_OUTCOMES),
        ("level", scales.EVIDENCE_LEVELS),
        ("safety", scales.SAFETIES),
        ("status", scales.STATUSES),
        ("tier", scales.TIERS),
    ],
)
def test_every_code_that_needs_it_is_explained(kind: str, known: tuple[str, ...], language: str) -> None:
    with translation.override(language):
        assert set(codes.MEANINGS[kind]) == set(known)
        for code in known:
            assert_is_words(codes.meaning(kind, code))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_the_models_has_a_label(language: str) -> None:
    with translation.override(language):
        for kind, choices in codes.CHOICES.items():
            for code in choices.values:
                assert_is_words(codes.label(kind, code))


@pytest.mark.parametrize("version", engine.VERSIONS)
def test_disputes_and_demands_are_explained_with_the_numbers_of_their_version(version: str) -> None:
    tables = engine.tables(version)
    for code in (*scales.HARD_DISPUTES, *scales.SOFT_DISPUTES):
        assert_is_words(dispute(code, tables))
    assert f"{tables.small_trial} people" in demanded(tables)["B"]
    assert "20 %" in dispute("HD1", tables)


def test_a_code_that_nobody_has_worded_is_refused() -> None:
    with pytest.raises(ValueError, match="unheard"):
        codes.label("design", "unheard")
    with pytest.raises(ValueError, match="unheard"):
        codes.meaning("level", "unheard")
    with pytest.raises(ValueError, match="unheard"):
        changes.change("add", "unheard")


def test_what_would_change_a_grade_is_said_for_all_the_engine_tries() -> None:
    dossier = engine.read_dossier(CASES[0][2])
    said = [changes.change(row.change, row.id) for row in engine.sensitivity(dossier)]
    assert said[-3:] == [
        "One large, direct trial finds benefit",
        "One large, direct trial finds no effect",
        "One large, direct review of trials finds benefit",
    ]
    assert said[0] == "Without pmid:23594003"


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        ("0.4125", "0.41"),
        ("0.5499", "0.54"),
        ("0.7999", "0.79"),
        ("0.8000", "0.800"),
        ("0.8249", "0.824"),
        ("0.8250", "0.825"),
        ("0.0000", "0.00"),
        ("1.0000", "1.000"),
    ],
)
def test_a_score_is_cut_and_never_rounded(score: str, shown: str) -> None:
    assert numbers.page_score(Decimal(score)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.45", ".45"), ("0.825", ".825"), ("0.40", ".40"), ("1.00", "1"), ("0", "0"), ("0.3", ".30")],
)
def test_weights_are_written_as_the_tables_write_them(value: str, shown: str) -> None:
    assert numbers.weight(Decimal(value)) == shown


def test_sentences_in_chinese_stand_without_a_space_between_them() -> None:
    assert numbers.joined(["一。", "二。"]) == "一。二。"
    assert numbers.joined(["One.", "", "Two."]) == "One. Two."
