"""What the recorded server says to each question: as PubMed or Crossref would, or that it has not recorded it.

It never says that a work does not exist: it cannot know. Serving over HTTP is `server`.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from evidence.recorded.as_crossref import LIST_COLUMNS, list_rows, work_message
from evidence.recorded.shelf import Recorded, Shelf
from evidence.sources.records import WorkRecord

PUBMED_PATH = "/entrez/eutils"
CROSSREF_PATH = "/crossref"
LIST_PATH = "/retraction_watch.csv"
_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_TERM = re.compile(r'"?([^"\[\]]+?)"?\s*(?:\[([\w /-]+)\])?')
# The names PubMed has for the same field ("Search Field Tags" of its help).
_FIELDS = {
    "uid": "pmid", "pmc": "pmcid", "aid": "doi", "lid": "doi", "title": "ti", "author": "au", "1au": "au",
    "pdat": "dp", "tiab": "", "tw": "", "all fields": "", "all": "",
}  # fmt: skip
_NOT_A_LIST_OF_TERMS = re.compile(r"[()]|\b(?:OR|NOT)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply, before it is sent."""

    status: int = 200
    content_type: str = "text/xml; charset=UTF-8"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Params = Mapping[str, str]


def answer_to(shelf: Shelf, path: str, params: Params) -> Answer:
    """Answer a question put to one of the three services; `path` is as it came, still quoted."""
    if path.startswith(f"{PUBMED_PATH}/"):
        tool = _TOOLS.get(path.removeprefix(f"{PUBMED_PATH}/"))
        return tool(shelf, params) if tool and params.get("db") == "pubmed" else not_recorded(path)
    if path.rstrip("/") == f"{CROSSREF_PATH}/works":
        return _candidates(shelf, params)
    if path.startswith(f"{CROSSREF_PATH}/works/"):
        return _work(shelf, path.removeprefix(f"{CROSSREF_PATH}/works/"))
    return _list(shelf) if path == LIST_PATH else not_recorded(path)


def not_recorded(what: str) -> Answer:
    """Say that no reply to this was recorded."""
    sentence = f"The demonstration has recorded no reply to this: {what[:200]}\n"
    return Answer(status=501, content_type="text/plain; charset=UTF-8", body=sentence.encode())


def _efetch(shelf: Shelf, params: Params) -> Answer:
    """Answer with the records there are, and name the others in a header of our own."""
    wanted = [pmid for pmid in re.split(r"[,\s]+", params.get("id", "")) if pmid]
    held = [recorded for pmid in wanted if (recorded := shelf.by_pmid(pmid)) is not None]
    if not held or not all(re.fullmatch(r"\d+", pmid, re.ASCII) for pmid in wanted):
        return not_recorded(f"PMID {', '.join(wanted)}")
    missing = ",".join(pmid for pmid in wanted if shelf.by_pmid(pmid) is None)
    records = b"".join(recorded.xml for recorded in held)
    return Answer(
        body=f"{_XML_HEAD}<PubmedArticleSet>\n".encode() + records + b"</PubmedArticleSet>\n",
        headers={"X-Not-Recorded": missing} if missing else {},
    )


def _esearch(shelf: Shelf, params: Params) -> Answer:
    term = params.get("term", "")
    held = [] if _NOT_A_LIST_OF_TERMS.search(term) else _found(shelf, term)
    within = [recorded.record.pmid for recorded in held if _is_within(recorded.record, params)]
    if not within:
        return not_recorded(f"a search for {term}")
    first, most = _number(params.get("retstart", ""), 0), _number(params.get("retmax", ""), 20)
    page = within[first : first + most]
    ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in page)
    body = (
        f"{_XML_HEAD}<eSearchResult><Count>{len(within)}</Count><RetMax>{len(page)}</RetMax>"
        f"<RetStart>{first}</RetStart><IdList>\n{ids}</IdList><TranslationSet/>"
        f"<QueryTranslation>{escape(term)}</QueryTranslation></eSearchResult>\n"
    )
    return Answer(body=body.encode())


