"""An outside service may be slow, absent, rude or broken: it is asked with patience, and never misread."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from redis import Redis
from werkzeug import Request, Response

from evidence.sources.http import Service, is_html
from evidence.sources.replies import Reply, Unavailable
from tests.evidence.sources.asking import NOON, clock, quick
from tests.evidence.sources.broken_server import saying

REDIS = os.environ.get("CELERY_BROKER_URL", "")


def no_web_page(reply: Reply) -> Reply | Unavailable:
    return Unavailable(code="html") if is_html(reply) else reply


def service(url: str, folder: Path, *, limit: int = 1000, **changes: Any) -> Service:
    return Service("test", url, quick(folder, **changes), limit=limit, clock=clock)


def asked(url: str, folder: Path, params: dict[str, str] | None = None, **how: Any) -> Reply | Unavailable:
    bounds = {name: how.pop(name) for name in list(how) if name not in ("post", "fresh")}
    with service(url, folder, **bounds) as outside:
        return outside.ask("work", params or {}, read=no_web_page, **how).outcome


def code_of(found: Reply | Unavailable) -> str:
    assert isinstance(found, Unavailable)
    assert found.reason
    assert found.way_out
    return found.code


def body_of(found: Reply | Unavailable) -> bytes:
    assert isinstance(found, Reply), found
    return found.body


def test_a_good_reply_is_kept_raw_with_its_hash_and_date(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data(b"good", headers={"X-Recorded": "yes", "X-Odd": "1"})
    reply = asked(httpserver.url_for(""), tmp_path, {"q": "a b"})
    assert isinstance(reply, Reply)
    assert (reply.service, reply.method, reply.status, reply.body) == ("test", "GET", 200, b"good")
    assert reply.url == httpserver.url_for("/work?q=a+b")
    assert reply.sha256 == "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c"
    assert (reply.received_at, reply.is_recorded, reply.header("X-Odd"), reply.from_cache) == (
        NOON,
        True,
        "",
        False,
    )


@pytest.mark.parametrize("post", [True, False])
def test_neither_key_nor_address_is_in_what_is_kept(
    httpserver: HTTPServer, tmp_path: Path, *, post: bool
) -> None:
    httpserver.expect_request("/work").respond_with_data("good")
    params = {"api_key": "s3cret", "email": "us@site.example", "mailto": "us@site.example", "id": "1"}
    reply = asked(httpserver.url_for(""), tmp_path, params, post=post)
    assert isinstance(reply, Reply)
    assert "s3cret" not in repr(reply)
    assert "site.example" not in repr(reply)
    assert (reply.question if post else reply.url.partition("?")[2]) == "id=1"


def test_a_slow_service_is_given_up_on(httpserver: HTTPServer, tmp_path: Path) -> None:
    def slow(_: Request) -> Response:
        time.sleep(0.5)
        return Response("late")

    httpserver.expect_request("/work").respond_with_handler(slow)
    assert code_of(asked(httpserver.url_for(""), tmp_path, attempts=1)) == "timeout"


def test_a_service_that_drips_is_given_up_on(httpserver: HTTPServer, tmp_path: Path) -> None:
    def dripping() -> Iterator[bytes]:
        for _ in range(20):
            time.sleep(0.1)
            yield b"x"

    def drip(_: Request) -> Response:
        return Response(dripping(), direct_passthrough=True)

    httpserver.expect_request("/work").respond_with_handler(drip)
    begun = time.monotonic()
    assert code_of(asked(httpserver.url_for(""), tmp_path, total_seconds=0.5)) == "timeout"
    assert time.monotonic() - begun < 1.5


def test_a_service_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with saying(b"") as gone:
        url = gone.url
    assert code_of(asked(url, tmp_path)) == "refused"


def test_a_fault_that_passes_is_waited_out(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_ordered_request("/work").respond_with_data("no", status=500)
    httpserver.expect_ordered_request("/work").respond_with_data("no", status=503)
    httpserver.expect_ordered_request("/work").respond_with_data("good")
    assert body_of(asked(httpserver.url_for(""), tmp_path)) == b"good"


def test_a_fault_that_stays_is_reported_with_its_words(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("Backend sleeps", status=502)
    with service(httpserver.url_for(""), tmp_path) as outside:
        found = outside.ask("work", {}, read=no_web_page)
    assert code_of(found.outcome) == "status_5xx"
    assert isinstance(found.outcome, Unavailable)
    assert found.outcome.detail == "502: Backend sleeps"
    assert [reply.body for reply in found.replies] == [b"Backend sleeps"]
    assert len(httpserver.log) == 3


@pytest.mark.parametrize("as_date", [False, True])
def test_it_comes_back_when_it_was_told_to(httpserver: HTTPServer, tmp_path: Path, *, as_date: bool) -> None:
    after = format_datetime(NOON + timedelta(seconds=1), usegmt=True) if as_date else "1"
    httpserver.expect_ordered_request("/work").respond_with_data(
        "", status=429, headers={"Retry-After": after}
    )
    httpserver.expect_ordered_request("/work").respond_with_data("good")
    begun = time.monotonic()
    assert body_of(asked(httpserver.url_for(""), tmp_path)) == b"good"
    assert time.monotonic() - begun >= 1


def test_a_service_that_wants_an_hour_is_left_alone_for_an_hour(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/work").respond_with_data("", status=429, headers={"Retry-After": "3600"})
    found = asked(httpserver.url_for(""), tmp_path)
    assert code_of(found) == "status_429"
    assert isinstance(found, Unavailable)
    assert found.retry_after == 3600
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("after", ["soon", "-5", "", "Sun, 99 Nov"])
def test_an_odd_retry_after_is_no_retry_after(httpserver: HTTPServer, tmp_path: Path, after: str) -> None:
    httpserver.expect_request("/work").respond_with_data("", status=429, headers={"Retry-After": after})
    found = asked(httpserver.url_for(""), tmp_path)
    assert isinstance(found, Unavailable)
    assert (found.code, found.retry_after) == ("status_429", None)


def test_a_web_page_is_no_answer_and_is_not_asked_for_twice(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("<html>Maintenance</html>", content_type="text/html")
    assert code_of(asked(httpserver.url_for(""), tmp_path)) == "html"
    assert len(httpserver.log) == 1


def test_a_refusal_is_no_answer(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("Forbidden", status=403)
    assert code_of(asked(httpserver.url_for(""), tmp_path)) == "error_answer"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
    ],
)
def test_half_a_body_is_never_an_answer(tmp_path: Path, said: bytes) -> None:
    with saying(said) as server:
        assert code_of(asked(server.url, tmp_path)) == "half_body"
        assert server.asked == 3
        assert code_of(asked(server.url, tmp_path)) == "half_body"  # nor was it put into the cache


def test_a_connection_that_breaks_is_tried_again(tmp_path: Path) -> None:
    with saying(b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood") as server:
        assert body_of(asked(server.url, tmp_path)) == b"good"


def test_a_huge_body_is_cut_off(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data(b"x" * 200_000)
    assert code_of(asked(httpserver.url_for(""), tmp_path)) == "too_large"
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("/moved", ""),
        ("http://other.example/work", "redirect"),
        ("http://127.0.0.1:1/work", "redirect"),
        ("file:///etc/passwd", "redirect"),
        ("/work", "redirect"),
    ],
)
def test_a_redirect_is_followed_only_within_the_service(
    httpserver: HTTPServer, tmp_path: Path, location: str, code: str
) -> None:
    httpserver.expect_request("/work").respond_with_data("", status=302, headers={"Location": location})
    httpserver.expect_request("/moved").respond_with_data("good")
    found = asked(httpserver.url_for(""), tmp_path)
    assert (code_of(found) if code else body_of(found)) == (code or b"good")


def test_a_redirect_may_lead_to_a_host_that_was_named(httpserver: HTTPServer, tmp_path: Path) -> None:
    elsewhere = f"http://127.0.0.1:{httpserver.port}/moved"
    httpserver.expect_request("/work").respond_with_data("", status=302, headers={"Location": elsewhere})
    httpserver.expect_request("/moved").respond_with_data("good")
    found = asked(f"http://localhost:{httpserver.port}", tmp_path, other_hosts=frozenset({"127.0.0.1"}))
    assert body_of(found) == b"good"


def test_a_question_is_not_lost_on_a_redirect(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("", status=302, headers={"Location": "/moved"})
    assert code_of(asked(httpserver.url_for(""), tmp_path, post=True)) == "redirect"


def test_a_reply_is_cached_as_long_as_it_allows_and_asked_anew_where_that_matters(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    headers = {"Cache-Control": "max-age=600"}
    httpserver.expect_request("/work").respond_with_data("good", headers=headers)
    with service(httpserver.url_for(""), tmp_path) as outside:
        replies = [
            outside.ask("work", {}, read=no_web_page, fresh=fresh).outcome for fresh in (False, False, True)
        ]
    assert [reply.from_cache for reply in replies if isinstance(reply, Reply)] == [False, True, False]
    assert len(httpserver.log) == 2


def test_a_reply_that_forbids_it_is_not_cached(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("good", headers={"Cache-Control": "no-store"})
    for _ in range(2):
        asked(httpserver.url_for(""), tmp_path)
    assert len(httpserver.log) == 2


def test_a_web_page_that_got_into_the_cache_is_asked_for_anew(httpserver: HTTPServer, tmp_path: Path) -> None:
    headers = {"Cache-Control": "max-age=600"}
    httpserver.expect_ordered_request("/work").respond_with_data("<html>", headers=headers)
    httpserver.expect_ordered_request("/work").respond_with_data("good")
    assert code_of(asked(httpserver.url_for(""), tmp_path)) == "html"
    assert body_of(asked(httpserver.url_for(""), tmp_path)) == b"good"


def test_threads_share_one_rate(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("good")
    with service(httpserver.url_for(""), tmp_path, limit=3) as outside:
        begun = time.monotonic()
        threads = [
            threading.Thread(target=outside.ask, args=("work", {}), kwargs={"read": no_web_page})
            for _ in range(7)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(httpserver.log) == 7
    assert time.monotonic() - begun >= 2


_TAKER = """
import sys, time
from pathlib import Path
from evidence.sources.pacing import Pace
pace = Pace("test", Path(sys.argv[1]), sys.argv[2], limit=3, seconds=1)
for _ in range(4):
    pace.wait_turn(20)
    print(time.time(), flush=True)
