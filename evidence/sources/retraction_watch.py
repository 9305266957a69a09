"""Reads the Retraction Watch list, row by row in bounded memory: its own CSV, or DOI and nature alone.

What each row says is yielded as it stands; which status follows is `evidence.status.status_of_natures`.
Credit: The Center for Scientific Integrity, Retraction Watch Database.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from evidence.identifiers import Identifier, IdentifierError, parse_doi, parse_pmid
from evidence.sources.dates import PartialDate, date_of_parts

LONGEST_LINE_BYTES = 1024 * 1024
_NOTHING = frozenset({"", "0", "unavailable", "n/a", "na", "none", "null"})
_NEEDED = frozenset({"originalpaperdoi", "retractionnature"})
_AMERICAN_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b")

# code -> (reason, way out). Pages translate by code; these are the English words.
_WORDS = {
    "not_the_list": (
        "The file does not begin with the columns OriginalPaperDOI and RetractionNature.",
        "Download the Retraction Watch CSV from Crossref anew.",
    ),
    "row_broken": ("The row cannot be read as CSV.", "Mend its quotes, or download the list anew."),
    "row_short": ("The row has fewer columns than the first line.", "Download the list anew."),
    "doi_unreadable": ("OriginalPaperDOI is not a DOI.", "Look the work up by the row's title."),
    "pmid_unreadable": ("OriginalPaperPubMedID is not a PMID.", "Look the work up by the row's title."),
    "no_identifier": ("The row names neither a DOI nor a PMID.", "Look the work up by the row's title."),
    "nature_missing": ("RetractionNature is empty.", "Look the notice up by the row's record number."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One row: a work by DOI or PMID, what befell it, and the notice that says so.

    `natures` are in lower case, such as `retraction` or `expression of concern`.
    """

    doi: str = ""
    pmid: str = ""
    natures: tuple[str, ...] = ()
    notice_doi: str = ""
    notice_pmid: str = ""
    date: PartialDate | None = None
    reasons: tuple[str, ...] = ()
    record_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingProblem:
    """A row that says nothing usable; `line` counts from 1 and is the row's last. The first line's is `final`."""

    line: int
    code: str
    detail: str = ""
    final: bool = False

    @property
    def reason(self) -> str:
        """What is wrong, in English."""
        return _WORDS[self.code][0]

    @property
    def way_out(self) -> str:
        """What an editor can do about it, in English."""
        return _WORDS[self.code][1]


def read_listings(stream: BinaryIO) -> Iterator[Listing | ListingProblem]:
    """Yield a listing or a problem for every row, in the file's order; never raises for what bytes hold.

    The layout is told by the column names, whatever their order; lines are UTF-8, or else Latin-1, as the
    list's own mixture is. "unavailable" and 0 mean that there is none.
    """
    rows = csv.reader(_lines(stream))
    names = _header(rows)
    if not set(names) >= _NEEDED:
        yield ListingProblem(line=1, code="not_the_list", detail=", ".join(names)[:80], final=True)
        return
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield ListingProblem(line=rows.line_num, code="row_broken", detail=str(error))
            continue
        if row is None:
            return
        if any(map(str.strip, row)):
            yield _read_row(names, row, rows.line_num)


def _lines(stream: BinaryIO) -> Iterator[str]:
    first = True
    while line := stream.readline(LONGEST_LINE_BYTES):
        try:
            text = line.decode("utf-8-sig" if first else "utf-8")
        except UnicodeDecodeError:
            text = line.decode("latin-1")
        first = False
        yield text.replace("\0", "")


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip().lower().replace(" ", "") for name in next(rows, [])]
    except csv.Error:
        return []


def _read_row(names: list[str], row: list[str], line: int) -> Listing | ListingProblem:
    # The list ends its lines with a comma in some years, so that rows may be longer than they need be.
    if len(row) < len(names) and any(names[len(row) :]):
        return ListingProblem(line=line, code="row_short", detail=", ".join(row)[:80])
    cells = {name: " ".join(cell.split()) for name, cell in zip(names, row, strict=False)}
    doi, doi_readable = _identifier(cells, "originalpaperdoi", parse_doi)
    pmid, pmid_readable = _identifier(cells, "originalpaperpubmedid", parse_pmid)
    natures = tuple(filter(None, (part.strip().lower() for part in cells["retractionnature"].split(";"))))
    if not (doi or pmid):
        code = "no_identifier" if doi_readable and pmid_readable else "doi_unreadable"
        code = "pmid_unreadable" if doi_readable and not pmid_readable else code
        return ListingProblem(line=line, code=code, detail=cells["originalpaperdoi"][:80])
    if not natures:
        return ListingProblem(line=line, code="nature_missing", detail=doi or pmid)
    return Listing(
        doi=doi,
        pmid=pmid,
        natures=natures,
        notice_doi=_identifier(cells, "retractiondoi", parse_doi)[0],
        notice_pmid=_identifier(cells, "retractionpubmedid", parse_pmid)[0],
        date=_date(cells.get("retractiondate", "")),
        reasons=tuple(filter(None, (part.strip(" +") for part in cells.get("reason", "").split(";")))),
        record_id=cells.get("recordid", ""),
    )


def _identifier(cells: Mapping[str, str], name: str, parse: Callable[[str], Identifier]) -> tuple[str, bool]:
    """Return the identifier of a column, and whether the column was readable or rightly empty."""
    text = cells.get(name, "")
    if text.lower() in _NOTHING:
        return "", True
    try:
        return parse(text).value, True
    except IdentifierError:
        return "", False


def _date(text: str) -> PartialDate | None:
    if american := _AMERICAN_DATE.match(text):
        month, day, year = american.groups()
    elif iso := _ISO_DATE.match(text):
        year, month, day = iso.groups()
    else:
        return None
    return date_of_parts(year, month, day)
