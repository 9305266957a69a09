"""Asks Crossref for works by DOI, for the agency of a DOI it does not hold, and for candidates.

What the answers say is read in `crossref`; patience, bounds, rate and raw replies are `http`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote

from evidence.identifiers import parse_doi
from evidence.sources.crossref import CrossrefAnswer, CrossrefProblem, read_answer
from evidence.sources.http import HttpSettings, Reader, Service, is_html
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Absent, Asked, Looked, Replaced, Reply, Unavailable

CROSSREF_URL = "https://api.crossref.org"
MOST_CANDIDATES = 5
# Crossref, "Access and authentication": the polite pool allows 10 a second for single works, 3 for
# searches; its replies state the rate, and the slower of both is kept.
_CALLS_A_SECOND = 3
_CODES = {"empty": "half_body", "other_answer": "error_answer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossrefSettings:
    """Where Crossref is and who asks: with an address to write to it answers faster and warns first."""

    http: HttpSettings
    email: str
    base_url: str = CROSSREF_URL


class CrossrefClient:
    """Crossref, asked politely. Make it in the process that uses it, and close it."""

    def __init__(self, settings: CrossrefSettings, *, clock: Callable[[], datetime]) -> None:
        self._email = settings.email
        self._service = Service(
            "crossref", settings.base_url, settings.http, limit=_CALLS_A_SECOND, clock=clock
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections and files."""
        self._service.close()

    def work(self, doi: str, *, fresh: bool = False) -> Asked[Looked]:
        """Look a DOI up; `fresh` goes round the cache, as a check of what became of a work must.

        A DOI that Crossref does not hold is asked after once more: `Absent` names the agency that
        registered it, such as `datacite`, or none. `Replaced` is a record under another DOI, of which this
        one is an alias. Raises `IdentifierError` for what is no DOI.
        """
        wanted = parse_doi(doi).value
        found = self._ask(f"works/{_quoted(wanted)}", {}, _one_work(wanted), fresh=fresh)
        if not isinstance(found.outcome, Absent):
            return found
        agency = self._ask(f"works/{_quoted(wanted)}/agency", {}, _agency, fresh=fresh)
        return Asked(outcome=agency.outcome, replies=(*found.replies, *agency.replies))

    def candidates(self, text: str, *, rows: int = MOST_CANDIDATES) -> Asked[tuple[WorkRecord, ...]]:
        """Search by a printed reference; return at most five works, Crossref's best guess first."""
        params = {
            "query.bibliographic": " ".join(text.split()),
            "rows": str(max(1, min(rows, MOST_CANDIDATES))),
        }
        return self._service.ask("works", params | self._who(), read=_works)

    def _ask(self, path: str, params: dict[str, str], read: Reader[Looked], *, fresh: bool) -> Asked[Looked]:
        return self._service.ask(
            path, params | self._who(), read=read, fresh=fresh, answers=frozenset({200, 404})
        )

    def _who(self) -> dict[str, str]:
        return {"mailto": self._email} if self._email else {}


def _quoted(doi: str) -> str:
    """Return a DOI as one segment of a path: `/`, `#`, `<` and `;` are all met in real ones."""
    return quote(doi, safe="")


def _answer(reply: Reply) -> CrossrefAnswer | CrossrefProblem | Unavailable:
    """Read a reply; only Crossref's own words with a 404 count as absent, and only a 200 as an answer."""
    answer = read_answer(reply.body)
    if isinstance(answer, CrossrefAnswer):
        if reply.status == 200:
            return answer
        return Unavailable(code="error_answer", detail=f"{reply.status} with an answer")
    if answer.code == "absent" and reply.status == 404:
        return answer
    code = "html" if is_html(reply) else _CODES.get(answer.code, answer.code)
    code = "error_answer" if code == "absent" else code
    return Unavailable(code=code, detail=answer.detail)


def _one_work(doi: str) -> Reader[Looked]:
    def read(reply: Reply) -> Looked | Unavailable:
        answer = _answer(reply)
        if isinstance(answer, Unavailable):
            return answer
        if isinstance(answer, CrossrefProblem):
            return Absent()
        if answer.message_type != "work" or not answer.works[0].doi:
            return Unavailable(code="error_answer", detail=f"{answer.message_type} instead of a work")
        record = answer.works[0]
        return record if record.doi == doi else Replaced(asked=doi, record=record)

    return read


def _agency(reply: Reply) -> Looked | Unavailable:
    answer = _answer(reply)
    if isinstance(answer, Unavailable):
        return answer
    if isinstance(answer, CrossrefProblem):
        return Absent()
    if answer.message_type != "work-agency":
        return Unavailable(code="error_answer", detail=f"{answer.message_type} instead of an agency")
    return Absent(agency=answer.agency)


def _works(reply: Reply) -> tuple[WorkRecord, ...] | Unavailable:
    answer = _answer(reply)
    if isinstance(answer, Unavailable):
        return answer
    if isinstance(answer, CrossrefProblem) or answer.message_type != "work-list":
        return Unavailable(code="error_answer", detail="no list of works")
    return answer.works[:MOST_CANDIDATES]
