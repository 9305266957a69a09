"""The real files of reference managers and databases: each reads, agrees with Zotero, and comes back unchanged."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evidence.sources.files import read_references
from evidence.sources.pagination import full_pages
from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import read_pubmed
from evidence.sources.records import WorkRecord
from evidence.sources.wording import doi_in
from evidence.status import Status, status_of
from tests.evidence.corpus import shared_data
from tests.evidence.sources.formats import ALL, NBIB, Format, assert_comes_back

pytestmark = pytest.mark.corpus

FOLDERS = {"nbib": "nbib", "ris": "ris", "bibtex": "bibtex", "csl_json": "csl"}
# zheln.bib has six entries and a comment, which the README counts; its lens file begins with a byte order
# mark, before which a count of TY at the beginnings of lines passes over one.
COUNTS = {
    "citesource_pubmed_46.ris": 46,
    "citesource_benchmark.ris": 13,
    "citesource_lens_49.ris": 49,
    "biopython_pubmed_result1.nbib": 1,
    "biopython_pubmed_result3.nbib": 1,
    "zheln.bib": 6,
    "deep_review_references.json": 602,
    "deep_review_manual_references.json": 36,
}


def paths() -> list[tuple[str, Path]]:
    data = shared_data() / "references"
    return [
        (source, path)
        for folder, source in FOLDERS.items()
        for path in sorted((data / folder).iterdir())
        if not path.name.endswith(".expected.json")
    ]


@cache
def everything() -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for _source, path in paths():
        with path.open("rb") as stream:
            found[path.name] = tuple(read_references(stream))
    return found


@cache
def pubmed_records() -> tuple[WorkRecord, ...]:
    data = shared_data()
    found: list[WorkRecord] = []
    for path in sorted([*(data / "pubmed_xml").rglob("*.xml"), *(data / "bulk").glob("*.xml.gz")]):
        with path.open("rb") as stream:
            found += [item for item in read_pubmed(stream) if isinstance(item, WorkRecord)]
    return tuple(found)


def test_every_file_reads_in_its_own_format_told_by_its_content() -> None:
    for source, path in paths():
        records = [item for item in everything()[path.name] if isinstance(item, WorkRecord)]
        assert records, path.name
        assert {record.source for record in records} == {source}


def test_as_many_records_are_read_as_the_files_hold() -> None:
    counts = {
        name: sum(isinstance(item, WorkRecord) for item in items) for name, items in everything().items()
    }
    assert {name: counts[name] for name in COUNTS} == COUNTS


def test_only_two_templates_that_state_no_work_are_problems() -> None:
    problems = [
        (name, item.code)
        for name, items in everything().items()
        for item in items
        if isinstance(item, ParseProblem)
    ]
    assert problems == [("zotero_case04.ris", "nothing_stated")] * 2


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.name)
def test_every_record_of_every_corpus_comes_back(form: Format) -> None:
    read = [item for items in everything().values() for item in items if isinstance(item, WorkRecord)]
    assert len(read) > 800
    assert len(pubmed_records()) > 3_300
    assert_comes_back(form, [*read, *pubmed_records()])


def test_what_became_of_a_work_survives_nbib() -> None:
    for record in pubmed_records():
        before, after = status_of(record), status_of(NBIB.mapped(record))
        assert (after.status, after.is_notice) == (before.status, before.is_notice)
    assert Status.RETRACTED in {status_of(NBIB.mapped(record)).status for record in pubmed_records()}


def zotero_cases() -> list[Any]:
    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "references"
    return [
        pytest.param(path, id=f"{path.parent.name}-{path.stem[-2:]}")
        for name in FOLDERS
        for path in sorted((folder / name).glob("zotero_case*"))
        if not path.name.endswith(".expected.json")
    ]


def folded(text: str) -> str:
    """Letters and digits alone: typography, case, markup and LaTeX are not compared."""
    return re.sub(r"[\W_]", "", re.sub(r"<[^>]*>", "", text)).casefold()


# Where we differ from Zotero on purpose: (file, field) -> why.
ON_PURPOSE = {
    ("zotero_case02.ris", "title"): "a template of every type: Zotero puts some tags elsewhere",
    ("zotero_case02.ris", "creators"): "the same: its roles are not ours",
    ("zotero_case02.ris", "issue"): "the same: EndNote's GRANT and MUSIC have no issue",
    ("zotero_case04.nbib", "DOI"): "ERIC gives the DOI as an address, which Zotero passes over",
    ("zotero_case06.nbib", "DOI"): "ERIC gives the DOI as an address, which Zotero passes over",
    ("zotero_case08.nbib", "pages"): "Zotero prints the publisher's item identifier as a page",
    ("zotero_case06.bib", "title"): "Zotero makes a subscript of $_{2}$ where we keep the signs",
    ("zotero_case18.bib", "title"): "Zotero turns TEL into one telephone sign",
    (
        "zotero_case18.bib",
        "creators",
    ): "accents escaped twice, which Zotero reads with a backslash before them",
    ("zotero_case22.bib", "title"): "Zotero makes a superscript of $^{0}$ where we keep the signs",
    ("zotero_case22.bib", "creators"): "the collaboration is an author for us",
}


@pytest.mark.parametrize("path", zotero_cases())
def test_zotero_reads_the_same(path: Path) -> None:
    expected = json.loads((path.parent / f"{path.stem}.expected.json").read_text(encoding="utf-8"))
    records = [item for item in everything()[path.name] if isinstance(item, WorkRecord)]
    if path.name == "zotero_case04.ris":
        pytest.skip("a template of tags, of which two state no work")
    assert len(records) == len(expected)
    for record, item in zip(records, expected, strict=True):
        differing = {
            name: pair
            for name, pair in compared(record, item).items()
            if pair[0] != pair[1] and (path.name, name) not in ON_PURPOSE
        }
        assert not differing


def compared(record: WorkRecord, item: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """Pairs of ours and Zotero's, for what the item states."""
    roles = [c for c in item["creators"] if c["creatorType"] == "author"]
    ours = [folded(author.family or author.collective) for author in record.named_authors]
    pairs: dict[str, tuple[object, object]] = {
        "title": (folded(record.vernacular_title or record.title), folded(item.get("title", ""))),
        "creators": (ours, [folded(c["lastName"]) for c in roles]),
    }
    if item["itemType"] == "journalArticle" and re.search(r"\d", item.get("date", "1")):
        issns = [record.journal.issn, *(held.value for held in record.other_ids)]
        typed = (record.journal.issn_print, record.journal.issn_electronic, record.journal.issn_linking)
        pairs |= {
            "date": (str(record.year or ""), "".join(re.findall(r"\b[12]\d{3}\b", item.get("date", ""))[:1])),
            "DOI": (record.doi, doi_in(item.get("DOI", ""))[0]),
            "volume": (record.volume, item.get("volume", "")),
            "issue": (record.issue, item.get("issue", "")),
            "pages": (folded(full_pages(record.pages.medline)), folded(full_pages(item.get("pages", "")))),
            "ISSN": (
                {folded(issn) for issn in re.split(r"[,; ]+", item.get("ISSN", "")) if issn}
                <= {folded(issn) for issn in (*issns, *typed)},
                True,
            ),
            "journal": (folded(record.journal.title), folded(item.get("publicationTitle", ""))),
        }
    return pairs
