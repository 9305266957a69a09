"""One conversation with a relay: connecting, and one message at a time. See newsletter/smtp/__init__.py."""

import contextlib
import re
import smtplib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from django.conf import settings

from newsletter.smtp.line import REPLY_LENGTH, Broken, Line, Reply, clean, told

Result = Literal["sent", "deferred", "failed", "ambiguous", "unsent"]

GOODBYE_SECONDS = 2.0
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
            return self._no_address(Phase.MAIL, "5.1.7")
        if not _ADDRESS.fullmatch(recipient):
            return self._no_address(Phase.RCPT, "5.1.3")
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
        except Broken as reason:
            return self._break("unsent", phase, str(reason), reason.code)
        return self._deliver(wire)

    def close(self) -> None:
        """Say goodbye where the conversation still stands, and close. Never raises; may be called again."""
        if self._usable:
            self._usable = False
            with contextlib.suppress(Broken):
                self._line.patience = min(GOODBYE_SECONDS, self._relay.command_seconds)
                self._line.ask(b"QUIT\r\n")
        self._line.close()

    def _deliver(self, wire: bytes) -> Outcome:
        """Write the message and its dot, and read what the relay makes of it."""
        try:
            whole = self._line.write(wire, b".\r\n")
        except Broken as reason:
            return self._break("ambiguous", Phase.DOT, str(reason))
        if not whole:
            return self._cut_off()
        try:
            reply = self._line.read(self._relay.dot_seconds)
        except Broken as reason:
            return self._break("ambiguous", Phase.DOT, str(reason))
        if reply.code // 100 == 2:
            return _outcome("sent", Phase.DOT, reply, usable=True)
        if reply.code // 100 == 3:
            return self._break("ambiguous", Phase.DOT, clean(reply.text), reply.code)
        # The relay has let go of the message, so there is nothing to reset.
        return self._refusal(Phase.DOT, reply, reset=False)

    def _cut_off(self) -> Outcome:
        """Say what became of a message that could not be written whole: what the relay said, if it said why."""
        try:
            reply = self._line.read(0.0)
        except Broken:
            return self._break("unsent", Phase.DATA, "The connection broke while the message was written.")
        if reply.code // 100 in (4, 5):
            self._give_up()
        return self._refusal(Phase.DATA, reply, reset=False)

    def _refusal(self, phase: Phase, reply: Reply, *, reset: bool = True) -> Outcome:
        """Say what a reply other than the wanted one means, and make the connection ready for the next message."""
        kind = reply.code // 100
        if kind not in (4, 5):
            return self._break("unsent", phase, clean(reply.text), reply.code)
        if reply.code == 421 or (reset and not self._reset()):
            self._give_up()
        return _outcome("deferred" if kind == 4 else "failed", phase, reply, usable=self._usable)

    def _no_address(self, phase: Phase, status: str) -> Outcome:
        return Outcome("failed", phase, None, status, "An envelope cannot hold this address.", self._usable)

    def _reset(self) -> bool:
        try:
            return self._line.ask(b"RSET\r\n").code // 100 == 2
        except Broken:
            return False

    def _break(self, result: Result, phase: Phase, reply: str, code: int | None = None) -> Outcome:
        self._give_up()
        return Outcome(result, phase, code, "", reply, usable=False)

    def _give_up(self) -> None:
        """Close at once, without a QUIT that might be taken for a line of the message."""
        self._usable = False
        self._line.close()


def _open(relay: Relay) -> Line:
    """Connect, greet, protect and sign in. Raises Unavailable, naming the step that failed."""
    step = "connect"
    line: Line | None = None
    try:
        line = Line(relay.host, relay.port, name=relay.name, patience=relay.connect_seconds)
        if relay.tls == "implicit":
            line.secure(relay.host)
        step = "banner"
        _require(line.read(relay.connect_seconds), 220)
        line.patience = relay.command_seconds
        step = "EHLO"
        _require(Reply(*line.ehlo()), 250)
        if relay.tls == "starttls":
            step = "STARTTLS"
            _require(line.ask(b"STARTTLS\r\n"), 220)
            line.secure(relay.host)
            _require(Reply(*line.ehlo()), 250)
        if relay.user:
            step = "AUTH"
            line.login(relay.user, relay.password)
    except smtplib.SMTPResponseException as reason:
        raise _unavailable(line, step, clean(reason.smtp_error), reason.smtp_code) from reason
    except (smtplib.SMTPException, OSError, UnicodeError, Broken) as reason:
        raise _unavailable(line, step, told(reason)) from reason
    return line


def _require(reply: Reply, code: int) -> None:
    if reply.code != code:
        raise smtplib.SMTPResponseException(reply.code, reply.text)


def _unavailable(line: Line | None, step: str, reply: str, code: int | None = None) -> Unavailable:
    if line:
        line.close()
    return Unavailable(code, f"{step}: {reply}"[:REPLY_LENGTH])


def _outcome(result: Result, phase: Phase, reply: Reply, *, usable: bool) -> Outcome:
    text = clean(reply.text)
    status = _STATUS.match(text)
    # A status of another class than its code says nothing that can be relied on (RFC 2034, 4).
    named = status[0] if status and int(status[1]) == reply.code // 100 else ""
    return Outcome(result, phase, reply.code, named, text, usable)
