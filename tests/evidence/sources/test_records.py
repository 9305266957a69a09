"""A record keeps everything through its JSON form, and its hash is its version."""

import dataclasses
from pathlib import Path

import pytest

from evidence.sources.dates import PartialDate
from evidence.sources.plain import PlainError
from evidence.sources.pubmed import parse_pubmed
from evidence.sources.records import Author, Book, DataBank, DatedEvent, Notice, Term, WorkRecord
from tests.evidence.corpus import SAMPLES

RECORD = WorkRecord(
    source="pubmed",
    pmid="23594003",
    title="A randomized trial",
    authors=(
        Author(family="Heyland", initials="D"),
        Author(collective="Canadian Critical Care Trials Group", valid=False),
    ),
    book=Book(title="A book"),
    print_date=PartialDate(year=2013, month=4),
    history=(DatedEvent(event="received", date=PartialDate(year=2012)),),
    year=2013,
    publication_types=(Term(name="Randomized Controlled Trial", ui="D016449"),),
    data_banks=(
        DataBank(name="ClinicalTrials.gov", accessions=("NCT00133978",)),
        DataBank(name="GENBANK", accessions=("X1",)),
    ),
    notices=(Notice(kind="ErratumIn", ref_source="N Engl J Med. 2013 May 9;368(19):1853"),),
)


def test_out_and_in_again_is_the_identity() -> None:
    assert WorkRecord.from_json(RECORD.to_json()) == RECORD


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: path.stem)
def test_real_records_come_back_unchanged_and_keep_their_hash(path: Path) -> None:
    for record in parse_pubmed(path.read_bytes()).records:
        again = WorkRecord.from_json(record.to_json())
        assert again == record
        assert again.sha256 == record.sha256


def test_changing_one_field_changes_the_hash() -> None:
    assert dataclasses.replace(RECORD, volume="368").sha256 != RECORD.sha256


def test_the_hash_of_a_record_never_drifts() -> None:
    assert (
        WorkRecord(source="pubmed", pmid="1", year=2013).canonical_bytes
        == b'{"pmid":"1","source":"pubmed","year":2013}'
    )


def test_a_field_left_at_its_default_is_not_written_so_that_new_fields_keep_old_hashes() -> None:
    assert b"vernacular_title" not in RECORD.canonical_bytes


@pytest.mark.parametrize(
    ("stored", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ('{"source": "pubmed", "colour": "blue"}', "unknown field 'colour'"),
        ('{"source": "pubmed", "year": "2013"}', "year: expected int"),
        ('{"source": "pubmed", "year": true}', "year: expected int"),
        ('{"source": "pubmed", "authors": {}}', "authors: expected a list"),
        ('{"source": "pubmed", "authors": [{"family": 3}]}', r"authors\[0\].family"),
        ("{}", "source"),
    ],
)
def test_a_stored_record_that_does_not_fit_is_refused_by_the_name_of_its_field(
    stored: str, complaint: str
) -> None:
    with pytest.raises(PlainError, match=complaint):
        WorkRecord.from_json(stored)


def test_a_missing_year_is_read_as_unknown() -> None:
    assert WorkRecord.from_json('{"source": "pubmed", "year": null}').year is None


def test_names_marked_invalid_are_kept_but_not_printed() -> None:
    assert [author.family for author in RECORD.named_authors] == ["Heyland"]
    assert len(RECORD.authors) == 2


def test_it_tells_trial_registrations_from_other_data_banks() -> None:
    assert RECORD.trial_registrations == ("NCT00133978",)


def test_it_finds_a_date_in_the_works_history() -> None:
    received = RECORD.date_of("received")
    assert received is not None
    assert received.year == 2012
    assert RECORD.date_of("accepted") is None
