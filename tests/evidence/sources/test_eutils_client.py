"""PubMed is asked as its rules want it, and an absent record is told from one that did not come."""

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evidence.identifiers import IdentifierError
from evidence.sources.eutils import Found, Match
from evidence.sources.eutils_client import Citation, PubmedClient, PubmedSettings
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Absent, Replaced, Unavailable
from tests.evidence.sources.asking import clock, quick

RECORD = (
    '<PubmedArticle><MedlineCitation><PMID Version="1">{0}</PMID><Article><ArticleTitle>Work {0}</ArticleTitle>'
    "</Article></MedlineCitation></PubmedArticle>"
)


class FakePubmed:
    """Holds some records, answers efetch with those asked for, and remembers every question."""

    def __init__(self, server: HTTPServer, *pmids: str, merged: dict[str, str] | None = None) -> None:
        self.pmids = set(pmids)
        self.merged = merged or {}
        self.asked: list[dict[str, str]] = []
        self.addresses: list[str] = []
        self.fails_from = 10_000
        server.expect_request("/efetch.fcgi", method="POST").respond_with_handler(self._efetch)

    def _efetch(self, request: Request) -> Response:
        asked = {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
        self.asked.append(asked)
        self.addresses.append(request.url)
        if len(self.asked) >= self.fails_from:
            return Response("", 503)
        numbers = (self.merged.get(pmid, pmid) for pmid in asked["id"].split(","))
        records = "".join(RECORD.format(number) for number in numbers if number in self.pmids)
        return Response(f"<PubmedArticleSet>{records}</PubmedArticleSet>", content_type="text/xml")


def client(httpserver: HTTPServer, folder: Path, *, key: str = "") -> PubmedClient:
    settings = PubmedSettings(
        http=quick(folder, read_seconds=5),
        email="desk@wellness.example",
        tool="radar",
        api_key=key,
        base_url=httpserver.url_for(""),
    )
    return PubmedClient(settings, clock=clock)


def test_records_come_under_their_pmids_and_the_absent_is_absent(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    FakePubmed(httpserver, "1", "2")
    with client(httpserver, tmp_path) as pubmed:
        found = pubmed.efetch(["PMID: 1", "2", "3", "2"])
    assert list(found) == ["1", "2", "3"]
    first = found["1"].outcome
    assert isinstance(first, WorkRecord)
    assert (first.pmid, first.title) == ("1", "Work 1")
    assert found["3"].outcome == Absent()
    assert len({entry.replies for entry in found.values()}) == 1


def test_who_asks_is_said_and_the_key_is_in_nothing_kept(httpserver: HTTPServer, tmp_path: Path) -> None:
    far_end = FakePubmed(httpserver, "1")
    with client(httpserver, tmp_path, key="s3cret") as pubmed:
        found = pubmed.efetch(["1"])
    assert far_end.asked == [
        {
            "db": "pubmed", "retmode": "xml", "id": "1", "tool": "radar",
            "email": "desk@wellness.example", "api_key": "s3cret",
        }
    ]  # fmt: skip
    assert "s3cret" not in far_end.addresses[0]
    assert "s3cret" not in repr(found)
    assert found["1"].replies[0].question == "db=pubmed&retmode=xml&id=1&tool=radar"
    assert not any(b"s3cret" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_long_list_goes_200_a_call(httpserver: HTTPServer, tmp_path: Path) -> None:
    numbers = [str(number) for number in range(1, 451)]
    far_end = FakePubmed(httpserver, *numbers)
    with client(httpserver, tmp_path, key="k") as pubmed:
        found = pubmed.efetch(numbers)
    assert [len(asked["id"].split(",")) for asked in far_end.asked] == [200, 200, 50]
    assert all(isinstance(entry.outcome, WorkRecord) for entry in found.values())


def test_when_pubmed_goes_down_the_rest_is_unavailable_and_not_asked(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    numbers = [str(number) for number in range(1, 651)]
    far_end = FakePubmed(httpserver, *numbers)
    far_end.fails_from = 2
    with client(httpserver, tmp_path, key="k") as pubmed:
        found = pubmed.efetch(numbers)
    assert len(far_end.asked) == 4  # the second call three times
    assert isinstance(found["200"].outcome, WorkRecord)
    for pmid in ("201", "401", "650"):
        outcome = found[pmid].outcome
        assert isinstance(outcome, Unavailable)
        assert outcome.code == "status_5xx"


def test_a_merged_pmid_is_told_with_the_record_it_became(httpserver: HTTPServer, tmp_path: Path) -> None:
    FakePubmed(httpserver, "1", "9", merged={"5": "9"})
    with client(httpserver, tmp_path) as pubmed:
        found = pubmed.efetch(["1", "5", "7"])
    five = found["5"].outcome
    assert isinstance(found["1"].outcome, WorkRecord)
    assert isinstance(five, Replaced)
    assert (five.asked, five.record.pmid) == ("5", "9")
    assert found["7"].outcome == Absent()


def test_another_records_answer_is_never_taken_for_the_one_asked(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    body = f"<PubmedArticleSet>{RECORD.format(8)}{RECORD.format(9)}</PubmedArticleSet>"
    httpserver.expect_request("/efetch.fcgi").respond_with_data(body)
    with client(httpserver, tmp_path) as pubmed:
        found = pubmed.efetch(["1"])["1"].outcome
    assert isinstance(found, Unavailable)
    assert found.code == "error_answer"


@pytest.mark.parametrize("body", ["<html>Busy</html>", "<PubmedArticleSet><PubmedArticle>", ""])
def test_what_did_not_come_is_never_absent(httpserver: HTTPServer, tmp_path: Path, body: str) -> None:
    httpserver.expect_request("/efetch.fcgi").respond_with_data(body, content_type="text/xml")
    with client(httpserver, tmp_path) as pubmed:
        outcomes = [entry.outcome for entry in pubmed.efetch(["1", "2"]).values()]
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)


def test_a_search_is_asked_with_its_days(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/esearch.fcgi").respond_with_data(
        "<eSearchResult><Count>1</Count><IdList><Id>7</Id></IdList></eSearchResult>"
    )
    with client(httpserver, tmp_path) as pubmed:
        found = pubmed.esearch("glutamine AND gut", most=50, first=100, since=date(2026, 11, 15))
        by_pmcid = pubmed.pmids_of("pmc9549483")
        with pytest.raises(IdentifierError):
            pubmed.pmids_of("9549483")
    assert found.outcome == by_pmcid.outcome == Found(count=1, pmids=("7",))
    assert parse_qs(found.replies[0].question) == {
        "db": ["pubmed"], "retmode": ["xml"], "term": ["glutamine AND gut"], "retmax": ["50"],
        "retstart": ["100"], "mindate": ["2026/11/15"], "maxdate": ["3000/01/01"], "datetype": ["edat"],
        "tool": ["radar"],
    }  # fmt: skip
    assert parse_qs(by_pmcid.replies[0].question)["term"] == ["PMC9549483[pmcid]"]


def test_citations_are_matched_and_no_bar_in_them_breaks_the_question(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/ecitmatch.cgi").respond_with_data(
        "gut|2019|68|996|zhou|c0|30108163\na b|||||c1|NOT_FOUND\n", content_type="text/plain"
    )
    citations = [
        Citation(journal="Gut", year="2019", volume="68", page="996", author="Zhou"),
        Citation(journal="a|b\r"),
    ]
    with client(httpserver, tmp_path) as pubmed:
        found = pubmed.ecitmatch(citations)
    assert found.outcome == (
        Match(code="matched", pmid="30108163"),
        Match(code="not_found", detail="NOT_FOUND"),
    )
    assert parse_qs(found.replies[0].question)["bdata"] == ["Gut|2019|68|996|Zhou|c0|\ra b|||||c1|"]
