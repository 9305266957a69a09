"""Fetches the Retraction Watch list into a file. Its rows are read in `retraction_watch`."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evidence.sources.http import HttpSettings, Service, is_html
from evidence.sources.replies import Asked, Reply, Unavailable
from evidence.sources.retraction_watch import ListingProblem, read_listings

RETRACTION_WATCH_URL = "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractionWatchSettings:
    """Where the list stands. It is some 60 MB: give `http` room and time for it."""

    http: HttpSettings
    url: str = RETRACTION_WATCH_URL


def fetch_list(settings: RetractionWatchSettings, to: Path, *, clock: Callable[[], datetime]) -> Asked[Path]:
    """Download the list to a file and return its path; an older one stays where no whole list came."""

    def read(reply: Reply) -> Path | Unavailable:
        if is_html(reply):
            return Unavailable(code="html")
        first = next(read_listings(io.BytesIO(reply.body)), None)
        if isinstance(first, ListingProblem) and first.final:
            return Unavailable(code="error_answer", detail=first.reason)
        return to

    with Service("retraction-watch", settings.url, settings.http, limit=1, clock=clock) as service:
        return service.download(to, read=read)
