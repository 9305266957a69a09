"""Reads and writes CSL-JSON, the items of the Citation Style Language (schema 1.0.2).

Which fields come back is `carried`. A value of a kind the schema does not foresee is passed over, never refused.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from evidence.sources.carried import (
    BOOKISH,
    PREPRINT,
    Form,
    abstract_of,
    book_of,
    carried,
    citekeys,
    issns_of,
    joined_keywords,
    numbered,
    pages_in,
    remarks_of,
    split_keywords,
    year_dated,
)
from evidence.sources.dates import PartialDate
from evidence.sources.names import name_in, person, without_et_al
from evidence.sources.problems import ParseProblem
from evidence.sources.records import Author, Book, Journal, WorkRecord
from evidence.sources.streams import TooLong, whole_text
from evidence.sources.wording import (
    date_worded,
    doi_address,
    doi_in,
    noted,
    pmcid_in,
    pmid_in,
    split_list,
    tidy,
    title_of,
    wording_of,
)

FORM = Form(source="csl")
_TYPE_OF_KIND = {
    "article": "article-journal", "preprint": "article", "book": "book", "chapter": "chapter",
    "report": "report", "thesis": "thesis", "conference": "paper-conference", "dataset": "dataset",
    "webpage": "webpage", "other": "document",
}  # fmt: skip
_KIND_OF_TYPE = {kind: name for name, kind in _TYPE_OF_KIND.items()} | {
    "article-magazine": "article", "article-newspaper": "article", "review": "article",
    "entry-encyclopedia": "chapter", "entry-dictionary": "chapter", "standard": "report",
    "post": "webpage", "post-weblog": "webpage",
}  # fmt: skip
_SEASONS = {"1": "Spring", "2": "Summer", "3": "Autumn", "4": "Winter"}
_ONLINE_FIRST = "advance online publication"
_BLANKS = " \t\r\n,"

Item = dict[str, Any]


def read_csl(stream: BinaryIO) -> Iterator[WorkRecord | ParseProblem]:
    """Yield records and problems in file order; never raises for what the bytes hold.

    What stands before a broken place is kept. A list of items, one item and `{"items": [...]}` are read.
    """
    try:
        text = whole_text(stream)
    except TooLong:
        yield ParseProblem(code="file_too_long", final=True)
        return
    ordinal = 0
    for ordinal, found in enumerate(_items(text), start=1):
        yield found if isinstance(found, ParseProblem) else _read(found, ordinal)
    if not ordinal:
        yield ParseProblem(code="no_references", final=True)


def write_csl(records: Iterable[WorkRecord]) -> str:
    """Write records as one list of CSL-JSON items; `mapped` says what is carried."""
    held = [mapped(record) for record in records]
    items = [_item(record, key) for record, key in zip(held, citekeys(held), strict=True)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def mapped(record: WorkRecord) -> WorkRecord:
    """Return what CSL-JSON carries of a record, as reading it again gives it."""
    return carried(record, FORM)


def _items(text: str) -> Iterator[object]:
    """Yield the items of a list one by one, so that those before a broken place are kept."""
    at = len(text) - len(text.lstrip())
    listed = text[at : at + 1] == "["
    at += listed
    ordinal = 0
    while (at := _past_blanks(text, at)) < len(text) and not (listed and text[at] == "]"):
        ordinal += 1
        try:
            found, at = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield _broken(error, text, at, ordinal)
            return
        wrapped = found.get("items") if isinstance(found, dict) and not listed else None
        yield from wrapped if isinstance(wrapped, list) else [found]
    if listed and at >= len(text):
        yield ParseProblem(code="broken_json", line=text.count("\n") + 1, ordinal=ordinal + 1, final=True)


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _broken(error: Exception, text: str, at: int, ordinal: int) -> ParseProblem:
    if isinstance(error, json.JSONDecodeError):
        line, column, detail = error.lineno, error.colno - 1, error.msg
    else:
        line, column, detail = text.count("\n", 0, at) + 1, 0, type(error).__name__
    return ParseProblem(
        code="broken_json", line=line, column=column, ordinal=ordinal, detail=detail, final=True
    )


def _read(item: object, ordinal: int) -> WorkRecord | ParseProblem:
    if not isinstance(item, dict):
        return ParseProblem(code="broken_item", ordinal=ordinal, detail=type(item).__name__)
    record = _record(item)
    if not (record.title or record.doi or record.pmid):
        return ParseProblem(code="nothing_stated", ordinal=ordinal, detail=_text(item, "id"))
    return record


def _record(item: Item) -> WorkRecord:
    kind = _KIND_OF_TYPE.get(_text(item, "type"), "other")
    notes = [_text(item, name) for name in ("note", "extra", "annote", "id")]
    address = _text(item, "URL")
    doi, doi_spelled = doi_in(_text(item, "DOI"), doi_address(address), noted("doi", *notes))
    title, vernacular = title_of(_text(item, "title")), title_of(_text(item, "original-title"))
    title, vernacular = (title, vernacular) if title else (vernacular, "")
    authors, complete = _names(item, "author")
    plain = WorkRecord(
        source="csl",
        kind=kind,
        pmid=pmid_in(_text(item, "PMID"), noted("pmid", *notes), address if "://" in address else ""),
        doi=doi,
        doi_spelled=doi_spelled,
        pmcid=pmcid_in(_text(item, "PMCID"), noted("pmcid", *notes), address),
        title=title,
        vernacular_title=vernacular,
        authors=authors,
        authors_complete=complete,
        languages=split_list([_text(item, "language")]),
        abstract=abstract_of(_text(item, "abstract")),
        keywords=split_keywords(_texts(item, "keyword")),
        publication_types=(PREPRINT,) if kind == "preprint" else (),
        remarks=remarks_of(title, "doi_unreadable" if _text(item, "DOI") and not doi else ""),
    )
    return year_dated(_as_book(plain, item) if kind in BOOKISH else _as_article(plain, item))


def _as_article(plain: WorkRecord, item: Item) -> WorkRecord:
    name = tidy(_text(item, "container-title"))
    short = tidy(_text(item, "container-title-short") or _text(item, "journalAbbreviation"))
    issn, others = issns_of(_texts(item, "ISSN"))
    pages, number = numbered(_text(item, "page"), _text(item, "number"))
    issued, online = _date(item, "issued"), _date(item, "available-date")
    if _text(item, "status") == _ONLINE_FIRST and online is None:
        issued, online = None, issued
    return replace(
        plain,
        journal=Journal(title=name or short, iso_abbreviation=short, issn=issn),
        other_ids=others,
        volume=tidy(_text(item, "volume")),
        issue=tidy(_text(item, "issue")),
        pages=pages,
        article_number=number,
        print_date=issued,
        electronic_date=online,
    )


def _as_book(plain: WorkRecord, item: Item) -> WorkRecord:
    book = Book(
        title=title_of(_text(item, "container-title")),
        publisher=tidy(_text(item, "publisher")),
        place=tidy(_text(item, "publisher-place")),
        editors=_names(item, "editor")[0],
        edition=tidy(_text(item, "edition")),
        volume=tidy(_text(item, "volume")),
        series=tidy(_text(item, "collection-title")),
        isbns=split_list(_texts(item, "ISBN"), "; ,"),
    )
    placed = book_of(plain, book)
    return replace(placed, pages=pages_in(_text(item, "page")), print_date=_date(item, "issued"))


def _names(item: Item, role: str) -> tuple[tuple[Author, ...], bool]:
    held = item.get(role)
    names = [_name(name) for name in held] if isinstance(held, list) else []
    return without_et_al(name for name in names if name.family or name.collective)


def _name(name: object) -> Author:
    if isinstance(name, str):
        return name_in(name)
    if not isinstance(name, dict):
        return Author()
    if (literal := tidy(_text(name, "literal") or _text(name, "name"))) and not _text(name, "family"):
        return Author(collective=literal)
    particles = (_text(name, "dropping-particle"), _text(name, "non-dropping-particle"))
    family = tidy(" ".join((*particles, _text(name, "family"))))
    return person(family=family, given=tidy(_text(name, "given")), suffix=tidy(_text(name, "suffix")))


def _date(item: Item, name: str) -> PartialDate | None:
    """Read a date in parts, in words or in ISO form; words say more than parts where both stand."""
    held = item.get(name)
    if not isinstance(held, dict):
        return date_worded(_text(item, name))
    if words := _text(held, "literal") or _text(held, "raw"):
        return date_worded(words)
    parts = held.get("date-parts")
    known = [_part_worded(part) for part in parts] if isinstance(parts, list) else []
    season = _text(held, "season")
    wording = "-".join(filter(None, known))
    return date_worded(f"{wording} {_SEASONS.get(season, season)}" if season else wording)


def _part_worded(part: object) -> str:
    numbers = [str(number) for number in part] if isinstance(part, list) else []
    numbers = [number for number in numbers if number.isascii() and number.isdecimal()]
    if not numbers:
        return ""
    digits = "-".join([numbers[0].zfill(4), *numbers[1:3]])
    return wording_of(date_worded(digits))


def _text(item: Item, name: str) -> str:
    return next(iter(_texts(item, name)), "")


def _texts(item: Item, name: str) -> list[str]:
    """Return a value as texts: some sources give a number or a list where CSL has one text."""
    value = item.get(name)
    held = value if isinstance(value, list) else [value]
    return [str(text) for text in held if isinstance(text, str | int | float) and not isinstance(text, bool)]


def _item(record: WorkRecord, key: str) -> Item:
    item: Item = {
        "id": key,
        "type": _TYPE_OF_KIND[record.kind],
        "title": record.title,
        "original-title": record.vernacular_title,
        "author": _people(record.authors, complete=record.authors_complete),
        **(_book_item(record) if record.book else _journal_item(record)),
        "page": record.pages.medline,
        "DOI": record.doi_spelled,
        "PMID": record.pmid,
        "PMCID": record.pmcid,
        "language": ", ".join(record.languages),
        "keyword": joined_keywords(record),
        "abstract": "".join(part.text for part in record.abstract),
    }
    return {name: value for name, value in item.items() if value}


def _journal_item(record: WorkRecord) -> Item:
    online_first = record.print_date is None and record.electronic_date is not None
    return {
        "container-title": record.journal.title,
        "container-title-short": record.journal.iso_abbreviation,
        "ISSN": ", ".join(filter(None, (record.journal.issn, *(held.value for held in record.other_ids)))),
        "volume": record.volume,
        "issue": record.issue,
        "number": record.article_number,
        "issued": _dated(record.electronic_date if online_first else record.print_date),
        "available-date": {} if online_first else _dated(record.electronic_date),
        "status": _ONLINE_FIRST if online_first else "",
    }


def _book_item(record: WorkRecord) -> Item:
    book = record.book or Book()
    return {
        "container-title": book.title if record.kind == "chapter" else "",
        "collection-title": book.series,
        "editor": _people(book.editors, complete=True),
        "publisher": book.publisher,
        "publisher-place": book.place,
        "edition": book.edition,
        "volume": book.volume,
        "ISBN": ", ".join(book.isbns),
        "issued": _dated(record.print_date),
    }


def _people(authors: Iterable[Author], *, complete: bool) -> list[Item]:
    named = [
        {"literal": author.collective}
        if author.collective
        else {
            part: value
            for part, value in (("family", author.family), ("given", author.given), ("suffix", author.suffix))
            if value
        }
        for author in authors
    ]
    return named if complete else [*named, {"literal": "et al."}]


def _dated(date: PartialDate | None) -> Item:
    """Return a date in parts; where they do not say all of it, its words stand beside them."""
    if date is None:
        return {}
    first = [part for part in (date.year, date.month, date.day) if part]
    item: Item = {"date-parts": [first]} if date.year else {}
    if date.text or date.season or not date.year:
        item["literal"] = wording_of(date)
    return item
