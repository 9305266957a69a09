"""Reads and writes BibTeX, and the fields of biblatex that reference managers write; bibtexparser splits it.

Which fields come back is `carried`; LaTeX in values is `latex`.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import parse_single_name_into_parts
from bibtexparser.model import Block, Entry, ParsingFailedBlock, String

from evidence.sources.bibtex_values import Fields, fields_of, strings_of
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
from evidence.sources.dates import PartialDate, month_number
from evidence.sources.latex import escaped, unescaped
from evidence.sources.names import person, without_et_al
from evidence.sources.problems import ParseProblem
from evidence.sources.records import Author, Book, Journal, Pages, WorkRecord
from evidence.sources.streams import TooLong, whole_text
from evidence.sources.wording import (
    MONTHS,
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

# What it warns of is a problem here, which the editor sees.
logging.getLogger("bibtexparser").setLevel(logging.ERROR)

FORM = Form(source="bibtex", online_dates=False)
_TYPE_OF_KIND = {
    "article": "article", "preprint": "misc", "book": "book", "chapter": "incollection",
    "report": "techreport", "thesis": "phdthesis", "conference": "inproceedings", "dataset": "dataset",
    "webpage": "online", "other": "misc",
}  # fmt: skip
_KIND_OF_TYPE = {
    **{name: kind for kind, name in _TYPE_OF_KIND.items() if name != "misc"},
    "inbook": "chapter", "booklet": "book", "collection": "book", "mvbook": "book", "proceedings": "book",
    "report": "report", "mastersthesis": "thesis", "thesis": "thesis", "conference": "conference",
    "electronic": "webpage", "www": "webpage", "periodical": "article",
}  # fmt: skip
_PUBLISHER = {"report": "institution", "thesis": "school"}
_PREPRINTS = re.compile(r"preprint|arxiv|(?:bio|med|psy)rxiv", re.IGNORECASE)


def read_bibtex(stream: BinaryIO) -> Iterator[WorkRecord | ParseProblem]:
    """Yield records and problems in file order; never raises for what the bytes hold.

    Strings are resolved, and what an entry does not state itself is taken from its crossref.
    """
    try:
        text = whole_text(stream)
    except TooLong:
        yield ParseProblem(code="file_too_long", final=True)
        return
    library = parse_string(text, parse_stack=[])
    strings = strings_of(block for block in library.blocks if isinstance(block, String))
    found = [block for block in library.blocks if isinstance(block, Entry | ParsingFailedBlock)]
    known = {entry.key: fields_of(entry, strings) for block in found if (entry := _entry(block)) is not None}
    for ordinal, block in enumerate(found, start=1):
        yield _read(block, ordinal, strings, known)
    if not found:
        yield ParseProblem(code="no_references", final=True)


def write_bibtex(records: Iterable[WorkRecord]) -> str:
    """Write records as UTF-8 BibTeX with unique keys; `mapped` says what is carried."""
    held = [mapped(record) for record in records]
    return "\n".join(_written(record, key) for record, key in zip(held, citekeys(held), strict=True))


def mapped(record: WorkRecord) -> WorkRecord:
    """Return what BibTeX carries of a record, as reading it again gives it."""
    return carried(record, FORM)


def _entry(block: Block) -> Entry | None:
    """Return the entry, also of a block refused only because its key or a field stands twice."""
    held = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
    return held if isinstance(held, Entry) else None


def _read(
    block: Block, ordinal: int, strings: dict[str, str], known: dict[str, Fields]
) -> WorkRecord | ParseProblem:
    entry = _entry(block)
    line = (block.start_line or 0) + 1
    if entry is None:
        detail = str(block.error)[:200] if isinstance(block, ParsingFailedBlock) else ""
        return ParseProblem(code="broken_entry", line=line, ordinal=ordinal, detail=detail)
    fields = _inherited(fields_of(entry, strings), known)
    record = _record(entry.entry_type.lower(), fields)
    if not (record.title or record.doi or record.pmid):
        return ParseProblem(code="nothing_stated", line=line, ordinal=ordinal, detail=entry.key)
    return record


def _inherited(fields: Fields, known: dict[str, Fields]) -> Fields:
    parent = known.get(tidy(fields.get("crossref", "")), {})
    lent = {name: value for name, value in parent.items() if name not in ("title", "author", "crossref")}
    if "title" in parent:
        lent.setdefault("booktitle", parent["title"])
    return {**lent, **fields}


def _record(entry_type: str, fields: Fields) -> WorkRecord:
    kind = _kind(entry_type, fields)
    notes = [
        unescaped(fields.get(name, "")) for name in ("note", "annote", "annotation", "addendum", "extra")
    ]
    address = fields.get("url", "").strip("{} ")
    doi, doi_spelled = doi_in(_plain(fields, "doi"), doi_address(address), noted("doi", *notes))
    title, vernacular = title_of(_plain(fields, "title")), title_of(_plain(fields, "origtitle"))
    title, vernacular = (title, vernacular) if title else (vernacular, "")
    authors, complete = _names(fields, "author")
    if group := _plain(fields, "collaboration"):
        authors = (*authors, Author(collective=group))
    plain = WorkRecord(
        source="bibtex",
        kind=kind,
        pmid=pmid_in(_plain(fields, "pmid"), noted("pmid", *notes), address if "://" in address else ""),
        doi=doi,
        doi_spelled=doi_spelled,
        pmcid=pmcid_in(_plain(fields, "pmcid", "pmc"), noted("pmcid", *notes), address),
        title=title,
        vernacular_title=vernacular,
        authors=authors,
        authors_complete=complete,
        languages=split_list([_plain(fields, "language", "langid")]),
        abstract=abstract_of(_plain(fields, "abstract")),
        keywords=split_keywords([_plain(fields, "keywords", "keyword")]),
        publication_types=(PREPRINT,) if kind == "preprint" else (),
        remarks=remarks_of(title, "doi_unreadable" if fields.get("doi") and not doi else ""),
    )
    return year_dated(_as_book(plain, fields) if kind in BOOKISH else _as_article(plain, fields))


def _as_article(plain: WorkRecord, fields: Fields) -> WorkRecord:
    name = _plain(fields, "journal", "journaltitle", "fjournal", "booktitle")
    short = _plain(fields, "shortjournal", "journalabbr")
    issn, others = issns_of([_plain(fields, "issn")])
    pages, number = numbered(_plain(fields, "pages"), _plain(fields, "eid", "articleno", "article-number"))
    return replace(
        plain,
        journal=Journal(title=name or short, iso_abbreviation=short, issn=issn),
        other_ids=others,
        volume=_plain(fields, "volume"),
        issue=_plain(fields, "number", "issue"),
        pages=pages,
        article_number=number,
        print_date=_issued(fields),
    )


def _as_book(plain: WorkRecord, fields: Fields) -> WorkRecord:
    book = Book(
        title=title_of(_plain(fields, "booktitle", "maintitle")),
        publisher=_plain(fields, "publisher", "institution", "school", "organization"),
        place=_plain(fields, "address", "location"),
        editors=_names(fields, "editor")[0],
        edition=_plain(fields, "edition"),
        volume=_plain(fields, "volume"),
        series=_plain(fields, "series"),
        isbns=split_list([_plain(fields, "isbn")], "; ,"),
    )
    placed = book_of(plain, book)
    return replace(placed, pages=pages_in(_plain(fields, "pages")), print_date=_issued(fields))


def _kind(entry_type: str, fields: Fields) -> str:
    stated = " ".join(
        fields.get(name, "") for name in ("type", "howpublished", "archiveprefix", "eprinttype", "journal")
    )
    if entry_type in ("misc", "unpublished", "online") and _PREPRINTS.search(stated):
        return "preprint"
    return _KIND_OF_TYPE.get(entry_type, "other")


def _names(fields: Fields, role: str) -> tuple[tuple[Author, ...], bool]:
    names = _separate(" ".join(fields.get(role, "").split()))
    found = (_name(name) for name in names)
    return without_et_al(author for author in found if author.family or author.collective)


def _separate(names: str) -> Iterator[str]:
    """Split at each `and` outside braces; bibtexparser's own splitter drops names that begin with an escape."""
    depth = begun = 0
    for found in re.finditer(r"\\.|[{}]|(?<=\s)and(?=\s)", names, re.IGNORECASE):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth <= 0 and found[0].lower() == "and":
            yield names[begun : found.start()].strip()
            begun = found.end()
    yield names[begun:].strip()


