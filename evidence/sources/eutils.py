"""Reads what NCBI's E-utilities answer about PubMed: records, searches, matched citations.

Total functions over one reply's bytes: an answer, or why it is none. Asking is `eutils_client`.
"""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import parse_pubmed
from evidence.sources.pubmed_parts import text_in, text_of
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Unavailable

_CUT_SHORT = ("no element found", "unclosed", "partial character")
_CODES = {
    "empty": "half_body",
    "html": "html",
    "error_answer": "error_answer",
    "broken_gzip": "half_body",
    "record_too_long": "too_large",
}
_DIGITS = re.compile(r"[1-9]\d{0,7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The records of one efetch answer by PMID, the newest version of each, and what was unreadable in it.

    `doubtful` means that a record could not even be named: then none may be called absent.
    `not_recorded` are those of which the demonstration has no reply.
    """

    records: dict[str, WorkRecord] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    doubtful: bool = False
    not_recorded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a search: how many works there are in all, the PMIDs of this page, and PubMed's own remarks.

    `warnings` are its words on what it did not find or left out of the question, each after their kind.
    """

    count: int
    pmids: tuple[str, ...] = ()
    first: int = 0
    translation: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a citation was matched to; `pmid` is given where the code is `matched`, and nowhere else.

    The other codes: ambiguous (of `candidates`, where PubMed names them), not_found, not_recorded (by the
    demonstration), unclear. `detail` is PubMed's own wording.
    """

    code: str
    pmid: str = ""
    candidates: tuple[str, ...] = ()
    detail: str = ""


def read_efetch(body: bytes) -> Batch | Unavailable:
    """Read an efetch answer in XML. Half an answer, a web page or an error is no answer at all."""
    parsed = parse_pubmed(body)
    records: dict[str, WorkRecord] = {}
    for record in sorted(parsed.records, key=lambda held: held.pmid_version):
        records[record.pmid] = record
    problems = [problem for problem in parsed.problems if problem.code != "no_records"]
    final = next((problem for problem in problems if problem.final), None)
    if final is not None:
        return Unavailable(code=_code_of(final), detail=final.detail or final.code)
    return Batch(
        records=records,
        unreadable={problem.pmid: problem.code for problem in problems if _DIGITS.fullmatch(problem.pmid)},
        doubtful=any(not _DIGITS.fullmatch(problem.pmid) for problem in problems),
    )


def _code_of(problem: ParseProblem) -> str:
    if problem.code == "broken_xml" and problem.detail.startswith(_CUT_SHORT):
        return "half_body"
    if problem.code == "other_xml" and problem.detail.lower() == "html":
        return "html"
    return _CODES.get(problem.code, "not_xml")


def read_esearch(body: bytes) -> Found | Unavailable:
    """Read an esearch answer in XML."""
    root = _root_of(body)
    if isinstance(root, Unavailable):
        return root
    if error := " ".join(text_in(held) for held in root.iter("ERROR")).strip():
        return Unavailable(code="error_answer", detail=error)
    count = text_of(root, "Count")
    if root.tag != "eSearchResult" or not count.isdecimal():
        return Unavailable(code="not_xml", detail=f"{root.tag} without a Count")
    first = text_of(root, "RetStart")
    return Found(
        count=int(count),
        pmids=tuple(text_in(held) for held in root.findall("IdList/Id")),
        first=int(first) if first.isdecimal() else 0,
        translation=text_of(root, "QueryTranslation"),
        warnings=tuple(
            f"{held.tag}: {text_in(held)}"
            for name in ("ErrorList", "WarningList")
            for held in root.findall(f"{name}/*")
            if text_in(held)
        ),
    )


def _root_of(body: bytes) -> Element | Unavailable:
    head = body[:200].lstrip().lower()
    if not head:
        return Unavailable(code="half_body", detail="empty")
    if head.startswith((b"<html", b"<!doctype html")):
        return Unavailable(code="html")
    try:
        root: Element = fromstring(body.lstrip())
    except ParseError as error:
        words = str(error.msg)
        return Unavailable(code="half_body" if words.startswith(_CUT_SHORT) else "not_xml", detail=words)
    except (DefusedXmlException, LookupError, ValueError) as error:
        return Unavailable(code="not_xml", detail=type(error).__name__)
    return Unavailable(code="html") if root.tag.lower().endswith("html") else root


def read_ecitmatch(body: bytes, keys: tuple[str, ...]) -> tuple[Match, ...] | Unavailable:
    """Read an ecitmatch answer, a line a citation: one match for each key, in the order of the keys."""
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        is_page = text[:200].lower().startswith(("<html", "<!doctype html"))
        return Unavailable(code="html" if is_page else "error_answer", detail=text[:200])
    rows = (line.split("|") for line in text.splitlines())
    found = {row[5].strip(): row[6].strip() for row in rows if len(row) == 7 and row[6].strip()}
    missing = [key for key in keys if key not in found]
    if missing:
        return Unavailable(code="half_body", detail=f"no line for {len(missing)} of {len(keys)} citations")
    return tuple(_match(found[key]) for key in keys)


def _match(said: str) -> Match:
    if _DIGITS.fullmatch(said):
        return Match(code="matched", pmid=said)
    word = re.split(r"[^A-Z_]", said.upper(), maxsplit=1)[0].lower()
    # Candidates are either named, or only counted, in brackets.
    listed = said[len(word) :] if word == "ambiguous" and "(" not in said else ""
    code = word if word in ("ambiguous", "not_found", "not_recorded") else "unclear"
    return Match(code=code, candidates=tuple(_DIGITS.findall(listed)), detail=said)
