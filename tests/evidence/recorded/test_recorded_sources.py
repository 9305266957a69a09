"""The demonstration's PubMed and Crossref: the real clients ask them over real HTTP, and are never told "not found"."""

import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from evidence.recorded.as_crossref import work_message
from evidence.recorded.server import RecordedServer
from evidence.recorded.shelf import Shelf, read_shelf
from evidence.sources.crossref import work_of
from evidence.sources.crossref_client import CrossrefClient, CrossrefSettings
from evidence.sources.eutils import Found, Match
from evidence.sources.eutils_client import Citation, PubmedClient, PubmedSettings
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Unavailable
from evidence.sources.retraction_watch import Listing, read_listings
from evidence.status import status_of
from tests.evidence.corpus import DEMONSTRATION
from tests.evidence.sources.asking import clock, quick

ZHOU = "30108163"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return read_shelf(DEMONSTRATION)


@pytest.fixture(scope="module")
def port(shelf: Shelf) -> Iterator[int]:
    with RecordedServer(shelf, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def pubmed(port: int, tmp_path: Path) -> Iterator[PubmedClient]:
    settings = PubmedSettings(
        http=quick(tmp_path, largest_body=1_000_000),
        email="",
        api_key="k",
        base_url=f"http://127.0.0.1:{port}/entrez/eutils",
    )
    with PubmedClient(settings, clock=clock) as client:
        yield client


@pytest.fixture
def crossref(port: int, tmp_path: Path) -> Iterator[CrossrefClient]:
    settings = CrossrefSettings(http=quick(tmp_path), email="", base_url=f"http://127.0.0.1:{port}/crossref")
    with CrossrefClient(settings, clock=clock) as client:
        yield client


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Unavailable), outcome
    return outcome.code


