"""Real Crossref answers and works: all read, each record its own, notices and retractions told."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from evidence.sources.crossref import CrossrefAnswer, CrossrefProblem, read_answer, work_of
from evidence.sources.crossref_parts import initials_of
from evidence.sources.pubmed import read_pubmed
from evidence.sources.records import WorkRecord
from evidence.status import Status, status_of
from tests.evidence.corpus import shared_data

pytestmark = pytest.mark.corpus


def lines(name: str) -> Iterator[dict[str, Any]]:
    with (shared_data() / "crossref" / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def test_every_recorded_answer_is_read_as_what_it_is() -> None:
    folder = shared_data() / "crossref" / "responses"
    counted: Counter[str] = Counter()
    for entry in json.loads((folder / "INDEX.json").read_text(encoding="utf-8")):
        found = read_answer((folder / entry["file"]).read_bytes())
        if isinstance(found, CrossrefAnswer):
            assert entry["status"] == 200
            counted[found.message_type] += 1
        else:
            counted[found.code] += 1
            assert found.code not in ("half_body", "empty")
            assert (found.code == "absent") == (entry["status"] == 404 and entry["kind"] == "not JSON")
            assert (found.code == "error_answer") == (entry["status"] >= 400 and entry["kind"] != "not JSON")
    assert counted == {
        "work-list": 29, "work": 13, "work-agency": 3,
        "absent": 23, "error_answer": 18, "other_answer": 24, "html": 9, "not_json": 7,
    }  # fmt: skip


def test_every_recorded_work_is_read_under_its_own_doi() -> None:
    records = 0
    for work in lines("works.jsonl"):
        record = work_of(work)
        records += 1
        assert record.doi == work["DOI"].lower()
        assert record.year == _stated_year(work)
        assert bool(record.title) == bool(list(filter(None, work.get("title", []))))
        assert "<" not in record.title
        assert [a.family or a.collective for a in record.authors] == [
            " ".join((a.get("family") or a["name"]).split())
            for a in work.get("author", [])
            if "family" in a or "name" in a
        ]
        assert record.volume == work.get("volume", "")
        assert WorkRecord.from_json(record.to_json()) == record
    assert records == 502


def _stated_year(work: dict[str, Any]) -> int | None:
    dates = (
        work.get(field, {}).get("date-parts", [[None]])[0][0]
        for field in ("published-print", "published-online", "posted", "issued")
    )
    return next(filter(None, dates), None)


def test_works_cut_down_by_select_are_read() -> None:
    records = [work_of(work) for work in lines("works_partial_select.jsonl")]
    assert len(records) == 23
    assert all(record.doi and record.title for record in records)


def test_recorded_corrections_are_notices_except_the_one_that_corrects_itself() -> None:
    """10.1103/physrevb.98.104436 names its own DOI in update-to: it is an article that was corrected."""
    records = [work_of(work) for work in lines("works_corrections.jsonl")]
    found = {record.doi: status_of(record) for record in records}
    assert len(found) == 10
    itself = found.pop("10.1103/physrevb.98.104436")
    assert (itself.status, itself.is_notice) == (Status.CORRECTED, False)
    assert all(status.is_notice and status.status is Status.CURRENT for status in found.values())


def test_corrected_and_republished_works_are_told() -> None:
    found = {record.doi: status_of(record) for record in map(work_of, lines("works.jsonl"))}
    assert found["10.1371/journal.pbio.0050002"].status is Status.CORRECTED
    assert found["10.1371/journal.pone.0033693"].status is Status.CORRECTED
    assert found["10.1371/journal.ppat.1006930"].signs == ()
    assert found["10.1371/journal.pgen.1011490"].signs == ()


def test_every_quoted_shape_of_a_retraction_is_a_retraction() -> None:
    text = (shared_data() / "crossref" / "retraction_shapes_quoted.json").read_text(encoding="utf-8")
    for case in json.loads(text)["cases"]:
        found = status_of(work_of(case["fragment"]))
        assert (found.status, found.is_notice) == (Status.RETRACTED, False), case["kind"]


def test_a_search_answer_and_a_dumped_work_are_read() -> None:
    folder = shared_data() / "crossref"
    answer = read_answer((folder / "fatcat_crossref_api_works.json").read_bytes())
    assert isinstance(answer, CrossrefAnswer)
    assert [work.year for work in answer.works] == [2002, None, 2011]
    assert all(work.doi and work.title for work in answer.works)
    dumped = (folder / "fatcat_crossref-works.single.json").read_bytes()
    assert isinstance(read_answer(dumped), CrossrefProblem)
    work = work_of(json.loads(dumped))
    assert work.doi == "10.1002/(sici)1097-461x(1998)66:4<261::aid-qua1>3.0.co;2-t"


def test_initials_are_made_as_nlm_makes_them() -> None:
    """Crossref gives none, and a printed reference needs them: PubMed's own records say how they are made."""
    known: Counter[bool] = Counter()
    with (shared_data() / "bulk" / "pubmed21n1298_A.xml.gz").open("rb") as stream:
        for record in read_pubmed(stream):
            if isinstance(record, WorkRecord):
                known.update(initials_of(a.given) == a.initials for a in record.authors if a.given)
    assert known[True] > 15_000
    assert known[False] <= 0.001 * known[True]
