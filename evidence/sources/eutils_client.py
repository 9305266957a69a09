"""Asks PubMed by NCBI's E-utilities: records by PMID, searches, citations.

What the answers say is read in `eutils`; patience, bounds, rate and raw replies are `http`'s.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import TracebackType
from typing import Self, TypeVar

from evidence.identifiers import parse_pmcid, parse_pmid
from evidence.sources.eutils import Batch, Found, Match, read_ecitmatch, read_efetch, read_esearch
from evidence.sources.http import HttpSettings, Reader, Service
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Absent, Asked, Looked, Replaced, Reply, Unavailable

T = TypeVar("T")

PUBMED_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
# NCBI, "A General Introduction to the E-utilities": 200 ids a call; 3 calls a second, 10 with a key.
MOST_IDS = 200
MOST_CITATIONS = 100
MOST_RESULTS = 10_000
_CALLS_A_SECOND = 3
_CALLS_A_SECOND_WITH_KEY = 10
# After one of these the rest of a long list is not asked for: the service is not there for anybody.
_DOWN = frozenset({"timeout", "refused", "no_turn", "status_429", "status_5xx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PubmedSettings:
    """Where PubMed is and who asks: NCBI wants the tool's name and an address to write to."""

    http: HttpSettings
    email: str
    tool: str = "WellnessRadar"
    api_key: str = ""
    base_url: str = PUBMED_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a reference list prints of an article; a part left empty is not compared."""

    journal: str = ""
    year: str = ""
    volume: str = ""
    page: str = ""
    author: str = ""


class PubmedClient:
    """PubMed, asked as its rules want it. Make it in the process that uses it, and close it."""

    def __init__(self, settings: PubmedSettings, *, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        limit = _CALLS_A_SECOND_WITH_KEY if settings.api_key else _CALLS_A_SECOND
        self._service = Service("pubmed", settings.base_url, settings.http, limit=limit, clock=clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections and files."""
        self._service.close()

    def efetch(self, pmids: Iterable[str]) -> dict[str, Asked[Looked]]:
        """Fetch records, 200 a call; the answer has one entry for each PMID, under its bare digits.

        `Absent` stands only where PubMed answered well and without the record; `Replaced` where it answered
        with a record of another number. Never out of the cache. Raises `IdentifierError` for what is no PMID.
        """
        wanted = list(dict.fromkeys(parse_pmid(pmid).value for pmid in pmids))
        found: dict[str, Asked[Looked]] = {}
        for begin in range(0, len(wanted), MOST_IDS):
            batch = wanted[begin : begin + MOST_IDS]
            asked = self._fetch(batch)
            found.update(self._sorted(batch, asked))
            if isinstance(asked.outcome, Unavailable) and asked.outcome.code in _DOWN:
                rest = wanted[begin + MOST_IDS :]
                found.update((pmid, Asked[Looked](outcome=asked.outcome)) for pmid in rest)
                break
        return found

    def esearch(
        self,
        term: str,
        *,
        most: int = 20,
        first: int = 0,
        since: date | None = None,
        until: date | None = None,
        date_kind: str = "edat",
    ) -> Asked[Found]:
        """Search PubMed, `most` PMIDs from the `first` on, counted from 0; PubMed gives 10,000 at most.

        `since` and `until` are days of `date_kind`: edat (entered into PubMed), pdat (published), mdat.
        """
        params = {"term": term, "retmax": str(min(most, MOST_RESULTS)), "retstart": str(first)}
        if since or until:
            # Either alone is ignored by PubMed: the other end is then a day beyond all records.
            params["mindate"] = f"{since or date(1500, 1, 1):%Y/%m/%d}"
            params["maxdate"] = f"{until or date(3000, 1, 1):%Y/%m/%d}"
            params["datetype"] = date_kind
        return self._ask("esearch.fcgi", params, read=lambda reply: read_esearch(reply.body))

    def pmids_of(self, pmcid: str) -> Asked[Found]:
        """Search for the article of a PMCID. Raises `IdentifierError` for what is none."""
        return self.esearch(f"{parse_pmcid(pmcid).value}[pmcid]")

    def ecitmatch(self, citations: Sequence[Citation]) -> Asked[tuple[Match, ...]]:
        """Match printed citations to PMIDs, 100 a call: one match for each, in their order."""
        matches: list[Match] = []
        replies: list[Reply] = []
        for begin in range(0, len(citations), MOST_CITATIONS):
            asked = self._match(citations[begin : begin + MOST_CITATIONS])
            replies += asked.replies
            if isinstance(asked.outcome, Unavailable):
                return Asked(outcome=asked.outcome, replies=tuple(replies))
            matches += asked.outcome
        return Asked(outcome=tuple(matches), replies=tuple(replies))

    def _match(self, citations: Sequence[Citation]) -> Asked[tuple[Match, ...]]:
        keys = tuple(f"c{number}" for number in range(len(citations)))
        lines = (_citation_line(*pair) for pair in zip(citations, keys, strict=True))
        return self._ask(
            "ecitmatch.cgi", {"bdata": "\r".join(lines)}, read=lambda reply: read_ecitmatch(reply.body, keys)
        )

    def _fetch(self, pmids: Sequence[str]) -> Asked[Batch]:
        return self._ask("efetch.fcgi", {"id": ",".join(pmids)}, read=_batch)

    def _ask(self, path: str, params: dict[str, str], *, read: Reader[T]) -> Asked[T]:
        """Ask by POST: lists may be long, and a key in a body is in no address that is logged or cached."""
        settings = self._settings
        who = {"tool": settings.tool, "email": settings.email, "api_key": settings.api_key}
        known = {name: value for name, value in who.items() if value}
        asked = {"db": "pubmed", "retmode": "xml", **params, **known}
        return self._service.ask(path, asked, read=read, post=True)

    def _sorted(self, pmids: Sequence[str], asked: Asked[Batch]) -> Iterator[tuple[str, Asked[Looked]]]:
        batch = asked.outcome
        if isinstance(batch, Unavailable):
            yield from ((pmid, Asked[Looked](outcome=batch, replies=asked.replies)) for pmid in pmids)
            return
        others = [record for pmid, record in batch.records.items() if pmid not in set(pmids)]
        for pmid in pmids:
            if pmid in batch.records:
                yield pmid, Asked(outcome=batch.records[pmid], replies=asked.replies)
            elif others and len(pmids) > 1:
                # Which of those missing another number stands for, only a question of its own can tell.
                yield from self._sorted([pmid], self._fetch([pmid]))
            else:
                yield pmid, Asked(outcome=_missing(pmid, batch, others), replies=asked.replies)


def _batch(reply: Reply) -> Batch | Unavailable:
    found = read_efetch(reply.body)
    if isinstance(found, Unavailable):
        return found
    return replace(found, not_recorded=frozenset(reply.header("x-not-recorded").split(",")))


def _missing(pmid: str, batch: Batch, others: Sequence[WorkRecord]) -> Replaced | Absent | Unavailable:
    """Say why a PMID that was asked for is not among the records; `others` came without being asked for."""
    if pmid in batch.not_recorded:
        return Unavailable(code="not_recorded")
    if pmid in batch.unreadable:
        return Unavailable(code="error_answer", detail=f"the record is unreadable: {batch.unreadable[pmid]}")
    if batch.doubtful:
        return Unavailable(code="error_answer", detail="a record in the answer could not be named")
    if len(others) > 1:
        return Unavailable(code="error_answer", detail="it answered with other works")
    return Replaced(asked=pmid, record=others[0]) if others else Absent()


def _citation_line(citation: Citation, key: str) -> str:
    parts = (citation.journal, citation.year, citation.volume, citation.page, citation.author, key)
    # A bar ends a field and a line ends a citation, so neither may stand inside one.
    return "|".join(" ".join(part.replace("|", " ").split()) for part in parts) + "|"
