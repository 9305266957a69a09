"""What is typed becomes a study whose record comes by itself: asked over HTTP, in batches, again after failures."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from articles.verbs import works_shown
from config.refusal import Refused
from evidence.models import CitedAs, Outcome, RawReply, RetractionListing, Study, Verification
from evidence.verbs import adding, asking, intake, intake_identifiers, listing, replies, verifying
from evidence.verbs.intake import Result
from tests import factories
from tests.evidence.corpus import DEMONSTRATION
from tests.evidence.recorded_answers import asked_here, nobody_answers

pytestmark = pytest.mark.django_db
ZHOU = (
    "Zhou Q, Verne ML. Randomised placebo-controlled trial of dietary glutamine supplements for postinfectious "
    "irritable bowel syndrome. Gut. 2019;68(6):996-1002. doi:10.1136/gutjnl-2017-315136"
)
ABBASI = (
    "Aghababaei F. A systematic review and meta-analysis of clinical trials on the effects of glutamine "
    "supplementation on gut permeability in adults. Amino Acids. 2024;56:55. doi:10.1007/s00726-024-03420-7"
)


def added(text: str, *, now: datetime) -> Study:
    """Add the one work that the text names."""
    (typed,) = adding.read(text)
    return adding.add(typed, by=factories.desk().writer, now=now)[0]


@pytest.mark.parametrize(
    "text",
    [
        "30108163",
        "PMID: 30108163",
        "https://pubmed.ncbi.nlm.nih.gov/30108163/",
        "10.1136/gutjnl-2017-315136",
        "https://doi.org/10.1136/gutjnl-2017-315136",
        "PMC9549483",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC9549483/",
        ZHOU,
    ],
)
def test_whatever_names_the_work_brings_its_record(text: str, now: datetime) -> None:
    study = added(text, now=now)
    assert study.record is None
    with asked_here():
        assert verifying.check_due(now=timezone.now()) == 1
    study.refresh_from_db()
    assert (study.citekey, study.pmid, study.doi, study.pmcid) == (
        "zhou2019", "30108163", "10.1136/gutjnl-2017-315136", "PMC9549483",
    )  # fmt: skip
    assert study.outcome == Outcome.VERIFIED
    assert study.verification is not None
    assert study.verification.recorded


def test_the_printed_errors_of_both_pages_come_out_as_what_they_are(now: datetime) -> None:
    first = added(ABBASI, now=now)
    zhou = added(f"{ZHOU.replace('2017-315136', '2018-316406')}. PMID: 30108163", now=now)
    redoxs = added("PMID: 23594003", now=now)
    with asked_here():
        verifying.check_due(now=timezone.now())
        assert wrong(first) == (Outcome.MISMATCH, {"first_author", "pages"})
        assert wrong(zhou) == (Outcome.MISMATCH, {"doi"})
        assert wrong(redoxs) == (Outcome.CORRECTED, set())
        second = added("Achamrah N. Glutamine and intestinal barrier function. 2024. PMID: 39397201", now=now)
        assert second == first
        verifying.check_due(now=timezone.now())
    assert wrong(first) == (Outcome.WRONG_WORK, {"first_author", "pages", "title"})


def wrong(study: Study) -> tuple[str, set[str]]:
    """The outcome, and the fields that differ."""
    study = Study.objects.select_related("verification").get(pk=study.pk)
    assert study.verification is not None
    rows = study.verification.compared
    return study.outcome, {row["field"] for row in rows if row["verdict"] in {"differs", "another_work"}}


def test_what_nobody_recorded_is_not_called_missing(now: datetime) -> None:
    study = added("99999999", now=now)
    with asked_here():
        verifying.check_due(now=timezone.now())
    study.refresh_from_db()
    assert study.outcome == Outcome.UNCHECKED
    assert study.failure == "PubMed: not_recorded"


def test_a_network_that_is_down_loses_nothing_and_is_tried_again(now: datetime) -> None:
    study = added("30108163", now=now)
    with nobody_answers():
        verifying.check_due(now=timezone.now())
    study.refresh_from_db()
    assert (study.outcome, study.failures, study.failure) == (Outcome.UNCHECKED, 1, "PubMed: refused")
    assert study.check_after is not None
    with asked_here():
        assert verifying.check_due(now=timezone.now()) == 0
        assert verifying.check_due(now=timezone.now() + timedelta(minutes=6)) == 1
    study.refresh_from_db()
    assert (study.outcome, study.failures, study.failure) == (Outcome.VERIFIED, 0, "")


def test_raw_replies_are_kept_byte_for_byte_and_once(now: datetime) -> None:
    study = added("30108163", now=now)
    with asked_here():
        verifying.check([study], by=None)
        verifying.check([study], by=None)
    assert RawReply.objects.count() == 2
    pubmed = RawReply.objects.get(service="pubmed")
    assert b"<PMID" in replies.body_of(pubmed)
    assert pubmed.recorded
    assert pubmed.verifications.count() == 2


def test_two_workers_never_take_the_same_study(now: datetime) -> None:
    added("30108163", now=now)
    with nobody_answers():
        assert verifying.check_due(now=timezone.now()) == 1
        assert verifying.check_due(now=timezone.now()) == 0


def test_a_check_by_hand_takes_the_right_to_add_studies(now: datetime) -> None:
    study = added("30108163", now=now)
    for person in (factories.desk().translator, factories.desk().superuser):
        with pytest.raises(PermissionDenied):
            verifying.check([study], by=person)
    assert not Verification.objects.exists()


def test_several_identifiers_are_typed_at_once() -> None:
    typed = adding.read("30108163\n10.1007/s00726-024-03420-7\nPMC6266414\n")
    assert [one.form for one in typed] == [CitedAs.Form.IDENTIFIER] * 3
    assert [one.given.pmid or one.given.doi or one.given.pmcid for one in typed] == [
        "30108163",
        "10.1007/s00726-024-03420-7",
        "PMC6266414",
    ]


def test_nothing_and_far_too_much_are_refused_with_the_way_out() -> None:
    with pytest.raises(Refused, match="Give a PMID"):
        adding.read("  \n ")
    with pytest.raises(Refused, match="Import them as a file"):
        adding.read("\n".join(str(10_000_000 + number) for number in range(60)))


def test_the_same_citation_is_kept_once(now: datetime) -> None:
    added(ABBASI, now=now)
    added(ABBASI, now=now)
    assert CitedAs.objects.count() == 1


def test_a_work_known_already_is_no_second_one(now: datetime) -> None:
    factories.study(now=now)
    (typed,) = adding.read("PMID 30108163")
    study, result = adding.add(typed, by=factories.desk().editor, now=now)
    assert (study.citekey, result) == ("zhou2019", Result.UNCHANGED)


def test_a_reference_without_identifier_is_offered_its_candidates(now: datetime) -> None:
    text = (
        "Abbasi F. Effects of glutamine supplementation on gut permeability in adults. Amino Acids 2024;56:60"
    )
    (typed,) = adding.read(text)
    assert not typed.is_named
    with asked_here():
        found, silent = adding.offer(typed, by=factories.desk().writer)
    assert found[0].pmid == "39397201"
    assert silent == []
    with nobody_answers():
        found, silent = adding.offer(typed, by=factories.desk().writer)
    assert (found, silent) == ([], ["PubMed: refused", "Crossref: refused"])


def test_an_identifier_that_contradicts_the_known_work_is_named(now: datetime) -> None:
    factories.study(factories.record(doi="10.1136/gutjnl-2017-315136"), now=now)
    factories.study(factories.record("39397201", doi="10.1007/s00726-024-03420-7"), now=now)
    with pytest.raises(ValidationError, match="One of the two is wrong"):
        intake_identifiers.announce(
            by=factories.desk().writer, now=now, pmid="30108163", pmcid="PMC1", doi="10.1136/other"
        )


def test_a_record_renames_a_provisional_key_and_the_old_key_goes_on_naming_the_study(now: datetime) -> None:
    study = added("30108163", now=now)
    assert study.citekey == "pmid-30108163"
    with asked_here():
        verifying.check([study], by=None)
    assert intake.find("key", "pmid-30108163") == study
    assert intake.find("key", "zhou2019") == study


def test_the_retraction_watch_list_is_loaded_whole_and_what_it_names_is_checked(now: datetime) -> None:
    study = added("15320745", now=now)
    with asked_here():
        verifying.check([study], by=None)
        loaded = listing.fetch_and_load(now=now)
        assert loaded.rows == RetractionListing.objects.count() > 0
        assert loaded.to_check == 1
        verifying.check_due(now=timezone.now())
    study.refresh_from_db()
    assert study.outcome == Outcome.RETRACTED
    assert study.verification is not None
    assert study.verification.said["retraction_watch"] == "retracted"


def test_a_list_that_does_not_come_or_has_shrunk_leaves_the_one_held(now: datetime) -> None:
    for number in range(30):
        RetractionListing.objects.create(
            pmid=str(number + 1), natures=["retraction"], status="retracted", loaded_at=now
        )
    with nobody_answers(), pytest.raises(Refused, match="The list that is held stays"):
        listing.fetch_and_load(now=now)
    with asked_here(), pytest.raises(Refused, match="the one held stays"):
        listing.fetch_and_load(now=now)
    assert RetractionListing.objects.count() == 30


def test_a_reinstatement_in_a_row_of_its_own_asks_for_a_person(now: datetime) -> None:
    study = factories.study(factories.record(doi="10.1/a"), now=now)
    for nature in ("retraction", "reinstatement"):
        RetractionListing.objects.create(doi="10.1/a", natures=[nature], status="retracted", loaded_at=now)
    assert listing.said_of(study) == "concern"


def test_what_readers_see_is_checked_again_every_day_and_drafts_are_not(now: datetime) -> None:
    factories.published_article(now=now)
    draft = factories.study(factories.record("39397201"), now=now)
    later = now + timedelta(days=1)
    assert works_shown.check_daily(now=later) == 1
    assert Study.objects.due(later).get().citekey == "zhou2019"
    assert draft.pk not in Study.objects.due(later).values_list("pk", flat=True)
    assert works_shown.check_daily(now=later) == 0


def test_asking_costs_pubmed_one_question_for_many(now: datetime) -> None:
    studies = [added(path, now=now) for path in ("30108163", "39397201", "23594003")]
    with asked_here(DEMONSTRATION):
        answers = asking.ask(studies)
    assert len({answers[study.pk].pubmed.replies[0].sha256 for study in studies}) == 1
