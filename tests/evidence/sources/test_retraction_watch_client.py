"""The Retraction Watch list is fetched whole or not at all."""

import hashlib
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from evidence.sources.replies import Unavailable
from evidence.sources.retraction_watch_client import RetractionWatchSettings, fetch_list
from tests.evidence.sources.asking import clock, quick
from tests.evidence.sources.broken_server import saying

LIST = b"OriginalPaperDOI,RetractionNature\n" + b"10.1234/a,Retraction\n" * 3000


def settings(url: str, folder: Path) -> RetractionWatchSettings:
    return RetractionWatchSettings(http=quick(folder / "var", turn_seconds=5), url=url)


def test_the_whole_list_is_saved_and_its_hash_kept(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/list.csv", query_string="v=1").respond_with_data(
        LIST, content_type="text/csv"
    )
    to = tmp_path / "list.csv"
    found = fetch_list(settings(httpserver.url_for("/list.csv?v=1"), tmp_path), to, clock=clock)
    assert found.outcome == to
    assert to.read_bytes() == LIST
    [reply] = found.replies
    assert reply.sha256 == hashlib.sha256(LIST).hexdigest()
    assert reply.body == LIST[:4096]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>Sign in</html>", "html"),
        (b"a,b\n1,2\n", "error_answer"),
        (b"", "error_answer"),
        (LIST * 3, "too_large"),
    ],
)
def test_the_older_list_stays_where_none_came(
    httpserver: HTTPServer, tmp_path: Path, body: bytes, code: str
) -> None:
    httpserver.expect_request("/list.csv").respond_with_data(body)
    to = tmp_path / "list.csv"
    to.write_bytes(b"older")
    found = fetch_list(settings(httpserver.url_for("/list.csv"), tmp_path), to, clock=clock).outcome
    assert isinstance(found, Unavailable)
    assert found.code == code
    assert [(path.name, path.read_bytes()) for path in tmp_path.glob("list*")] == [("list.csv", b"older")]


def test_half_a_list_is_none(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + LIST
    with saying(half) as server:
        found = fetch_list(settings(server.url, tmp_path), tmp_path / "list.csv", clock=clock).outcome
    assert isinstance(found, Unavailable)
    assert found.code == "half_body"
    assert list(tmp_path.glob("list*")) == []
