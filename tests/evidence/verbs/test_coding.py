"""Coding leaves a touch for each change, derives what follows from the numbers, and is nobody's but reviewers'."""

from datetime import datetime

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError

from evidence.appraisal import ROB2_DOMAINS
from evidence.models import Claim, Finding
from evidence.verbs import coding, trail
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_direction_that_differs_from_the_numbers_needs_a_reason(now: datetime) -> None:
    claim, work = factories.claim(now=now), factories.study(now=now)
    with pytest.raises(ValidationError) as refusal:
        factories.finding(claim, work, now=now, direction="nsd")
    assert list(refusal.value.message_dict) == ["direction_reason_en"]
    assert "benefit" in str(refusal.value)
    factories.finding(claim, work, now=now, direction="nsd", direction_reason_en="Its end point was changed.")


@pytest.mark.parametrize("who", ["writer", "editor", "translator", "managing", "superuser"])
def test_only_evidence_reviewers_code(now: datetime, who: str) -> None:
    claim, work = factories.claim(now=now), factories.study(now=now)
    with pytest.raises(PermissionDenied):
        factories.finding(claim, work, now=now, by=getattr(factories.desk(), who))
    assert not Finding.objects.exists()


def test_an_untouched_save_is_no_touch(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now, by=people.reviewer)
    row = factories.finding(claim, factories.study(now=now), now=now, by=people.reviewer)
    coding.save(row, by=people.second_reviewer, now=now)
    assert people.second_reviewer.pk not in trail.contributors(claim)
    row.n = 401
    coding.save(row, by=people.second_reviewer, now=now)
    assert people.second_reviewer.pk in trail.contributors(claim)


def test_naming_the_studies_a_review_pools_is_a_touch(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    trial = factories.study(now=now)
    pooled = factories.study(factories.record("222", title="A review"), now=now)
    row = factories.finding(claim, pooled, now=now, design="sr_rct", quality_tool="AMSTAR-2")
    coding.save(row, by=people.second_reviewer, now=now, includes=[trial])
    assert people.second_reviewer.pk in trail.contributors(claim)
    coding.save(row, by=people.second_reviewer, now=now, includes=[trial])
    assert claim.events.filter(by=people.second_reviewer).count() == 1


def test_removing_a_finding_is_a_touch_and_keeps_its_history(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    row = factories.finding(claim, factories.study(now=now), now=now)
    coding.remove(row, by=people.second_reviewer, now=now)
    assert people.second_reviewer.pk in trail.contributors(claim)
    assert apps.get_model("evidence", "HistoricalFinding").objects.filter(history_type="-").count() == 1


def test_an_interval_with_one_end_is_refused_by_name(now: datetime) -> None:
    claim, work = factories.claim(now=now), factories.study(now=now)
    with pytest.raises(ValidationError, match="An interval has two ends"):
        factories.finding(claim, work, now=now, ci_high="", direction="mixed", precision="adequate")


def test_a_safety_level_without_its_reason_is_refused(now: datetime) -> None:
    with pytest.raises(ValidationError, match="needs its written reason"):
        factories.claim(now=now, safety="caution")


def test_a_writer_may_reword_the_population_but_not_the_type(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    claim.population_en = "Adults"
    coding.save_claim(claim, by=people.writer, now=now)
    claim.claim_type = "physiology"
    with pytest.raises(PermissionDenied):
        coding.save_claim(claim, by=people.writer, now=now)
    assert Claim.objects.get(pk=claim.pk).claim_type == "intervention"


# What a value rests on ------------------------------------------------------------------------------------


def test_the_quality_is_what_the_tools_answers_give(now: datetime) -> None:
    finding = factories.graded_claim(now=now).findings.get()
    finding.appraisal = dict.fromkeys(ROB2_DOMAINS, "low") | {"selection": "some_concerns"}
    with pytest.raises(ValidationError, match="give “Moderate”"):
        coding.save(finding, by=factories.desk().reviewer, now=now)
    finding.quality = "moderate"
    coding.save(finding, by=factories.desk().reviewer, now=now)
    assert Finding.objects.get().quality == "moderate"


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("RoB 2", {"randomisation": "low"}, "Still open: Deviations from the intended intervention"),
        (
            "RoB 2",
            {**dict.fromkeys(ROB2_DOMAINS, "low"), "missing": "yes"},
            "does not take this answer to: Missing",
        ),
        ("RoB 2", {**dict.fromkeys(ROB2_DOMAINS, "low"), "16": "yes"}, "does not ask: 16"),
        ("none", {"randomisation": "low"}, "Choose RoB 2 or AMSTAR-2"),
    ],
)
def test_answers_that_do_not_fit_their_tool_are_refused_by_name(
    tool: str, given: dict[str, str], said: str, now: datetime
) -> None:
    finding = factories.graded_claim(now=now).findings.get()
    finding.quality_tool, finding.appraisal = tool, given
    with pytest.raises(ValidationError, match=said):
        coding.save(finding, by=factories.desk().reviewer, now=now)


def test_a_minimal_important_difference_names_its_source(now: datetime) -> None:
    finding = factories.graded_claim(now=now).findings.get()
    finding.mid = "1.25"
    finding.precision_reason_en = "It is the same by people."
    with pytest.raises(ValidationError, match="Say where this minimal important difference comes from"):
        coding.save(finding, by=factories.desk().reviewer, now=now)


def test_a_position_that_is_not_direct_says_why(now: datetime) -> None:
    position = factories.graded_claim(now=now).positions.get()
    position.relevance = "related"
    with pytest.raises(ValidationError, match="does not speak of the claim directly"):
        coding.save(position, by=factories.desk().reviewer, now=now)
