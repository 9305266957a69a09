"""What asking an outside service gives: the raw reply, the answer read from it, or why there is none.

Values only: asking is `http`, reading is each service's own module.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from evidence.sources.records import WorkRecord

T_co = TypeVar("T_co", covariant=True)

# code -> (reason, way out). Pages translate by code; these are the English words.
_WORDS = {
    "timeout": ("It did not answer in time.", "It is asked again later."),
    "refused": ("It could not be reached.", "It is asked again later; look whether the network is there."),
    "no_turn": (
        "Too many others are asking it just now.",
        "It is asked again later; our own rate limit keeps within what it allows.",
    ),
    "status_429": ("It says that we ask too often.", "It is asked again later, no sooner than it says."),
    "status_5xx": ("It has a fault of its own.", "It is asked again later."),
    "html": ("It answered with a web page instead of data.", "It is asked again later."),
    "half_body": ("Its answer broke off.", "It is asked again later."),
    "not_json": ("Its answer is not JSON.", "It is asked again later."),
    "not_xml": ("Its answer is not the XML asked for.", "It is asked again later."),
    "too_large": ("Its answer is larger than any real one.", "Look what stands at its address."),
    "redirect": (
        "It sends us to another place, where we do not go.",
        "Look whether its address has changed.",
    ),
    "error_answer": ("It answered that it cannot answer.", "Look at its words, and at what was asked."),
    "not_recorded": (
        "The demonstration has recorded no reply to this.",
        "Only the works of the demonstration can be looked up here; a real site asks the real service.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One raw reply, to be kept as it came; neither address nor question holds a key or an address of ours.

    `question` is what a POST asked, as a query string. `headers` are those worth keeping, names in lower
    case. `received_at` is the asker's clock when the body was whole, also for a reply from the cache.
    """

    service: str
    method: str
    url: str
    question: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    sha256: str
    received_at: datetime
    from_cache: bool = False

    def header(self, name: str) -> str:
        """Return a kept header, empty where there was none."""
        return dict(self.headers).get(name.lower(), "")

    @property
    def is_recorded(self) -> bool:
        """Whether the demonstration's recorded server gave it, so that it proves nothing."""
        return bool(self.header("x-recorded"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Why a service gave no answer; never a finding about the work. `retry_after` is in seconds, if it said."""

    code: str
    detail: str = ""
    retry_after: float | None = None

    @property
    def reason(self) -> str:
        """What happened, in English, with the service as "it"."""
        return _WORDS[self.code][0]

    @property
    def way_out(self) -> str:
        """What follows, in English."""
        return _WORDS[self.code][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The service answered well and does not hold the work.

    For a DOI, `agency` is who registered it instead, such as `datacite`; empty where nobody did.
    """

    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The service answered with a record of another number than was asked for: merged, or an alias."""

    asked: str
    record: WorkRecord


Looked = WorkRecord | Replaced | Absent


@dataclass(frozen=True, kw_only=True)
class Asked(Generic[T_co]):
    """An answer or why there is none, with every raw reply that led to it, in the order they came."""

    outcome: T_co | Unavailable
    replies: tuple[Reply, ...] = ()
