"""Crossref is asked politely; what it does not hold is told from what it could not say."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evidence.identifiers import IdentifierError
from evidence.sources.crossref_client import CrossrefClient, CrossrefSettings
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Absent, Asked, Looked, Replaced, Unavailable
from tests.evidence.sources.asking import clock, quick

DOI = "10.1136/gutjnl-2017-315136"
PATH = f"/works/{DOI}"


def answer(message: Any, kind: str = "work") -> str:
    return json.dumps({"status": "ok", "message-type": kind, "message": message})


def client(httpserver: HTTPServer, folder: Path) -> CrossrefClient:
    settings = CrossrefSettings(
        http=quick(folder), email="desk@wellness.example", base_url=httpserver.url_for("")
    )
    return CrossrefClient(settings, clock=clock)


def looked_up(httpserver: HTTPServer, folder: Path, doi: str = DOI, **how: bool) -> Asked[Looked]:
    with client(httpserver, folder) as crossref:
        return crossref.work(doi, **how)


def test_a_work_is_found_under_its_doi(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request(PATH, query_string={"mailto": "desk@wellness.example"}).respond_with_data(
        answer({"DOI": DOI.upper(), "title": ["A trial"]})
    )
    found = looked_up(httpserver, tmp_path, f"https://doi.org/{DOI}")
    assert isinstance(found.outcome, WorkRecord)
    assert (found.outcome.doi, found.outcome.title) == (DOI, "A trial")
    assert [reply.url for reply in found.replies] == [
        httpserver.url_for("/works/10.1136%2Fgutjnl-2017-315136")
    ]


@pytest.mark.parametrize(
    "doi",
    [
        "10.1002/(sici)1097-461x(1998)66:4<261::aid-qua1>3.0.co;2-t",
        "10.1234/a#b?c&d=e%20f+g",
        "10.1234/../secret",
        "10.1234/größe",
    ],
)
def test_odd_signs_of_a_doi_arrive_as_they_are(httpserver: HTTPServer, tmp_path: Path, doi: str) -> None:
    asked: list[str] = []

    def hear(request: Request) -> Response:
        asked.append(request.path)
        return Response(answer({"DOI": doi}))

    httpserver.expect_request("/works/" + doi).respond_with_handler(hear)
    found = looked_up(httpserver, tmp_path, doi)
    assert isinstance(found.outcome, WorkRecord)
    assert asked == [f"/works/{doi}"]


def test_an_alias_is_told_from_the_work_itself(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request(PATH).respond_with_data(answer({"DOI": "10.1234/primary"}))
    found = looked_up(httpserver, tmp_path).outcome
    assert isinstance(found, Replaced)
    assert (found.asked, found.record.doi) == (DOI, "10.1234/primary")


@pytest.mark.parametrize(("agency", "named"), [("DataCite", "datacite"), (None, "")])
def test_a_doi_crossref_does_not_hold_may_be_another_agencys(
    httpserver: HTTPServer, tmp_path: Path, agency: str | None, named: str
) -> None:
    httpserver.expect_request(PATH).respond_with_data("Resource not found.", status=404)
    if agency:
        httpserver.expect_request(f"{PATH}/agency").respond_with_data(
            answer({"DOI": DOI, "agency": {"id": agency}}, "work-agency")
        )
    else:
        httpserver.expect_request(f"{PATH}/agency").respond_with_data("Resource not found.", status=404)
    found = looked_up(httpserver, tmp_path)
    assert found.outcome == Absent(agency=named)
    assert len(found.replies) == 2


def test_a_doi_whose_agency_cannot_be_learned_is_not_called_absent(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request(PATH).respond_with_data("Resource not found.", status=404)
    httpserver.expect_request(f"{PATH}/agency").respond_with_data("", status=503)
    found = looked_up(httpserver, tmp_path).outcome
    assert isinstance(found, Unavailable)
    assert found.code == "status_5xx"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("<html>Not Found</html>", 404, "html"),
        ("nginx: no such host", 404, "not_json"),
        ("", 404, "half_body"),
        ("Resource not found.", 200, "error_answer"),
        (answer({"DOI": DOI}), 404, "error_answer"),
        (answer({"items": []}, "work-list"), 200, "error_answer"),
        (answer({"title": ["Whose?"]}), 200, "error_answer"),
        (answer({"DOI": DOI})[:-9], 200, "half_body"),
        ('{"status":"failed","message-type":"validation-failure","message":[]}', 400, "error_answer"),
        ("<!DOCTYPE html><p>Sign in to the hotel", 200, "html"),
    ],
)
def test_what_is_no_answer_is_never_absent(
    httpserver: HTTPServer, tmp_path: Path, body: str, status: int, code: str
) -> None:
    httpserver.expect_request(PATH).respond_with_data(body, status=status, content_type="application/json")
    found = looked_up(httpserver, tmp_path)
    assert isinstance(found.outcome, Unavailable)
    assert found.outcome.code == code
    assert [reply.body.decode() for reply in found.replies] == [body]


def test_a_check_goes_round_the_cache(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request(PATH).respond_with_data(
        answer({"DOI": DOI}), headers={"Cache-Control": "max-age=60"}
    )
    kept = [looked_up(httpserver, tmp_path, fresh=fresh).replies[0] for fresh in (False, False, True)]
    assert [reply.from_cache for reply in kept] == [False, True, False]


def test_candidates_are_five_at_most(httpserver: HTTPServer, tmp_path: Path) -> None:
    query = {"query.bibliographic": "Zhou Gut 2019", "rows": "5", "mailto": "desk@wellness.example"}
    httpserver.expect_request("/works", query_string=query).respond_with_data(
        answer({"items": [{"DOI": f"10.1234/{n}"} for n in range(9)], "total-results": 9}, "work-list")
    )
    with client(httpserver, tmp_path) as crossref:
        found = crossref.candidates(" Zhou\n Gut 2019", rows=50).outcome
    assert isinstance(found, tuple)
    assert [work.doi for work in found] == [f"10.1234/{n}" for n in range(5)]


def test_what_is_no_doi_is_not_asked_for(httpserver: HTTPServer, tmp_path: Path) -> None:
    with pytest.raises(IdentifierError):
        looked_up(httpserver, tmp_path, "not a doi")
    assert httpserver.log == []
