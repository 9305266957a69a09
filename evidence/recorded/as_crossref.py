"""Turns a recorded PubMed record into what Crossref, and Retraction Watch, would say of the same work."""

from typing import Any

from evidence.sources.dates import PartialDate
from evidence.sources.pagination import full_pages
from evidence.sources.records import Author, Notice, WorkRecord
from evidence.status import status_of

_TYPES = {"preprint": "posted-content", "chapter": "book-chapter", "book": "monograph"}
_UPDATES = {
    "RetractionIn": "retraction",
    "RetractedandRepublishedIn": "retraction",
    "ExpressionOfConcernIn": "expression_of_concern",
    "ErratumIn": "correction",
    "CorrectedandRepublishedIn": "correction",
}
_NATURES = {
    "retraction": "Retraction",
    "expression_of_concern": "Expression of concern",
    "correction": "Correction",
}
LIST_COLUMNS = (
    "Record ID", "Title", "Journal", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI",
    "OriginalPaperPubMedID", "RetractionNature",
)  # fmt: skip


def work_message(record: WorkRecord) -> dict[str, Any]:
    """Return the `message` of a Crossref work; what the record does not say is left out, as Crossref does."""
    journal = record.journal
    issns = (("print", journal.issn_print), ("electronic", journal.issn_electronic))
    first = record.electronic_date or record.print_date
    message = {
        "DOI": record.doi,
        "URL": f"https://doi.org/{record.doi}",
        "type": _TYPES.get(record.kind, "journal-article"),
        "title": [record.title],
        "author": [_person(author) for author in record.named_authors],
        "container-title": _listed(journal.title),
        "short-container-title": _listed(journal.iso_abbreviation),
        "ISSN": [issn for _, issn in issns if issn],
        "issn-type": [{"type": kind, "value": issn} for kind, issn in issns if issn],
        "volume": record.volume,
        "issue": record.issue,
        "page": full_pages(record.pages.medline),
        "article-number": record.article_number,
        "published-print": _date(record.print_date),
        "published-online": _date(record.electronic_date),
        "issued": _date(first),
        "language": "en" if record.languages == ("eng",) else "",
        "updated-by": [
            {"DOI": notice.doi, "type": _UPDATES[notice.kind], "label": notice.kind, "source": "recorded"}
            for notice in record.notices
            if notice.kind in _UPDATES
        ],
    }
    return {name: value for name, value in message.items() if value}


def list_rows(record: WorkRecord) -> list[tuple[str, ...]]:
    """Return the rows the Retraction Watch list would hold for the work, under `LIST_COLUMNS`."""
    told = [notice for notice in record.notices if notice.kind in _UPDATES]
    # A work that only its title says is retracted has its row too, as in the list itself.
    by_title = (
        []
        if told
        else [Notice(kind="RetractionIn") for sign in status_of(record).signs if sign.basis == "title"]
    )
    return [
        (
            "", record.title, record.journal.title, notice.doi or "unavailable", notice.pmid or "0",
            record.doi or "unavailable", record.pmid, _NATURES[_UPDATES[notice.kind]],
        )
        for notice in (*told, *by_title)
    ]  # fmt: skip


def _person(author: Author) -> dict[str, str]:
    if author.collective:
        return {"name": author.collective}
    person = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {name: value for name, value in person.items() if value}


def _listed(text: str) -> list[str]:
    return [text] if text else []


def _date(date: PartialDate | None) -> dict[str, Any]:
    if date is None or date.year is None:
        return {}
    return {"date-parts": [[int(part) for part in date.iso.split("-")]]}
