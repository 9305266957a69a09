"""The whole corpora: every file reads, every identifier is the record's own, every notice is found.

Zotero's translators, an independent reader, say what six of the records should become.
"""

import json
import re
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree

from evidence.citing import reference_text
from evidence.identifiers import parse_doi
from evidence.sources.pagination import full_pages
from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import DeletedRecord, parse_pubmed, read_pubmed
from evidence.sources.records import WorkRecord
from evidence.status import Status, status_of
from tests.evidence.corpus import shared_data

pytestmark = pytest.mark.corpus

# From the corpus's own README, "Odd records by id".
RETRACTED = {"27602157", "31031480", "8655018", "11543891"}
RETRACTION_NOTICES = {"34082697", "34086810", "34086832", "34092875", "34093767", "9634358", "11600210"}
REPUBLISHED = {"10612833", "11892742"}
PREPRINTS = {"32995776", "34013271", "36798302", "37398060"}
UPDATE_IN = {"34013271", "34086515", "36798302", "37398060"}
UPDATE_OF = {"33576494", "34022550", "34092155", "39345789"}
SUMMARY_FOR_PATIENTS = {"11562649", "12230355", "15968009"}
IN_THREE_LANGUAGES = {"11442735", "11488864", "11525160"}
# Retracted by its publisher's mark on the title; PubMed carried neither type nor link in 2021.
RETRACTED_BY_TITLE = {"15320745"}


def paths() -> list[Path]:
    data = shared_data()
    return sorted([*(data / "pubmed_xml").rglob("*.xml"), *(data / "bulk").glob("*.xml.gz")])


@cache
def everything() -> dict[Path, tuple[WorkRecord | DeletedRecord | ParseProblem, ...]]:
    found = {}
    for path in paths():
        with path.open("rb") as stream:
            found[path] = tuple(read_pubmed(stream))
    return found


@cache
def records() -> dict[tuple[str, int], WorkRecord]:
    return {
        (item.pmid, item.pmid_version): item
        for items in everything().values()
        for item in items
        if isinstance(item, WorkRecord)
    }


def having(kind: str) -> set[str]:
    return {found.pmid for found in records().values() if any(link.kind == kind for link in found.notices)}


def typed(name: str) -> set[str]:
    return {found.pmid for found in records().values() if name in found.type_names}


def test_every_file_reads_and_only_the_empty_answer_has_no_record() -> None:
    problems = {
        path.name: [item.code for item in items if isinstance(item, ParseProblem)]
        for path, items in everything().items()
    }
    assert {name: codes for name, codes in problems.items() if codes} == {"37909814.xml": ["no_records"]}


def test_as_many_records_are_read_as_the_files_hold() -> None:
    data = shared_data()
    counts = {
        path.name: sum(isinstance(item, WorkRecord) for item in items) for path, items in everything().items()
    }
    assert counts["nlm_pubmedsample_2019_A.xml"] == 90
    assert counts["nutrition_gut_sleep_2021_A.xml"] == 134
    assert counts["pubmr_93.xml"] == 93
    assert counts["pubmed21n1298_A.xml.gz"] == 3000
    assert sum(counts[path.name] for path in (data / "pubmed_xml" / "efetch_single").iterdir()) == 77


def test_the_bulk_file_names_its_twenty_deleted_pmids() -> None:
    items = next(items for path, items in everything().items() if path.suffix == ".gz")
    assert sum(isinstance(item, DeletedRecord) for item in items) == 20


def test_a_file_named_after_its_pmid_gives_that_pmid() -> None:
    for path, items in everything().items():
        if path.parent.name == "efetch_single" and isinstance(items[0], WorkRecord):
            assert items[0].pmid == path.stem


def own_ids(element: Element) -> dict[str, str]:
    """The identifiers of a record, read again by another way than the reader's."""
    data = element.find("PubmedData")
    held = next((child for child in data if child.tag == "ArticleIdList"), None) if data is not None else None
    return {child.get("IdType", ""): child.text or "" for child in held} if held is not None else {}


def test_every_identifier_is_the_records_own() -> None:
    compared = 0
    for path, items in everything().items():
        if path.suffix != ".xml":
            continue
        elements = list(ElementTree.fromstring(path.read_bytes()).iter("PubmedArticle"))
        articles = [item for item in items if isinstance(item, WorkRecord) and item.book is None]
        for element, record in zip(elements, articles, strict=True):
            own = own_ids(element)
            assert record.pmid == own.get("pubmed", record.pmid)
            assert record.pmcid == own.get("pmc", "").partition(".")[0]
            assert record.doi == (parse_doi(own["doi"]).value if own.get("doi") else "")
            compared += 1
    assert compared > 400


