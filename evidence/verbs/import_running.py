"""Going through an imported file, in batches: once for the preview, once to import what it showed.

Each batch is one transaction, with the position in it, so a killed worker's successor goes on where it was. One worker
at a time holds an import.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F

from config.rights import Action, require
from evidence.models import ReferenceImport, ReferenceImportRow
from evidence.sources.files import read_references
from evidence.sources.pubmed import Parsed
from evidence.verbs import import_judging, importing
from evidence.verbs.import_applying import apply

BATCH = 200
MOST_ROWS = 100_000
# Longer than any batch takes; a worker that dies gives the import back after so long.
HOLD = timedelta(minutes=5)
TRIES = 3
State = ReferenceImport.State
Items = Sequence[tuple[int, Parsed]]
WRITTEN = [
    "kind", "title", "year", "pmid", "doi", "pmcid", "title_key", "edition", "sha256", "study", "twin", "reason",
    "details", "decision", "outcome",
]  # fmt: skip


class _Lost(Exception):
    """Another worker has the import by now, or somebody dropped it."""


@dataclass
class _Ended(Exception):
    """The import cannot go on; the code says why."""

    code: str


def go_on(pk: int, *, clock: Callable[[], datetime]) -> str:
    """Read an import to its preview, or import what was confirmed, from where it stands; return its state.

    Does nothing while another worker holds it, or when there is nothing to do. Nothing is imported twice.
    """
    held = _take(pk, now=clock())
    if held is not None:
        try:
            _go_through(held, clock)
            _finish(held, now=clock())
        except _Ended as ended:
            _fail(held, ended.code, now=clock())
        except _Lost:
            held.refresh_from_db()
    return str(ReferenceImport.objects.values_list("state", flat=True).get(pk=pk))


def _take(pk: int, *, now: datetime) -> ReferenceImport | None:
    token = uuid4().hex
    taken = ReferenceImport.objects.waiting(now).filter(pk=pk)
    if not taken.update(held_by=token, held_until=now + HOLD, tries=F("tries") + 1):
        return None
    return ReferenceImport.objects.select_related("confirmed_by").get(pk=pk)


def _go_through(held: ReferenceImport, clock: Callable[[], datetime]) -> None:
    if held.tries > TRIES:
        raise _Ended("stopped")
    try:
        stream = (importing.folder() / held.stored_as).open("rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise _Ended("file_gone") from error
    with stream:
        for items in _batches(enumerate(read_references(stream), start=1), after=held.position):
            if items[-1][0] > MOST_ROWS:
                raise _Ended("too_many_rows")
            _step(held, items, bytes_read=stream.tell(), now=clock())


def _batches(items: Iterator[tuple[int, Parsed]], *, after: int) -> Iterator[Items]:
    rest = islice(items, after, None)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _step(held: ReferenceImport, items: Items, *, bytes_read: int, now: datetime) -> None:
    """Deal with one batch, wholly or not at all; somebody who adds the same work at this moment makes it judge again."""
    for attempt in range(1, TRIES + 1):
        try:
            return _step_once(held, items, bytes_read=bytes_read, now=now)
        except IntegrityError:
            if attempt == TRIES:
                raise
        except PermissionDenied as denied:
            raise _Ended("no_right") from denied
    return None


@transaction.atomic
def _step_once(held: ReferenceImport, items: Items, *, bytes_read: int, now: datetime) -> None:
    position = items[-1][0]
    mine = ReferenceImport.objects.filter(pk=held.pk, held_by=held.held_by, state=held.state)
    if not mine.update(held_until=now + HOLD, position=position, bytes_read=bytes_read, tries=0):
        raise _Lost
    judged = import_judging.judge(held, items)
    if held.state == State.IMPORTING and held.confirmed_by is not None:
        require(held.confirmed_by, Action.ADD_STUDY)
        apply(held, judged, by=held.confirmed_by, now=now)
    rows = [one.row for one in judged]
    ReferenceImportRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["reference_import", "ordinal"],
        update_fields=WRITTEN,
    )
    held.position = position
    _count(held, rows)


def _count(held: ReferenceImport, rows: Sequence[ReferenceImportRow]) -> None:
    """Add up by kind, or by outcome, the rows written so far."""
    done = held.state == State.IMPORTING
    told = Counter(row.outcome or row.kind if done else row.kind for row in rows)
    field = "results" if done else "counts"
    summed = dict(Counter(getattr(held, field)) + told)
    ReferenceImport.objects.filter(pk=held.pk).update(**{field: summed})
    setattr(held, field, summed)


def _finish(held: ReferenceImport, *, now: datetime) -> None:
    mine = ReferenceImport.objects.filter(pk=held.pk, held_by=held.held_by, state=held.state)
    if held.state == State.READING:
        mine.update(state=State.PREVIEWED, total=held.position, held_by="", held_until=None)
    elif mine.update(state=State.DONE, ended_at=now, stored_as="", held_by="", held_until=None):
        importing.remove_file(held)


def _fail(held: ReferenceImport, code: str, *, now: datetime) -> None:
    mine = ReferenceImport.objects.filter(pk=held.pk, held_by=held.held_by, state=held.state)
    if mine.update(state=State.FAILED, problem=code, ended_at=now, stored_as="", held_by="", held_until=None):
        importing.remove_file(held)
