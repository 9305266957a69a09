"""Holding the Retraction Watch list: loaded whole or not at all, and works it speaks of checked at once.

Reading the list is evidence/sources/retraction_watch.py's, joining it to a work verification.py's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from config.refusal import Refused
from evidence.models import RetractionListing, Study
from evidence.sources.http import HttpSettings
from evidence.sources.replies import Unavailable
from evidence.sources.retraction_watch import Listing, ListingProblem, read_listings
from evidence.sources.retraction_watch_client import RetractionWatchSettings, fetch_list
from evidence.status import status_of_natures
from evidence.verbs import asking

BATCH = 1000
# A list that has lost so much of itself is a broken download, not news.
LEAST_SHARE = 0.9
LARGEST_LIST = 300 * 1024 * 1024  # bytes; it has some 60 MB
ROOM = {"largest_body": LARGEST_LIST, "total_seconds": 900.0, "read_seconds": 60.0}


@dataclass
class Loaded:
    """What came of loading the list: rows held, rows that say nothing usable, studies to be checked at once."""

    rows: int = 0
    problems: list[ListingProblem] = field(default_factory=list)
    to_check: int = 0


def fetch_and_load(*, now: datetime) -> Loaded:
    """Download the list and load it. Raises Refused, leaving the list that is held as it is."""
    to = settings.VAR_DIR / "sources" / "retraction_watch.csv"
    http = asking.http_settings()
    roomy = HttpSettings(**{name: getattr(http, name) for name in http.__slots__} | ROOM)
    asked = fetch_list(
        RetractionWatchSettings(http=roomy, url=settings.RETRACTION_WATCH_URL), to, clock=timezone.now
    )
    if isinstance(asked.outcome, Unavailable):
        raise Refused(
            "list_unavailable",
            _("Retraction Watch: %(why)s The list that is held stays.") % {"why": asked.outcome.reason},
        )
    return load_file(asked.outcome, now=now)


def load_file(path: Path, *, now: datetime) -> Loaded:
    """Load the list from a file. Raises OSError, Refused."""
    with path.open("rb") as stream:
        return load(stream, now=now)


@transaction.atomic
def load(stream: BinaryIO, *, now: datetime) -> Loaded:
    """Replace the list that is held, and let the studies of which it says something new be checked at once.

    Raises Refused for what is no list, or for one that has shrunk too much to be believed.
    """
    held, loaded = RetractionListing.objects.count(), Loaded()
    RetractionListing.objects.all().delete()
    rows = _rows(read_listings(stream), loaded, now)
    while batch := list(islice(rows, BATCH)):
        RetractionListing.objects.bulk_create(batch)
        loaded.rows += len(batch)
    if not loaded.rows or loaded.rows < held * LEAST_SHARE:
        why = loaded.problems[0].reason if loaded.problems else ""
        raise Refused(
            "list_too_short",
            _("The list has %(new)s rows where %(held)s are held, so the one held stays. %(why)s")
            % {"new": loaded.rows, "held": held, "why": why},
        )
    loaded.to_check = _make_due(now)
    return loaded


def _rows(
    read: Iterable[Listing | ListingProblem], loaded: Loaded, now: datetime
) -> Iterator[RetractionListing]:
    for item in read:
        if isinstance(item, ListingProblem):
            loaded.problems.append(item)
            continue
        yield RetractionListing(
            doi=item.doi[:255],
            pmid=item.pmid,
            natures=list(item.natures),
            status=status_of_natures(item.natures).value,
            notice_doi=item.notice_doi[:255],
            notice_pmid=item.notice_pmid,
            date=item.date.iso if item.date else "",
            reasons=list(item.reasons),
            loaded_at=now,
        )


def said_of(study: Study) -> str:
    """Return what the list says of a study as a status code, `not_listed`, or nothing where no list is held."""
    rows = list(
        RetractionListing.objects.of(doi=study.doi, pmid=study.pmid).values_list("natures", flat=True)
    )
    if rows:
        # Together, since a reinstatement may stand in a row of its own.
        return status_of_natures(nature for natures in rows for nature in natures).value
    return "not_listed" if RetractionListing.objects.exists() else ""


def _make_due(now: datetime) -> int:
    """Bring forward the check of every study of which the list says something else than it did."""
    listed = Q(doi__in=RetractionListing.objects.exclude(doi="").values("doi")) | Q(
        pmid__in=RetractionListing.objects.exclude(pmid="").values("pmid")
    )
    told = Q(verification__said__has_key="retraction_watch") & ~Q(
        verification__said__retraction_watch="not_listed"
    )
    due = [
        study.pk
        for study in Study.objects.select_related("verification")
        .filter(listed | told)
        .iterator(chunk_size=500)
        if study.verification is None or study.verification.said.get("retraction_watch", "") != said_of(study)
    ]
    return Study.objects.filter(pk__in=due).update(check_after=now)