def get(port: int, path: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.headers["X-Recorded"], body


def test_every_recorded_work_is_answered_with_its_own_record(pubmed: PubmedClient, shelf: Shelf) -> None:
    found = pubmed.efetch(held.record.pmid for held in shelf.recorded)
    assert len(found) == len(list(DEMONSTRATION.rglob("*.xml")))
    for held in shelf.recorded:
        asked = found[held.record.pmid]
        assert asked.outcome == held.record
        assert asked.replies[0].is_recorded


def test_what_was_not_recorded_is_never_absent(pubmed: PubmedClient) -> None:
    found = pubmed.efetch([ZHOU, "99999999"])
    assert isinstance(found[ZHOU].outcome, WorkRecord)
    assert code_of(found["99999999"].outcome) == "not_recorded"
    assert code_of(pubmed.efetch(["99999999"])["99999999"].outcome) == "not_recorded"


@pytest.mark.parametrize(
    ("term", "pmids"),
    [
        ("PMC9549483[pmcid]", (ZHOU,)),
        ("10.1136/gutjnl-2017-315136[doi]", (ZHOU,)),
        ('"postinfectious irritable bowel"[Title] AND Zhou Q[Author] AND 2019[dp]', (ZHOU,)),
        ("glutamine postinfectious", (ZHOU,)),
    ],
)
def test_a_search_finds_what_was_recorded(pubmed: PubmedClient, term: str, pmids: tuple[str, ...]) -> None:
    found = pubmed.esearch(term).outcome
    assert isinstance(found, Found)
    assert found.pmids == pmids


@pytest.mark.parametrize(
    "term", ["", "xyzzy", "glutamine OR gut", "(glutamine)", "1[pmid]", "x[odd field]", "[ti]"]
)
def test_a_search_that_finds_nothing_or_asks_for_more_was_not_recorded(
    pubmed: PubmedClient, term: str
) -> None:
    assert code_of(pubmed.esearch(term).outcome) == "not_recorded"


def test_a_search_keeps_to_its_days_and_its_page(pubmed: PubmedClient, shelf: Shelf) -> None:
    everything = pubmed.esearch("glutamine", most=100).outcome
    page = pubmed.esearch("glutamine", most=2, first=1).outcome
    recent = pubmed.esearch("glutamine", most=100, since=date(2024, 1, 1)).outcome
    assert isinstance(everything, Found)
    assert isinstance(page, Found)
    assert isinstance(recent, Found)
    assert page.pmids == everything.pmids[1:3]
    assert page.count == everything.count
    years = {held.record.pmid: held.record.year or 0 for held in shelf.recorded}
    assert {years[pmid] >= 2024 for pmid in recent.pmids} == {True}


def test_citations_are_matched_as_far_as_they_were_recorded(pubmed: PubmedClient) -> None:
    found = pubmed.ecitmatch(
        [
            Citation(journal="Gut", year="2019", volume="68", page="996", author="Zhou Q"),
            Citation(journal="Gut", year="2019"),
            Citation(journal="Lancet", year="1998"),
            Citation(),
        ]
    ).outcome
    assert isinstance(found, tuple)
    assert found[0] == Match(code="matched", pmid=ZHOU)
    assert (found[1].code, set(found[1].candidates)) == ("ambiguous", {ZHOU, "31076401"})
    assert [match.code for match in found[2:]] == ["not_recorded", "not_recorded"]


def test_crossref_says_of_a_recorded_work_what_pubmed_says(shelf: Shelf) -> None:
    for held in shelf.recorded:
        pubmed, crossref = held.record, work_of(work_message(held.record))
        for name in ("doi", "title", "volume", "issue", "year", "print_date", "electronic_date"):
            assert getattr(crossref, name) == getattr(pubmed, name), (name, pubmed.pmid)
        assert crossref.journal.title == pubmed.journal.title
        assert crossref.journal.issns <= pubmed.journal.issns
        assert [(a.family, a.initials, a.collective) for a in crossref.authors] == [
            (a.family, a.initials, a.collective) for a in pubmed.named_authors
        ]
        assert (crossref.pages.start, crossref.pages.end) == (pubmed.pages.start, pubmed.pages.end)
        assert status_of(crossref).status is status_of(pubmed).status


def test_a_doi_is_answered_if_it_was_recorded(crossref: CrossrefClient) -> None:
    found = crossref.work("10.1136/GUTJNL-2017-315136")
    assert isinstance(found.outcome, WorkRecord)
    assert found.outcome.source == "crossref"
    assert found.replies[0].is_recorded
    assert code_of(crossref.work("10.5061/dryad.unknown").outcome) == "not_recorded"


def test_a_printed_reference_finds_its_work_first(crossref: CrossrefClient) -> None:
    found = crossref.candidates(
        "Zhou Q. Dietary glutamine supplements for postinfectious IBS. Gut 2019"
    ).outcome
    assert isinstance(found, tuple)
    assert found[0].doi == "10.1136/gutjnl-2017-315136"
    assert code_of(crossref.candidates("Shiny widgets for marathon runners").outcome) == "not_recorded"


def test_a_doi_registered_at_crossref_is_said_to_be(port: int) -> None:
    status, _, body = get(port, "/crossref/works/10.1136%2Fgutjnl-2017-315136/agency")
    assert status == 200
    assert b'"crossref"' in body


def test_the_recorded_list_holds_what_befell_the_recorded_works(port: int, shelf: Shelf) -> None:
    status, marked, body = get(port, "/retraction_watch.csv")
    assert (status, marked) == (200, "yes")
    listings = list(read_listings(io.BytesIO(body)))
    befallen = {held.record.doi for held in shelf.recorded if status_of(held.record).signs}
    assert {item.doi for item in listings if isinstance(item, Listing)} == befallen
    assert befallen


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/entrez/eutils/efetch.fcgi?db=pmc&id=1",
        "/entrez/eutils/elink.fcgi?db=pubmed",
        "/entrez/eutils/efetch.fcgi?db=pubmed&id=30108163%0d%0aX-Evil:1,x",
        "/entrez/eutils/ecitmatch.cgi?db=pubmed",
        "/crossref/members/1",
        "/crossref/works?query.bibliographic=",
        "/../../etc/passwd",
    ],
)
def test_any_other_question_is_answered_with_a_sentence(port: int, path: str) -> None:
    status, marked, body = get(port, path)
    assert (status, marked) == (501, "yes")
    assert body.startswith(b"The demonstration has recorded no reply to this: ")


@pytest.mark.parametrize("length", ["-1", "many", "999999999", ""])
def test_a_question_without_an_honest_length_is_not_waited_for(port: int, length: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        header = f"Content-Length: {length}\r\n" if length else ""
        client.sendall(f"POST /entrez/eutils/efetch.fcgi HTTP/1.1\r\nHost: x\r\n{header}\r\n".encode())
        said = client.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 501 ")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_it_is_told_to_stop(told: signal.Signals, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    running = subprocess.Popen(
        [sys.executable, "manage.py", "recorded_sources"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "EMBEDDED": "1", "VAR_DIR": str(tmp_path), "RECORDED_PORT": str(port), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert f"127.0.0.1:{port}" in running.stdout.readline()
    assert get(port, f"/entrez/eutils/efetch.fcgi?db=pubmed&id={ZHOU}")[0] == 200
    running.send_signal(told)
    printed, _nothing = running.communicate(timeout=30)
    assert (running.returncode, printed) == (0, "")


def test_it_is_refused_outside_the_demonstration(settings: Any) -> None:
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="demonstration only"):
        call_command("recorded_sources")


def test_it_says_when_its_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="RECORDED_PORT"):
            call_command("recorded_sources", port=taken.getsockname()[1])
