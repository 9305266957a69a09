"""A stored verdict stays what it was; what may not be weighed is left out and said."""

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from config.rights import roles_of
from evidence.models import GradeSnapshot, LiveNotice, Study, StudyRecord
from evidence.models.base import AppendOnlyError
from evidence.verbs import dossiers, grading, intake, notices
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_stored_verdict_is_recomputed_to_the_byte(now: datetime) -> None:
    factories.graded_claim(now=now)
    assert grading.replay_all() == 1


def test_a_verdict_tampered_with_fails_the_replay_and_names_the_claim(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    GradeSnapshot.objects.filter(claim=claim).update(verdict_json='{"tier":"S"}')
    with pytest.raises(grading.ReplayMismatchError, match=claim.code):
        grading.replay_all()
    with pytest.raises(CommandError, match=claim.code):
        call_command("replay_grades", stdout=StringIO())


def test_a_snapshot_is_never_saved_again_nor_deleted(now: datetime) -> None:
    snapshot = GradeSnapshot.objects.get(claim=factories.graded_claim(now=now))
    with pytest.raises(AppendOnlyError):
        snapshot.save()
    with pytest.raises(AppendOnlyError):
        snapshot.delete()


def test_the_database_itself_holds_one_current_grade_a_claim(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    factories.proposed(claim, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        GradeSnapshot.objects.filter(claim=claim).update(state="current", current_from=now)


def test_a_retracted_study_weighs_nothing_in_the_next_proposal(now: datetime) -> None:
    work = factories.record()
    claim = factories.graded_claim(now=now, work=factories.study(work, now=now))
    intake.add(
        factories.retracted(work), origin=StudyRecord.Origin.PUBMED_FILE, by=factories.desk().writer, now=now
    )
    snapshot = factories.proposed(claim, now=now, trigger="status_changed")
    assert '"pmid:30108163":"0.0000"' in snapshot.verdict_json
    assert GradeSnapshot.objects.current().get(claim=claim).number == 1


def test_a_notice_is_left_out_of_the_dossier_with_the_reason(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    Study.objects.update(outcome="notice_cited")
    built = dossiers.build(claim)
    assert built.dossier["findings"] == []
    assert built.left_out == [{"citekey": "zhou2019", "short_name": "Zhou 2019", "reason": "notice_cited"}]


def test_a_work_whose_record_has_not_arrived_is_left_out_as_not_yet_checked(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    Study.objects.update(record=None, verification=None, outcome="not_yet_checked")
    assert dossiers.build(claim).left_out[0]["reason"] == "not_yet_checked"


def test_a_further_finding_of_the_same_study_has_an_id_of_its_own(now: datetime) -> None:
    claim, work = factories.claim(now=now), factories.study(now=now)
    factories.finding(claim, work, now=now)
    factories.finding(claim, work, now=now, number=2, role="safety")
    assert [row["id"] for row in dossiers.build(claim).dossier["findings"]] == [
        "pmid:30108163",
        "pmid:30108163#2",
    ]


def test_an_overdue_review_is_flagged_once_and_lifted_when_checked(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    type(claim).objects.update(next_check=date(2026, 11, 1))
    assert [notices.sweep_overdue_reviews(now=now) for _ in range(2)] == [1, 0]
    assert LiveNotice.objects.standing().get().kind == "review_overdue"
    type(claim).objects.update(next_check=date(2027, 5, 1))
    assert notices.sweep_overdue_reviews(now=now + timedelta(days=1)) == 1
    assert not LiveNotice.objects.standing().exists()


def test_the_grade_command_prints_the_verdict_that_a_proposal_would_store(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    printed = StringIO()
    call_command("grade", claim.slug, stdout=printed)
    assert printed.getvalue().strip() == GradeSnapshot.objects.get(claim=claim).verdict_json


def test_a_number_cut_for_the_column_is_the_number_of_the_verdict(now: datetime) -> None:
    snapshot = GradeSnapshot.objects.get(claim=factories.graded_claim(now=now))
    assert f'"score":"{snapshot.score}"' in snapshot.verdict_json


def test_building_a_dossier_costs_the_same_for_one_finding_and_for_twenty(
    now: datetime, django_assert_max_num_queries: Any
) -> None:
    claim = factories.claim(now=now)
    for pmid in range(1, 21):
        factories.finding(
            claim, factories.study(factories.record(str(pmid), title=f"T{pmid}"), now=now), now=now
        )
    with django_assert_max_num_queries(8):
        dossiers.build(claim)


def test_a_proposal_costs_under_fifteen_statements_whatever_the_claim_holds(
    now: datetime, django_assert_max_num_queries: Any
) -> None:
    claim = factories.graded_claim(now=now)
    for pmid in range(1, 11):
        factories.finding(
            claim, factories.study(factories.record(str(pmid), title=f"T{pmid}"), now=now), now=now
        )
    by = factories.desk().editor
    roles_of(by)
    with django_assert_max_num_queries(14):
        factories.proposed(claim, now=now, by=by)
