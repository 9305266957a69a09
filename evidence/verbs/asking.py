"""Asking PubMed and Crossref about studies: settings to clients, replies to answers. Nothing is saved here.

No transaction may be open while it asks. What an answer means is verification.py's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from evidence.models import Study
from evidence.sources.crossref_client import CrossrefClient, CrossrefSettings
from evidence.sources.eutils_client import Citation, PubmedClient, PubmedSettings
from evidence.sources.http import HttpSettings
from evidence.sources.records import WorkRecord
from evidence.sources.replies import Absent, Asked, Looked, Replaced, Reply, Unavailable


class State(StrEnum):
    """What became of asking one service."""

    FOUND = "found"
    ABSENT = "absent"  # it answered well, and knows no such work
    ELSEWHERE = "elsewhere"  # another agency or catalogue holds the work: no news of it
    UNAVAILABLE = "unavailable"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Answer:
    """One service's answer about one work. `detail` is a code: why there is none, or who holds the work.

    `retry_after` is in seconds, where the service said when to come back.
    """

    state: State
    record: WorkRecord | None = None
    detail: str = ""
    replies: tuple[Reply, ...] = ()
    retry_after: float = 0.0

    @property
    def recorded(self) -> bool:
        """Whether it rests on a reply of the demonstration's recorded server."""
        return any(reply.is_recorded for reply in self.replies)


NOT_ASKED = Answer(State.NOT_ASKED)


@dataclass(frozen=True)
class Answers:
    """What both services answered about one work."""

    pubmed: Answer = NOT_ASKED
    crossref: Answer = NOT_ASKED

    @property
    def silence(self) -> str:
        """Why a service that should have answered did not, as a code behind its name; empty where all did."""
        named = (("PubMed", self.pubmed), ("Crossref", self.crossref))
        return next((f"{name}: {one.detail}" for name, one in named if one.state is State.UNAVAILABLE), "")

    @property
    def retry_after(self) -> float:
        """How many seconds the services want to be left alone."""
        return max(self.pubmed.retry_after, self.crossref.retry_after)

    @property
    def absent(self) -> bool:
        """Whether the service that gives out the work's identifier knows no such work."""
        return State.ABSENT in (self.pubmed.state, self.crossref.state)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """Every raw reply, PubMed's first."""
        return (*self.pubmed.replies, *self.crossref.replies)


def answer_of(asked: Asked[Looked]) -> Answer:
    """Return what a client brought back as an answer."""
    found = asked.outcome
    if isinstance(found, Unavailable):
        wait = found.retry_after or 0.0
        return Answer(State.UNAVAILABLE, detail=found.code, replies=asked.replies, retry_after=wait)
    if isinstance(found, Absent):
        state = State.ELSEWHERE if found.agency else State.ABSENT
        return Answer(state, detail=found.agency, replies=asked.replies)
    if isinstance(found, Replaced):
        return Answer(State.FOUND, found.record, f"replaced:{found.asked}", asked.replies)
    return Answer(State.FOUND, found, replies=asked.replies)


@contextmanager
def clients(at: str = "") -> Iterator[tuple[PubmedClient, CrossrefClient]]:
    """Open both clients as the settings say, or `at` a recorded server's address; close them afterwards."""
    pubmed = PubmedSettings(
        http=http_settings(),
        email=settings.SOURCES_EMAIL,
        tool=settings.SOURCES_TOOL,
        api_key=settings.NCBI_API_KEY,
        base_url=f"{at}/entrez/eutils" if at else settings.PUBMED_BASE_URL,
    )
    crossref = CrossrefSettings(
        http=http_settings(),
        email=settings.SOURCES_EMAIL,
        base_url=f"{at}/crossref" if at else settings.CROSSREF_BASE_URL,
    )
    with (
        PubmedClient(pubmed, clock=timezone.now) as one,
        CrossrefClient(crossref, clock=timezone.now) as other,
    ):
        yield one, other


def http_settings() -> HttpSettings:
    """Return where cache and turns are kept and the bounds of asking; one rate for all processes of the site."""
    broker = settings.CELERY_BROKER_URL
    return HttpSettings(
        folder=settings.VAR_DIR / "sources",
        redis_url=broker if broker.startswith("redis") else "",
        attempts=settings.SOURCES_ATTEMPTS,
        first_pause=settings.SOURCES_FIRST_PAUSE,
        paced=not settings.EMBEDDED,
    )


def ask(studies: Sequence[Study], *, at: str = "") -> dict[int, Answers]:
    """Ask both services about each study, PubMed 200 at a time; returns answers by primary key.

    `at` is the address of a recorded server, for loading the demonstration before its own is up.
    """
    with clients(at) as (pubmed, crossref):
        records = _ask_pubmed(pubmed, studies)
        dois = {study.pk: _doi_of(study, records[study.pk]) for study in studies}
        works = _ask_crossref(crossref, dois)
        return {study.pk: Answers(records[study.pk], works[study.pk]) for study in studies}


