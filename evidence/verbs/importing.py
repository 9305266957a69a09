"""Importing a file of references: taking it in, deciding on rows, confirming or dropping it, forgetting what is left.

Reading and importing it, in batches and by a worker, is import_running.py; what a row is, import_judging.py.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import ReferenceImport, ReferenceImportRow
from evidence.sources.files import format_of
from evidence.sources.problems import ParseProblem
from evidence.sources.streams import CHUNK_BYTES, opened

KEPT_FOR = timedelta(days=7)
# A message to a worker that was lost is sent again after so long.
OVERDUE = timedelta(minutes=1)
State = ReferenceImport.State
Kind = ReferenceImportRow.Kind
Decision = ReferenceImportRow.Decision


def begin(stream: BinaryIO, *, name: str, by: User, now: datetime) -> ReferenceImport:
    """Keep an uploaded file until it is decided upon, for a worker to read; `name` is shown and decides nothing.

    Raises PermissionDenied; Refused when it is too large, packed or unpacked, or in no format that can be read.
    """
    require(by, Action.ADD_STUDY)
    stored_as = uuid4().hex
    path = folder() / stored_as
    try:
        size = _store(stream, path, name)
        found = _examine(path, name)
    except Refused:
        path.unlink(missing_ok=True)
        raise
    return ReferenceImport.objects.create(
        file_name=name[-255:], stored_as=stored_as, size=size, format=found, by=by, at=now
    )


@transaction.atomic
def decide(of: ReferenceImport, decisions: Mapping[int, str], *, by: User) -> None:
    """Say of rows that are perhaps known, by their numbers, whether they are the same work, a new one, or left out.

    Raises PermissionDenied; Refused when the import is past deciding, the row is of another kind, or its identifiers
    contradict the work it is said to be.
    """
    require(by, Action.ADD_STUDY)
    if not ReferenceImport.objects.select_for_update().filter(pk=of.pk, state=State.PREVIEWED).exists():
        raise _past(of)
    rows = {row.ordinal: row for row in of.rows.filter(ordinal__in=list(decisions)).select_related("study")}
    for ordinal, decision in decisions.items():
        row = rows.get(ordinal)
        if row is None or row.kind != Kind.PERHAPS or decision not in Decision.values:
            raise Refused(
                "no_choice", _("Row %(row)s asks for no decision. Reload the page.") % {"row": ordinal}
            )
        if decision == Decision.SAME:
            _require_no_contradiction(of, row)
        row.decision = decision
    ReferenceImportRow.objects.bulk_update(rows.values(), ["decision"])


@transaction.atomic
def confirm(of: ReferenceImport, *, by: User, now: datetime) -> None:
    """Have a worker import what the preview showed. Raises PermissionDenied; Refused when that is not possible."""
    require(by, Action.ADD_STUDY)
    confirmed = ReferenceImport.objects.filter(pk=of.pk, state=State.PREVIEWED).update(
        state=State.IMPORTING, confirmed_by=by, confirmed_at=now, position=0, bytes_read=0, results={},
        held_by="", held_until=None, tries=0,
    )  # fmt: skip
    if not confirmed:
        raise _past(of)


@transaction.atomic
def drop(of: ReferenceImport, *, by: User, now: datetime) -> None:
    """Give an import up before anything of it was imported. Raises PermissionDenied; Refused when it is too late."""
    require(by, Action.ADD_STUDY)
    if not _drop(of, now=now):
        raise _past(of)


def unattended(*, now: datetime) -> list[int]:
    """Return the imports that have work to do and no worker: the message was lost, or the worker was killed."""
    return list(
        ReferenceImport.objects.waiting(now).filter(at__lt=now - OVERDUE).values_list("pk", flat=True)
    )


def forget(*, now: datetime) -> int:
    """Drop what nobody confirmed within seven days, and forget the rows and files of what ended so long ago."""
    old = now - KEPT_FOR
    dropped = [
        _drop(left, now=now) for left in ReferenceImport.objects.filter(state=State.PREVIEWED, at__lt=old)
    ]
    ReferenceImportRow.objects.filter(reference_import__ended_at__lt=old).delete()
    for file in folder().iterdir():
        if datetime.fromtimestamp(file.stat().st_mtime, UTC) < old:
            file.unlink(missing_ok=True)
    return sum(dropped)


def folder() -> Path:
    """Return the folder where files wait to be decided upon."""
    # Not the newsletter's folder for imports, which is emptied within the hour.
    place = Path(settings.VAR_DIR) / "reference-imports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def remove_file(of: ReferenceImport) -> None:
    """Delete the file of an import that needs it no more."""
    if of.stored_as:
        (folder() / of.stored_as).unlink(missing_ok=True)


def _drop(of: ReferenceImport, *, now: datetime) -> bool:
    dropped = ReferenceImport.objects.filter(pk=of.pk, state__in=[State.READING, State.PREVIEWED]).update(
        state=State.DROPPED, ended_at=now, stored_as=""
    )
    if dropped:
        remove_file(of)
    return bool(dropped)


def _past(of: ReferenceImport) -> Refused:
    of.refresh_from_db()
    said = _("“%(file)s” is at another step by now: %(state)s. Reload the page.")
    return Refused("past", said % {"file": of.file_name, "state": of.get_state_display()})


def _require_no_contradiction(of: ReferenceImport, row: ReferenceImportRow) -> None:
    """A citation may be wrong, and the check will say so; two records of PubMed's that differ are two works."""
    if of.format not in {of.Format.PUBMED, of.Format.NBIB} or row.study is None:
        return
    for name, value in row.identifiers.items():
        held = getattr(row.study, name)
        if held and held != value:
            raise Refused(
                "other_work",
                _(
                    "Row %(row)s has %(name)s %(value)s, but %(study)s has %(held)s: these are two works. Say that it is"
                    " a new one, or leave it out."
                )
                % {
                    "row": row.ordinal, "name": name.upper(), "value": value, "held": held,
                    "study": row.study.citekey,
                },
            )  # fmt: skip


