"""Who is alive: a lock that the system itself drops when a sender dies, however it dies.

PostgreSQL: advisory locks of the session. SQLite: flock on a file, which is enough since there the machine is one.
Nothing here looks at the ledger.
"""

import fcntl
import hashlib
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection


def new_worker() -> str:
    """Return a name no sender ever had: one a slice."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


@contextmanager
def holding(name: str) -> Iterator[bool]:
    """Hold the lock called `name` while inside; yields False, without waiting, when another process holds it."""
    if connection.vendor == "postgresql":
        got = _ask("SELECT pg_try_advisory_lock(%s)", name)
        try:
            yield got
        finally:
            if got and connection.connection is not None and connection.is_usable():
                _ask("SELECT pg_advisory_unlock(%s)", name)
    else:
        with _file_lock(name) as got:
            yield got


@contextmanager
def one_of(name: str, slots: int) -> Iterator[bool]:
    """Hold one of `slots` locks called `name`; yields False when all are taken."""
    yield from _try_slots(name, list(range(slots)))


def retake(name: str) -> bool:
    """Hold the lock again, once, after the connection may have broken; on SQLite it was never lost."""
    if connection.vendor != "postgresql":
        return True
    _ask("SELECT pg_advisory_unlock(%s)", name)  # a session may hold a lock twice, and would then keep it
    return _ask("SELECT pg_try_advisory_lock(%s)", name)


def is_dead(name: str) -> bool:
    """Say whether nobody holds the lock. On PostgreSQL only inside a transaction: it is held until that ends."""
    if connection.vendor == "postgresql":
        return _ask("SELECT pg_try_advisory_xact_lock(%s)", name)
    with _file_lock(name) as got:
        return got


def _try_slots(name: str, slots: list[int]) -> Iterator[bool]:
    for slot in slots:
        with holding(f"{name}-{slot}") as got:
            if got:
                yield True
                return
    yield False


def _ask(statement: str, name: str) -> bool:
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        row = cursor.fetchone()
    return bool(row and row[0])


@contextmanager
def _file_lock(name: str) -> Iterator[bool]:
    folder = Path(settings.VAR_DIR) / "senders"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.lock"
    with path.open("w") as file:
        if not _locked(file, path):
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)  # while still held: whoever opened it meanwhile finds it gone


def _locked(file: IO[str], path: Path) -> bool:
    """Take the lock, and make sure that it is the lock of this name and not of a file removed meanwhile."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except OSError:
        return False
