"""Reads and writes RIS, the tagged form of EndNote, Zotero and most databases; rispy reads its lines.

Which fields come back is `carried`; PubMed's own tagged form is `nbib`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from rispy import RisParser

from evidence.sources.carried import (
    BOOKISH,
    PREPRINT,
    Form,
    abstract_of,
    book_of,
    carried,
    issns_of,
    keywords_of,
    numbered,
    pages_in,
    remarks_of,
    year_dated,
)
from evidence.sources.dates import PartialDate
from evidence.sources.names import inverted, name_in, without_et_al
from evidence.sources.problems import ParseProblem
from evidence.sources.records import Author, Book, Journal, Pages, WorkRecord
from evidence.sources.streams import Readable, TooLong, text_lines
from evidence.sources.wording import (
    date_worded,
    doi_address,
    doi_in,
    iso_year,
    noted,
    pmcid_in,
    pmid_in,
    split_list,
    tidy,
    title_of,
    wording_of,
)

FORM = Form(source="ris", commas_in_groups=False)
_TYPE_OF_KIND = {
    "article": "JOUR", "preprint": "UNPB", "book": "BOOK", "chapter": "CHAP", "report": "RPRT",
    "thesis": "THES", "conference": "CPAPER", "dataset": "DATA", "webpage": "ELEC", "other": "GEN",
}  # fmt: skip
_KIND_OF_TYPE = {kind: name for name, kind in _TYPE_OF_KIND.items()} | {
    "EJOUR": "article", "JFULL": "article", "MGZN": "article", "NEWS": "article", "INPR": "article",
    "ABST": "article", "EBOOK": "book", "EDBOOK": "book", "CLSWK": "book", "ECHAP": "chapter", "DICT": "chapter",
    "ENCYC": "chapter", "GOVDOC": "report", "STAND": "report", "CONF": "conference", "DBASE": "dataset",
    "BLOG": "webpage", "WEB": "webpage", "UNPB": "other",
}  # fmt: skip
_TAGS = (
    *("TY", "A2", "A3", "AB", "AN", "AU", "C1", "C2", "C7", "CY", "DA", "DB", "DO", "DP", "ED", "ET", "ID"),
    *("IS", "J2", "JO", "KW", "L1", "LA", "M3", "N1", "PB", "PY", "SN", "SP", "EP", "T2", "T3", "TI", "TT"),
    *("U1", "UR", "VL"),
)
# Older and vendors' tags -> the tag of the same meaning.
_SAME = {
    "A1": "AU", "BT": "T2", "CT": "TI", "CP": "IS", "JA": "J2", "J1": "J2", "JF": "T2", "L2": "UR", "N2": "AB",
    "PP": "CY", "T1": "TI", "U2": "N1", "U3": "N1", "Y1": "PY",
}  # fmt: skip
_STARTS = re.compile(r"TY  ?- ?")
_ENDS = re.compile(r"ER  ?-.*")
_DATE = re.compile(r"\s*(\d{4})?\s*(?:/(\d{0,2})(?:/(\d{0,2})(?:/(.*))?)?)?\s*", re.ASCII)
_MEDLINE = re.compile(r"pubmed|medline|\bNLM\b", re.IGNORECASE)

# Every value stays under its tag in order, so that A1 and AU are one list. A title goes on in its next
# line, a list does not: there each line is a member.
_PARSER = RisParser(
    mapping={tag: tag for tag in _TAGS} | _SAME,
    list_tags=[
        *("AU", "A1", "A2", "A3", "ED", "KW", "LA", "SN", "UR", "L1", "L2", "N1", "U1", "U2", "U3"),
        *("C1", "C2", "ID", "AN"),
    ],
    delimiter_tags_mapping={},
    skip_unknown_tags=True,
)

Fields = dict[str, list[str]]


def read_ris(stream: BinaryIO) -> Iterator[WorkRecord | ParseProblem]:
    """Yield records and problems in file order, one at a time; never raises for what the bytes hold."""
    ordinal = 0
    try:
        for ordinal, (line, lines, ended) in enumerate(_blocks(stream), start=1):
            yield _read(line, lines, ordinal, ended=ended)
    except TooLong as error:
        yield ParseProblem(code="record_too_long", line=error.args[0], ordinal=ordinal + 1, final=True)
        return
    if not ordinal:
        yield ParseProblem(code="no_references", final=True)


def write_ris(records: Iterable[WorkRecord]) -> str:
    """Write records with the tags that EndNote and Zotero read; `mapped` says what is carried."""
    return "\n".join(_written(mapped(record)) for record in records)


def mapped(record: WorkRecord) -> WorkRecord:
    """Return what RIS carries of a record, as reading it again gives it."""
    return carried(record, FORM)


def _blocks(stream: Readable) -> Iterator[tuple[int, list[str], bool]]:
    """Yield each record's first line number, its lines, and whether its end was there."""
    begun, lines = 0, [""]
    for number, line in text_lines(stream):
        plain = line.strip()
        if _STARTS.match(plain):
            if begun:
                yield begun, lines, True
            begun, lines = number, [plain]
        elif begun and _ENDS.fullmatch(plain):
            yield begun, lines, True
            begun = 0
        elif begun and plain:
            lines.append(_spaced(plain))
    if begun:
        yield begun, lines, False


