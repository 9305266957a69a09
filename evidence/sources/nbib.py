"""Reads and writes NBIB, the MEDLINE text form in which PubMed exports records.

What the tags of one record mean is `nbib_fields`; people are `nbib_names`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from evidence.sources import nbib_names
from evidence.sources.carried import (
    PREPRINT,
    abstract_of,
    carried_dates,
    joined_abstract,
    remarks_of,
    spelled,
    titles,
)
from evidence.sources.dates import PartialDate, date_of_parts
from evidence.sources.nbib_fields import NOTICE_PMID, NOTICES, record_of, records_in
from evidence.sources.pagination import article_number_of, pages_of
from evidence.sources.problems import ParseProblem
from evidence.sources.records import Book, Journal, Keyword, Notice, Term, WorkRecord
from evidence.sources.streams import TooLong
from evidence.sources.wording import (
    iso_year,
    pmid_in,
    tidy,
    title_of,
    wording_of,
)

_TAG_OF_NOTICE = {kind: tag for tag, kind in NOTICES.items()}


def read_nbib(stream: BinaryIO) -> Iterator[WorkRecord | ParseProblem]:
    """Yield records and problems in file order, one at a time; never raises for what the bytes hold."""
    ordinal = 0
    try:
        for ordinal, fields in enumerate(records_in(stream), start=1):
            yield record_of(fields, ordinal)
    except TooLong as error:
        yield ParseProblem(code="record_too_long", line=error.args[0], ordinal=ordinal + 1, final=True)
        return
    if not ordinal:
        yield ParseProblem(code="no_references", final=True)


def write_nbib(records: Iterable[WorkRecord]) -> str:
    """Write records as PubMed does, one line a field; `mapped` says what is carried."""
    return "\n".join(_written(mapped(record)) for record in records)


def _written(record: WorkRecord) -> str:
    return "".join(f"{tag:<4}- {value}\n" for tag, value in _tagged(record) if value)


def _tagged(record: WorkRecord) -> Iterator[tuple[str, str]]:
    """Yield the fields of a mapped record in PubMed's order."""
    yield "PMID", record.pmid
    yield "LR", _digits(record.revised)
    yield from _issns(record.journal)
    yield "VI", record.book.volume if record.book else record.volume
    yield "IP", record.issue
    yield "DP", wording_of(record.print_date)
    title = _stopped(record.title)
    yield ("BTI" if record.kind == "book" else "TI"), title
    yield "TT", _stopped(record.vernacular_title)
    yield "PG", record.pages.medline
    yield "LID", f"{record.article_number} [pii]" if record.article_number else ""
    yield "LID", f"{record.elocation_doi} [doi]" if record.elocation_doi else ""
    yield "AB", "".join(part.text for part in record.abstract)
    yield "CI", record.copyright
    yield from nbib_names.lines(record.authors, nbib_names.AUTHORS)
    yield "AU", "" if record.authors_complete else "et al."
    yield from _book_lines(record)
    yield from (("LA", language) for language in record.languages)
    yield from (("PT", held.name) for held in record.publication_types)
    yield "DEP", _digits(record.electronic_date)
    yield "PL", record.journal.country
    yield "TA", record.journal.medline_ta
    yield "JT", record.journal.title
    yield "JID", record.journal.nlm_id
    yield from (("OT", f"{'*' if word.major else ''}{word.text}") for word in record.keywords)
    yield from ((_TAG_OF_NOTICE[link.kind], _notice_line(link)) for link in record.notices)
    yield "PMC", record.pmcid
    yield "AID", f"{record.doi_spelled} [doi]" if record.doi_spelled else ""
    yield "PST", record.publication_status


def _book_lines(record: WorkRecord) -> Iterator[tuple[str, str]]:
    if (book := record.book) is None:
        return
    if record.kind == "chapter":
        yield "BTI", _stopped(book.title)
    yield from nbib_names.lines(book.editors, nbib_names.EDITORS)
    yield "PB", book.publisher
    yield "PL", book.place
    yield "EN", book.edition
    yield "CTI", book.series
    yield from (("ISBN", isbn) for isbn in book.isbns)


def _issns(journal: Journal) -> Iterator[tuple[str, str]]:
    yield "IS", journal.issn
    for issn, kind in (
        (journal.issn_print, "Print"),
        (journal.issn_electronic, "Electronic"),
        (journal.issn_linking, "Linking"),
    ):
        yield "IS", f"{issn} ({kind})" if issn else ""


