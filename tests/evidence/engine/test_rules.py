"""Rules of status, certainty and the reader's grade that no golden case stands on both sides of."""

import pytest

from evidence.engine import Mechanism, Recheck, grade
from tests.evidence.engine.cases import claim, trial


@pytest.mark.parametrize(
    ("precision", "quality", "certainty", "status", "reader_grade"),
    [
        ("adequate", "high", "high", "not_supported", "against"),
        ("serious", "high", "moderate", "not_supported", "against"),
        ("serious", "moderate", "low", "unproven", "weak"),
    ],
)
def test_what_was_tested_well_and_failed_reads_against_and_not_weak(
    precision: str, quality: str, certainty: str, status: str, reader_grade: str
) -> None:
    review = trial("review", "no_effect", design="sr_rct", precision=precision, quality=quality)
    dossier = claim(
        review, body="supportive", mechanism=Mechanism(target="yes"), rechecks=(Recheck("r", "supports"),)
    )
    verdict = grade(dossier, "1.0")
    assert (verdict.tier, verdict.hec, verdict.certainty) == ("C", "null", certainty)
    assert (verdict.status, verdict.reader_grade) == (status, reader_grade)


@pytest.mark.parametrize(("benefit", "certainty"), [("mixed", "high"), ("benefit", "moderate")])
def test_reviews_that_contradict_each_other_cost_certainty_even_where_one_is_light(
    benefit: str, certainty: str
) -> None:
    light = trial(
        "light", benefit, design="sr_rct", quality="moderate", precision="very_serious", directness="partial"
    )
    verdict = grade(claim(light, trial("heavy", "no_effect", design="sr_rct")), "1.1")
    assert verdict.disputes.hard == (("HD2",) if benefit == "benefit" else ())
    assert verdict.certainty == certainty


def test_an_untested_claim_reads_unsupported_and_not_against() -> None:
    verdict = grade(claim(), "1.1")
    assert (verdict.tier, verdict.status, verdict.reader_grade) == ("U", "insufficient", "unsupported")
