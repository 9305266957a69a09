"""Prints a record as an AMA (Vancouver) reference in parts, and names it shortly for text and keys.

Printing uses the source's record alone; which works an article cites, and in what order, is not known here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evidence.sources.names import initials_of
from evidence.sources.pagination import full_pages
from evidence.sources.records import Author, Book, Journal, WorkRecord

Role = Literal["authors", "title", "journal", "book", "source", "doi"]

MOST_AUTHORS_LISTED = 5
AUTHORS_BEFORE_ET_AL = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a reference; pages italicise the parts whose role is journal or book."""

    role: Role
    text: str

    @property
    def italic(self) -> bool:
        """Whether AMA sets this part in italics."""
        return self.role in ("journal", "book")


def reference(record: WorkRecord) -> tuple[Part, ...]:
    """Return the AMA reference in parts; joined with nothing between, they are the printed line.

    Up to five authors, else three and "et al." (the golden references; AMA Manual of Style, 11th ed.,
    3.7, lists a sixth: docs/decisions/0007-six-authors.md); page ranges in full (3.11); articles without
    an issue yet as "Published online" (3.11.8). What the record does not say is left out, never guessed.
    """
    return tuple(_parts(record))


def reference_text(record: WorkRecord) -> str:
    """Return the whole reference as one line of plain text."""
    return "".join(part.text for part in reference(record))


def authors_line(authors: Sequence[Author], *, complete: bool = True) -> str:
    """Return `Abbasi F, Haghighat Lari MM, Khosravi GR, et al` without a closing full stop.

    A list its source marks as incomplete ends in "et al" too, however short it is.
    """
    names = [name for author in authors if (name := _printed_name(author))]
    if len(names) > MOST_AUTHORS_LISTED:
        return ", ".join([*names[:AUTHORS_BEFORE_ET_AL], "et al"])
    people = [_printed_name(author) for author in authors if not author.collective and _printed_name(author)]
    people += [] if complete or not people else ["et al"]
    groups = [author.collective for author in authors if author.collective]
    return "; ".join(filter(None, (", ".join(people), "; ".join(groups))))


def short_name(record: WorkRecord) -> str:
    """Return `Camilleri 2019`, `Kim and Kim 2017` or `Abbasi et al. 2024`."""
    names = [name for author in record.named_authors if (name := author.collective or author.family)]
    year = _year(record)
    if not names:
        return f"{_short_title(record)} {year}".strip()
    joined = names[0] if len(names) == 1 else " and ".join(names) if len(names) == 2 else f"{names[0]} et al."
    return f"{joined} {year}".strip()


def first_author_and_year(record: WorkRecord) -> str:
    """Return `Zhou 2019`, the form notes and lists use."""
    first = _first_name(record)
    return f"{first or _short_title(record)} {_year(record)}".strip()


def default_citekey(record: WorkRecord) -> str:
    """Return `zhou2019`: the first name in lower-case ASCII and the year.

    Two works may share it: whoever stores it adds a suffix. Names that leave no ASCII letter
    (Chinese ones) fall back to `pmid` or `work`, so the key is never empty.
    """
    first = next(iter(record.named_authors), Author())
    letters = _ascii_letters(first.family or _first_word(first.collective))
    if not letters:
        return f"pmid{record.pmid}" if record.pmid else f"work{_year(record)}"
    return f"{letters}{_year(record)}"


def _parts(record: WorkRecord) -> Iterator[Part]:
    if authors := authors_line(record.named_authors, complete=record.authors_complete):
        yield Part("authors", f"{_stopped(authors)} ")
    if record.book is not None:
        yield from _book_parts(record, record.book)
    else:
        yield from _article_parts(record)
    if doi := record.doi_spelled or record.doi:
        yield Part("doi", f" doi:{doi}")


def _article_parts(record: WorkRecord) -> Iterator[Part]:
    if title := _printed_title(record):
        yield Part("title", f"{_stopped(title)} ")
    if name := journal_name(record.journal):
        yield Part("journal", _stopped(name))
    if source := _preprint_source(record) if _is_preprint(record) else _article_source(record):
        yield Part("source", f" {_stopped(source)}")


