"""A recorded server for tests: the site's own settings lead to it, over real HTTP on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.test import override_settings

from evidence.recorded.server import answering
from tests.evidence.corpus import DEMONSTRATION


@contextmanager
def asked_here(folder: Path = DEMONSTRATION) -> Iterator[str]:
    """Let PubMed, Crossref and the Retraction Watch list be answered for from a folder of records."""
    with (
        answering(folder) as address,
        override_settings(
            PUBMED_BASE_URL=f"{address}/entrez/eutils",
            CROSSREF_BASE_URL=f"{address}/crossref",
            RETRACTION_WATCH_URL=f"{address}/retraction_watch.csv",
            SOURCES_ATTEMPTS=1,
        ),
    ):
        yield address


@contextmanager
def nobody_answers() -> Iterator[None]:
    """Let the settings lead to a port on which nothing listens."""
    with override_settings(
        PUBMED_BASE_URL="http://127.0.0.1:9/entrez/eutils",
        CROSSREF_BASE_URL="http://127.0.0.1:9/crossref",
        RETRACTION_WATCH_URL="http://127.0.0.1:9/list.csv",
        SOURCES_ATTEMPTS=1,
    ):
        yield