def test_the_odd_records_are_all_found() -> None:
    assert typed("Retracted Publication") == RETRACTED
    assert typed("Retraction of Publication") == RETRACTION_NOTICES
    assert typed("Corrected and Republished Article") == having("RepublishedFrom") == REPUBLISHED
    assert typed("Preprint") == PREPRINTS
    assert having("UpdateIn") == UPDATE_IN
    assert having("UpdateOf") == UPDATE_OF
    assert having("SummaryForPatientsIn") == SUMMARY_FOR_PATIENTS
    assert len(typed("Published Erratum")) == 101
    assert len(having("ErratumIn")) == 87
    assert {
        found.pmid for found in records().values() if found.languages == ("eng", "fre", "ger")
    } == IN_THREE_LANGUAGES
    assert {pmid for pmid, version in records() if version == 2} == {"33728380"}


def test_twenty_nine_titles_are_empty_and_remarked() -> None:
    untitled = [found for found in records().values() if not found.title]
    assert len(untitled) == 29
    assert all("title_missing" in found.remarks for found in untitled)


def test_every_odd_record_is_classed_right() -> None:
    by_status: dict[Status, set[str]] = {}
    notices = set()
    for found in records().values():
        status = status_of(found)
        by_status.setdefault(status.status, set()).add(found.pmid)
        notices |= {found.pmid} if status.is_notice else set()
    assert by_status[Status.RETRACTED] == RETRACTED | RETRACTED_BY_TITLE
    assert by_status[Status.CORRECTED] == having("ErratumIn")
    assert by_status[Status.PREPRINT] == PREPRINTS
    assert by_status[Status.NEWER_VERSION_EXISTS] == UPDATE_IN - PREPRINTS
    assert Status.CONCERN not in by_status
    assert notices == RETRACTION_NOTICES | typed("Published Erratum")


def test_every_record_comes_back_from_json_unchanged() -> None:
    for found in records().values():
        assert WorkRecord.from_json(found.to_json()) == found


def test_every_record_prints_as_one_clean_line() -> None:
    for found in records().values():
        printed = reference_text(found)
        assert printed
        assert printed == " ".join(printed.split())
        assert ".." not in printed.replace("...", "")
        assert found.book is not None or str(found.year) in printed


@pytest.mark.parametrize("name", ["00", "02", "04", "06", "08", "10"])
def test_zotero_reads_the_same(name: str) -> None:
    folder = shared_data() / "pubmed_xml" / "zotero"
    expected = json.loads((folder / f"zotero_case{name}.expected.json").read_text(encoding="utf-8"))
    found = parse_pubmed((folder / f"zotero_case{name}.xml").read_bytes()).records
    assert len(found) == len(expected)
    for record, item in zip(found, expected, strict=True):
        people = [(author.family, author.given.replace(" ", "")) for author in record.named_authors]
        wanted = [
            (c["lastName"], c.get("firstName", "").replace(".", "").replace(" ", ""))
            for c in item["creators"]
        ]
        assert (record.vernacular_title or record.title).strip("[]") == item["title"]
        assert people[:3] == [(family, given) for family, given in wanted[:3]]
        assert record.doi_spelled == item.get("DOI", "")
        if item["itemType"] == "journalArticle":
            assert (record.volume, record.issue) == (item.get("volume", ""), item.get("issue", ""))
            assert (full_pages(record.pages.medline) or record.article_number) == item["pages"]
            assert record.journal.title.casefold() == item["publicationTitle"].casefold()
            assert str(record.year) == item["date"][:4]
        pmid = re.search(r"PMID: (\d+)", item.get("extra", "")) or re.search(r"(\d+)", item.get("PMID", ""))
        assert pmid is None or pmid[1] == record.pmid


@pytest.mark.parametrize(
    ("name", "code"),
    [("not_xml_pubmed3.html", "html"), ("esearch1.xml", "other_xml"), ("epost2.xml", "error_answer")],
)
def test_recorded_answers_that_are_no_records_are_called_by_their_name(name: str, code: str) -> None:
    batch = parse_pubmed((shared_data() / "eutils" / name).read_bytes())
    assert [found.code for found in batch.problems] == [code]


def test_medline_text_is_sent_to_the_other_importer() -> None:
    for path in (shared_data() / "references" / "nbib").glob("*.nbib"):
        assert [found.code for found in parse_pubmed(path.read_bytes()).problems] == ["nbib"]
