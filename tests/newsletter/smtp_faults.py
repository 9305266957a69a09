"""A relay that does what it is told, right or wrong, in any phase; it keeps every message that reached it whole.

`relay.next(Stage.RCPT, Fault.FAIL)` makes it refuse the next RCPT, `relay.next(Stage.DOT, b"452 4.2.2 full\\r\\n")`
gives the reply itself; without faults it is a plain, polite relay.
"""

import base64
import contextlib
import socketserver
import ssl
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

CERTIFICATE = Path(__file__).parent / "data" / "relay.pem"  # self-signed, for localhost, with its key
PIECE = 65536


class Stage(StrEnum):
    """Where the relay misbehaves: instead of answering, or (BODY) while the message is being written to it."""

    BANNER = "banner"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    RSET = "rset"


class Fault(StrEnum):
    """What it does instead."""

    DEFER = "a 4xx reply"
    FAIL = "a 5xx reply"
    CLOSING = "421 and gone"
    DROP = "gone without a word"
    SILENCE = "says nothing more"
    TRICKLE = "a reply of one byte now and then, for ever"
    HALF = "a reply without its line end, then gone"
    UNFINISHED = "the first line of several, then gone"
    CONTRADICTION = "a reply of two lines with two codes"
    GARBAGE = "a line that is no reply"
    ENDLESS = "a reply that never comes to an end"
    WRONG = "a good reply of another step"
    TWICE = "its reply twice over"


@dataclass(frozen=True)
class Received:
    """A message that arrived whole, dot included, whether or not that was said."""

    sender: str
    recipient: str
    wire: bytes

    @property
    def message(self) -> bytes:
        """What was sent before dots were stuffed (RFC 5321, 4.5.2)."""
        return b"\r\n".join(line.removeprefix(b".") for line in self.wire.split(b"\r\n"))


class _Gone(Exception):
    """The relay hangs up."""


