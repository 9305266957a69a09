"""The mails on disk: one file each, as a mailbox host would keep it. Reading a mail's parts is in reading.py."""

import re
import secrets
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

MOST = 2000
NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
_ENVELOPE = re.compile(rb"Return-Path: <([^>\r\n]*)>\r\nDelivered-To: ([^\r\n]*)\r\n")
_ENVELOPE_BYTES = 1024


@dataclass(frozen=True)
class Mail:
    """A mail that arrived for one person: its name sorts by time, its envelope is what SMTP said."""

    name: str
    sender: str
    recipient: str

    @property
    def at(self) -> datetime:
        """When it arrived, to the second."""
        return datetime.fromtimestamp(int(self.name[:20]) // 10**9, UTC)


def root() -> Path:
    """Return the folder, made if it is missing."""
    path = settings.VAR_DIR / "mailbox"
    path.mkdir(parents=True, exist_ok=True)
    return Path(path)


def names() -> list[str]:
    """Return the names of all mails, the newest first."""
    return sorted((path.stem for path in root().glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True)


def envelope(name: str) -> Mail | None:
    """Return who sent a mail to whom; None if it is gone."""
    try:
        with (root() / f"{name}.eml").open("rb") as file:
            return _mail(name, file.read(_ENVELOPE_BYTES))
    except FileNotFoundError:
        return None


def read(name: str) -> tuple[Mail, bytes] | None:
    """Return a mail with its bytes as they arrived; None for a name that is none, or of a mail that is gone."""
    if not NAME.fullmatch(name):
        return None
    try:
        data = (root() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    mail, said = _mail(name, data), _ENVELOPE.match(data)
    return mail, data[said.end() :] if said else data


def found(search: str) -> Iterator[Mail]:
    """Yield the mails, the newest first, whose recipient holds what is searched."""
    wanted = search.strip().lower()
    for name in names():
        mail = envelope(name)
        if mail and wanted in mail.recipient.lower():
            yield mail


def forget(address: str) -> int:
    """Delete every mail to an address, and every other one it stands in; return how many."""
    alone = rf"(?<![\w.+=-]){re.escape(address)}(?![\w-]|\.\w)"
    wanted = re.compile(alone.encode(), re.IGNORECASE)
    gone = 0
    for name in names():
        path = root() / f"{name}.eml"
        try:
            # Without the soft line breaks of quoted-printable, which may run through an address.
            if wanted.search(path.read_bytes().replace(b"=\r\n", b"")):
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue
    return gone


class Keeper:
    """Whoever stores mails: one process at a time, so that it need not list the folder for each."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._names = deque(reversed(names()))
        self._last = 0

    def store(self, sender: str, recipient: str, data: bytes) -> str:
        """Keep a mail, whole or not at all, and let go of the oldest beyond the most that are kept."""
        # Two mails within the clock's grain still sort as they came.
        self._last = max(time.time_ns(), self._last + 1)
        name = f"{self._last:020d}-{secrets.token_hex(4)}"
        folder = root()
        draft = folder / f"{name}.part"
        draft.write_bytes(
            b"Return-Path: <%b>\r\nDelivered-To: %b\r\n" % (_line(sender), _line(recipient)) + data
        )
        draft.replace(folder / f"{name}.eml")
        self._names.append(name)
        while len(self._names) > self._most:
            (folder / f"{self._names.popleft()}.eml").unlink(missing_ok=True)
        return name


def _line(address: str) -> bytes:
    return re.sub(r"[\r\n<>]", "", address).encode("utf-8", "replace")


def _mail(name: str, data: bytes) -> Mail:
    said = _ENVELOPE.match(data)
    sender, recipient = said.groups() if said else (b"", b"")
    return Mail(name, sender.decode("utf-8", "replace"), recipient.decode("utf-8", "replace"))