def _store(stream: BinaryIO, path: Path, name: str) -> int:
    path.touch(mode=0o600)
    size = 0
    with path.open("wb") as kept:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > settings.PUBMED_UPLOAD_MAX_BYTES:
                raise _too_large(name, settings.PUBMED_UPLOAD_MAX_BYTES)
            kept.write(chunk)
    return size


def _examine(path: Path, name: str) -> str:
    """Return the format of a stored file. What it unpacks to is counted, not kept."""
    with path.open("rb") as stream:
        whole = opened(stream)
        try:
            first = whole.read(CHUNK_BYTES)
            unpacked = len(first)
            while chunk := whole.read(CHUNK_BYTES):
                unpacked += len(chunk)
                if unpacked > settings.REFERENCES_UNPACKED_MAX_BYTES:
                    raise _too_large(name, settings.REFERENCES_UNPACKED_MAX_BYTES)
        except (OSError, EOFError, zlib.error):
            # Where it breaks is said in the preview, beside the records that could be read before.
            first = _beginning(path)
            if not first:
                raise _unreadable(ParseProblem(code="broken_gzip")) from None
    found = format_of(first)
    if isinstance(found, ParseProblem):
        raise _unreadable(found)
    return found


def _beginning(path: Path) -> bytes:
    """Return what can be read of the beginning of a damaged archive; empty for nothing."""
    with path.open("rb") as stream:
        try:
            return zlib.decompressobj(wbits=31).decompress(stream.read(CHUNK_BYTES), CHUNK_BYTES)
        except zlib.error:
            return b""


def _unreadable(problem: ParseProblem) -> Refused:
    return Refused(problem.code, _(problem.reason), [_(problem.way_out)])


def _too_large(name: str, limit: int) -> Refused:
    said = _("“%(name)s” holds more than %(limit)s. Split the export and import the parts.")
    return Refused("too_large", said % {"name": name, "limit": filesizeformat(limit)})
