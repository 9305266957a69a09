"""The Retraction Watch list is read row by row: what is usable is kept, what is not says why."""

import csv
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.sources.retraction_watch import Listing, ListingProblem, read_listings
from evidence.status import Status, status_of_natures
from tests.evidence.corpus import shared_data

COLUMNS = [
    "Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS",
    "ArticleType", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate",
    "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes",
]  # fmt: skip
ROW = {
    "Record ID": "4036",
    "Title": "Ileal-lymphoid-nodular hyperplasia, and more",
    "RetractionDate": "2/6/2010 0:00",
    "RetractionDOI": "10.1016/S0140-6736(10)60175-4",
    "RetractionPubMedID": "20137807",
    "OriginalPaperDate": "2/28/1998 0:00",
    "OriginalPaperDOI": "10.1016/S0140-6736(97)11096-0",
    "OriginalPaperPubMedID": "9500320",
    "RetractionNature": "Retraction",
    "Reason": "+Falsification/Fabrication of Data;+Misconduct by Author;",
}


def rows(*changes: dict[str, str], encoding: str = "utf-8") -> list[Listing | ListingProblem]:
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows({**ROW, **change} for change in changes)
    return list(read_listings(io.BytesIO(file.getvalue().encode(encoding))))


def test_a_row_of_the_lists_own_layout_is_read_whole() -> None:
    [found] = rows({})
    assert isinstance(found, Listing)
    assert (found.doi, found.pmid) == ("10.1016/s0140-6736(97)11096-0", "9500320")
    assert (found.notice_doi, found.notice_pmid) == ("10.1016/s0140-6736(10)60175-4", "20137807")
    assert (found.natures, found.record_id) == (("retraction",), "4036")
    assert found.reasons == ("Falsification/Fabrication of Data", "Misconduct by Author")
    assert found.date is not None
    assert found.date.iso == "2010-02-06"


def test_unavailable_and_nought_mean_none() -> None:
    [found] = rows(
        {"OriginalPaperDOI": "Unavailable", "RetractionDOI": "unavailable", "RetractionPubMedID": "0"}
    )
    assert isinstance(found, Listing)
    assert (found.doi, found.pmid, found.notice_doi, found.notice_pmid) == ("", "9500320", "", "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_names_with_accents_spoil_no_row_in_any_encoding(encoding: str) -> None:
    found = rows({"Author": "José Müller", "Reason": "+Für immer"}, encoding=encoding)
    assert isinstance(found[0], Listing)
    assert found[0].reasons == ("Für immer",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"OriginalPaperDOI": "unavailable", "OriginalPaperPubMedID": "0"}, "no_identifier"),
        ({"OriginalPaperDOI": "see journal", "OriginalPaperPubMedID": ""}, "doi_unreadable"),
        ({"OriginalPaperDOI": "", "OriginalPaperPubMedID": "PM?"}, "pmid_unreadable"),
        ({"RetractionNature": " "}, "nature_missing"),
    ],
)
def test_an_unusable_row_says_why_and_the_next_is_read(change: dict[str, str], code: str) -> None:
    problem, good = rows(change, {})
    assert isinstance(problem, ListingProblem)
    assert (problem.line, problem.code, problem.final) == (2, code, False)
    assert problem.reason
    assert problem.way_out
    assert isinstance(good, Listing)


def test_a_cell_of_several_lines_is_one_row() -> None:
    first, second = rows({"Notes": "see also\nthe other\nnotice"}, {"RetractionNature": ""})
    assert isinstance(first, Listing)
    assert isinstance(second, ListingProblem)
    assert second.line == 5


@pytest.mark.parametrize(
    "content", [b"", b"<html><body>Not found</body></html>", b"a,b,c\n1,2,3\n", b"\x00\xff", b'"']
)
def test_another_file_is_refused_by_its_first_line(content: bytes) -> None:
    [problem] = read_listings(io.BytesIO(content))
    assert isinstance(problem, ListingProblem)
    assert (problem.code, problem.final) == ("not_the_list", True)


def test_a_row_cut_short_and_a_quote_never_closed_cost_only_what_they_swallow() -> None:
    head = b"OriginalPaperDOI,RetractionNature\n"
    swallowed = b'10.1234/b,"Retraction\n' + b"x" * 200_000 + b"\n"
    body = head + b"10.1234/short\n" + swallowed + b"10.1234/c,Correction\n"
    found = list(read_listings(io.BytesIO(body)))
    assert [item.code for item in found if isinstance(item, ListingProblem)] == ["row_short", "row_broken"]
    assert [item.doi for item in found if isinstance(item, Listing)] == ["10.1234/c"]


@given(st.binary())
def test_no_bytes_whatever_raise(content: bytes) -> None:
    list(read_listings(io.BytesIO(b"OriginalPaperDOI,RetractionNature\n" + content)))
    list(read_listings(io.BytesIO(content)))


@pytest.mark.corpus
def test_all_28795_rows_of_the_real_list_are_counted_by_nature() -> None:
    path = shared_data() / "retraction_watch" / "retractionwatch_doi_nature.csv"
    with path.open("rb") as stream:
        found = list(read_listings(stream))
    listings = [item for item in found if isinstance(item, Listing)]
    problems = Counter(item.code for item in found if isinstance(item, ListingProblem))
    with path.open(encoding="utf-8", newline="") as file:
        stated = Counter(row["RetractionNature"].lower() for row in csv.DictReader(file))
    assert (len(found), problems) == (28795, {})
    assert Counter(";".join(item.natures) for item in listings) == stated
    assert Counter(status_of_natures(item.natures) for item in listings) == {
        Status.RETRACTED: 27620,
        Status.CONCERN: 779,
        Status.CORRECTED: 319,
        Status.CURRENT: 77,
    }