def _spaced(line: str) -> str:
    """Give a tag its two spaces: some programs write one."""
    return re.sub(r"^([A-Z][A-Z0-9]) ?-(?= |$)", r"\1  -", line)


def _read(line: int, lines: list[str], ordinal: int, *, ended: bool) -> WorkRecord | ParseProblem:
    if not ended:
        return ParseProblem(code="broken_off", line=line, ordinal=ordinal, final=True)
    found = _PARSER.parse("\n".join([_spaced(lines[0]), *lines[1:], "ER  - "]))
    fields: Fields = {
        tag: [value for value in (held if isinstance(held, list) else [held]) if value.strip()]
        for tag, held in (found[0] if found else {}).items()
    }
    record = _record(fields)
    if not (record.title or record.doi or record.pmid):
        return ParseProblem(code="nothing_stated", line=line, ordinal=ordinal)
    return record


def _record(fields: Fields) -> WorkRecord:
    kind = _kind(fields)
    doi, doi_spelled = doi_in(_first(fields, "DO"), doi_address(*fields.get("UR", ())), _noted(fields, "doi"))
    title, vernacular = title_of(_first(fields, "TI")), ""
    if translated := title_of(_first(fields, "TT")):
        title, vernacular = translated, title
    title = title or (title_of(_first(fields, "T2")) if kind == "book" else "")
    authors, complete = _names(fields, "AU")
    plain = WorkRecord(
        source="ris",
        kind=kind,
        pmid=_pmid(fields),
        doi=doi,
        doi_spelled=doi_spelled,
        pmcid=pmcid_in(*fields.get("C2", ()), _noted(fields, "pmcid"), *fields.get("UR", ())),
        title=title,
        vernacular_title=vernacular,
        authors=authors,
        authors_complete=complete,
        languages=split_list(fields.get("LA", ())),
        abstract=abstract_of(_first(fields, "AB")),
        keywords=keywords_of(fields.get("KW", ())),
        publication_types=(PREPRINT,) if kind == "preprint" else (),
        remarks=remarks_of(title, "doi_unreadable" if _first(fields, "DO") and not doi else ""),
    )
    return year_dated(_as_book(plain, fields) if kind in BOOKISH else _as_article(plain, fields))


def _as_article(plain: WorkRecord, fields: Fields) -> WorkRecord:
    short = tidy(_first(fields, "J2") or _first(fields, "JO"))
    issn, others = issns_of(fields.get("SN", ()))
    pages, number = numbered(_pages(fields), _first(fields, "C7"))
    online = _date(_first(fields, "ET")) if _first(fields, "ET")[:4].isdecimal() else None
    return replace(
        plain,
        journal=Journal(
            title=tidy(_first(fields, "T2")) or tidy(_first(fields, "JO")) or short,
            iso_abbreviation=short,
            issn=issn,
        ),
        other_ids=others,
        volume=tidy(_first(fields, "VL")),
        issue=tidy(_first(fields, "IS")),
        pages=pages,
        article_number=number,
        print_date=_issued(fields, online),
        electronic_date=online,
    )


def _as_book(plain: WorkRecord, fields: Fields) -> WorkRecord:
    chapter = plain.kind == "chapter"
    book = Book(
        title=title_of(_first(fields, "T2") or _first(fields, "J2")) if chapter else "",
        publisher=tidy(_first(fields, "PB")),
        place=tidy(_first(fields, "CY")),
        editors=_names(fields, "ED" if fields.get("ED") else "A2")[0],
        edition=tidy(_first(fields, "ET")),
        volume=tidy(_first(fields, "VL")),
        series=tidy(_first(fields, "T3") or ("" if chapter else _first(fields, "T2"))),
        isbns=split_list(fields.get("SN", ()), "; ,"),
    )
    placed = book_of(plain, book)
    return replace(placed, pages=pages_in(_pages(fields)), print_date=_issued(fields, None))


def _kind(fields: Fields) -> str:
    if "preprint" in _first(fields, "M3").lower():
        return "preprint"
    return _KIND_OF_TYPE.get(_first(fields, "TY").strip().upper(), "other")


def _names(fields: Fields, tag: str) -> tuple[tuple[Author, ...], bool]:
    return without_et_al(
        name for text in fields.get(tag, ()) if (name := name_in(text)).family or name.collective
    )


