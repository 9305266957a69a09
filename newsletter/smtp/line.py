"""The line to a relay: writing and reading with a deadline, and without mercy for half a reply."""

import re
import select
import smtplib
import socket
import ssl
import time
from typing import NamedTuple

REPLY_LENGTH = 500  # characters of a reply that are kept
REPLY_BYTES = 64 * 1024  # a relay that says more than this in one reply says nothing
TLS_RECORD = 16 * 1024  # bytes; OpenSSL writes one such record at a time

# RFC 5321, 4.2: three digits, then a hyphen where another line follows. A line without text is allowed.
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n]*))?\r?\n")


class Reply(NamedTuple):
    code: int
    text: bytes


class Broken(Exception):
    """The conversation broke: dropped, timed out or not SMTP any more. Its text says which."""

    def __init__(self, told: str, code: int | None = None) -> None:
        super().__init__(told)
        self.code = code


class Line(smtplib.SMTP):
    """smtplib's EHLO and AUTH over a reading and a writing of our own.

    smtplib takes half a line for a whole reply, waits its time-out anew for every byte, and cannot tell whether
    the dot had left when writing failed.
    """

    def __init__(self, host: str, port: int, *, name: str, patience: float) -> None:
        """Connect within `patience` seconds, which is also how long a reply is waited for until it is changed."""
        super().__init__(local_hostname=name)
        self.patience = patience
        self._buffer = b""
        self.sock = socket.create_connection((host, port), patience)
        self._watch = select.poll()
        self._watch.register(self.sock, select.POLLIN)
        # A command waits for its answer: nothing is gained by waiting for more to send (Nagle).
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def secure(self, host: str) -> None:
        """Go over to TLS, and check the certificate against `host`."""
        if self._buffer:
            # What came in the clear must not be read as if it had come protected (CVE-2011-0411).
            raise Broken("The relay spoke out of turn.")
        sock = self._open_sock()
        sock.settimeout(self.patience)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply for smtplib's own commands."""
        return self.read(self.patience)

    def ask(self, command: bytes) -> Reply:
        """Send a command and return its reply. Raises Broken."""
        if self._speaks():
            reply = self.read(0.0)
            raise Broken(f"The relay spoke out of turn: {reply.code} {clean(reply.text)}", reply.code)
        sock = self._open_sock()
        try:
            sock.settimeout(self.patience)
            sock.sendall(command)
        except OSError as reason:
            raise Broken(told(reason)) from reason
        return self.read(self.patience)

    def write(self, wire: bytes, dot: bytes) -> bool:
        """Write the message and its end. Return False if it broke before any of the dot can have left.

        Raises Broken where the dot may have left. Over plain TCP a write that fails has written nothing; over TLS
        it may have written the record in hand.
        """
        if self._speaks():
            return False
        sock = self._open_sock()
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
                    raise Broken(told(reason)) from reason
                return False
        return True

    def read(self, seconds: float) -> Reply:
        """Read one whole reply within so many seconds. Raises Broken for half a one, and for what is none."""
        deadline = time.monotonic() + seconds
        lines: list[bytes] = []
        code = b""
        while True:
            end = self._buffer.find(b"\n") + 1
            if not end:
                self._fill(deadline)
                if len(self._buffer) + sum(map(len, lines)) > REPLY_BYTES:
                    raise Broken("The relay's reply has no end.")
                continue
            line = _LINE.fullmatch(self._buffer, 0, end)
            if not line or (code and line[1] != code):
                raise Broken(f"Not a reply: {clean(self._buffer[:end])}")
            self._buffer = self._buffer[end:]
            code = line[1]
            lines.append(line[3] or b"")
            if line[2] != b"-":
                return Reply(int(code), b"\n".join(lines))

    def _fill(self, deadline: float) -> None:
        sock = self._open_sock()
        try:
            # Never zero: what has arrived already is read even after the deadline, as after a stopped process.
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            more = sock.recv(8192)
        except OSError as reason:
            raise Broken(told(reason)) from reason
        if not more:
            raise Broken("The relay closed the connection.")
        self._buffer += more

    def _open_sock(self) -> socket.socket:
        if self.sock is None:
            raise Broken("The connection is closed.")
        return self.sock

    def _speaks(self) -> bool:
        """Say whether something waits unasked: it would be read as the reply to what we say next."""
        sock = self._open_sock()
        if isinstance(sock, ssl.SSLSocket):
            # Not the socket beneath: session tickets come there unasked and are no speech.
            return bool(self._buffer or sock.pending())
        return bool(self._buffer or self._watch.poll(0))


def clean(text: bytes | str) -> str:
    """Return what a stranger's server said as one short line without control characters."""
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(char for char in " ".join(told.split()) if char.isprintable())[:REPLY_LENGTH]


def told(reason: Exception) -> str:
    return clean(str(reason)) or type(reason).__name__