"""


def turns_of_two_processes(folder: Path, redis_url: str = "") -> list[float]:
    command = [sys.executable, "-c", _TAKER, str(folder), redis_url]
    takers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [taker.communicate(timeout=60)[0] for taker in takers]
    assert [taker.returncode for taker in takers] == [0, 0]
    return sorted(float(line) for text in said for line in text.split())


def test_processes_share_one_rate(tmp_path: Path) -> None:
    turns = turns_of_two_processes(tmp_path)
    assert len(turns) == 8
    assert all(fourth - first >= 1 for first, fourth in zip(turns, turns[3:], strict=False))


@pytest.mark.skipif(not REDIS.startswith("redis://"), reason="Redis is not running; .ci/run has it")
def test_processes_share_one_rate_through_redis(tmp_path: Path) -> None:
    Redis.from_url(REDIS).delete("turns:test")
    turns = turns_of_two_processes(tmp_path, REDIS)
    assert len(turns) == 8
    assert all(fourth - first >= 1 for first, fourth in zip(turns, turns[3:], strict=False))


def test_a_service_that_states_a_slower_rate_is_asked_more_slowly(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    headers = {"X-Rate-Limit-Limit": "1", "X-Rate-Limit-Interval": "1s"}
    httpserver.expect_request("/work").respond_with_data("good", headers=headers)
    with service(httpserver.url_for(""), tmp_path) as outside:
        begun = time.monotonic()
        for _ in range(2):
            outside.ask("work", {}, read=no_web_page)
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(
    ("limit", "interval"), [("many", "1s"), ("50", "0s"), ("0", "1s"), ("50", ""), ("9999999", "1s")]
)
def test_a_rate_that_is_odd_or_faster_changes_nothing(
    httpserver: HTTPServer, tmp_path: Path, limit: str, interval: str
) -> None:
    headers = {"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Interval": interval}
    httpserver.expect_request("/work").respond_with_data("good", headers=headers)
    assert body_of(asked(httpserver.url_for(""), tmp_path)) == b"good"


def test_who_waits_too_long_for_a_turn_is_told_so(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/work").respond_with_data("good")
    with service(httpserver.url_for(""), tmp_path, limit=1, turn_seconds=0.1) as outside:
        outside.ask("work", {}, read=no_web_page)
        assert code_of(outside.ask("work", {}, read=no_web_page).outcome) == "no_turn"


def test_a_count_of_turns_that_is_out_of_reach_is_told_too(tmp_path: Path) -> None:
    with saying(b"") as gone:
        url = f"redis://127.0.0.1:{gone.port}/0"
    assert code_of(asked(gone.url, tmp_path, redis_url=url)) == "no_turn"
