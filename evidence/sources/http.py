"""Asks outside services over HTTP: bounded in time and size, retried with patience, paced, cached.

Every reply is handed on raw; what it answers is for each service's own module, which gives the function
that reads it. Nothing here knows what a work is.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

import httpx2
import stamina
from hishel import CacheOptions, SqliteStorage
from hishel.httpx2 import CacheTransport

from evidence.sources.pacing import NoTurnError, Pace, PacedTransport
from evidence.sources.replies import Asked, Reply, Unavailable

T = TypeVar("T")
Reader = Callable[[Reply], T | Unavailable]

_SECRETS = frozenset({"api_key", "mailto", "email"})
_WORTH_KEEPING = (
    "content-type", "content-length", "date", "last-modified", "etag", "retry-after", "x-rate-limit-limit",
    "x-rate-limit-interval", "x-ratelimit-limit", "x-ratelimit-remaining", "x-recorded", "x-not-recorded",
)  # fmt: skip
_PASSING = frozenset({"timeout", "refused", "half_body", "status_429", "status_5xx"})
_MOST_REDIRECTS = 3
_AS_GOOD_AS_NO_LIMIT = 10_000
_BEGINNING = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How to ask: where cache and turns are kept, and every bound. Times are in seconds, sizes in bytes.

    A service that says when to come back is believed up to `longest_retry_after`; one that wants longer
    is left alone, and its answer says for how long. `other_hosts` are those redirects may lead to.
    """

    folder: Path
    redis_url: str = ""
    user_agent: str = "WellnessRadar/1.0"
    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    write_seconds: float = 10.0
    pool_seconds: float = 10.0
    turn_seconds: float = 30.0
    attempts: int = 4
    total_seconds: float = 90.0
    first_pause: float = 0.5
    longest_pause: float = 8.0
    pause_jitter: float = 0.5
    longest_retry_after: float = 30.0
    largest_body: int = 20 * 1024 * 1024
    other_hosts: frozenset[str] = frozenset()
    # The demonstration's own recorded server sets no rate.
    paced: bool = True


class _FailedError(Exception):
    def __init__(self, unavailable: Unavailable, reply: Reply | None = None) -> None:
        super().__init__(f"{unavailable.code}: {unavailable.detail}")
        self.unavailable = unavailable
        self.reply = reply

    @property
    def asked(self) -> Asked[Any]:
        return Asked(outcome=self.unavailable, replies=(self.reply,) if self.reply else ())