def candidates(text: str, given: WorkRecord) -> tuple[list[WorkRecord], list[str]]:
    """Return works that a pasted reference may mean, the likeliest first, and which services did not answer."""
    with clients() as (pubmed, crossref):
        matched = pubmed.ecitmatch([_citation_of(given)])
        listed = crossref.candidates(text)
        failures = [
            f"{name}: {asked.outcome.code}"
            for name, asked in (("PubMed", matched), ("Crossref", listed))
            if isinstance(asked.outcome, Unavailable)
        ]
        matches = () if isinstance(matched.outcome, Unavailable) else matched.outcome
        pmids = [pmid for match in matches for pmid in (match.pmid, *match.candidates) if pmid]
        fetched = [asked.outcome for asked in pubmed.efetch(pmids[:5]).values()] if pmids else []
        works = () if isinstance(listed.outcome, Unavailable) else listed.outcome
    found = [record for record in (*fetched, *works) if isinstance(record, WorkRecord)]
    return list(_distinct(found)), failures


def _distinct(records: Iterable[WorkRecord]) -> Iterator[WorkRecord]:
    seen: set[str] = set()
    for record in records:
        names = {f"pmid:{record.pmid}" if record.pmid else "", f"doi:{record.doi}" if record.doi else ""} - {
            ""
        }
        if names and not names & seen:
            yield record
        seen |= names


def _citation_of(given: WorkRecord) -> Citation:
    author = next(iter(given.named_authors), None)
    journal = given.journal.medline_ta or given.journal.iso_abbreviation or given.journal.title
    return Citation(
        journal=journal,
        year=str(given.year or ""),
        volume=given.volume,
        page=given.pages.start or given.article_number,
        author=" ".join(filter(None, (author.family, author.initials))) if author else "",
    )


def _ask_pubmed(pubmed: PubmedClient, studies: Sequence[Study]) -> dict[int, Answer]:
    """Fetch by PMID; where only a PMCID or a DOI is known, search for the PMID first."""
    answers = {study.pk: _search(pubmed, study) for study in studies if not study.pmid}
    pmids = {study.pk: study.pmid for study in studies if study.pmid}
    for pk, found in answers.items():
        if found.state is State.FOUND:
            pmids[pk] = found.detail
    fetched = pubmed.efetch(pmid for pmid in pmids.values() if pmid)
    for pk, pmid in pmids.items():
        before = answers[pk].replies if pk in answers else ()
        answer = answer_of(fetched[str(pmid)])
        answers[pk] = replace(answer, replies=(*before, *answer.replies))
    for study in studies:
        answers[study.pk] = _by_its_doi(study, answers[study.pk])
    return answers


def _search(pubmed: PubmedClient, study: Study) -> Answer:
    """Look for the PMID; a single hit is FOUND with the PMID as detail."""
    if not study.pmcid and not study.doi:
        return NOT_ASKED
    asked = pubmed.pmids_of(study.pmcid) if study.pmcid else pubmed.esearch(f'"{study.doi}"[doi]')
    if isinstance(asked.outcome, Unavailable):
        recorded_elsewhere = asked.outcome.code == "not_recorded" and not study.pmcid
        state = State.ELSEWHERE if recorded_elsewhere else State.UNAVAILABLE
        return Answer(state, detail=asked.outcome.code, replies=asked.replies)
    if len(asked.outcome.pmids) == 1:
        return Answer(State.FOUND, detail=asked.outcome.pmids[0], replies=asked.replies)
    # A DOI that PubMed does not list may be anybody's; a PMCID is its own.
    state = State.ABSENT if study.pmcid and not asked.outcome.pmids else State.ELSEWHERE
    return Answer(state, detail="not_listed", replies=asked.replies)


def _by_its_doi(study: Study, answer: Answer) -> Answer:
    """Take a record that a search for a DOI brought only where the DOI is the record's own."""
    if study.pmid or study.pmcid or answer.record is None or answer.record.doi == study.doi:
        return answer
    return Answer(State.ELSEWHERE, detail="not_listed", replies=answer.replies)


def _doi_of(study: Study, answer: Answer) -> str:
    return (answer.record.doi if answer.record else "") or study.doi or ""


# After one of these the rest of a batch is not asked for: the service is not there for anybody.
_DOWN = frozenset({"timeout", "refused", "no_turn", "status_429", "status_5xx"})


def _ask_crossref(crossref: CrossrefClient, dois: Mapping[int, str]) -> dict[int, Answer]:
    answers: dict[int, Answer] = {}
    down: Answer | None = None
    for pk, doi in dois.items():
        if not doi:
            answers[pk] = NOT_ASKED
        elif down is not None:
            answers[pk] = down
        else:
            answers[pk] = answer_of(crossref.work(doi, fresh=True))
            down = answers[pk] if answers[pk].detail in _DOWN else None
    return answers
