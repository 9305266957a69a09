"""Which fields of a record RIS, CSL-JSON and BibTeX carry, in the one form in which they come back.

Reading what was written gives exactly `carried(record, ...)`, and carrying twice changes nothing. NBIB,
which is PubMed's own form and carries more, says so in `nbib.mapped`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from evidence.citing import default_citekey
from evidence.sources.dates import PartialDate
from evidence.sources.names import carried_names
from evidence.sources.pagination import article_number_of, full_pages, pages_of
from evidence.sources.records import AbstractSection, Book, Journal, Keyword, OtherId, Pages, Term, WorkRecord
from evidence.sources.wording import date_worded, iso_year, split_list, tidy, title_of, wording_of

PREPRINT = Term(name="Preprint")
# Kinds that stand by themselves or inside a book: title, publisher and place are the book's.
BOOKISH = frozenset({"book", "chapter", "report", "thesis"})
KINDS = BOOKISH | {"article", "preprint", "conference", "dataset", "webpage", "other"}
_DASHES = re.compile(r"\s*(?:[\u2010-\u2015\u2212]|-)+\s*")

_ISSN = re.compile(r"(?<![\w-])\d{4}-?\d{3}[\dXx](?![\w-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one format differs: whether it has a second date, and commas in the names of groups."""

    source: str
    online_dates: bool = True
    commas_in_groups: bool = True


def carried(record: WorkRecord, form: Form) -> WorkRecord:
    """Return what the format carries of a record, as reading it again gives it."""
    kind = kind_of(record)
    title, vernacular = titles(record)
    plain = WorkRecord(
        source=form.source,
        kind=kind,
        pmid=record.pmid,
        doi=record.doi,
        doi_spelled=spelled(record),
        pmcid=record.pmcid,
        title=title,
        vernacular_title=vernacular,
        authors=carried_names(record.authors, commas_in_groups=form.commas_in_groups),
        authors_complete=record.authors_complete,
        languages=split_list(record.languages),
        abstract=abstract_of(joined_abstract(record)),
        keywords=keywords_of(keyword.text for keyword in record.keywords),
        publication_types=(PREPRINT,) if kind == "preprint" else (),
        remarks=remarks_of(title),
    )
    placed = _as_book(plain, record, form) if kind in BOOKISH else _as_article(plain, record)
    return _dated(placed, record, form)


def kind_of(record: WorkRecord) -> str:
    """Return the kind; a record whose type says preprint is one, whatever its source calls it."""
    if record.book is None and PREPRINT.name in record.type_names:
        return "preprint"
    return record.kind if record.kind in KINDS else "other"


def titles(record: WorkRecord) -> tuple[str, str]:
    """Return title and vernacular title; the only title there is stands first."""
    book = record.book.title if record.book and record.kind != "chapter" else ""
    title, vernacular = title_of(record.title or book), title_of(record.vernacular_title)
    return (title, vernacular) if title else (vernacular, "")


def spelled(record: WorkRecord) -> str:
    """Return the DOI in its source's capitals, which never stand for another DOI."""
    return record.doi_spelled if record.doi_spelled.lower() == record.doi.lower() else record.doi


def joined_abstract(record: WorkRecord) -> str:
    """Return the abstract as one paragraph, labels before their sections as MEDLINE prints them."""
    return tidy(
        " ".join(f"{part.label}: {part.text}" if part.label else part.text for part in record.abstract)
    )


def abstract_of(text: str) -> tuple[AbstractSection, ...]:
    return (AbstractSection(text=held),) if (held := tidy(text)) else ()


def keywords_of(texts: Iterable[str]) -> tuple[Keyword, ...]:
    """Return keywords; what separates them in a list is no part of one."""
    return tuple(Keyword(text=word) for text in texts if (word := tidy(text.replace(";", ","))))


def joined_keywords(record: WorkRecord) -> str:
    """Join keywords with semicolons; a single one with a comma keeps a semicolon behind it."""
    joined = "; ".join(keyword.text for keyword in record.keywords)
    return f"{joined};" if len(record.keywords) == 1 and "," in joined else joined


def split_keywords(texts: Iterable[str]) -> tuple[Keyword, ...]:
    """Split at semicolons, and at commas only where there is none: MeSH terms have commas of their own."""
    return keywords_of(word for text in texts for word in text.split(";" if ";" in text else ","))


def remarks_of(title: str, *others: str) -> tuple[str, ...]:
    """Return the codes of what is odd: a missing title, and whatever else was found."""
    return tuple(filter(None, ("" if title else "title_missing", *others)))


