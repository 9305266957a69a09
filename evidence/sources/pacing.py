"""Keeps every process and thread of the site together within what an outside service allows.

The turns taken are counted in Redis where there is one, else in a file that a lock guards.
"""

import fcntl
import re
import sqlite3
import threading
import time
from pathlib import Path
from typing import cast

import httpx2
from pyrate_limiter import AbstractBucket, Rate, RateItem, RedisBucket, SQLiteBucket
from redis import Redis, RedisError

# A turn is counted when it is taken, and requests reach the service closer together than they left.
_MARGIN = 1.1
_INTERVAL = re.compile(r"(\d+)\s*([smh]?)")
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


class NoTurnError(Exception):
    """No turn came within the time given, or the count is out of reach; the message says which."""


class Pace:
    """At most `limit` turns in any `seconds`, shared by all who use the same folder or Redis."""

    def __init__(self, service: str, folder: Path, redis_url: str, *, limit: int, seconds: float) -> None:
        self._service = service
        self._usual = _rate(limit, seconds)
        self._thread = threading.Lock()
        self._redis: Redis | None = Redis.from_url(redis_url, socket_timeout=5) if redis_url else None
        self._folder = folder
        self._bucket: AbstractBucket | None = None

    def wait_turn(self, seconds: float) -> None:
        """Return when a turn is ours. Raises `NoTurnError` when none comes within `seconds`."""
        deadline = time.monotonic() + seconds
        while pause := self._try():
            if time.monotonic() + pause > deadline:
                raise NoTurnError(f"no turn at {self._service} within {seconds:.0f} s")
            time.sleep(pause)

    def heed(self, headers: httpx2.Headers) -> None:
        """Slow down to the rate a reply states (Crossref: X-Rate-Limit-Limit, -Interval); never above our own."""
        limit, interval = headers.get("x-rate-limit-limit", ""), headers.get("x-rate-limit-interval", "")
        found = _INTERVAL.fullmatch(interval.strip().lower())
        if not (limit.strip().isdecimal() and int(limit) and found and int(found[1])):
            return
        stated = _rate(int(limit), int(found[1]) * _UNIT_SECONDS[found[2]])
        slower = min(stated, self._usual, key=lambda rate: rate.limit / rate.interval)
        with self._thread:
            self._opened().rates = [slower]

    def close(self) -> None:
        """Let go of file or connection; a later turn opens them again."""
        with self._thread:
            if self._bucket is not None:
                self._bucket.close()
                self._bucket = None
            if self._redis is not None:
                self._redis.close()

    def _try(self) -> float:
        """Take a turn and return 0, or return the seconds until it is worth trying again."""
        with self._thread:
            try:
                bucket = self._opened()
                now = cast("int", bucket.now())
                bucket.leak(now)
                turn = RateItem(self._service, now)
                return 0 if bucket.put(turn) else max(0.01, cast("int", bucket.waiting(turn)) / 1000)
            except (RedisError, sqlite3.Error) as error:
                raise NoTurnError(f"the count of turns is out of reach: {type(error).__name__}") from error

    def _opened(self) -> AbstractBucket:
        if self._bucket is None:
            self._bucket = self._in_file() if self._redis is None else self._in_redis(self._redis)
        return self._bucket

    def _in_redis(self, redis: Redis) -> AbstractBucket:
        return cast("AbstractBucket", RedisBucket.init([self._usual], redis, f"turns:{self._service}"))

    def _in_file(self) -> AbstractBucket:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"turns-{self._service}.sqlite3"
        lock = _FileLock(path.with_suffix(".lock"))
        # pyrate-limiter's own way to a locked file wants one more package; all it needs is such a lock.
        with lock:
            SQLiteBucket.init_from_file([self._usual], table="turns", db_path=str(path)).close()
        connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        return SQLiteBucket([self._usual], connection, "turns", lock=lock)


class _FileLock:
    """A lock between processes and threads that its holder may take again."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")
        self._thread = threading.RLock()
        self._depth = 0

    def __enter__(self) -> "_FileLock":
        self._thread.acquire()
        if not self._depth:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        self._depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._thread.release()


def _rate(limit: int, seconds: float) -> Rate:
    return Rate(limit, int(seconds * 1000 * _MARGIN))


class PacedTransport(httpx2.BaseTransport):
    """Lets each request that really goes out wait for its turn; what a cache answers costs none."""

    def __init__(self, transport: httpx2.BaseTransport, pace: Pace, *, patience: float) -> None:
        self._transport = transport
        self._pace = pace
        self._patience = patience

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Wait for a turn, ask, and heed what the reply says of the rate."""
        self._pace.wait_turn(self._patience)
        response = self._transport.handle_request(request)
        self._pace.heed(response.headers)
        return response

    def close(self) -> None:
        """Close what is beneath."""
        self._transport.close()
        self._pace.close()
