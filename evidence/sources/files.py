"""Tells by its content which format a file of references has, and reads it with that format's reader.

The name of a file says nothing here: editors' programs name RIS `.txt` and BibTeX `.ris`.
"""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from evidence.sources.bibtex import read_bibtex
from evidence.sources.csl import read_csl
from evidence.sources.nbib import read_nbib
from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import Parsed, read_pubmed
from evidence.sources.ris import read_ris
from evidence.sources.streams import CHUNK_BYTES, Rejoined, decoded, opened

_READERS = {
    "pubmed": read_pubmed,
    "nbib": read_nbib,
    "ris": read_ris,
    "csl": read_csl,
    "bibtex": read_bibtex,
}
_FORMATS = (
    ("ris", re.compile(r"^\s*TY {1,2}- ?[A-Z]", re.MULTILINE)),
    ("nbib", re.compile(r"^(?:PMID|OWN |STAT|TI  |FAU |AU  )- ", re.MULTILINE)),
    ("bibtex", re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]|^\s*@\s*$", re.MULTILINE)),
)
_PAGE = re.compile(r"<!doctype html|<html", re.IGNORECASE)


def read_references(stream: BinaryIO) -> Iterator[Parsed]:
    """Yield records, deletions and problems of PubMed XML, NBIB, RIS, CSL-JSON or BibTeX, plain or gzipped.

    Never raises for what the bytes hold: content of another kind is one problem that says what is read.
    """
    try:
        whole = opened(stream)
        first = whole.read(CHUNK_BYTES)
        found = format_of(first)
        if isinstance(found, ParseProblem):
            yield found
            return
        yield from _READERS[found](cast("BinaryIO", Rejoined(first, whole)))
    except (OSError, EOFError, zlib.error) as error:
        yield ParseProblem(code="broken_gzip", detail=str(error), final=True)


def format_of(first: bytes) -> str | ParseProblem:
    """Name the format of a file by its first bytes: pubmed, nbib, ris, csl or bibtex."""
    wide = first[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = (first[: len(first) // 2 * 2].decode("utf-16", "replace") if wide else decoded(first)).lstrip()
    if not text.strip("\x00 \r\n\t"):
        return ParseProblem(code="empty", final=True)
    if _PAGE.search(text[:1000]):
        return ParseProblem(code="web_page", line=1, final=True)
    if text.startswith(("<", "\x00<")):
        return "pubmed"
    if text.startswith(("[", "{")):
        return "csl"
    places = [(found.start(), name) for name, pattern in _FORMATS if (found := pattern.search(text))]
    if places:
        return min(places)[1]
    return ParseProblem(code="unknown_format", line=1, detail=text[:60].splitlines()[0], final=True)
