"""Laws that hold of every grading, whatever the dossier: 2,000 random dossiers each, by both versions."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evidence.engine import (
    NEWEST,
    VERSIONS,
    Dossier,
    Finding,
    Verdict,
    canonical_bytes,
    dossier_from_bytes,
    grade,
    read_dossier,
    scales,
    verdict_data,
    verdict_line,
    versions,
)
from evidence.engine.v1_0.trail import grade_by
from tests.evidence.engine.dossiers import Maker, makers, shuffled, sizes, with_added
from tests.evidence.engine.vectors import lines

LAW = settings(
    max_examples=2000,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
Shape = Callable[..., Any]


def law(test: Shape) -> Shape:
    """Try a law on 2,000 dossiers, each a stream of chance and a size."""
    return LAW(given(maker=makers(), size=sizes())(test))


@law
def test_the_same_dossier_has_the_same_verdict_in_any_order_hash_included(maker: Maker, size: int) -> None:
    dossier = maker.dossier(size)
    other = shuffled(dossier, maker.chance)
    for version in VERSIONS:
        line = verdict_line(grade(dossier, version))
        assert verdict_line(grade(other, version)) == line
        assert verdict_line(grade(dossier_from_bytes(canonical_bytes(other)), version)) == line


@law
def test_layers_and_score_lie_between_nothing_and_one_and_only_the_ungraded_have_no_score(
    maker: Maker, size: int
) -> None:
    dossier = maker.dossier(size)
    for version in VERSIONS:
        verdict = grade(dossier, version)
        numbers = [value for value in (*verdict.layers.values(), verdict.score) if value is not None]
        assert all(0 <= Decimal(number) <= 1 for number in numbers)
        assert (verdict.tier == "U") == (verdict.score is None)
        assert [step.step for step in verdict.steps] == list(scales.STEPS)


@law
def test_a_retracted_finding_adds_its_own_line_of_nothing_and_changes_the_hash(
    maker: Maker, size: int
) -> None:
    dossier = maker.dossier(size)
    state = maker.chance.choice(("retracted", "withdrawn"))
    added = maker.finding("added", dossier.findings, role="efficacy", state=state)
    for version in VERSIONS:
        before = verdict_data(grade(dossier, version))
        after = verdict_data(grade(with_added(dossier, added), version))
        assert after["dossier_sha256"] != before["dossier_sha256"]
        assert after["weights"] == {**_weights(before), "added": "0.0000"}
        assert {**after, "dossier_sha256": "", "weights": ""} == {
            **before,
            "dossier_sha256": "",
            "weights": "",
        }


@law
def test_another_benefit_never_lowers_score_or_tier(maker: Maker, size: int) -> None:
    dossier = maker.dossier(size)
    added = maker.finding("added", dossier.findings, role="efficacy", direction="benefit")
    pairs = _graded_pairs(dossier, added)
    assume(pairs)
    for before, after in pairs:
        assert _score(after) >= _score(before)
        assert _rank(after) <= _rank(before)


@law
def test_another_sound_trial_or_review_without_benefit_never_raises_score_or_tier(
    maker: Maker, size: int
) -> None:
    dossier = maker.dossier(size)
    added = maker.finding(
        "added",
        dossier.findings,
        role="efficacy",
        direction=maker.chance.choice(("no_effect", "harm")),
        design=maker.chance.choice(("rct", "sr_rct", "sr_obs")),
        quality=maker.chance.choice(("high", "moderate")),
    )
    pairs = _graded_pairs(dossier, added)
    assume(pairs)
    for before, after in pairs:
        assert _score(after) <= _score(before)
        assert _rank(after) >= _rank(before)


@law
def test_without_a_trial_or_review_of_benefit_an_intervention_stays_at_c_or_below(
    maker: Maker, size: int
) -> None:
    plain = replace(maker.dossier(size), claim_type="intervention")
    dossier = replace(plain, findings=tuple(_without_weight(finding) for finding in plain.findings))
    for version in VERSIONS:
        assert grade(dossier, version).tier in {"C", "D", "U"}


@law
def test_a_positive_outcome_never_stands_beside_a_null_or_harm_review(maker: Maker, size: int) -> None:
    dossier = replace(maker.dossier(size), claim_type="intervention")
    for version in VERSIONS:
        verdict = grade(dossier, version)
        against = [finding for finding in dossier.findings if _is_sound_review_against(finding, verdict)]
        assert verdict.hec != "positive" or not against


@law
def test_a_better_trial_of_benefit_never_lowers_the_score(maker: Maker, size: int) -> None:
    dossier = maker.dossier(size)
    quality = maker.chance.randrange(1, len(scales.QUALITIES))
    design = maker.chance.choice([design for design in scales.DESIGNS if design not in scales.REVIEWS])
    trial = maker.finding(
        "added", direction="benefit", role="efficacy", design=design, quality=scales.QUALITIES[quality]
    )
    better = replace(trial, quality=scales.QUALITIES[maker.chance.randrange(quality)])
    for version in VERSIONS:
        before = grade(with_added(dossier, trial), version)
        after = grade(with_added(dossier, better), version)
        if before.score is not None and after.score is not None:
            assert Decimal(after.score) >= Decimal(before.score)


@law
def test_registering_another_version_changes_no_verdict(maker: Maker, size: int) -> None:
    dossier = maker.dossier(size)
    before = [verdict_line(grade(dossier, version)) for version in (*VERSIONS, None)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(versions.RELEASES, "9.9", _another_version())
        assert grade(dossier, "9.9").engine == "9.9"
        assert [verdict_line(grade(dossier, version)) for version in (*VERSIONS, None)] == before


@settings(LAW, max_examples=200)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_shuffling_a_golden_case_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    case = chance.choice(GOLDEN)
    dossier = shuffled(read_dossier(case["dossier"]), chance)
    assert verdict_data(grade(dossier, NEWEST)) == case["verdicts"][NEWEST]


GOLDEN = lines("engine.jsonl")


def _graded_pairs(dossier: Dossier, added: Finding) -> list[tuple[Verdict, Verdict]]:
    """Grade without and with the finding; leave out the ungraded and what `test_known_limits` shows."""
    pairs = [(grade(dossier, version), grade(with_added(dossier, added), version)) for version in VERSIONS]
    between = [finding.id for finding in dossier.findings if finding.direction in {"mixed", "nsd"}]
    return [
        (before, after)
        for before, after in pairs
        if before.score is not None
        and after.score is not None
        and all(before.weights.get(name) == after.weights.get(name) for name in between)
    ]


def _score(verdict: Verdict) -> Decimal:
    return Decimal(str(verdict.score))


def _rank(verdict: Verdict) -> int:
    return scales.TIERS.index(verdict.tier)


def _weights(data: dict[str, object]) -> dict[str, str]:
    weights = data["weights"]
    assert isinstance(weights, dict)
    return weights


def _without_weight(finding: Finding) -> Finding:
    is_benefit = finding.direction == "benefit" and finding.design in {"rct", "sr_rct"}
    return replace(finding, state="retracted") if is_benefit else finding


def _is_sound_review_against(finding: Finding, verdict: Verdict) -> bool:
    return (
        Decimal(verdict.weights.get(finding.id, "0")) > 0
        and finding.design == "sr_rct"
        and finding.quality in {"high", "moderate"}
        and finding.directness in {"direct", "partial"}
        and finding.direction in {"nsd", "no_effect", "harm"}
    )


def _another_version() -> versions.Release:
    numbers = replace(versions.tables("1.0"), version="9.9", human_prior=Decimal(3))
    return versions.Release(numbers, lambda dossier, digest: grade_by(numbers, dossier, digest))
