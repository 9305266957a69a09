"""Reads Crossref's JSON: one work into a record, and a whole answer into works or a problem.

Both are total: whatever the bytes or the JSON hold, a record or a coded problem comes back. Asking
Crossref is `crossref_client`; the mapping of single fields is `crossref_parts`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evidence.identifiers import IdentifierError, parse_doi, spelled_doi
from evidence.sources.crossref_parts import (
    Json,
    abstract_of,
    date_in,
    dict_of,
    first_wording,
    grants_of,
    isbns_of,
    journal_of,
    list_of,
    notices_of,
    other_ids_of,
    people_of,
    text_of,
    title_of,
    trials_of,
    worded,
)
from evidence.sources.dates import PartialDate
from evidence.sources.pagination import article_number_of, pages_of
from evidence.sources.records import Book, DatedEvent, Journal, Term, WorkRecord

_KINDS = {
    "journal-article": "article",
    "proceedings-article": "proceedings",
    "posted-content": "preprint",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "book-track": "chapter",
    "reference-entry": "chapter",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-set": "book",
    "book-series": "book",
    "report": "report",
    "report-component": "report",
    "dissertation": "thesis",
    "dataset": "dataset",
    "database": "dataset",
    "journal": "journal",
    "journal-issue": "journal",
    "journal-volume": "journal",
    "peer-review": "peer_review",
}
_IN_BOOKS = frozenset({"chapter", "book", "report", "thesis"})
_BCP47_TO_MARC = {
    "ar": "ara", "cs": "cze", "da": "dan", "de": "ger", "el": "gre", "en": "eng", "es": "spa", "fa": "per",
    "fi": "fin", "fr": "fre", "he": "heb", "hr": "hrv", "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn",
    "ko": "kor", "nl": "dut", "no": "nor", "pl": "pol", "pt": "por", "ro": "rum", "ru": "rus", "sk": "slo",
    "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha", "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi",
}  # fmt: skip
_PUBLISHED = ("issued", "published", "published-other", "posted")
_EVENTS = (*_PUBLISHED, "accepted", "approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossrefProblem:
    """Why an answer holds no works. `absent` alone says that Crossref knows no such resource.

    Codes: empty, html, half_body, not_json, absent, error_answer, other_answer. `detail` is
    Crossref's or the reader's own wording.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossrefAnswer:
    """What one good answer says: its works, how many there are in all, or the agency of a DOI."""

    message_type: str
    works: tuple[WorkRecord, ...] = ()
    total: int = 0
    agency: str = ""
    doi: str = ""


def work_of(message: Json) -> WorkRecord:
    """Map one work, whole or cut down by `select`; what it does not say, or says oddly, stays empty."""
    work = dict_of(message)
    kind = _kind(work)
    doi, spelled, remark = _own_doi(work)
    record = WorkRecord(
        source="crossref",
        kind=kind,
        doi=doi,
        doi_spelled=spelled,
        other_ids=other_ids_of(work),
        title=title_of(work),
        vernacular_title=first_wording(work.get("original-title")),
        publication_types=tuple(Term(name=name) for name in _type_names(work, kind)),
        notices=notices_of(work, doi),
    )
    remarks = filter(None, (remark, "" if record.title else "title_missing"))
    return replace(_described(_placed(record, work), work), remarks=tuple(remarks))