class FaultyRelay(socketserver.ThreadingTCPServer):
    """The relay: a context manager listening on a port of its own at 127.0.0.1."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, *, tls: str = "", password: str = "", port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.host, self.port = "127.0.0.1", int(self.server_address[1])
        self.tls = tls
        self.password = password
        self.received: list[Received] = []
        self.commands: list[bytes] = []
        self.conversations = 0
        self.over = threading.Event()
        self._faults: dict[Stage, deque[Fault | bytes | None]] = defaultdict(deque)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def next(self, stage: Stage, *faults: Fault | bytes | None) -> Self:
        """Misbehave so the next times that stage is reached; None is one time of behaving well."""
        self._faults[stage].extend(faults)
        return self

    def take(self, stage: Stage) -> Fault | bytes | None:
        """Return what to do wrong now."""
        return self._faults[stage].popleft() if self._faults[stage] else None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Conversation(socketserver.StreamRequestHandler):
    """One client's conversation, in a thread."""

    server: FaultyRelay
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.conversations += 1

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # over TLS it is not the socket that the server closes

    def handle(self) -> None:
        with contextlib.suppress(_Gone, OSError, ValueError):
            if self.server.tls == "implicit":
                self._go_over_to_tls()
            self._answer(Stage.BANNER, b"220 relay.example ESMTP")
            while True:
                self._obey(self._read_line())

    def _obey(self, line: bytes) -> None:
        self.server.commands.append(line.rstrip(b"\r\n"))
        verb = line[:4].upper().strip()
        if verb == b"EHLO":
            self._answer(
                Stage.EHLO, b"250-relay.example\r\n250-SIZE 0\r\n" + self._features() + b"250 8BITMIME"
            )
        elif verb == b"STAR" and self.server.tls == "starttls":
            self._answer(Stage.STARTTLS, b"220 2.0.0 go ahead")
            self._go_over_to_tls()
        elif verb == b"AUTH":
            self._check_password(line)
        elif verb == b"MAIL":
            self.sender = line[line.index(b"<") + 1 : line.rindex(b">")].decode()
            self._answer(Stage.MAIL, b"250 2.1.0 sender ok")
        elif verb == b"RCPT":
            self.recipient = line[line.index(b"<") + 1 : line.rindex(b">")].decode()
            self._answer(Stage.RCPT, b"250 2.1.5 recipient ok")
        elif verb == b"DATA":
            if self._answer(Stage.DATA, b"354 go ahead"):
                self._take_message()
        elif verb == b"RSET":
            self._answer(Stage.RSET, b"250 2.0.0 forgotten")
        elif verb == b"QUIT":
            self._say(b"221 2.0.0 bye\r\n")
            raise _Gone
        else:
            self._say(b"500 5.5.2 what?\r\n")

    def _take_message(self) -> None:
        if fault := self.server.take(Stage.BODY):
            self.rfile.read1(1000)
            self._misbehave(fault, b"250 2.0.0 taken")
            # A server that answers before the dot hangs up: it would take the rest for commands.
            raise _Gone
        lines: list[bytes] = []
        while (line := self._read_line()) != b".\r\n":
            lines.append(line)
        self.server.received.append(Received(self.sender, self.recipient, b"".join(lines)))
        self._answer(Stage.DOT, b"250 2.0.0 taken")

    def _answer(self, stage: Stage, reply: bytes) -> bool:
        """Reply as a relay should, and return True, unless a fault is due."""
        if fault := self.server.take(stage):
            self._misbehave(fault, reply)
            return False
        self._say(reply + b"\r\n")
        return True

    def _misbehave(self, fault: Fault | bytes, good: bytes) -> None:
        if isinstance(fault, bytes):
            self._say(fault)
            return
        said = {
            Fault.DEFER: b"450 4.2.1 try later\r\n",
            Fault.FAIL: b"550 5.7.1 never\r\n",
            Fault.CLOSING: b"421 4.3.2 shutting down\r\n",
            Fault.DROP: b"",
            Fault.SILENCE: b"",
            Fault.TRICKLE: b"250-",
            Fault.HALF: good,
            Fault.UNFINISHED: good[:3] + b"-and more\r\n",
            Fault.CONTRADICTION: good[:3] + b"-well\r\n550 no\r\n",
            Fault.GARBAGE: b"\x00\xff what was that?\r\n",
            Fault.ENDLESS: (good[:3] + b"-and so on\r\n") * 20_000,
            Fault.WRONG: b"250 2.0.0 ok\r\n" if good.startswith(b"354") else b"354 go ahead\r\n",
            Fault.TWICE: good + b"\r\n" + good + b"\r\n",
        }[fault]
        self._say(said)
        if fault is Fault.TRICKLE:
            while not self.server.over.wait(0.02):
                self._say(b"x")
        if fault is Fault.SILENCE:
            self.server.over.wait()
        if fault in {Fault.CLOSING, Fault.DROP, Fault.SILENCE, Fault.HALF, Fault.UNFINISHED}:
            raise _Gone

    def _features(self) -> bytes:
        tls = b"250-STARTTLS\r\n" if self.server.tls == "starttls" else b""
        return tls + (b"250-AUTH PLAIN\r\n" if self.server.password else b"")

    def _check_password(self, line: bytes) -> None:
        given = base64.b64decode(line.split()[-1]).split(b"\0")[-1].decode()
        if given == self.server.password:
            self._answer(Stage.AUTH, b"235 2.7.0 welcome")
        else:
            self._say(b"535 5.7.8 bad credentials\r\n")

    def _go_over_to_tls(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.request = self.connection = context.wrap_socket(self.request, server_side=True)
        self.rfile = self.connection.makefile("rb")

    def _say(self, reply: bytes) -> None:
        self.connection.sendall(reply)

    def _read_line(self) -> bytes:
        line = self.rfile.readline(PIECE)
        if not line.endswith(b"\n"):
            raise _Gone
        return line
