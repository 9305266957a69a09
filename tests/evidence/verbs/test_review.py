"""A grade goes live only by a second person who saw exactly what went live."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.refusal import Refused
from evidence.models import ClaimText, GradeSnapshot, LiveNotice, ReviewDecision
from evidence.verbs import review
from evidence.verbs.trail import fingerprint
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_second_person_makes_a_proposal_the_current_grade(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    snapshot = GradeSnapshot.objects.current().get(claim=claim)
    assert (snapshot.tier, snapshot.reader_grade, snapshot.engine_version) == ("B", "emerging", "1.1")
    assert ReviewDecision.objects.get(snapshot=snapshot).by == factories.desk().managing


@pytest.mark.parametrize("who", ["reviewer", "writer"])
def test_it_refuses_the_approval_of_a_contributor(now: datetime, who: str) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    work = factories.study(now=now)
    factories.finding(claim, work, now=now)
    factories.words(claim, now=now, by=people.writer)
    snapshot = factories.proposed(claim, now=now, by=people.editor)
    with pytest.raises(PermissionDenied):
        factories.approved(snapshot, now=now, by=getattr(people, who))
    snapshot.refresh_from_db()
    assert snapshot.state == "proposed"


def test_it_refuses_whoever_proposed_even_if_they_coded_nothing(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    factories.words(claim, now=now)
    snapshot = factories.proposed(claim, now=now, by=people.second_reviewer)
    with pytest.raises(PermissionDenied, match="You proposed"):
        factories.approved(snapshot, now=now, by=people.second_reviewer)


def test_a_superuser_without_a_role_approves_nothing(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    factories.words(claim, now=now)
    with pytest.raises(PermissionDenied, match="may not approve grade"):
        factories.approved(factories.proposed(claim, now=now), now=now, by=people.superuser)


def test_an_approval_that_an_edit_made_void_does_not_wash_its_authors_clean(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now, by=people.second_reviewer)
    work = factories.study(now=now)
    finding = factories.finding(claim, work, now=now, by=people.reviewer)
    factories.words(claim, now=now)
    factories.approved(factories.proposed(claim, now=now, by=people.editor), now=now, hold=True)
    finding.n = 390
    review_again = factories.finding  # the coding goes on by another reviewer
    review_again(
        claim,
        factories.study(factories.record("111", title="Another"), now=now),
        now=now,
        by=people.second_reviewer,
    )
    again = factories.proposed(claim, now=now, by=people.editor)
    with pytest.raises(PermissionDenied):
        factories.approved(again, now=now, by=people.reviewer)


def test_a_proposal_whose_evidence_moved_on_cannot_be_approved(now: datetime) -> None:
    claim = factories.claim(now=now)
    work = factories.study(now=now)
    factories.finding(claim, work, now=now)
    factories.words(claim, now=now)
    snapshot = factories.proposed(claim, now=now)
    factories.finding(
        claim, work, now=now, number=2, direction="harm", direction_reason_en="Another outcome."
    )
    with pytest.raises(Refused, match="Propose it again"):
        factories.approved(snapshot, now=now)


def test_nobody_approves_what_they_have_not_seen(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    factories.words(claim, now=now)
    snapshot = factories.proposed(claim, now=now)
    seen = fingerprint(review.manifest(snapshot))
    factories.words(claim, now=now, verdict_line="Quite another verdict.")
    with pytest.raises(Refused, match="changed after this page was opened"):
        review.approve(snapshot, by=people.managing, now=now, seen=seen)


def test_of_two_who_decide_at_once_only_one_succeeds(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    factories.words(claim, now=now)
    first = factories.proposed(claim, now=now)
    second = GradeSnapshot.objects.get(pk=first.pk)
    review.send_back(first, by=people.second_reviewer, now=now, remark="Look at the arms again.")
    with pytest.raises(Refused, match="in the meantime"):
        factories.approved(second, now=now)


def test_a_newer_proposal_closes_the_older(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    older = factories.proposed(claim, now=now)
    factories.proposed(claim, now=now, trigger="recoded")
    older.refresh_from_db()
    assert older.state == "closed"


def test_a_regrade_supersedes_the_older_grade_and_every_radar_learns_of_it(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    later = now + timedelta(days=1)
    work = factories.study(factories.record("111", title="A null trial"), now=later)
    factories.finding(
        claim, work, now=later, estimate="1.0", ci_low="0.9", ci_high="1.1", direction="nsd", n=2000
    )
    factories.approved(factories.proposed(claim, now=later, trigger="new_finding"), now=later)
    states = list(
        GradeSnapshot.objects.filter(claim=claim).order_by("number").values_list("state", flat=True)
    )
    assert states == ["superseded", "current"]
    assert LiveNotice.objects.standing().get(claim=claim).kind == "regraded"


def test_a_grade_needs_english_words_before_it_can_stand(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.finding(claim, factories.study(now=now), now=now)
    with pytest.raises(Refused, match="no English text"):
        factories.approved(factories.proposed(claim, now=now), now=now)


def test_returning_a_grade_takes_a_remark(now: datetime) -> None:
    claim = factories.claim(now=now)
    snapshot = factories.proposed(claim, now=now)
    with pytest.raises(Refused, match="Say in the remark"):
        review.send_back(snapshot, by=factories.desk().managing, now=now, remark="  ")


def test_a_translation_is_approved_without_a_new_grade(now: datetime) -> None:
    people = factories.desk()
    claim = factories.graded_claim(now=now)
    factories.words(claim, "zh-hant", now=now, by=people.translator, verdict_line="新的一句。")
    approved = ClaimText.objects.approved().filter(claim=claim, language="zh-hant")
    assert approved.get().verdict_line == "一項良好的試驗這麼說。"
    seen = fingerprint(review.texts_manifest(claim))
    review.approve_texts(claim, by=people.managing, now=now, seen=seen)
    assert approved.get(number=2).verdict_line == "新的一句。"
    assert GradeSnapshot.objects.filter(claim=claim).count() == 1


def test_a_translator_writes_only_their_own_language(now: datetime) -> None:
    people = factories.desk()
    claim = factories.claim(now=now)
    with pytest.raises(PermissionDenied, match="other languages"):
        factories.words(claim, "en", now=now, by=people.translator)


def test_words_saved_unchanged_make_no_revision_and_no_touch(now: datetime) -> None:
    claim = factories.claim(now=now)
    factories.words(claim, now=now)
    factories.words(claim, now=now)
    assert claim.texts.count() == 1
    assert claim.events.filter(kind="worded").count() == 1