def _stopped(title: str) -> str:
    return f"{title}." if title and not title.endswith((".", "?", "!")) else title


def _digits(date: PartialDate | None) -> str:
    return date.iso.replace("-", "") if date else ""


def _notice_line(link: Notice) -> str:
    # A link to nothing is still a link: the tag alone says that there is an erratum.
    return f"{link.ref_source} PMID: {link.pmid}".strip() if link.pmid else link.ref_source or " "


def mapped(record: WorkRecord) -> WorkRecord:
    """Return what NBIB carries of a record, as reading it again gives it."""
    title, vernacular = titles(record)
    book = (
        record.book
        if title and record.book and (record.kind != "chapter" or title_of(record.book.title))
        else None
    )
    plain = WorkRecord(
        source="nbib",
        kind="article" if book is None else "chapter" if record.kind == "chapter" else "book",
        pmid=record.pmid,
        doi=record.doi,
        doi_spelled=spelled(record),
        elocation_doi=record.elocation_doi,
        pmcid=record.pmcid,
        title=title,
        vernacular_title=vernacular,
        authors=nbib_names.mapped(record.authors),
        authors_complete=record.authors_complete,
        languages=tuple(filter(None, map(tidy, record.languages))),
        abstract=abstract_of(joined_abstract(record)),
        copyright=tidy(record.copyright),
        publication_types=_types(record),
        keywords=tuple(
            Keyword(text=text, major=word.major)
            for word in record.keywords
            if (text := tidy(word.text).lstrip("* "))
        ),
        notices=tuple(_mapped_notice(link) for link in record.notices if link.kind in _TAG_OF_NOTICE),
        publication_status=tidy(record.publication_status),
        remarks=remarks_of(title),
    )
    return _mapped_article(plain, record) if book is None else _mapped_book(plain, record, book)


def _types(record: WorkRecord) -> tuple[Term, ...]:
    names = [name for held in record.publication_types if (name := tidy(held.name))]
    missing = [PREPRINT.name] if record.kind == "preprint" and PREPRINT.name not in names else []
    return tuple(Term(name=name) for name in [*names, *missing])


def _mapped_notice(link: Notice) -> Notice:
    source = tidy(link.ref_source) or (f"doi: {link.doi}" if link.doi else "")
    return Notice(kind=link.kind, ref_source=NOTICE_PMID.sub("", source).rstrip(), pmid=pmid_in(link.pmid))


def _mapped_article(plain: WorkRecord, record: WorkRecord) -> WorkRecord:
    journal = record.journal
    pages = pages_of(tidy(record.pages.medline))
    printed, online = carried_dates(record)
    return replace(
        plain,
        journal=Journal(
            title=tidy(journal.title),
            medline_ta=tidy(journal.medline_ta or journal.iso_abbreviation),
            nlm_id=tidy(journal.nlm_id),
            issn=tidy(journal.issn),
            issn_print=tidy(journal.issn_print),
            issn_electronic=tidy(journal.issn_electronic),
            issn_linking=tidy(journal.issn_linking),
            country=tidy(journal.country),
        ),
        volume=tidy(record.volume),
        issue=tidy(record.issue),
        pages=pages,
        article_number=article_number_of(tidy(record.article_number), pages.medline),
        print_date=printed,
        electronic_date=_day(online),
        revised=_day(record.revised),
        year=iso_year(printed) or iso_year(_day(online)),
    )


def _mapped_book(plain: WorkRecord, record: WorkRecord, held: Book) -> WorkRecord:
    printed, online = carried_dates(record)
    issued = online or printed
    year = iso_year(issued)
    book = Book(
        title=title_of(held.title) if plain.kind == "chapter" else plain.title,
        publisher=tidy(held.publisher),
        place=tidy(held.place),
        editors=nbib_names.mapped_editors(held.editors),
        edition=tidy(held.edition),
        volume=tidy(held.volume or record.volume),
        series=tidy(held.series),
        isbns=tuple(filter(None, map(tidy, held.isbns))),
        years=f"{year:04d}" if year else "",
    )
    pages = pages_of(tidy(record.pages.medline))
    return replace(plain, book=book, pages=pages, print_date=issued, year=year)


def _day(date: PartialDate | None) -> PartialDate | None:
    """Return an online date as DEP has it, year, month and day in digits; a mere wording has no place there."""
    if date is None or date.year is None:
        return None
    return date_of_parts(f"{date.year:04d}", str(date.month or ""), str(date.day or ""))
