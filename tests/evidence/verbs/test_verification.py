"""A check never says more than the services did: what is wrong stops, what is silent waits, what fell is told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from evidence.models import (
    CitedAs,
    ClaimEvent,
    GradeSnapshot,
    LiveNotice,
    Outcome,
    RetractionListing,
    Study,
    StudyRecord,
    Verification,
)
from evidence.sources.records import Author, Journal, Notice, Pages, Term, WorkRecord
from evidence.verbs import citations, dossiers, intake, verification
from evidence.verbs.asking import NOT_ASKED, Answer, Answers, State
from tests import factories

pytestmark = pytest.mark.django_db
FULL = replace(
    factories.record(),
    doi="10.1136/gutjnl-2017-315136",
    pages=Pages(medline="996-1002", start="996", end="1002"),
)
CROSSREF = replace(FULL, source="crossref", pmid="")


def given(study: Study, *, now: datetime, **fields: object) -> CitedAs:
    """Cite the study with these fields."""
    parsed = replace(WorkRecord(source="pasted"), **fields)  # type: ignore[arg-type]
    kept = citations.give(
        study, form=CitedAs.Form.PASTED, raw="as pasted", parsed=parsed, by=factories.desk().writer, now=now
    )
    assert kept is not None
    return kept


def unasked(now: datetime, work: WorkRecord = FULL) -> Study:
    return factories.study(work, now=now, asked=False)


def test_a_work_that_nobody_asked_about_is_not_yet_checked(now: datetime) -> None:
    study = unasked(now)
    assert study.outcome == Outcome.UNCHECKED
    assert dossiers.reason_to_leave_out(study) == "not_yet_checked"


def test_what_pubmed_and_crossref_say_alike_is_verified(now: datetime) -> None:
    study = unasked(now)
    given(study, now=now, pmid="30108163", doi=FULL.doi, title="A trial of glutamine.", year=2019)
    study = factories.checked(study, factories.answered(FULL, CROSSREF), now=now)
    assert study.outcome == Outcome.VERIFIED
    assert study.checked_at == now
    assert study.verification is not None
    assert study.verification.said == {"pubmed": "current", "crossref": "current"}
    assert {row["verdict"] for row in study.verification.compared} == {"same"}
    assert dossiers.reason_to_leave_out(study) is None


@pytest.mark.parametrize(
    ("fields", "outcome", "differing"),
    [
        ({"authors": (Author(family="Achamrah"),)}, Outcome.MISMATCH, {"first_author"}),
        ({"doi": "10.1136/gutjnl-2018-316406"}, Outcome.MISMATCH, {"doi"}),
        ({"pages": Pages(medline="55")}, Outcome.MISMATCH, {"pages"}),
        ({"year": 2015}, Outcome.MISMATCH, {"year"}),
        ({"title": "Something else altogether, on vitamin D"}, Outcome.WRONG_WORK, {"title"}),
    ],
)
def test_what_was_printed_wrong_is_named(
    now: datetime, fields: dict[str, object], outcome: Outcome, differing: set[str]
) -> None:
    study = unasked(now)
    given(study, now=now, pmid="30108163", **fields)
    study = factories.checked(study, factories.answered(FULL, CROSSREF), now=now)
    assert study.outcome == outcome
    assert study.verification is not None
    wrong = {row["field"] for row in study.verification.compared if row["verdict"] not in {"same", "unknown"}}
    assert wrong == differing


def test_a_mismatch_changes_no_weight_and_another_work_is_left_out(now: datetime) -> None:
    study = unasked(now)
    given(study, now=now, year=2015)
    assert dossiers.reason_to_leave_out(factories.checked(study, factories.answered(FULL), now=now)) is None
    given(study, now=now, title="Something else altogether, on vitamin D")
    study = factories.checked(study, factories.answered(FULL), now=now)
    assert dossiers.reason_to_leave_out(study) == "wrong_work"


def test_mending_a_citation_keeps_the_wrong_one_and_matches_afterwards(now: datetime) -> None:
    study = unasked(now)
    wrong = given(study, now=now, authors=(Author(family="Achamrah"),))
    factories.checked(study, factories.answered(FULL), now=now)
    wrong = CitedAs.objects.get(pk=wrong.pk)
    mended = citations.mend(wrong, by=factories.desk().editor, now=now, remark="Misprinted on the page.")
    study = factories.checked(study, factories.answered(FULL), now=now)
    assert study.outcome == Outcome.VERIFIED
    assert mended.raw.startswith("Zhou Q. A trial of glutamine.")
    assert CitedAs.objects.standing().get(study=study) == mended
    assert [row.outcome for row in Verification.objects.filter(study=study)] == ["verified", "mismatch"]


def test_pubmed_knows_no_such_work(now: datetime) -> None:
    study = factories.announced("30108163", now=now)
    study = factories.checked(study, factories.answered(None), now=now)
    assert study.outcome == Outcome.NOT_FOUND
    assert dossiers.reason_to_leave_out(study) == "not_found"


def test_a_notice_is_no_study(now: datetime) -> None:
    work = replace(FULL, publication_types=(Term(name="Published Erratum", ui="D016425"),))
    study = factories.checked(unasked(now), factories.answered(work), now=now)
    assert study.outcome == Outcome.NOTICE


SILENT = Answer(State.UNAVAILABLE, detail="timeout")


def test_a_service_that_does_not_answer_never_gives_verified_and_is_asked_again(now: datetime) -> None:
    study = unasked(now)
    row = verification.conclude(study, Answers(SILENT, NOT_ASKED), by=None, now=now)
    study.refresh_from_db()
    assert row.outcome == Outcome.NOT_CHECKABLE
    assert study.outcome == Outcome.UNCHECKED
    assert study.failure == "PubMed: timeout"
    assert study.failing_since == now
    assert study.check_after == now + timedelta(minutes=5)
    assert study.record is not None

    verification.conclude(study, Answers(SILENT, NOT_ASKED), by=None, now=now + timedelta(minutes=5))
    study.refresh_from_db()
    assert study.failing_since == now
    assert study.check_after == now + timedelta(minutes=15)


def test_half_an_answer_keeps_the_record_and_is_no_verification(now: datetime) -> None:
    study = factories.announced("30108163", now=now)
    verification.conclude(study, Answers(Answer(State.FOUND, FULL), SILENT), by=None, now=now)
    study.refresh_from_db()
    assert study.record is not None
    assert study.citekey == "zhou2019"
    assert study.outcome == Outcome.UNCHECKED


def test_a_silence_keeps_the_last_result(now: datetime) -> None:
    study = factories.study(FULL, now=now)
    later = now + timedelta(days=9)
    verification.conclude(study, Answers(SILENT, SILENT), by=None, now=later)
    study.refresh_from_db()
    assert (study.outcome, study.checked_at, study.failing_since) == (Outcome.VERIFIED, now, later)


def test_bad_news_stands_though_the_other_service_is_silent(now: datetime) -> None:
    study = factories.study(FULL, now=now)
    fallen = Answers(Answer(State.FOUND, factories.retracted(FULL)), SILENT)
    study = factories.checked(study, fallen, now=now)
    assert study.outcome == Outcome.RETRACTED
    assert study.failure == "Crossref: timeout"


def test_a_retraction_that_only_crossref_knows_counts_and_the_disagreement_is_kept(now: datetime) -> None:
    told = replace(CROSSREF, notices=(Notice(kind="RetractionIn", doi="10.1/notice"),))
    study = factories.checked(unasked(now), factories.answered(FULL, told), now=now)
    assert (study.outcome, study.standing) == (Outcome.RETRACTED, "retracted")
    assert study.verification is not None
    assert study.verification.said == {"pubmed": "current", "crossref": "retracted"}


def test_a_newer_pubmed_file_does_not_lift_what_crossref_said(now: datetime) -> None:
    told = replace(CROSSREF, notices=(Notice(kind="RetractionIn", doi="10.1/notice"),))
    study = factories.checked(unasked(now), factories.answered(FULL, told), now=now)
    again, _result = intake.add(
        replace(FULL, issue="7"), origin=StudyRecord.Origin.PUBMED_FILE, by=factories.desk().writer, now=now
    )
    assert again == study
    assert again.standing == "retracted"


def test_retraction_watch_is_joined_by_doi_or_pmid_and_absence_is_not_clean(now: datetime) -> None:
    study = factories.checked(unasked(now), factories.answered(FULL), now=now)
    assert study.verification is not None
    assert "retraction_watch" not in study.verification.said

    RetractionListing.objects.create(pmid="1", natures=["retraction"], status="retracted", loaded_at=now)
    study = factories.checked(study, factories.answered(FULL), now=now)
    assert study.verification is not None
    assert study.verification.said["retraction_watch"] == "not_listed"
    assert study.outcome == Outcome.VERIFIED

    RetractionListing.objects.create(doi=FULL.doi, natures=["retraction"], status="retracted", loaded_at=now)
    assert factories.checked(study, factories.answered(FULL), now=now).outcome == Outcome.RETRACTED


def test_a_retraction_raises_its_notice_at_once_and_proposes_a_regrade_that_says_why(now: datetime) -> None:
    study = factories.study(FULL, now=now)
    claim = factories.graded_claim(now=now, work=study)
    later = now + timedelta(days=3)
    factories.news(study, factories.retracted(FULL), now=later)

    notice = LiveNotice.objects.standing().get(study=study)
    assert (notice.kind, notice.since) == (LiveNotice.Kind.RETRACTED, later)
    proposal = GradeSnapshot.objects.awaiting_review().get(claim=claim)
    assert proposal.trigger == GradeSnapshot.Trigger.STATUS_CHANGED
    assert proposal.reason_en == "Zhou 2019: Retracted (PubMed)."
    assert proposal.proposed_by is None
    assert '"pmid:30108163":"0.0000"' in proposal.verdict_json
    assert GradeSnapshot.objects.current().get(claim=claim).number == 1
    assert ClaimEvent.objects.filter(claim=claim, kind=ClaimEvent.Kind.PROPOSED, by=None).count() == 1


def test_the_same_retraction_heard_again_proposes_and_raises_nothing_more(now: datetime) -> None:
    study = factories.study(FULL, now=now)
    factories.graded_claim(now=now, work=study)
    for day in (1, 2):
        factories.news(study, factories.retracted(FULL), now=now + timedelta(days=day))
    assert GradeSnapshot.objects.awaiting_review().count() == 1
    assert LiveNotice.objects.filter(study=study).count() == 1


def test_a_retraction_taken_back_lifts_its_notice(now: datetime) -> None:
    study = factories.news(factories.study(FULL, now=now), factories.retracted(FULL), now=now)
    study = factories.news(study, FULL, now=now + timedelta(days=1))
    assert study.outcome == Outcome.VERIFIED
    assert not LiveNotice.objects.standing().filter(study=study).exists()


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("ErratumIn", Outcome.CORRECTED),
        ("ExpressionOfConcernIn", Outcome.CONCERN),
        ("RetractedandRepublishedIn", Outcome.REPLACED),
        ("UpdateIn", Outcome.NOTED),
    ],
)
def test_each_notice_has_its_outcome(now: datetime, kind: str, outcome: Outcome) -> None:
    work = replace(FULL, notices=(Notice(kind=kind, pmid="2"),))
    assert factories.checked(unasked(now), factories.answered(work), now=now).outcome == outcome


def test_a_preprint_that_was_published_since_says_so(now: datetime) -> None:
    work = replace(
        FULL,
        publication_types=(Term(name="Preprint", ui="D000076942"),),
        notices=(Notice(kind="UpdateIn", pmid="2"),),
    )
    assert factories.checked(unasked(now), factories.answered(work), now=now).outcome == Outcome.SUPERSEDED


def test_a_doi_that_leads_crossref_to_another_work_is_a_mismatch(now: datetime) -> None:
    other = replace(CROSSREF, title="On the migration of storks", authors=(Author(family="Weber"),))
    assert (
        factories.checked(unasked(now), factories.answered(FULL, other), now=now).outcome == Outcome.MISMATCH
    )


def test_a_record_that_names_another_study_is_not_taken_and_the_reason_is_kept(now: datetime) -> None:
    factories.study(replace(FULL, pmid="1"), now=now)
    study = factories.announced("30108163", now=now)
    verification.conclude(study, factories.answered(FULL), by=None, now=now)
    study.refresh_from_db()
    assert study.record is None
    assert "zhou2019" in study.failure
    assert study.outcome == Outcome.UNCHECKED


def test_a_work_that_crossref_alone_knows_is_checked_there(now: datetime) -> None:
    study = unasked(now, replace(FULL, pmid="", source="ris"))
    answers = Answers(Answer(State.ELSEWHERE, detail="not_listed"), Answer(State.FOUND, CROSSREF))
    study = factories.checked(study, answers, now=now)
    assert study.outcome == Outcome.VERIFIED
    assert study.record is not None
    assert study.record.origin == StudyRecord.Origin.CROSSREF


def test_a_doi_of_another_agency_is_no_proof_of_anything(now: datetime) -> None:
    study = unasked(now, replace(FULL, pmid="", source="ris"))
    elsewhere = Answer(State.ELSEWHERE, detail="datacite")
    row = verification.conclude(study, Answers(elsewhere, elsewhere), by=None, now=now)
    assert row.outcome == Outcome.NOT_CHECKABLE
    study.refresh_from_db()
    assert study.outcome == Outcome.UNCHECKED


def test_journals_are_compared_by_crossrefs_names_too(now: datetime) -> None:
    study = unasked(now)
    given(study, now=now, journal=Journal(title="Gut: an international journal"))
    beside = replace(CROSSREF, journal=Journal(title="Gut: an international journal"))
    assert factories.checked(study, factories.answered(FULL, beside), now=now).outcome in {
        "verified",
        "verified_with_notes",
    }
