"""What tests of imports share: files made by the formats' own writers, and an import taken to where a test begins."""

import io
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User

from evidence.models import ReferenceImport
from evidence.sources.nbib import write_nbib
from evidence.sources.records import WorkRecord
from evidence.sources.ris import write_ris
from evidence.verbs import import_running, importing
from tests import factories

FULL = (factories.PUBMED / "made_up_full_record.xml").read_bytes()


def ris(*works: WorkRecord) -> bytes:
    """A reference list as RIS."""
    return write_ris(map(_spelled, works)).encode()


def nbib(*works: WorkRecord) -> bytes:
    """An export of PubMed's as NBIB."""
    return write_nbib(map(_spelled, works)).encode()


def _spelled(work: WorkRecord) -> WorkRecord:
    """What is printed of a DOI is its spelling."""
    return replace(work, doi_spelled=work.doi)


def previewed(content: bytes, *, now: datetime, by: User | None = None) -> ReferenceImport:
    """A file taken in and read to its preview."""
    writer = by or factories.desk().writer
    of = importing.begin(io.BytesIO(content), name="references", by=writer, now=now)
    import_running.go_on(of.pk, clock=lambda: now)
    of.refresh_from_db()
    return of


def imported(content: bytes, *, now: datetime, by: User | None = None) -> ReferenceImport:
    """A file imported without a decision on any of its rows."""
    of = previewed(content, now=now, by=by)
    finish(of, now=now)
    return of


def finish(of: ReferenceImport, *, now: datetime) -> None:
    """Confirm an import and let a worker do it."""
    importing.confirm(of, by=of.by, now=now)
    import_running.go_on(of.pk, clock=lambda: now)
    of.refresh_from_db()


def told(of: ReferenceImport) -> list[tuple[str, str]]:
    """The rows as kind and reason, in the order of the file."""
    return [(row.kind, row.reason) for row in of.rows.order_by("ordinal")]