def _book_parts(record: WorkRecord, book: Book) -> Iterator[Part]:
    if record.kind == "chapter":
        yield Part("title", f"{_stopped(record.title)} ")
        editors = authors_line(book.editors)
        role = "eds" if len(book.editors) > 1 else "ed"
        yield Part("source", f"In: {editors}, {role}. " if editors else "In: ")
    yield Part("book", _stopped(book.title))
    volume = f"Vol {book.volume}." if book.volume else ""
    edition = _stopped(book.edition) if book.edition else ""
    imprint = "; ".join(filter(None, (book.publisher, book.years or _year(record))))
    pages = f":{full_pages(record.pages.medline)}" if record.pages.medline else ""
    lines = [volume, edition, _stopped(f"{imprint}{pages}") if imprint or pages else ""]
    if text := " ".join(filter(None, lines)):
        yield Part("source", f" {text}")


def journal_name(journal: Journal) -> str:
    """Return the journal as AMA prints it: NLM's abbreviation without full stops, else the title."""
    abbreviation = journal.medline_ta or journal.iso_abbreviation
    return " ".join(abbreviation.replace(".", " ").split()) or journal.title


def _article_source(record: WorkRecord) -> str:
    """Return `2024;56(1):60`, or `Published online May 10, 2019` before there is a volume."""
    pages = full_pages(record.pages.medline) or record.article_number
    volume, issue = _volume_and_issue(record)
    if not volume and not issue and (record.publication_status == "aheadofprint" or not pages):
        return _online_source(record)
    number = f"{volume}({issue})" if issue else volume
    numbered = ";".join(filter(None, (_year(record), number)))
    return f"{numbered}:{pages}" if pages else numbered


def _online_source(record: WorkRecord) -> str:
    if record.electronic_date is not None:
        return f"Published online {record.electronic_date.american}"
    return record.print_date.american if record.print_date is not None else _year(record)


def _volume_and_issue(record: WorkRecord) -> tuple[str, str]:
    """Split `37 Suppl 2` into its volume and supplement, and write Suppl and Pt as AMA does."""
    volume, issue = record.volume, record.issue
    found = re.fullmatch(r"(\S+)\s+((?:Suppl|Pt|Spec No)\b.*)", volume)
    if found is not None and not issue:
        volume, issue = found.groups()
    return volume, re.sub(r"\b(Suppl|Pt)\b", lambda word: word[0].lower(), issue)


def _is_preprint(record: WorkRecord) -> bool:
    return "Preprint" in record.type_names or record.kind == "preprint"


def _preprint_source(record: WorkRecord) -> str:
    posted = record.electronic_date or record.print_date
    return (
        f"Preprint posted online {posted.american}"
        if posted is not None
        else f"Preprint {_year(record)}".strip()
    )


def _printed_title(record: WorkRecord) -> str:
    """Return the title; one in another language stands first, NLM's bracketed translation after it."""
    title = "" if record.title.strip("[]. ").lower() == "not available" else record.title
    return " ".join(filter(None, (record.vernacular_title, title)))


def _printed_name(author: Author) -> str:
    if author.collective:
        return author.collective
    initials = author.initials.replace(".", "").replace(" ", "") or initials_of(author.given)
    return " ".join(
        filter(None, (author.family or author.given, initials if author.family else "", _suffix(author)))
    )


def _suffix(author: Author) -> str:
    """Return Jr, Sr or a roman numeral; degrees that strayed into the suffix are not printed (AMA 3.7.1)."""
    word = author.suffix.strip(" .,")
    word = {"1st": "I", "2nd": "II", "3rd": "III", "4th": "IV", "5th": "V"}.get(word.lower(), word)
    return word if word in ("Jr", "Sr") or re.fullmatch(r"[IVX]{1,4}", word) else ""


def _first_name(record: WorkRecord) -> str:
    return next((name for author in record.named_authors if (name := author.family or author.collective)), "")


def _short_title(record: WorkRecord) -> str:
    """What stands for a work without authors: the first words of its title, else its number."""
    words = (record.title or record.vernacular_title).split()
    return " ".join(words[:5]) + ("..." if len(words) > 5 else "") if words else record.pmid or record.doi


def _year(record: WorkRecord) -> str:
    return "" if record.year is None else str(record.year)


def _stopped(text: str) -> str:
    """Close a sentence with a full stop unless it closes itself."""
    bare = text.rstrip("\"'\u201d\u2019")
    return text if bare.endswith((".", "?", "!", "\u3002", "\uff1f", "\uff01")) else f"{text}."


# Letters that Unicode does not decompose into a base letter and a mark.
LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d",
     "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"}
)  # fmt: skip


def _first_word(group: str) -> str:
    """The word a group is filed under: `Centers for Disease Control` under Centers."""
    return next((word for word in group.split() if word.lower() not in ("the", "a", "an")), "")


def _ascii_letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(LATIN))
    return re.sub(r"[^a-z0-9]", "", plain.encode("ascii", "ignore").decode().lower())