def _name(text: str) -> Author:
    """Read one name: a group stands in braces of its own."""
    if _is_braced(text):
        return Author(collective=unescaped(text))
    if text.rstrip().endswith(","):
        family, _, suffix = text.rstrip(", ").partition(",")
        return person(family=unescaped(family), given="", suffix=unescaped(suffix))
    parts = parse_single_name_into_parts(text, strict=False)
    return person(
        family=unescaped(" ".join((*parts.von, *parts.last))),
        given=unescaped(" ".join(parts.first)),
        suffix=unescaped(" ".join(parts.jr)),
    )


def _is_braced(text: str) -> bool:
    """Whether one pair of braces holds the whole name; `{O}zg{u}r` has two."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return at == len(text) - 1 and at > 0
    return False


def _issued(fields: Fields) -> PartialDate | None:
    year = _plain(fields, "year") or _plain(fields, "date").partition("/")[0]
    words = re.findall(r"[^\W\d_]+|\d+", _plain(fields, "month"))
    months = [word for word in words if month_number(word) and not word.isdigit()] or words[:1]
    month = month_number(months[0]) if months else None
    days = [word for word in [*re.findall(r"\d+", _plain(fields, "day")), *words] if word.isdigit()]
    if month is None:
        return date_worded(year)
    day = days[0] if days and days[0] not in months else ""
    return date_worded(f"{year} {MONTHS[month - 1]} {day}")


def _plain(fields: Fields, *names: str) -> str:
    return next((text for name in names if (text := unescaped(fields.get(name, "")))), "")


def _written(record: WorkRecord, key: str) -> str:
    fields = "".join(f",\n  {name} = {value}" for name, value in _valued(record) if value not in ("{}", ""))
    return f"@{_TYPE_OF_KIND[record.kind]}{{{key}{fields}\n}}\n"


def _valued(record: WorkRecord) -> Iterator[tuple[str, str]]:
    yield "author", _people(record.authors, complete=record.authors_complete)
    # Two pairs of braces keep a style from lowering the capitals of a title.
    yield "title", f"{{{{{escaped(record.title)}}}}}" if record.title else ""
    yield "type", f"{{{PREPRINT.name}}}" if record.kind == "preprint" else ""
    texts = {
        "origtitle": record.vernacular_title,
        **(_book_texts(record) if record.book else _journal_texts(record)),
        "doi": record.doi_spelled,
        "pmid": record.pmid,
        "pmcid": record.pmcid,
        "language": ", ".join(record.languages),
        "keywords": joined_keywords(record),
        "abstract": "".join(part.text for part in record.abstract),
    }
    yield "editor", _people(record.book.editors, complete=True) if record.book else ""
    yield from _date_fields(record.print_date)
    yield "pages", f"{{{_paged(record.pages)}}}"
    yield from ((name, f"{{{escaped(text)}}}") for name, text in texts.items())


def _journal_texts(record: WorkRecord) -> Fields:
    place = "booktitle" if record.kind == "conference" else "journal"
    return {
        place: record.journal.title,
        "shortjournal": record.journal.iso_abbreviation,
        "issn": ", ".join(filter(None, (record.journal.issn, *(held.value for held in record.other_ids)))),
        "volume": record.volume,
        "number": record.issue,
        "eid": record.article_number,
    }


def _book_texts(record: WorkRecord) -> Fields:
    book = record.book or Book()
    return {
        "booktitle": book.title if record.kind == "chapter" else "",
        _PUBLISHER.get(record.kind, "publisher"): book.publisher,
        "address": book.place,
        "edition": book.edition,
        "volume": book.volume,
        "series": book.series,
        "isbn": ", ".join(book.isbns),
    }


def _people(authors: Iterable[Author], *, complete: bool) -> str:
    named = [*map(_named, authors), *([] if complete else ["others"])]
    return f"{{{' and '.join(named)}}}"


def _named(author: Author) -> str:
    if author.collective:
        return f"{{{escaped(author.collective)}}}"
    parts = (author.family, author.suffix, author.given) if author.suffix else (author.family, author.given)
    return ", ".join(re.sub(r"(?i)(?<!\S)(and)(?!\S)", r"{\1}", escaped(part)) for part in parts).rstrip(" ")


def _date_fields(date: PartialDate | None) -> Iterator[tuple[str, str]]:
    """Yield year, month and day; what they cannot say stands in words in the year, as BibTeX allows."""
    if date is None:
        return
    if date.text or date.season or date.year is None or date.month is None:
        yield "year", f"{{{escaped(wording_of(date))}}}"
        return
    yield "year", f"{{{date.year:04d}}}"
    yield "month", MONTHS[date.month - 1].lower()
    yield "day", f"{{{date.day}}}" if date.day else ""


def _paged(pages: Pages) -> str:
    simple = pages.medline == f"{pages.start}-{pages.end}"
    return f"{escaped(pages.start)}--{escaped(pages.end)}" if simple else escaped(pages.medline)
