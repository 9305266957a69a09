"""Reads PubMed XML, plain or gzipped, one record at a time in bounded memory.

What is good is yielded, what is not is yielded as a problem that says where; nothing is fetched or
saved, and the mapping of one record's fields is `pubmed_fields`.
"""

import io
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed_fields import RecordError, pmid_of, record_of
from evidence.sources.pubmed_parts import text_of
from evidence.sources.records import WorkRecord
from evidence.sources.streams import CHUNK_BYTES, opened

# The longest real records, with thousands of references or investigators, stay under 4 MB.
LONGEST_RECORD_BYTES = 16 * 1024 * 1024

_RECORDS = frozenset({"PubmedArticle", "PubmedBookArticle", "MedlineCitation", "DeleteCitation"})
_SETS = frozenset({"PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet"})


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """A PMID that PubMed has withdrawn from its database (DeleteCitation of an update file)."""

    pmid: str
    pmid_version: int = 1


Parsed = WorkRecord | DeletedRecord | ParseProblem


@dataclass(frozen=True, slots=True)
class PubmedBatch:
    """A whole small answer, sorted into what was read and what was not."""

    records: tuple[WorkRecord, ...]
    deleted: tuple[DeletedRecord, ...]
    problems: tuple[ParseProblem, ...]


def parse_pubmed(data: bytes) -> PubmedBatch:
    """Read a whole answer at once; never raises for what the bytes hold."""
    found = tuple(read_pubmed(io.BytesIO(data)))
    return PubmedBatch(
        records=tuple(item for item in found if isinstance(item, WorkRecord)),
        deleted=tuple(item for item in found if isinstance(item, DeletedRecord)),
        problems=tuple(item for item in found if isinstance(item, ParseProblem)),
    )


def read_pubmed(stream: BinaryIO) -> Iterator[Parsed]:
    """Yield records, deletions and problems in file order, holding one record in memory at a time.

    Compressed input is told by its first bytes, not by its name. After a broken place the records
    before it have been yielded, and a final problem says line, column and record.
    """
    reading = _Reading(stream)
    yield from reading.run()


@dataclass(slots=True)
class _Found:
    element: Element
    line: int
    column: int
    ordinal: int


class _RecordTarget:
    """Builds only the elements of one record at a time, and remembers where each began."""

    def __init__(self) -> None:
        self.parser: DefusedXMLParser | None = None
        self.root = ""
        self.error_text = ""
        self.ordinal = 0
        self.begun_at = 0
        self.waiting: deque[_Found] = deque()
        self._builder: TreeBuilder | None = None
        self._place = (0, 0)
        self._depth = 0
        self._in_error = False

    @property
    def inside_record(self) -> bool:
        return self._builder is not None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        if self._builder is None:
            self._in_error = tag.upper() == "ERROR"
            if tag not in _RECORDS:
                return
            self._begin()
        self._depth += 1
        cast("TreeBuilder", self._builder).start(tag, attributes)

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)
        elif self._in_error and len(self.error_text) < 500:
            self.error_text += text

    def end(self, tag: str) -> None:
        self._in_error = False
        if self._builder is None:
            return
        self._builder.end(tag)
        self._depth -= 1
        if self._depth == 0:
            self.waiting.append(_Found(self._builder.close(), *self._place, self.ordinal))
            self._builder = None

    def close(self) -> None:
        """Nothing is left to build: every record was handed over at its own end."""

    def _begin(self) -> None:
        expat = cast("DefusedXMLParser", self.parser).parser
        self._place = (expat.CurrentLineNumber, expat.CurrentColumnNumber)
        self.begun_at = expat.CurrentByteIndex
        self.ordinal += 1
        self._builder = TreeBuilder()


