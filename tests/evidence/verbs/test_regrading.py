"""A regrade nobody asked for is proposed by the clock, once, and changes nothing for readers but the notice."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from evidence.models import Claim, ClaimEvent, GradeSnapshot, LiveNotice, Study, StudyRecord
from evidence.verbs import coding, intake, regrading, review
from tests import factories

pytestmark = pytest.mark.django_db

Trigger = GradeSnapshot.Trigger
WHY = {"reason_en": "Zhou 2019 was retracted.", "reason_zh_hant": "Zhou 2019 已撤回。"}


@pytest.fixture
def claim(now: datetime) -> Claim:
    work = factories.study(factories.record(), now=now)
    return factories.graded_claim(now=now, work=work)


def retract(now: datetime) -> Study:
    work = factories.retracted(factories.record())
    study, _result = intake.add(
        work, origin=StudyRecord.Origin.PUBMED_FILE, by=factories.desk().writer, now=now
    )
    return study


def propose(study: Study, now: datetime) -> list[GradeSnapshot]:
    return regrading.propose_for_study(study, now=now, trigger=Trigger.STATUS_CHANGED, **WHY)


def test_a_retraction_proposes_a_regrade_by_the_clock_and_says_why(claim: Claim, now: datetime) -> None:
    [snapshot] = propose(retract(now), now)
    assert snapshot.proposed_by is None
    assert snapshot.state == "proposed"
    assert snapshot.reason_en == "Zhou 2019 was retracted."
    assert snapshot.trigger == "status_changed"
    event = ClaimEvent.objects.filter(claim=claim).latest("id")
    assert (event.kind, event.by) == ("proposed", None)


def test_readers_keep_their_grade_and_see_a_notice_until_a_second_person_accepts(
    claim: Claim, now: datetime
) -> None:
    before = GradeSnapshot.objects.current().get(claim=claim)
    [snapshot] = propose(retract(now), now)
    standing = LiveNotice.objects.standing().filter(claim=claim, kind="under_reassessment")
    assert GradeSnapshot.objects.current().get(claim=claim) == before
    assert standing.exists()
    factories.approved(snapshot, now=now)
    assert GradeSnapshot.objects.current().get(claim=claim) == snapshot
    assert not standing.exists()


def test_the_same_news_twice_proposes_once(claim: Claim, now: datetime) -> None:
    study = retract(now)
    assert len(propose(study, now)) == 1
    assert propose(study, now) == []
    assert claim.grades.count() == 2


def test_a_proposal_that_a_person_returned_is_not_made_again_by_the_clock(
    claim: Claim, now: datetime
) -> None:
    study = retract(now)
    [snapshot] = propose(study, now)
    review.send_back(snapshot, by=factories.desk().managing, now=now, remark="Code Shu 2016 first.")
    assert propose(study, now) == []
    assert claim.grades.count() == 2


def test_a_study_that_changed_nothing_proposes_nothing(claim: Claim, now: datetime) -> None:
    assert propose(Study.objects.get(), now) == []
    assert claim.grades.count() == 1


def test_a_claim_without_a_grade_is_left_to_its_editors(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    assert propose(retract(now), now) == []
    assert not claim.grades.exists()


def test_the_notice_goes_when_the_study_stands_again(claim: Claim, now: datetime) -> None:
    study = retract(now)
    propose(study, now)
    Study.objects.filter(pk=study.pk).update(standing="current")
    assert propose(study, now) == []
    assert not LiveNotice.objects.standing().filter(kind="under_reassessment").exists()


def test_a_new_finding_is_proposed_once_the_coding_has_come_to_rest(claim: Claim, now: datetime) -> None:
    other = factories.study(factories.record("1234"), now=now)
    factories.finding(claim, other, now=now)
    assert regrading.propose_for_coding(now=now + timedelta(minutes=5)) == []
    later = now + regrading.QUIET
    [snapshot] = regrading.propose_for_coding(now=later)
    assert snapshot.trigger == "new_finding"
    assert regrading.propose_for_coding(now=later) == []


def test_a_coding_done_over_is_proposed_as_such(claim: Claim, now: datetime) -> None:
    finding = claim.findings.get()
    finding.quality = "low"
    coding.save(finding, by=factories.desk().reviewer, now=now)
    [snapshot] = regrading.propose_for_coding(now=now + regrading.QUIET)
    assert snapshot.trigger == "recoded"


def test_a_new_engine_version_proposes_where_its_verdict_is_another(claim: Claim, now: datetime) -> None:
    current = GradeSnapshot.objects.current()
    current.filter(claim=claim).update(engine_version="1.0", tier="S", reader_grade="strong")
    why = {"reason_en": "Engine 1.1.", "reason_zh_hant": "引擎 1.1。"}
    said = StringIO()
    call_command("propose_regrades", "--reason=Engine 1.1.", "--reason-zh=引擎 1.1。", stdout=said)
    snapshot = claim.grades.get(state="proposed")
    assert (snapshot.trigger, snapshot.engine_version, snapshot.proposed_by) == (
        "engine_version",
        "1.1",
        None,
    )
    assert "1 regrades proposed" in said.getvalue()
    assert list(regrading.propose_for_engine(now=now, **why)) == []
