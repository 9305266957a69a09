"""Reads a printed reference that somebody pasted: Vancouver, AMA, APA or PubMed's Summary (text).

What is found is a guess to be checked against a source, so it says which fields it could find; nothing is fetched.
"""

import re
from dataclasses import dataclass, replace
from itertools import islice

from evidence.sources.dates import PartialDate
from evidence.sources.names import SUFFIXES, person, without_et_al
from evidence.sources.pagination import article_number_of, pages_of
from evidence.sources.records import Author, Journal, Pages, WorkRecord
from evidence.sources.wording import MONTHS, date_worded, doi_in, iso_year, pmcid_in, pmid_in, tidy, title_of

LONGEST_REFERENCE = 20_000
# Names with full stops in their initials bring many before the title begins.
MOST_FULL_STOPS = 60
_NUMBER = re.compile(r"^\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.:)])\s+(?=\S)")
_NUMBERED_LINE = re.compile(r"^[ \t]*([\[(]?)(\d{1,4})([\].:)])\s+(?=\S)", re.MULTILINE)
_BULLET = re.compile(r"^\s*[-*•·–]\s+(?=\S)")
_DOI = re.compile(
    r"(?:https?://(?:dx\.|www\.)?doi\.org/|\bdoi\s*[:：]?\s*(?:https?://(?:dx\.)?doi\.org/)?|(?<![\w/.]))"
    r"(10\.\d{4,9}/[^\s]+)", re.IGNORECASE
)  # fmt: skip
_PMID = re.compile(r"\bPMID\s*[:：]?\s*(\d{1,8})\b|pubmed\.ncbi\.nlm\.nih\.gov/(\d{1,8})\b", re.IGNORECASE)
_PMCID = re.compile(r"\b(?:PMCID\s*[:：]?\s*)?(PMC\d{1,10})\b", re.IGNORECASE)
# Notes behind the reference name other works: their identifiers are not this one's. A title may begin so too.
_NOTES = re.compile(
    r"\.\s+(?:Erratum in|Erratum for|Comment in|Comment on|Retraction in|Retraction of|Update in|Update of"
    r"|Corrected and republished (?:in|from)|Republished in|Expression of concern in|Summary for patients in):\s"
)
_TAIL = re.compile(
    r"\s*(?:(?i:\bPMC?ID\s*[:：]?\s*(?:PMC)?\d|\bPMC\d|\bdoi\s*[:：]|https?://|(?<![\w/.])10\.\d{4,9}/)"
    r"|\bEpub\b|\bAvailable (?:from|at)\b|\bAccessed\b|\[PubMed\]).*$", re.DOTALL
)  # fmt: skip
_MONTH = (
    "|".join(MONTHS)
    + "|June|July|Sept|January|February|March|April|August|September|October|November|December"
)
_DATE = rf"(?P<date>(?:1[89]|20)\d\d(?:[ /-]+(?:{_MONTH}|Spring|Summer|Autumn|Fall|Winter)\b\.?(?:[ -]+\d{{1,2}}\b)?)*)"
_PLACE = r"(?P<pages>[^\s:;][^:;]{0,80}?)"
_PAGES = re.compile(
    r"[A-Za-z]{0,20}\d[\w.]*(?:\s?[-\u2010-\u2015]\s?[A-Za-z]{0,20}\d[\w.]*)?(?:[,;] .+)?|[ivxlc]+-[ivxlc]+"
)
_LANGUAGES = r"(?:\s+[A-Z][a-z]+(?:, [A-Z][a-z]+)*\.)?"
_ISSUE = r"(?:\s?\((?P<issue>[^()]*(?:\([^()]*\)[^()]*)*)\))?"
# 2024;56(1):60 · 2020 Dec 7;17(12):e1003228 · 2020 Sep 6:e13806 · 2020 Aug 31
_VANCOUVER = re.compile(
    rf"(?P<head>.*?)[.,]?\s+{_DATE}\s*(?:;\s?(?P<volume>[^:;()]{{1,40}}?)?{_ISSUE})?\s*(?::\s?{_PLACE})?"
    rf"\s*\.?{_LANGUAGES}\s*$", re.DOTALL
)  # fmt: skip
_APA = re.compile(
    r"^(?P<authors>.*?)\s*\((?P<year>(?:1[89]|20)\d\d)[a-z]?(?:,\s[^)]*)?\)\.?\s+(?P<rest>.+)$", re.DOTALL
)
_APA_SOURCE = re.compile(
    rf"^(?P<title>.+?[.?!])\s+(?P<journal>[^.?!]+?),\s*(?P<volume>[\w-]{{1,20}}){_ISSUE}"
    rf"\s*(?:,\s*(?:pp?\.\s*|Article\s+)?{_PLACE})?\s*\.?\s*$", re.DOTALL
)  # fmt: skip
_APA_NAME = re.compile(r"([^,&]+),\s*((?:[^\W\d_]\.[\s-]*)+)(?:,\s*(Jr|Sr|I{2,3}|IV)\.?)?")
FIELDS = (
    "authors",
    "title",
    "journal",
    "year",
    "volume",
    "issue",
    "pages",
    "article_number",
    "doi",
    "pmid",
    "pmcid",
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What one pasted reference says; `found` names the fields read, in the order of `FIELDS`."""

    text: str
    record: WorkRecord
    found: tuple[str, ...]


def split_pasted(text: str) -> list[str]:
    """Split several references pasted at once: by their numbers, by blank lines, else one a line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    starts = _starts(lines)
    if len(starts) > 1 and not lines[: starts[0]].strip():
        parts = [lines[begin:end] for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    elif re.search(r"\n\s*\n", lines.strip()):
        parts = re.split(r"\n\s*\n", lines)
    else:
        parts = _by_line(lines)
    return [part for held in parts if (part := tidy(held))]


def parse_pasted(text: str) -> Pasted:
    """Read one printed reference into a partial record of source `pasted`; what is not found stays empty."""
    text = tidy(text)[:LONGEST_REFERENCE]
    plain = _BULLET.sub("", _NUMBER.sub("", text))
    year = re.search(r"\b(?:1[89]|20)\d\d\b", plain)
    notes = _NOTES.search(plain, year.end() if year else len(plain))
    own = plain[: notes.start() + 1] if notes else plain
    record = _identified(WorkRecord(source="pasted"), plain, own)
    body = _TAIL.sub("", own).strip()
    record = _apa(record, body) or _vancouver(record, body) or _loose(record, body)
    return Pasted(text=text, record=record, found=tuple(name for name in FIELDS if _has(record, name)))


def _starts(lines: str) -> list[int]:
    """Return where numbered references begin: in one style and counting on, unlike a wrapped `5. doi:`."""
    starts: list[int] = []
    style, awaited = ("", ""), 0
    for found in _NUMBERED_LINE.finditer(lines):
        number = int(found[2])
        if not starts or ((found[1], found[3]) == style and number == awaited):
            starts.append(found.start())
            style, awaited = (found[1], found[3]), number + 1
    return starts


def _by_line(lines: str) -> list[str]:
    """One reference a line only where each line could be one by itself; else the lines are one, wrapped."""
    each = [line for line in lines.split("\n") if line.strip()]
    whole = [line for line in each if re.search(r"\b(?:1[89]|20)\d\d\b|10\.\d{4,9}/|PMID", line)]
    alone = [line for line in each if not line.startswith((" ", "\t")) and line.strip()[:1].isupper()]
    return each if len(whole) == len(each) == len(alone) else [lines]


def _identified(record: WorkRecord, plain: str, own: str) -> WorkRecord:
    """Take the identifiers before any note on other works; PubMed prints its own PMID after them at times."""
    # A commentary may name the work it is about in its title: its own DOI is the last.
    doi = next(iter([*_DOI.finditer(own)][::-1]), None)
    pmids, later = _PMID.search(own), _last_own_pmid(plain)
    pmcid = _PMCID.search(own) or _PMCID.search(plain[plain.rfind("PMID") :] if later else "")
    found, spelled = doi_in(doi[1]) if doi else ("", "")
    return replace(
        record,
        doi=found,
        doi_spelled=spelled,
        pmid=pmid_in(pmids[1] or pmids[2]) if pmids else later,
        pmcid=pmcid_in(pmcid[1]) if pmcid else "",
    )


def _last_own_pmid(plain: str) -> str:
    """Return the PMID that closes the reference behind its notes: `Erratum in: ... PMID: 1; PMCID: PMC2.`"""
    found = re.search(r"PMID: (\d{1,8})(?:; PMCID: PMC\d+)?\.?$", plain)
    return pmid_in(found[1]) if found else ""


def _vancouver(record: WorkRecord, body: str) -> WorkRecord | None:
    if not (found := _VANCOUVER.fullmatch(body)):
        return None
    authors, rest = _authors_and_title(found["head"])
    title, journal = _last_sentence(rest)
    cited = _cited(record, authors, title, journal, date=date_worded(_plain_date(found["date"])))
    return _placed(cited, found) if title else None


def _apa(record: WorkRecord, body: str) -> WorkRecord | None:
    found = _APA.match(body)
    source = _APA_SOURCE.match(found["rest"]) if found else None
    if found is None or source is None or ";" in found["authors"]:
        return None
    authors = tuple(
        person(family=tidy(family).lstrip(". "), given=tidy(given), suffix=suffix or "")
        for family, given, suffix in _APA_NAME.findall(found["authors"])
    )
    authors = authors or (Author(collective=tidy(found["authors"]).rstrip(".")),)
    more, journal = _last_sentence(source["journal"])
    title = " ".join(filter(None, (source["title"], more)))
    return _placed(_cited(record, authors, title, journal, date=date_worded(found["year"])), source)


def _loose(record: WorkRecord, body: str) -> WorkRecord:
    """Keep authors, title and year where the place in a journal cannot be read."""
    authors, title = _authors_and_title(body)
    year = re.findall(r"\b((?:1[89]|20)\d\d)\b", body)
    date = date_worded(year[-1]) if year else None
    return replace(
        _with_authors(record, authors), title=title_of(title), year=iso_year(date), print_date=date
    )


def _cited(
    record: WorkRecord, authors: tuple[Author, ...], title: str, journal: str, *, date: PartialDate | None
) -> WorkRecord:
    return replace(
        _with_authors(record, authors),
        title=title_of(title),
        journal=Journal(title=tidy(journal).rstrip(".,")),
        print_date=date,
        year=iso_year(date),
    )


def _placed(record: WorkRecord, found: re.Match[str]) -> WorkRecord:
    """Add volume, issue and pages; a publisher's item identifier in their place is no page."""
    wording = re.sub(r"\s?[\u2010-\u2015]\s?", "-", (found["pages"] or "").rstrip(". "))
    pages = pages_of(wording) if _PAGES.fullmatch(wording) else Pages()
    return replace(
        record,
        volume=tidy(found["volume"] or ""),
        issue=tidy(found["issue"] or ""),
        pages=pages,
        article_number=article_number_of("", pages.medline) or _bare_number(pages),
    )


def _bare_number(pages: Pages) -> str:
    """A single number of five digits or more is an article's, not a page's."""
    return pages.medline if re.fullmatch(r"\d{5,}", pages.medline) else ""


def _with_authors(record: WorkRecord, authors: tuple[Author, ...]) -> WorkRecord:
    named, complete = without_et_al(authors)
    return replace(record, authors=named, authors_complete=complete)


def _authors_and_title(text: str) -> tuple[tuple[Author, ...], str]:
    """Take the names off the front: they end at the first full stop behind something like `Family IN`."""
    for found in islice(re.finditer(r"\.\s+", text), MOST_FULL_STOPS):
        if authors := _people(text[: found.start()]):
            return authors, text[found.end() :]
    return (), text


def _people(text: str) -> tuple[Author, ...]:
    """Read `Abbasi F, Haghighat Lari MM, et al` or `...; A Study Group`; nothing if it is no list of names."""
    people, *groups = text.split(";")
    named = [_printed_name(part) for part in re.split(r",\s+(?:and\s+|&\s+)?|\s+and\s+", people.strip())]
    if not named or any(name is None for name in named):
        return ()
    kept = [name for name in named if name is not None]
    return (*kept, *(Author(collective=group) for held in groups if (group := tidy(held))))


def _printed_name(text: str) -> Author | None:
    """Read `Haghighat Lari MM` or `Lopes Junior G.L.`; None for what is no such name."""
    if text.strip(". ").lower() in ("et al", "others"):
        return Author(collective="et al")
    words = text.replace(".", "").split()
    suffix = words.pop() if len(words) > 2 and words[-1] in SUFFIXES else ""
    if not 2 <= len(words) <= 7 or not (words[-1].isupper() and len(words[-1]) <= 5):
        return None
    return Author(family=" ".join(words[:-1]), initials=words[-1], suffix=suffix)


def _last_sentence(text: str) -> tuple[str, str]:
    """Split `A title. Journal Name` at its last full stop; `J. Clin. Med` goes back over its short words."""
    parts = re.split(r"(?<=[.?!])\s+|(?<=\])\s+(?=[A-Z])", text.strip())
    at = len(parts) - 1
    while at > 1 and re.fullmatch(r"[A-Z][A-Za-z]{0,9}\.", parts[at - 1]):
        at -= 1
    return (" ".join(parts[:at]), " ".join(parts[at:])) if at else ("", text)


def _plain_date(text: str) -> str:
    """Return `2020 Sep 6`, as MEDLINE words a date, for `2020 Sept. 6` and the like."""
    words = re.sub(r"[./]", " ", text).split()
    short = [word[:3] if word[:3] in MONTHS and not re.search(r"\d|-", word) else word for word in words]
    return " ".join(short)


def _has(record: WorkRecord, name: str) -> bool:
    if name == "journal":
        return bool(record.journal.title)
    return bool(record.pages.medline if name == "pages" else getattr(record, name))
