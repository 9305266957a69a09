"""An SMTP client that knows in which phase a message broke, since only that says whether it may be sent again.

Here is one conversation with one relay: connecting, and one message at a time. What an outcome means for a
reader, when to try again and how fast to go is decided in newsletter/verbs/.
"""

import contextlib
import re
import select
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

from django.conf import settings

Result = Literal["sent", "deferred", "failed", "ambiguous", "unsent"]

REPLY_LENGTH = 500  # characters of a reply that are kept
REPLY_BYTES = 64 * 1024  # a relay that says more than this in one reply says nothing
TLS_RECORD = 16 * 1024  # bytes; OpenSSL writes one such record at a time
GOODBYE_SECONDS = 2.0

# RFC 5321, 4.2: three digits, then a hyphen where another line follows. An argument-less line is allowed.
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n]*))?\r?\n")
_STATUS = re.compile(
    r"([245])\.\d{1,3}\.\d{1,3}(?!\S)"
)  # RFC 3463, where RFC 2034 puts it: first in the text
# What an envelope may hold: printable ASCII without space, brackets and backslash; quoted local parts are refused.
_ADDRESS = re.compile(r"[!#-;=?A-\[\]-~]+@[!#-;=?A-\[\]-~]+")


class Phase(StrEnum):
    """Where in the conversation something happened; DOT is everything after the message's end was handed over."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True)
class Outcome:
    """What became of one message.

    `sent`, `deferred` (4xx) and `failed` (5xx) are replies, so facts. `unsent`: the end of the message never left,
    so it cannot have been delivered. `ambiguous`: it left and no reply came. `usable`: the connection may be used again.
    """

    result: Result
    phase: Phase
    code: int | None
    status: str  # the enhanced status code of RFC 3463, "4.7.0", or ""
    reply: str
    usable: bool


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over, how, and how long to wait for an answer in each phase."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Literal["", "starttls", "implicit"] = ""
    connect_seconds: float = 30.0
    command_seconds: float = 60.0
    dot_seconds: float = 600.0
    name: str = "localhost"  # what we say in EHLO

    @classmethod
    def from_settings(cls) -> "Relay":
        """Return the relay of EMAIL_* and NEWSLETTER_*_SECONDS."""
        return cls(
            host=settings.EMAIL_HOST,
            port=int(settings.EMAIL_PORT),
            user=settings.EMAIL_HOST_USER or "",
            password=settings.EMAIL_HOST_PASSWORD or "",
            tls="implicit" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "",
            connect_seconds=settings.NEWSLETTER_CONNECT_SECONDS,
            command_seconds=settings.NEWSLETTER_COMMAND_SECONDS,
            dot_seconds=settings.NEWSLETTER_DOT_SECONDS,
            name=settings.SITE_HOST,
        )


class Unavailable(Exception):
    """No conversation came about, so no message was touched: refused, bad banner, EHLO, STARTTLS or AUTH."""

    def __init__(self, code: int | None, reply: str, phase: Phase = Phase.CONNECT) -> None:
        super().__init__(reply)
        self.phase = phase
        self.code = code
        self.reply = reply


class _Reply(NamedTuple):
    code: int
    text: bytes


class _Broken(Exception):
    """The conversation broke: dropped, timed out or not SMTP any more. Its text says which."""

    def __init__(self, told: str, code: int | None = None) -> None:
        super().__init__(told)
        self.code = code


class Connection:
    """One connection to a relay, open from the start, used for one message after the other."""

    def __init__(self, relay: Relay) -> None:
        """Connect, and raise Unavailable where that does not lead to a relay that takes mail."""
        self._relay = relay
        self._line = _open(relay)
        self._usable = True

    def send(self, sender: str, recipient: str, wire: bytes) -> Outcome:
        """Offer one message and say what became of it; never raises for what the other side does.

        `wire` is what travels between 354 and the dot: CRLF line ends, dots stuffed, CRLF at the end, no final dot.
        An address the envelope cannot hold is `failed` (5.1.3, 5.1.7) without a word to the relay.
        """
        if not wire.endswith(b"\r\n"):
            raise ValueError("The message must end with CRLF.")
        # The null sender of RFC 5321, 4.5.5 is an address too.
        if sender and not _ADDRESS.fullmatch(sender):
            return Outcome(
                "failed",
                Phase.MAIL,
                None,
                "5.1.7",
                "The envelope cannot hold the sender.",
                usable=self._usable,
            )
        if not _ADDRESS.fullmatch(recipient):
            return Outcome(
                "failed",
                Phase.RCPT,
                None,
                "5.1.3",
                "The envelope cannot hold the address.",
                usable=self._usable,
            )
        steps = (
            (Phase.MAIL, b"MAIL FROM:<%b>\r\n" % sender.encode(), 2),
            (Phase.RCPT, b"RCPT TO:<%b>\r\n" % recipient.encode(), 2),
            (Phase.DATA, b"DATA\r\n", 3),
        )
        phase = Phase.MAIL
        try:
            for phase, command, wanted in steps:
                reply = self._line.ask(command)
                if reply.code // 100 != wanted:
                    return self._refusal(phase, reply)
        except _Broken as reason:
            return self._break("unsent", phase, str(reason), reason.code)
        return self._deliver(wire)

    def close(self) -> None:
        """Say goodbye where the conversation still stands, and close. Never raises; may be called again."""
        if self._usable:
            self._usable = False
            with contextlib.suppress(_Broken):
                self._line.patience = min(GOODBYE_SECONDS, self._relay.command_seconds)
                self._line.ask(b"QUIT\r\n")
        self._line.close()

    def _deliver(self, wire: bytes) -> Outcome:
        """Write the message and its dot, and read what the relay makes of it."""
        try:
            whole = self._line.write(wire, b".\r\n")
        except _Broken as reason:
            return self._break("ambiguous", Phase.DOT, str(reason))
        if not whole:
            return self._cut_off()
        try:
            reply = self._line.read(self._relay.dot_seconds)
        except _Broken as reason:
            return self._break("ambiguous", Phase.DOT, str(reason))
        if reply.code // 100 == 2:
            return _outcome("sent", Phase.DOT, reply, usable=True)
        if reply.code // 100 == 3:
            return self._break("ambiguous", Phase.DOT, _clean(reply.text), reply.code)
        # The relay has let go of the message, so there is nothing to reset.
        return self._refusal(Phase.DOT, reply, reset=False)

    def _cut_off(self) -> Outcome:
        """Say what became of a message that could not be written whole: what the relay said, if it said why."""
        try:
            reply = self._line.read(0.0)
        except _Broken:
            return self._break("unsent", Phase.DATA, "The connection broke while the message was written.")
        if reply.code // 100 in (4, 5):
            self._give_up()
        return self._refusal(Phase.DATA, reply, reset=False)

    def _refusal(self, phase: Phase, reply: _Reply, *, reset: bool = True) -> Outcome:
        """Say what a reply other than the wanted one means, and make the connection ready for the next message."""
        kind = reply.code // 100
        if kind not in (4, 5):
            return self._break("unsent", phase, _clean(reply.text), reply.code)
        if reply.code == 421 or (reset and not self._reset()):
            self._give_up()
        return _outcome("deferred" if kind == 4 else "failed", phase, reply, usable=self._usable)

    def _reset(self) -> bool:
        try:
            return self._line.ask(b"RSET\r\n").code // 100 == 2
        except _Broken:
            return False

    def _break(self, result: Result, phase: Phase, reply: str, code: int | None = None) -> Outcome:
        self._give_up()
        return Outcome(result, phase, code, "", reply, usable=False)

    def _give_up(self) -> None:
        """Close at once, without a QUIT that might be taken for a line of the message."""
        self._usable = False
        self._line.close()


class _Line(smtplib.SMTP):
    """The line itself: smtplib's EHLO and AUTH, our own reading and writing with a deadline and without mercy.

    smtplib takes half a line for a whole reply, waits its time-out anew for every byte, and cannot tell whether
    the dot had left when writing failed.
    """

    def __init__(self, relay: Relay) -> None:
        super().__init__(local_hostname=relay.name)
        self.patience = relay.connect_seconds
        self._buffer = b""
        self.sock = socket.create_connection((relay.host, relay.port), relay.connect_seconds)
        self._watch = select.poll()
        self._watch.register(self.sock, select.POLLIN)
        # A command waits for its answer: nothing is gained by waiting for more to send (Nagle).
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def secure(self, host: str) -> None:
        """Go over to TLS, and check the certificate against `host`."""
        if self._buffer:
            # What came in the clear must not be read as if it had come protected (CVE-2011-0411).
            raise _Broken("The relay spoke out of turn.")
        sock = self._open_sock()
        sock.settimeout(self.patience)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply for smtplib's own commands."""
        return self.read(self.patience)

    def ask(self, command: bytes) -> _Reply:
        """Send a command and return its reply. Raises _Broken."""
        self._require_silence()
        sock = self._open_sock()
        try:
            sock.settimeout(self.patience)
            sock.sendall(command)
        except OSError as reason:
            raise _Broken(_told(reason)) from reason
        return self.read(self.patience)

    def write(self, wire: bytes, dot: bytes) -> bool:
        """Write the message and its end. Return False if it broke before any of the dot can have left.

        Raises _Broken where the dot may have left. Over plain TCP a write that fails has written nothing; over TLS
        it may have written the record in hand.
        """
        try:
            self._require_silence()
            sock = self._open_sock()
        except _Broken:
            return False
        sock.settimeout(self.patience)
        block = memoryview(wire + dot)
        record = TLS_RECORD if isinstance(sock, ssl.SSLSocket) else 0
        deadline = time.monotonic() + self.patience
        gone = 0
        while gone < len(block):
            try:
                gone += sock.send(block[gone : gone + record] if record else block[gone:])
                if gone < len(block):
                    sock.settimeout(max(deadline - time.monotonic(), 0.001))
            except OSError as reason:
                if gone + record > len(wire):
                    raise _Broken(_told(reason)) from reason
                return False
        return True

    def read(self, seconds: float) -> _Reply:
        """Read one whole reply within so many seconds. Raises _Broken for half a one, and for what is none."""
        deadline = time.monotonic() + seconds
        lines: list[bytes] = []
        size = 0
        code = b""
        while True:
            end = self._buffer.find(b"\n") + 1
            if not end:
                self._fill(deadline)
                size = len(self._buffer) + sum(map(len, lines))
                if size > REPLY_BYTES:
                    raise _Broken("The relay's reply has no end.")
                continue
            line = _LINE.fullmatch(self._buffer, 0, end)
            if not line or (code and line[1] != code):
                raise _Broken(f"Not a reply: {_clean(self._buffer[:end])}")
            self._buffer = self._buffer[end:]
            code = line[1]
            lines.append(line[3] or b"")
            if line[2] != b"-":
                return _Reply(int(code), b"\n".join(lines))

    def _fill(self, deadline: float) -> None:
        sock = self._open_sock()
        try:
            # Never zero: what has arrived already is read even after the deadline, as after a stopped process.
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            more = sock.recv(8192)
        except OSError as reason:
            raise _Broken(_told(reason)) from reason
        if not more:
            raise _Broken("The relay closed the connection.")
        self._buffer += more

    def _open_sock(self) -> socket.socket:
        if self.sock is None:
            raise _Broken("The connection is closed.")
        return self.sock

    def _require_silence(self) -> None:
        """Raise _Broken if something waits unasked: it would be read as the reply to what we say next."""
        sock = self._open_sock()
        # Over TLS not the socket beneath: session tickets come there unasked and are no speech.
        waiting = sock.pending() if isinstance(sock, ssl.SSLSocket) else self._watch.poll(0)
        if waiting or self._buffer:
            reply = self.read(0.0)
            raise _Broken(f"The relay spoke out of turn: {reply.code} {_clean(reply.text)}", reply.code)