def _found(shelf: Shelf, term: str) -> list[Recorded]:
    parts = [_TERM.fullmatch(part.strip()) for part in re.split(r"\bAND\b", term)]
    if not parts or not all(parts):
        return []
    asked = [(part[1].strip().lower(), (part[2] or "").strip().lower()) for part in parts if part]
    return [
        recorded for recorded in shelf.recorded if all(_says(recorded, text, name) for text, name in asked)
    ]


def _says(recorded: Recorded, text: str, name: str) -> bool:
    """Say whether a record holds one term of a search in the field named in its brackets."""
    record, words = recorded.record, text.split()
    fields = {
        "pmid": text == record.pmid,
        "pmcid": text == record.pmcid.lower(),
        "doi": text == record.doi,
        "ti": all(word in record.title.lower() for word in words),
        "au": any(author.family.lower() == words[0] for author in record.authors),
        "dp": text[:4] == str(record.year),
        "": all(word in recorded.words for word in words),
    }
    return fields.get(_FIELDS.get(name, name), False)


def _is_within(record: WorkRecord, params: Params) -> bool:
    date = record.electronic_date or record.print_date
    day = date.iso if date is not None else ""
    first, last = (params.get(name, "").replace("/", "-") for name in ("mindate", "maxdate"))
    return (not first or day >= first) and (not last or day <= last)


def _ecitmatch(shelf: Shelf, params: Params) -> Answer:
    lines = [line for line in re.split(r"[\r\n]+", params.get("bdata", "")) if line.strip()]
    if not lines:
        return not_recorded("no citation")
    said = [f"{line.rstrip('|')}|{_matched(shelf, line.split('|'))}" for line in lines]
    return Answer(content_type="text/plain; charset=UTF-8", body=("\n".join(said) + "\n").encode())


def _matched(shelf: Shelf, citation: list[str]) -> str:
    parts = [part.strip().lower() for part in citation[:5]]
    pmids = [held.record.pmid for held in shelf.recorded if any(parts) and _fits(held.record, parts)]
    if not pmids:
        return "NOT_RECORDED"
    return pmids[0] if len(pmids) == 1 else f"AMBIGUOUS {','.join(pmids)}"


def _fits(record: WorkRecord, parts: list[str]) -> bool:
    """Compare each part of a citation that is not left empty."""
    journal = record.journal
    names = {journal.title.lower(), journal.iso_abbreviation.lower(), journal.medline_ta.lower()}
    author = record.authors[0].family.lower() if record.authors else ""
    known = (names, {str(record.year)}, {record.volume.lower()}, {record.pages.start.lower()})
    plain = all(not part or part in values for part, values in zip(parts, known, strict=False))
    return plain and (len(parts) < 5 or not parts[4] or parts[4].split()[0] == author.split()[0])


def _work(shelf: Shelf, rest: str) -> Answer:
    quoted = rest.removesuffix("/agency")
    doi = unquote(quoted).lower()
    held = shelf.by_doi(doi)
    if held is None:
        return not_recorded(f"DOI {doi}")
    if quoted != rest:
        return _json("work-agency", {"DOI": doi, "agency": {"id": "crossref", "label": "Crossref"}})
    return _json("work", work_message(held.record))


def _candidates(shelf: Shelf, params: Params) -> Answer:
    text = params.get("query.bibliographic", "")
    works = [work_message(held.record) for held in shelf.likely(text) if held.record.doi] if text else []
    if not works:
        return not_recorded(f"a search for {text}")
    rows = _number(params.get("rows", ""), 20)
    return _json("work-list", {"total-results": len(works), "items": works[:rows]})


def _json(kind: str, message: dict[str, Any]) -> Answer:
    answer = {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}
    return Answer(content_type="application/json", body=json.dumps(answer).encode())


def _list(shelf: Shelf) -> Answer:
    """Answer with the rows of the Retraction Watch list for the recorded works alone."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(LIST_COLUMNS)
    writer.writerows(row for held in shelf.recorded for row in list_rows(held.record))
    return Answer(content_type="text/csv; charset=UTF-8", body=file.getvalue().encode())


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else otherwise


_TOOLS = {"efetch.fcgi": _efetch, "esearch.fcgi": _esearch, "ecitmatch.cgi": _ecitmatch}