def read_answer(body: bytes) -> CrossrefAnswer | CrossrefProblem:
    """Read the body of an answer to a question about works, whatever its content type claims."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    if problem := _unsuitable(text):
        return problem
    try:
        answer = json.loads(text)
    except RecursionError:
        return CrossrefProblem(code="not_json", detail="nested too deeply")
    except ValueError as error:
        return CrossrefProblem(code=_code_of_broken(text, error), detail=str(error))
    return _sorted_answer(dict_of(answer))


def _unsuitable(text: str) -> CrossrefProblem | None:
    if not text:
        return CrossrefProblem(code="empty")
    if text.rstrip(".").lower() == "resource not found":
        return CrossrefProblem(code="absent", detail=text)
    if text.startswith("<"):
        return CrossrefProblem(code="html", detail=text[:80])
    return None


def _code_of_broken(text: str, error: ValueError) -> str:
    """Tell a body cut short from one that never was JSON: the first breaks where its text ends."""
    broke_at = error.pos if isinstance(error, json.JSONDecodeError) else 0
    unterminated = isinstance(error, json.JSONDecodeError) and error.msg.startswith("Unterminated")
    return "half_body" if text[0] in "{[" and (unterminated or broke_at >= len(text) - 1) else "not_json"


def _sorted_answer(answer: Json) -> CrossrefAnswer | CrossrefProblem:
    kind, message = text_of(answer.get("message-type")), answer.get("message")
    if answer.get("status") != "ok":
        words = "; ".join(text_of(dict_of(held).get("message")) for held in list_of(message))
        return CrossrefProblem(code="error_answer" if answer.get("status") else "other_answer", detail=words)
    held = dict_of(message)
    if kind == "work" and held:
        return CrossrefAnswer(message_type=kind, works=(work_of(held),), total=1)
    if kind == "work-list" and isinstance(held.get("items"), list):
        works = tuple(work_of(item) for item in held["items"] if isinstance(item, dict))
        total = held.get("total-results")
        return CrossrefAnswer(
            message_type=kind, works=works, total=total if isinstance(total, int) else len(works)
        )
    if kind == "work-agency" and (agency := text_of(dict_of(held.get("agency")).get("id"))):
        return CrossrefAnswer(message_type=kind, agency=agency.lower(), doi=text_of(held.get("DOI")), total=1)
    return CrossrefProblem(code="other_answer", detail=kind)


def _kind(work: Json) -> str:
    # select= may leave the type out; most of what Crossref holds are articles.
    kind = _KINDS.get(text_of(work.get("type")) or "journal-article", "other")
    is_preprint = text_of(work.get("subtype")) in ("", "preprint")
    return "other" if kind == "preprint" and not is_preprint else kind


def _type_names(work: Json, kind: str) -> Iterator[str]:
    if name := text_of(work.get("type")):
        yield name
    if kind == "preprint":
        yield "Preprint"  # MeSH's name, by which a status is told


def _own_doi(work: Json) -> tuple[str, str, str]:
    """Return the DOI normalised, as spelled, and a remark where there is none to read."""
    given = text_of(work.get("DOI"))
    try:
        return parse_doi(given).value, spelled_doi(given), ""
    except IdentifierError:
        return "", "", f"doi_unreadable:{given}" if given else "doi_missing"


def _placed(record: WorkRecord, work: Json) -> WorkRecord:
    """Add where and when it appeared."""
    printed, online = date_in(work.get("published-print")), date_in(work.get("published-online"))
    posted = date_in(work.get("posted"))
    history = tuple(
        DatedEvent(event=event, date=date)
        for event in _EVENTS
        if (date := date_in(work.get(event))) is not None
    )
    page = text_of(work.get("page"))
    in_book = record.kind in _IN_BOOKS
    return replace(
        record,
        journal=Journal() if in_book else _journal(work, record.kind),
        book=_book(record, work) if in_book else None,
        volume=text_of(work.get("volume")),
        issue=text_of(work.get("issue")) or text_of(dict_of(work.get("journal-issue")).get("issue")),
        pages=pages_of(page),
        article_number=text_of(work.get("article-number")) or article_number_of("", page),
        print_date=printed,
        electronic_date=online or posted,
        history=history,
        year=_year(printed, online, posted, *(step.date for step in history if step.event in _PUBLISHED)),
    )


def _year(*dates: PartialDate | None) -> int | None:
    return next((date.year for date in dates if date is not None), None)


def _journal(work: Json, kind: str) -> Journal:
    journal = journal_of(work)
    if journal.title or kind != "preprint":
        return journal
    # A preprint has no container: its server is the institution, or the group it was posted to.
    server = next((worded(dict_of(held).get("name")) for held in list_of(work.get("institution"))), "")
    return replace(journal, title=server or worded(work.get("group-title")) or worded(work.get("publisher")))


def _book(record: WorkRecord, work: Json) -> Book:
    titles = [title for held in list_of(work.get("container-title")) if (title := worded(held))]
    # With two containers the series comes first and the book itself last.
    is_part = record.kind == "chapter"
    series = titles[:-1] if is_part else titles
    return Book(
        title=(titles[-1] if titles else "") if is_part else record.title,
        publisher=worded(work.get("publisher")),
        place=worded(work.get("publisher-location")),
        editors=people_of(work.get("editor")),
        edition=text_of(work.get("edition-number")),
        volume=text_of(work.get("volume")),
        series=series[0] if series else "",
        isbns=isbns_of(work.get("ISBN")),
    )


def _described(record: WorkRecord, work: Json) -> WorkRecord:
    """Add people and what the work says of itself.

    Counts of citations and dates of indexing and deposit are left out: they change while the work
    does not, and a record's hash is its version.
    """
    language = text_of(work.get("language")).lower()
    references = work.get("reference-count")
    return replace(
        record,
        authors=people_of(work.get("author")),
        languages=(_BCP47_TO_MARC.get(language.partition("-")[0], language),) if language else (),
        abstract=abstract_of(work.get("abstract")),
        grants=grants_of(work.get("funder")),
        data_banks=trials_of(work.get("clinical-trial-number")),
        reference_count=references if type(references) is int and references > 0 else 0,
    )
