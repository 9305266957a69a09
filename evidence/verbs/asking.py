"""Asking PubMed and Crossref about studies: settings to clients, replies to answers. Nothing is saved here.

No transaction may be open while it asks. What an answer means is verification.py's.
"""

from dataclasses import dataclass
from enum import StrEnum

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
    """One service's answer about one work. `detail` is a code: why there is none, or who holds the work."""

    state: State
    record: WorkRecord | None = None
    detail: str = ""
    replies: tuple[Reply, ...] = ()

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
        return Answer(State.UNAVAILABLE, detail=found.code, replies=asked.replies)
    if isinstance(found, Absent):
        state = State.ELSEWHERE if found.agency else State.ABSENT
        return Answer(state, detail=found.agency, replies=asked.replies)
    if isinstance(found, Replaced):
        return Answer(State.FOUND, found.record, f"replaced:{found.asked}", asked.replies)
    return Answer(State.FOUND, found, replies=asked.replies)
