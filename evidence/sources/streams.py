"""Opens what an editor brings: plain or gzipped, in any usual encoding, as bytes, lines or one text.

What the text means is each format's own module.
"""

import codecs
import gzip
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 64 * 1024
# No real line (an abstract, a list of affiliations) comes near; neither does a library read at once.
LONGEST_LINE_BYTES = 4 * 1024 * 1024
LONGEST_TEXT_BYTES = 64 * 1024 * 1024


class TooLong(ValueError):
    """A line or a text is longer than any real one; `args[0]` is the number of the line, or 0."""


class Readable(Protocol):
    """Whatever gives its bytes a piece at a time."""

    def read(self, size: int, /) -> bytes: ...


class Rejoined:
    """A stream whose first bytes were read to look at them; works on pipes, which cannot seek."""

    def __init__(self, first: bytes, rest: Readable) -> None:
        self._first = first
        self._rest = rest

    def starts_with(self, magic: bytes) -> bool:
        """Whether the bytes looked at begin so."""
        return self._first.startswith(magic)

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """Return up to `size` bytes, those looked at first."""
        if self._first:
            taken, self._first = self._first[:size], self._first[size:]
            return taken
        return self._rest.read(size)


def opened(stream: Readable) -> Rejoined | gzip.GzipFile:
    """Return the stream, decompressed when its first bytes say that it is gzipped."""
    whole = Rejoined(stream.read(CHUNK_BYTES), stream)
    if whole.starts_with(GZIP_MAGIC):
        return gzip.GzipFile(fileobj=cast("BinaryIO", whole))
    return whole


def text_lines(stream: Readable) -> Iterator[tuple[int, str]]:
    """Yield numbered lines without their ends. Raises `TooLong`."""
    first = stream.read(CHUNK_BYTES)
    pieces = _pieces(first, stream)
    if (encoding := _wide_encoding(first)) is not None:
        pieces = (text.encode() for text in codecs.iterdecode(pieces, encoding, "replace"))
    old_mac = b"\r" in first and b"\n" not in first
    for number, line in enumerate(_split(pieces, b"\r" if old_mac else b"\n"), start=1):
        yield number, decoded(line)


def whole_text(stream: Readable) -> str:
    """Return everything as one text. Raises `TooLong`."""
    held = b""
    parts: list[bytes] = []
    size = 0
    while held := stream.read(CHUNK_BYTES):
        parts.append(held)
        size += len(held)
        if size > LONGEST_TEXT_BYTES:
            raise TooLong(0)
    data = b"".join(parts)
    encoding = _wide_encoding(data)
    return data.decode(encoding, "replace").lstrip("\ufeff") if encoding else decoded(data)


def decoded(data: bytes) -> str:
    """Read bytes as UTF-8, or as Windows-1252, which older programs write without saying so."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _wide_encoding(first: bytes) -> str | None:
    return "utf-16" if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _pieces(first: bytes, stream: Readable) -> Iterator[bytes]:
    while first:
        yield first
        first = stream.read(CHUNK_BYTES)


def _split(pieces: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    rest: list[bytes] = []
    held = number = 0
    for piece in pieces:
        *lines, last = piece.split(end)
        for line in lines:
            number += 1
            yield b"".join([*rest, line]).rstrip(b"\r")
            rest, held = [], 0
        rest.append(last)
        held += len(last)
        if held > LONGEST_LINE_BYTES:
            raise TooLong(number + 1)
    if last_line := b"".join(rest):
        yield last_line.rstrip(b"\r")
