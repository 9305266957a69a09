"""Maps the tagged lines of one NBIB record to a `WorkRecord`; streams and writing are `nbib`'s.

Fields follow NLM's "MEDLINE/PubMed Data Element (Field) Descriptions"; MeSH, grants and chemicals are not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from evidence.sources import nbib_names
from evidence.sources.carried import abstract_of, remarks_of
from evidence.sources.dates import PartialDate, date_of_parts
from evidence.sources.pagination import article_number_of, pages_of
from evidence.sources.problems import ParseProblem
from evidence.sources.records import Book, Journal, Keyword, Notice, Term, WorkRecord
from evidence.sources.streams import Readable, text_lines
from evidence.sources.wording import (
    date_worded,
    doi_address,
    doi_in,
    iso_year,
    pmcid_in,
    pmid_in,
    tidy,
    title_of,
)

# MEDLINE's tags of comments and corrections -> PubMed's RefType.
NOTICES = {
    "CIN": "CommentIn", "CON": "CommentOn",
    "CRI": "CorrectedandRepublishedIn", "CRF": "CorrectedandRepublishedFrom",
    "ECI": "ExpressionOfConcernIn", "ECF": "ExpressionOfConcernFor",
    "EIN": "ErratumIn", "EFR": "ErratumFor",
    "ORI": "OriginalReportIn", "SPIN": "SummaryForPatientsIn",
    "PRIN": "PartialRetractionIn", "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn", "ROF": "RetractionOf",
    "RPI": "RepublishedIn", "RPF": "RepublishedFrom",
    "RRI": "RetractedandRepublishedIn", "RRF": "RetractedandRepublishedFrom",
    "UIN": "UpdateIn", "UOF": "UpdateOf",
}  # fmt: skip
_LINE = re.compile(r"([A-Z][A-Z0-9 ]{3}) ?-(?: (.*))?")
_IDENTIFIER = re.compile(r"(.*?)\s*\[(doi|pii)\]")
_ISSN = re.compile(r"(.*?)(?: \((Print|Electronic|Linking)\))?")
_ERIC_ISSN = re.compile(r"(E?)ISSN-(\d{4}-\d{3}[\dXx])")
NOTICE_PMID = re.compile(r"\s*PMID: ?(\d{1,8})\b.*")


@dataclass(slots=True)
class Fields:
    """The tagged lines of one record, in their order."""

    line: int
    held: list[list[str]] = field(default_factory=list)

    def all(self, *tags: str) -> list[str]:
        """Every value under these tags that is not blank."""
        return [value for tag, value in self.held if tag in tags and value.strip()]

    def first(self, *tags: str) -> str:
        """The first such value, else an empty text."""
        return next(iter(self.all(*tags)), "")


def records_in(stream: Readable) -> Iterator[Fields]:
    """Split the lines at blank ones and before each PMID; a line without a tag goes on with the one before."""
    current: Fields | None = None
    ended = False
    for number, line in text_lines(stream):
        found = _LINE.match(line)
        if found is None:
            ended = ended or not line.strip()
            if current and current.held and line.strip():
                current.held[-1][1] += f" {line.strip()}"
            continue
        tag, value = found[1].strip(), found[2] or ""
        if current and (ended or (tag == "PMID" and current.first("PMID"))):
            yield current
            current = None
        current = current or Fields(number)
        current.held.append([tag, value])
        ended = False
    if current:
        yield current


def record_of(fields: Fields, ordinal: int) -> WorkRecord | ParseProblem:
    """Map one record; one that names neither title nor identifier is a problem."""
    title = title_of(fields.first("TI") or fields.first("BTI"))
    vernacular = title_of(fields.first("TT"))
    title, vernacular = (title, vernacular) if title else (vernacular, "")
    identifiers = _identifiers(fields.all("AID"))
    doi, doi_spelled = doi_in(*identifiers["doi"])
    pmid = pmid_in(fields.first("PMID"))
    if not (title or doi or pmid):
        return ParseProblem(code="nothing_stated", line=fields.line, ordinal=ordinal)
    authors, complete = nbib_names.read(fields.held, nbib_names.AUTHORS)
    plain = WorkRecord(
        source="nbib",
        pmid=pmid,
        doi=doi,
        doi_spelled=doi_spelled,
        elocation_doi=doi_in(*_identifiers(fields.all("LID"))["doi"])[0],
        pmcid=pmcid_in(fields.first("PMC")),
        title=title,
        vernacular_title=vernacular,
        authors=authors,
        authors_complete=complete,
        languages=tuple(map(tidy, fields.all("LA"))),
        abstract=abstract_of(" ".join(fields.all("AB"))),
        copyright=tidy(fields.first("CI")),
        publication_types=tuple(Term(name=tidy(name)) for name in fields.all("PT")),
        keywords=tuple(_keyword(text) for text in fields.all("OT") if text.strip("* ")),
        notices=tuple(_notice(tag, value) for tag, value in fields.held if tag in NOTICES),
        publication_status=tidy(fields.first("PST")),
        remarks=remarks_of(title, "pmid_unreadable" if fields.first("PMID") and not pmid else ""),
    )
    return _book_record(plain, fields) if fields.first("BTI") else _article_record(plain, fields)


def _article_record(plain: WorkRecord, fields: Fields) -> WorkRecord:
    pages = pages_of(tidy(fields.first("PG")))
    pii = next((article_number_of(tidy(held), "") for held in _identifiers(fields.all("LID"))["pii"]), "")
    printed = date_worded(fields.first("DP"))
    online = _depdate(fields.first("DEP"))
    return replace(
        plain,
        journal=_journal(fields),
        volume=tidy(fields.first("VI")),
        issue=tidy(fields.first("IP")),
        pages=pages,
        article_number=article_number_of(pii, pages.medline),
        print_date=printed,
        electronic_date=online,
        revised=_depdate(fields.first("LR")),
        year=iso_year(printed) or iso_year(online),
    )


def _book_record(plain: WorkRecord, fields: Fields) -> WorkRecord:
    issued = date_worded(fields.first("DP"))
    year = iso_year(issued)
    book = Book(
        title=title_of(fields.first("BTI")),
        publisher=tidy(fields.first("PB")),
        place=tidy(fields.first("PL")),
        editors=nbib_names.read(fields.held, nbib_names.EDITORS)[0],
        edition=tidy(fields.first("EN")),
        volume=tidy(fields.first("VI")),
        series=tidy(fields.first("CTI")),
        isbns=tuple(map(tidy, fields.all("ISBN"))),
        years=f"{year:04d}" if year else "",
    )
    return replace(
        plain,
        kind="chapter" if fields.first("TI") else "book",
        book=book,
        pages=pages_of(tidy(fields.first("PG"))),
        print_date=issued,
        year=year,
    )


def _journal(fields: Fields) -> Journal:
    issns = {"": "", "Print": "", "Electronic": "", "Linking": ""}
    for value in fields.all("IS"):
        if found := _ISSN.fullmatch(tidy(value)):
            issns[found[2] or ""] = issns[found[2] or ""] or found[1]
    for value in fields.all("ISSN"):
        if found := _ERIC_ISSN.fullmatch(tidy(value)):
            issns["Electronic" if found[1] else ""] = found[2]
    return Journal(
        title=tidy(fields.first("JT")),
        medline_ta=tidy(fields.first("TA")),
        nlm_id=tidy(fields.first("JID")),
        issn=issns[""],
        issn_print=issns["Print"],
        issn_electronic=issns["Electronic"],
        issn_linking=issns["Linking"],
        country=tidy(fields.first("PL")),
    )


def _identifiers(values: list[str]) -> dict[str, list[str]]:
    """Sort identifiers by the scheme in brackets; an address of doi.org needs none (ERIC)."""
    found: dict[str, list[str]] = {"doi": [], "pii": []}
    for value in values:
        if named := _IDENTIFIER.fullmatch(tidy(value)):
            found[named[2]].append(named[1])
        elif address := doi_address(value):
            found["doi"].append(address)
    return found


def _keyword(text: str) -> Keyword:
    plain = tidy(text)
    return Keyword(text=plain.lstrip("* "), major=plain.startswith("*"))


def _notice(tag: str, value: str) -> Notice:
    text = tidy(value)
    found = NOTICE_PMID.search(text)
    return Notice(
        kind=NOTICES[tag],
        ref_source=NOTICE_PMID.sub("", text).rstrip(),
        pmid=pmid_in(found[1]) if found else "",
    )


def _depdate(text: str) -> PartialDate | None:
    digits = text.strip()
    return date_of_parts(digits[:4], digits[4:6], digits[6:8]) if digits[:4].isdecimal() else None