class _Reading:
    """One pass over one stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = opened(stream)
        self._target = _RecordTarget()
        self._parser = DefusedXMLParser(target=self._target)
        self._target.parser = self._parser
        self._skipped_lines = 0
        self._fed = 0

    def run(self) -> Iterator[Parsed]:
        try:
            first = self._first_chunk()
            if unsuitable := _unsuitable(first):
                yield unsuitable
                return
            yield from self._records(first)
        except (OSError, EOFError, zlib.error) as error:
            yield from self._drain()
            yield self._stopped("broken_gzip", str(error))

    def _first_chunk(self) -> bytes:
        """Return the first bytes that are not blank; expat refuses blanks before the declaration."""
        while chunk := self._stream.read(CHUNK_BYTES):
            kept = chunk.lstrip(b" \t\r\n")
            self._skipped_lines += chunk[: len(chunk) - len(kept)].count(b"\n")
            if kept:
                return kept
        return b""

    def _records(self, chunk: bytes) -> Iterator[Parsed]:
        try:
            while chunk:
                self._fed += len(chunk)
                self._parser.feed(chunk)
                yield from self._drain()
                if self._unfinished_bytes() > LONGEST_RECORD_BYTES:
                    yield self._stopped("record_too_long")
                    return
                chunk = self._stream.read(CHUNK_BYTES)
            self._parser.close()
        except ParseError as error:
            yield from self._drain()
            yield self._stopped("broken_xml", str(error.msg).partition(":")[0], *error.position)
            return
        except DefusedXmlException as error:
            yield from self._drain()
            yield self._stopped("entities", type(error).__name__)
            return
        except (LookupError, ValueError) as error:
            yield from self._drain()
            yield self._stopped("encoding", str(error))
            return
        yield from self._without_records()

    def _unfinished_bytes(self) -> int:
        """Bytes held for a record, or for a tag, whose end has not come yet."""
        begun = self._target.begun_at if self._target.inside_record else self._parser.parser.CurrentByteIndex
        return self._fed - int(begun)

    def _drain(self) -> Iterator[Parsed]:
        while self._target.waiting:
            yield from _mapped(self._target.waiting.popleft(), self._skipped_lines)

    def _stopped(self, code: str, detail: str = "", line: int = 0, column: int = 0) -> ParseProblem:
        expat = self._parser.parser
        line, column = (line, column) if line else (expat.CurrentLineNumber, expat.CurrentColumnNumber)
        within = self._target.inside_record
        return ParseProblem(
            code=code,
            line=line + self._skipped_lines,
            column=column,
            ordinal=self._target.ordinal if within else self._target.ordinal + 1,
            detail=detail,
            final=True,
        )

    def _without_records(self) -> Iterator[ParseProblem]:
        error = " ".join(self._target.error_text.split())
        if error:
            yield ParseProblem(code="error_answer", detail=error, final=True)
        elif not self._target.ordinal:
            code = "no_records" if self._target.root in _SETS else "other_xml"
            yield ParseProblem(code=code, detail=self._target.root, final=True)


def _unsuitable(first: bytes) -> ParseProblem | None:
    """Name what the file is when it is plainly not XML of PubMed's."""
    head = first[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = head[:200].lower()
    if not head:
        return ParseProblem(code="empty", final=True)
    if lowered.startswith((b"<html", b"<!doctype html")) or (b"<html" in lowered and b"<?xml" in lowered):
        return ParseProblem(code="html", line=1, final=True)
    if lowered.startswith((b"pmid-", b"own -", b"stat-")):
        return ParseProblem(code="nbib", line=1, final=True)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head.startswith((b"<", b"\x00<", b"<\x00")):
        return None
    shown = head[:60].decode("utf-8", "replace").splitlines()
    return ParseProblem(code="not_xml", line=1, detail=shown[0] if shown else "", final=True)


def _mapped(found: _Found, skipped_lines: int) -> Iterator[Parsed]:
    """Map one built element; what is odd about it becomes a problem of that record alone."""
    line = found.line + skipped_lines
    try:
        if found.element.tag == "DeleteCitation":
            yield from _deletions(found, line)
            return
        yield record_of(found.element)
    except RecordError as error:
        yield ParseProblem(
            code=str(error),
            line=line,
            column=found.column,
            ordinal=found.ordinal,
            pmid=_pmid_shown(found.element),
        )


def _deletions(found: _Found, line: int) -> Iterator[Parsed]:
    for held in found.element.findall("PMID"):
        holder = Element("DeleteCitation")
        holder.append(held)
        try:
            yield DeletedRecord(*pmid_of(holder))
        except RecordError as error:
            yield ParseProblem(
                code=str(error), line=line, column=found.column, pmid=(held.text or "").strip()
            )


def _pmid_shown(element: Element) -> str:
    """Whatever stands where the record's own PMID belongs, so that an editor can find it."""
    own = (
        "PMID",
        "MedlineCitation/PMID",
        "BookDocument/PMID",
        "PubmedData/ArticleIdList/ArticleId[@IdType='pubmed']",
    )
    return next((text for path in own if (text := text_of(element, path))), "")
