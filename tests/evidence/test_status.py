"""What has become of a work: the worst notice wins, and all are listed."""

import pytest

from evidence.sources.pubmed import parse_pubmed
from evidence.sources.records import Notice, Term, WorkRecord
from evidence.status import Status, is_notice, most_severe, status_of, status_of_natures
from tests.evidence.corpus import DEMONSTRATION, SAMPLES


def record(*kinds: str, types: tuple[str, ...] = (), title: str = "A title", pmid: str = "1") -> WorkRecord:
    return WorkRecord(
        source="pubmed",
        pmid=pmid,
        title=title,
        notices=tuple(Notice(kind=kind, ref_source="Gut. 2019") for kind in kinds),
        publication_types=tuple(Term(name=name) for name in types),
    )


@pytest.mark.parametrize(
    ("kind", "status", "engine_state"),
    [
        ("WithdrawnIn", "withdrawn", "withdrawn"),
        ("RetractionIn", "retracted", "retracted"),
        ("RetractedandRepublishedIn", "replaced", "retracted"),
        ("ExpressionOfConcernIn", "concern", "concern"),
        ("PartialRetractionIn", "concern", "concern"),
        ("ErratumIn", "corrected", "corrected"),
        ("CorrectedandRepublishedIn", "corrected", "corrected"),
        ("RepublishedIn", "corrected", "corrected"),
        ("UpdateIn", "newer_version_exists", "current"),
        ("UpdateOf", "current", "current"),
        ("RepublishedFrom", "current", "current"),
        ("CommentIn", "current", "current"),
        ("CommentOn", "current", "current"),
        ("SummaryForPatientsIn", "current", "current"),
    ],
)
def test_each_link_has_its_consequence(kind: str, status: str, engine_state: str) -> None:
    found = status_of(record(kind))
    assert (found.status, found.engine_state, found.is_notice) == (status, engine_state, False)


@pytest.mark.parametrize(
    ("types", "kinds"),
    [
        (("Retraction of Publication",), ("RetractionOf",)),
        (("Retraction Notice",), ()),
        (("Published Erratum",), ("ErratumFor",)),
        (("Expression of Concern",), ("ExpressionOfConcernFor",)),
        ((), ("RetractionOf",)),
        ((), ("WithdrawalOf",)),
        ((), ("ErratumFor",)),
        ((), ("PartialRetractionOf",)),
    ],
)
def test_a_record_that_announces_something_about_another_work_is_a_notice(
    types: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    assert is_notice(record(*kinds, types=types))
    assert status_of(record(*kinds, types=types)).status is Status.CURRENT


def test_a_notice_may_have_been_corrected_itself() -> None:
    found = status_of(record("RetractionOf", "ErratumIn", types=("Retraction of Publication",)))
    assert (found.status, found.is_notice) == ("corrected", True)


def test_the_worst_wins_and_all_are_listed_worst_first() -> None:
    found = status_of(record("ErratumIn", "CommentIn", "ExpressionOfConcernIn", "RetractionIn"))
    assert found.status is Status.RETRACTED
    assert [sign.detail for sign in found.signs] == ["RetractionIn", "ExpressionOfConcernIn", "ErratumIn"]
    assert found.signs[0].notice == Notice(kind="RetractionIn", ref_source="Gut. 2019")


def test_the_publication_type_alone_is_enough_for_a_retraction() -> None:
    assert status_of(record(types=("Journal Article", "Retracted Publication"))).status is Status.RETRACTED


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Retracted: Effects of Vitamin K2 on Osteoporosis", "retracted"),
        ("RETRACTED ARTICLE: Something", "retracted"),
        ("[Retracted] Something", "retracted"),
        ("WITHDRAWN: Glutamine for adults", "withdrawn"),
        ("Retracted publications in nutrition: a survey", "current"),
        ("Withdrawn patients", "current"),
    ],
)
def test_a_publishers_mark_on_the_title_counts_without_a_link(title: str, status: str) -> None:
    assert status_of(record(title=title)).status == status


def test_the_mark_on_a_notices_title_is_about_the_other_work() -> None:
    assert status_of(record("ErratumFor", title="Retracted: X")).status is Status.CURRENT


def test_a_preprint_with_a_published_version_is_superseded_and_still_a_preprint() -> None:
    found = status_of(record("UpdateIn", types=("Preprint",)))
    assert found.status is Status.PREPRINT
    assert found.engine_state == "preprint"
    assert found.is_superseded_preprint
    assert not status_of(record(types=("Preprint",))).is_superseded_preprint


def test_an_update_that_points_at_itself_is_no_newer_version() -> None:
    own = WorkRecord(source="pubmed", pmid="5", notices=(Notice(kind="UpdateIn", pmid="5"),))
    assert status_of(own).status is Status.CURRENT


def test_a_correction_and_a_newer_version_leave_the_engine_with_the_correction() -> None:
    assert status_of(record("UpdateIn", "ErratumIn")).engine_state == "corrected"


def test_nothing_found_is_current() -> None:
    assert most_severe([]) is Status.CURRENT
    assert status_of(record()).signs == ()


def sampled(name: str) -> dict[str, WorkRecord]:
    return {found.pmid: found for found in parse_pubmed((SAMPLES / name).read_bytes()).records}


def test_real_records_are_classed_right() -> None:
    odd = sampled("nlm_sample_odd.xml")
    assert status_of(odd["11543891"]).status is Status.RETRACTED
    assert status_of(odd["9634358"]).is_notice
    assert not status_of(odd["10612833"]).is_notice
    preprint = sampled("update_2021_preprint_and_version.xml")["34013271"]
    assert status_of(preprint).is_superseded_preprint
    assert status_of(sampled("efetch_39345789.xml")["39345789"]).is_version_of_record


def test_the_redoxs_trial_shows_its_correction() -> None:
    redoxs = parse_pubmed((DEMONSTRATION / "heyland2013.xml").read_bytes()).records[0]
    found = status_of(redoxs)
    assert found.status is Status.CORRECTED
    assert found.signs[0].notice is not None
    assert found.signs[0].notice.ref_source == "N Engl J Med. 2013 May 9;368(19):1853"


@pytest.mark.parametrize(
    ("natures", "status"),
    [
        ((), "current"),
        (("Retraction",), "retracted"),
        (("Expression of Concern",), "concern"),
        (("correction",), "corrected"),
        (("correction", "retraction", "expression of concern"), "retracted"),
        (("reinstatement",), "current"),
        (("retraction", "reinstatement"), "concern"),
        (("correction", "reinstatement"), "corrected"),
        (("reinstatement", "expression of concern"), "concern"),
        (("something new",), "concern"),
        ((" ",), "current"),
    ],
)
def test_what_retraction_watch_lists_has_its_consequence(natures: tuple[str, ...], status: str) -> None:
    assert status_of_natures(natures) == status