Keep = Callable[[Iterator[bytes]], tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is sent, what is kept of it, which statuses answer it, and where the body goes."""

    request: httpx2.Request
    kept: str
    answers: frozenset[int]
    keep: Keep


class Service:
    """One outside service at one address. Make it in the process that uses it, and close it."""

    def __init__(
        self,
        name: str,
        base_url: str,
        settings: HttpSettings,
        *,
        limit: int,
        per_seconds: float = 1.0,
        clock: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._base = httpx2.URL(base_url.rstrip("/"))
        self._settings = settings
        self._clock = clock
        turns = limit if settings.paced else _AS_GOOD_AS_NO_LIMIT
        pace = Pace(name, settings.folder, settings.redis_url, limit=turns, seconds=per_seconds)
        paced = PacedTransport(httpx2.HTTPTransport(), pace, patience=settings.turn_seconds)
        settings.folder.mkdir(parents=True, exist_ok=True)
        cached = CacheTransport(
            paced,
            storage=SqliteStorage(database_path=settings.folder / f"cache-{name}.sqlite3"),
            rfc=CacheOptions(shared=False),
        )
        self._cached = self._client(cached)
        self._fresh = self._client(paced)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections and files."""
        self._cached.close()

    def ask(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        read: Reader[T],
        post: bool = False,
        fresh: bool = False,
        answers: frozenset[int] = frozenset({200}),
    ) -> Asked[T]:
        """Ask, and ask again where the failure may pass; return what `read` makes of the reply, and the reply.

        `path` is below the service's address and already quoted. `answers` are the statuses `read` wants to
        see; every other one is a failure. `fresh` goes round the cache. GET replies are cached as long as
        their headers allow, POST replies never. A cached reply that proves to be no answer is asked for anew.
        """
        url = f"{self._base}/{path.lstrip('/')}"
        request = (
            self._fresh.build_request("POST", url, data=params)
            if post
            else self._fresh.build_request("GET", url, params=params)
        )
        question = _Question(request, _without_secrets(params) if post else "", answers, _in_memory)
        found = self._ask_with_patience(question, read, fresh=fresh)
        if isinstance(found.outcome, Unavailable) and any(reply.from_cache for reply in found.replies):
            return self._ask_with_patience(question, read, fresh=True)
        return found

    def download(self, to: Path, *, read: Reader[T]) -> Asked[T]:
        """Save what stands at the service's own address, piece by piece, never out of the cache.

        The reply holds the hash of the whole and the first 4 KB as its body, which `read` judges. Only a
        whole download that `read` takes for an answer is put in the place of an older one.
        """
        part = to.with_name(f"{to.name}.part")
        request = self._fresh.build_request("GET", self._base)
        question = _Question(request, "", frozenset({200}), _into(part))
        found = self._ask_with_patience(question, read, fresh=True)
        if not isinstance(found.outcome, Unavailable):
            part.replace(to)
        part.unlink(missing_ok=True)
        return found

    def _client(self, transport: httpx2.BaseTransport) -> httpx2.Client:
        bounds = self._settings
        return httpx2.Client(
            transport=transport,
            trust_env=False,
            # What is decompressed piecemeal stays within the size limit; brotli and zstd need not.
            headers={"User-Agent": bounds.user_agent, "Accept-Encoding": "gzip, deflate"},
            timeout=httpx2.Timeout(
                connect=bounds.connect_seconds,
                read=bounds.read_seconds,
                write=bounds.write_seconds,
                pool=bounds.pool_seconds,
            ),
        )

    def _ask_with_patience(self, question: _Question, read: Reader[T], *, fresh: bool) -> Asked[T]:
        bounds = self._settings
        deadline = time.monotonic() + bounds.total_seconds
        try:
            for attempt in stamina.retry_context(
                on=self._pause_after,
                attempts=bounds.attempts,
                timeout=bounds.total_seconds,
                wait_initial=bounds.first_pause,
                wait_max=bounds.longest_pause,
                wait_jitter=bounds.pause_jitter,
            ):
                with attempt:
                    reply = self._ask_once(question, deadline, fresh=fresh)
                    return Asked(outcome=self._outcome(reply, read, question.answers), replies=(reply,))
        except _FailedError as failed:
            return failed.asked
        raise AssertionError("stamina ends by returning or raising")

    def _pause_after(self, error: Exception) -> bool | float:
        """Say whether to ask again: at once by our own pauses, or when the service said."""
        if not isinstance(error, _FailedError) or error.unavailable.code not in _PASSING:
            return False
        wanted = error.unavailable.retry_after
        if wanted is None:
            return True
        return wanted if wanted <= self._settings.longest_retry_after else False

    def _ask_once(self, question: _Question, deadline: float, *, fresh: bool) -> Reply:
        client = self._fresh if fresh else self._cached
        begun = False
        try:
            response = self._send(client, question.request)
            begun = True
            with closing(response):
                body, sha256 = question.keep(self._pieces(response, deadline))
        except NoTurnError as error:
            raise _FailedError(Unavailable(code="no_turn", detail=str(error))) from error
        except httpx2.TimeoutException as error:
            raise _FailedError(Unavailable(code="timeout", detail=type(error).__name__)) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            code = "half_body" if begun else "refused"
            raise _FailedError(Unavailable(code=code, detail=type(error).__name__)) from error
        return self._reply(response, question.kept, body, sha256)

    def _send(self, client: httpx2.Client, request: httpx2.Request) -> httpx2.Response:
        """Send, and follow redirects that stay at the service."""
        for _ in range(_MOST_REDIRECTS):
            response = client.send(request, stream=True)
            following = response.next_request
            if following is None:
                return response
            response.close()
            # A POST that became a GET would lose what it asks.
            if following.method != request.method or not self._may_go_to(following.url):
                raise _FailedError(Unavailable(code="redirect", detail=f"to {following.url.host}"))
            request = following
        raise _FailedError(Unavailable(code="redirect", detail="round and round"))

    def _may_go_to(self, url: httpx2.URL) -> bool:
        if url.scheme not in ("http", "https") or (self._base.scheme == "https" and url.scheme != "https"):
            return False
        if url.host in self._settings.other_hosts:
            return True
        upgraded = self._base.scheme != url.scheme and url.port is None
        return url.host == self._base.host and (upgraded or url.port == self._base.port)

    def _pieces(self, response: httpx2.Response, deadline: float) -> Iterator[bytes]:
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if size > self._settings.largest_body:
                raise _FailedError(Unavailable(code="too_large", detail=f"over {size} bytes"))
            if time.monotonic() > deadline:
                raise _FailedError(Unavailable(code="timeout", detail="the body took too long"))
            yield piece

    def _reply(self, response: httpx2.Response, question: str, body: bytes, sha256: str) -> Reply:
        url = response.request.url
        caching = response.extensions.get("caching") or {}
        return Reply(
            service=self._name,
            method=response.request.method,
            url=str(url.copy_with(query=_without_secrets(url.params).encode() or None, userinfo=b"")),
            question=question,
            status=response.status_code,
            headers=tuple(
                (name, response.headers[name]) for name in _WORTH_KEEPING if name in response.headers
            ),
            body=body,
            sha256=sha256,
            received_at=self._clock(),
            from_cache=bool(caching.get("from_cache")),
        )

    def _outcome(self, reply: Reply, read: Reader[T], answers: frozenset[int]) -> T:
        """Return what a reply says. Raises `_FailedError` for one that is no answer."""
        if reply.status in answers:
            outcome = read(reply)
            if isinstance(outcome, Unavailable):
                raise _FailedError(outcome, reply)
            return outcome
        said = reply.body[:300].decode("utf-8", "replace").strip()
        unavailable = Unavailable(
            code=_code_of(reply),
            detail=f"{reply.status}: {said}",
            retry_after=_retry_after(reply.header("retry-after"), self._clock()),
        )
        raise _FailedError(unavailable, reply)


def _in_memory(pieces: Iterator[bytes]) -> tuple[bytes, str]:
    body = b"".join(pieces)
    return body, hashlib.sha256(body).hexdigest()


def _into(path: Path) -> Keep:
    """Return what writes a body into a file and keeps its beginning; each attempt begins the file anew."""

    def keep(pieces: Iterator[bytes]) -> tuple[bytes, str]:
        digest, beginning = hashlib.sha256(), b""
        with path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                beginning += piece[: max(0, _BEGINNING - len(beginning))]
        return beginning, digest.hexdigest()

    return keep


def _code_of(reply: Reply) -> str:
    if reply.status == 501 and reply.is_recorded:
        return "not_recorded"
    if reply.status == 429:
        return "status_429"
    if reply.status >= 500:
        return "status_5xx"
    return "redirect" if reply.status in range(300, 400) else "error_answer"


def _retry_after(value: str, now: datetime) -> float | None:
    """Return seconds from a Retry-After header, which is a number or a date (RFC 9110, 10.2.3)."""
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def _without_secrets(params: Mapping[str, str] | httpx2.QueryParams) -> str:
    pairs = params.multi_items() if isinstance(params, httpx2.QueryParams) else params.items()
    return urlencode([(name, value) for name, value in pairs if name not in _SECRETS])


def is_html(reply: Reply) -> bool:
    """Say whether a reply is a web page, by its first bytes or by what it calls itself."""
    head = reply.body[:200].lstrip().lower()
    return head.startswith((b"<html", b"<!doctype html")) or reply.header("content-type").lower().startswith(
        "text/html"
    )