def _open(relay: Relay) -> _Line:
    """Connect, greet, protect and sign in. Raises Unavailable, naming the step that failed."""
    step = "connect"
    line: _Line | None = None
    try:
        line = _Line(relay)
        if relay.tls == "implicit":
            line.secure(relay.host)
        step = "banner"
        _require(line.read(relay.connect_seconds), 220)
        line.patience = relay.command_seconds
        step = "EHLO"
        _require(_Reply(*line.ehlo()), 250)
        if relay.tls == "starttls":
            step = "STARTTLS"
            _require(line.ask(b"STARTTLS\r\n"), 220)
            line.secure(relay.host)
            _require(_Reply(*line.ehlo()), 250)
        if relay.user:
            step = "AUTH"
            line.login(relay.user, relay.password)
    except smtplib.SMTPResponseException as reason:
        raise _unavailable(line, step, _clean(reason.smtp_error), reason.smtp_code) from reason
    except (smtplib.SMTPException, OSError, UnicodeError, _Broken) as reason:
        raise _unavailable(line, step, _told(reason)) from reason
    return line


def _require(reply: _Reply, code: int) -> None:
    if reply.code != code:
        raise smtplib.SMTPResponseException(reply.code, reply.text)


def _unavailable(line: _Line | None, step: str, told: str, code: int | None = None) -> Unavailable:
    if line:
        line.close()
    return Unavailable(code, f"{step}: {told}"[:REPLY_LENGTH])


def _outcome(result: Result, phase: Phase, reply: _Reply, *, usable: bool) -> Outcome:
    text = _clean(reply.text)
    status = _STATUS.match(text)
    # A status of another class than its code says nothing that can be relied on (RFC 2034, 4).
    named = status[0] if status and int(status[1]) == reply.code // 100 else ""
    return Outcome(result, phase, reply.code, named, text, usable)


def _clean(text: bytes | str) -> str:
    """Return what a stranger's server said as one short line without control characters."""
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(char for char in " ".join(told.split()) if char.isprintable())[:REPLY_LENGTH]


def _told(reason: Exception) -> str:
    return _clean(str(reason)) or type(reason).__name__
