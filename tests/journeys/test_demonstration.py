"""The demonstration says what the published pages got wrong, and what comes of the same evidence coded with care."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client, override_settings

from articles.demonstration.loading import load
from articles.models import Edition
from config.refusal import Refused
from evidence.models import GradeSnapshot, Study
from evidence.verbs import grading

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration() -> None:
    for _step in load():
        pass


def test_the_five_claims_of_glutamine_come_out_as_coded(demonstration: None) -> None:
    grades = dict(GradeSnapshot.objects.current().values_list("claim__slug", "reader_grade"))
    assert {slug: grade for slug, grade in grades.items() if slug.startswith("glutamine")} == {
        "glutamine-enterocyte-fuel": "moderate",
        "glutamine-post-infectious-ibs-d": "emerging",
        "glutamine-for-gut-permeability": "weak",
        "glutamine-critical-illness-burns": "against",
        "glutamine-healthy-adults": "unsupported",
    }


def test_gut_permeability_shows_both_grades(demonstration: None) -> None:
    published, todays = GradeSnapshot.objects.filter(claim__slug="glutamine-for-gut-permeability").order_by(
        "number"
    )
    then, now = json.loads(published.verdict_json), json.loads(todays.verdict_json)
    assert (then["engine"], then["score"], then["tier"], then["status"]) == ("1.0", "0.4125", "C", "disputed")
    assert (then["confidence"], then["evidence_level"], then["hec"]) == ("0.72", "E3", "null")
    assert (now["engine"], now["score"], now["tier"], now["status"]) == ("1.1", "0.4735", "C", "disputed")
    assert (now["agreement"], now["certainty"], now["reader_grade"]) == ("conflicting", "very_low", "weak")


def test_a_second_run_changes_nothing(demonstration: None) -> None:
    before = (GradeSnapshot.objects.count(), Edition.objects.count(), Study.objects.count())
    for _step in load():
        pass
    assert (GradeSnapshot.objects.count(), Edition.objects.count(), Study.objects.count()) == before


def test_every_verdict_of_it_can_be_recomputed(demonstration: None) -> None:
    assert grading.replay_all() == GradeSnapshot.objects.count() >= 9


def test_nothing_in_it_lies_in_the_future(demonstration: None) -> None:
    latest = Edition.objects.order_by("-published_at").values_list("published_at", flat=True)[0]
    assert latest < datetime(2026, 11, 22, tzinfo=UTC)


def test_its_records_never_read_as_verified(demonstration: None, client: Client) -> None:
    assert "not asked of PubMed" in client.get("/studies/zhou2019/").content.decode()


@override_settings(EMBEDDED=False)
def test_outside_the_embedded_mode_it_is_refused() -> None:
    with pytest.raises(Refused, match="EMBEDDED=1 only"):
        next(load())