def _pmid(fields: Fields) -> str:
    """Find the PMID where exports hide it: a note, AN of a MEDLINE export, U1 or C2 with [pmid], an address."""
    marked = [
        value.lower().removesuffix("[pmid]")
        for tag in ("U1", "C1", "C2")
        for value in fields.get(tag, ())
        if value.lower().rstrip().endswith("[pmid]")
    ]
    numbers = fields.get("AN", []) if _MEDLINE.search(_first(fields, "DB") + _first(fields, "DP")) else []
    addresses = [held for held in fields.get("UR", ()) if "://" in held]
    return pmid_in(*numbers, *marked, _noted(fields, "pmid"), *addresses)


def _noted(fields: Fields, scheme: str) -> str:
    return noted(scheme, *(value for tag in ("N1", "AN", "C2", "U1") for value in fields.get(tag, ())))


def _pages(fields: Fields) -> str:
    return "-".join(filter(None, (tidy(_first(fields, "SP")), tidy(_first(fields, "EP")))))


def _issued(fields: Fields, online: PartialDate | None) -> PartialDate | None:
    """Return DA, which may know a day, unless PY names another year: then DA is when it was looked at."""
    year, date = _date(_first(fields, "PY")), _date(_first(fields, "DA"))
    if date is None or not any(sign.isdigit() for sign in _first(fields, "DA") + "0" * bool(online)):
        return None if online and date is None and iso_year(year) == online.year else year or date
    if online is None and date.year is None and year is not None and year.year is not None:
        return date_worded(f"{year.year:04d} {wording_of(date)}")
    return date if year is None or date.year in (None, year.year) else year


def _date(text: str) -> PartialDate | None:
    """Read RIS's `2022/12/29/other words`, or any free date."""
    found = _DATE.fullmatch(text)
    if found is None:
        return date_worded(text)
    year, month, day, words = (part or "" for part in found.groups())
    if month.strip("0"):
        return date_worded("-".join(filter(None, (year, month, day.strip("0") and day))))
    return date_worded(words if not year or year in words else f"{year} {words}")


def _first(fields: Fields, tag: str) -> str:
    return next(iter(fields.get(tag, ())), "")


def _written(record: WorkRecord) -> str:
    lines = "".join(f"{tag}  - {value}\n" for tag, value in _tagged(record) if value)
    return f"TY  - {_TYPE_OF_KIND[record.kind]}\n{lines}ER  - \n"


def _tagged(record: WorkRecord) -> Iterator[tuple[str, str]]:
    if record.vernacular_title:
        yield from (("TI", record.vernacular_title), ("TT", record.title))
    else:
        yield "TI", record.title
    yield "M3", PREPRINT.name if record.kind == "preprint" else ""
    yield from (("AU", inverted(author)) for author in record.authors)
    yield "AU", "" if record.authors_complete else "et al."
    yield from _book_lines(record) if record.book else _journal_lines(record)
    yield from _page_lines(record.pages)
    yield "C7", record.article_number
    yield "PY", "" if record.year is None else f"{record.year:04d}"
    yield "DA", _slashed(record.print_date)
    yield "DO", record.doi_spelled
    yield from (("AN", record.pmid), ("DB", "PubMed" if record.pmid else ""), ("C2", record.pmcid))
    yield from (("LA", language) for language in record.languages)
    yield from (("KW", keyword.text) for keyword in record.keywords)
    yield "AB", "".join(part.text for part in record.abstract)


def _journal_lines(record: WorkRecord) -> Iterator[tuple[str, str]]:
    yield from (("T2", record.journal.title), ("J2", record.journal.iso_abbreviation))
    yield from (("SN", issn) for issn in (record.journal.issn, *(held.value for held in record.other_ids)))
    yield from (("VL", record.volume), ("IS", record.issue), ("ET", _slashed(record.electronic_date)))


def _book_lines(record: WorkRecord) -> Iterator[tuple[str, str]]:
    book = record.book or Book()
    yield from (("T2", book.title if record.kind == "chapter" else ""), ("T3", book.series))
    yield from (("A2", inverted(editor)) for editor in book.editors)
    yield from (("PB", book.publisher), ("CY", book.place), ("ET", book.edition), ("VL", book.volume))
    yield from (("SN", isbn) for isbn in book.isbns)


def _page_lines(pages: Pages) -> Iterator[tuple[str, str]]:
    if pages.medline == f"{pages.start}-{pages.end}":
        yield from (("SP", pages.start), ("EP", pages.end))
    else:
        yield "SP", pages.medline


def _slashed(date: PartialDate | None) -> str:
    """Write `2022/12/29/`, or the date's own words behind the slashes where numbers do not say it."""
    if date is None:
        return ""
    year = "" if date.year is None else f"{date.year:04d}"
    if date.text or date.season or date.year is None or date.end_month:
        return f"{year}///{wording_of(date)}"
    month, day = (f"{part:02d}" if part else "" for part in (date.month, date.day))
    return f"{year}/{month}/{day}/"