def pages_in(text: str) -> Pages:
    """Read a pagination whose ranges are in full and whose dashes are hyphens."""
    wording = _DASHES.sub("-", tidy(text))
    found = pages_of(wording)
    ranged = pages_of("", found.start, found.end)
    return ranged if full_pages(wording) == ranged.medline == f"{found.start}-{found.end}" else found


def numbered(pages: str, number: str) -> tuple[Pages, str]:
    """Return pages and article number: where there are no pages, the number stands for them in print."""
    number = tidy(number)
    found = pages_in(pages or number)
    return found, number or article_number_of("", found.medline)


def issns_of(texts: Iterable[str]) -> tuple[str, tuple[OtherId, ...]]:
    """Return the first ISSN, and the further ones as other identifiers: which is print is not said.

    One text may hold two (`1573-3602 1050-5350`, as Zotero writes them); what is no ISSN is kept as it stands.
    """
    each = [issn for text in texts for issn in _ISSN.findall(tidy(text)) or split_list([text], "; ,")]
    first, *others = [*dict.fromkeys(each)] or [""]
    return first, tuple(OtherId(scheme="issn", value=issn) for issn in others)


def book_of(record: WorkRecord, book: Book) -> WorkRecord:
    """Put a record in its book: one that is the book shares its title with it."""
    held = replace(book, title=book.title if record.kind == "chapter" else record.title)
    return replace(record, book=held)


def year_dated(record: WorkRecord) -> WorkRecord:
    """Take the record's year, and its book's, from its dates."""
    year = iso_year(record.print_date) or iso_year(record.electronic_date)
    book = record.book and replace(record.book, years=f"{year:04d}" if year else "")
    return replace(record, year=year, book=book)


def citekeys(records: Iterable[WorkRecord]) -> Iterator[str]:
    """Yield a key for each record; one that was taken gets a letter: zhou2019, zhou2019b, zhou2019c."""
    taken: dict[str, int] = {}
    used: set[str] = set()
    for record in records:
        key = base = default_citekey(record)
        while key in used:
            taken[base] = taken.get(base, 1) + 1
            key = base + _letters(taken[base])
        used.add(key)
        yield key


def _letters(number: int) -> str:
    tens, ones = divmod(number - 1, 26)
    return (_letters(tens) if tens else "") + chr(ord("a") + ones)


def _as_article(plain: WorkRecord, record: WorkRecord) -> WorkRecord:
    journal = record.journal
    name, short = tidy(journal.title), tidy(journal.iso_abbreviation or journal.medline_ta)
    known = (journal.issn, journal.issn_print, journal.issn_electronic, journal.issn_linking)
    issn, others = issns_of([*known, *(held.value for held in record.other_ids if held.scheme == "issn")])
    pages, number = numbered(record.pages.medline, record.article_number)
    return replace(
        plain,
        journal=Journal(title=name or short, iso_abbreviation=short, issn=issn),
        other_ids=others,
        volume=tidy(record.volume),
        issue=tidy(record.issue),
        pages=pages,
        article_number=number,
    )


def _as_book(plain: WorkRecord, record: WorkRecord, form: Form) -> WorkRecord:
    book = record.book or Book()
    carried_book = Book(
        title=title_of(book.title),
        publisher=tidy(book.publisher),
        place=tidy(book.place),
        editors=carried_names(book.editors, commas_in_groups=form.commas_in_groups),
        edition=tidy(book.edition),
        volume=tidy(book.volume or record.volume),
        series=tidy(book.series),
        isbns=split_list(book.isbns, "; ,"),
    )
    return replace(book_of(plain, carried_book), pages=pages_in(record.pages.medline))


def _dated(plain: WorkRecord, record: WorkRecord, form: Form) -> WorkRecord:
    printed, online = carried_dates(record)
    if plain.kind in BOOKISH:
        printed, online = online or printed, None
    elif not form.online_dates:
        printed, online = printed or online, None
    return year_dated(replace(plain, print_date=printed, electronic_date=online))


def carried_dates(record: WorkRecord) -> tuple[PartialDate | None, PartialDate | None]:
    """Return both dates as their wording carries them; a mere year is a date of which no more is known.

    An online date without a year says nothing and is left out.
    """
    printed, online = (date_worded(wording_of(date)) for date in (record.print_date, record.electronic_date))
    online = online if iso_year(online) else None
    if printed is None and online is None and record.year is not None:
        printed = date_worded(f"{record.year:04d}")
    return printed, online
