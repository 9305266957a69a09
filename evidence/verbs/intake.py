"""Adding studies: from a record to a Study and its StudyRecord. Parsing is in evidence/sources, asking in asking.py.

One Study per work: every identifier of a record is looked up, so the same work never stands under two names.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence import citing, matching, status
from evidence.identifiers import IdentifierError, parse_doi, parse_pmcid, parse_pmid
from evidence.models import ClaimEvent, Finding, Study, StudyRecord
from evidence.sources.plain import to_plain
from evidence.sources.records import WorkRecord
from evidence.verbs import trail
from evidence.verbs.citekeys import free_citekeys

IDENTIFIERS = ("pmid", "doi", "pmcid")
# Origins that are the answer of a service, asked by us.
ASKED = frozenset({StudyRecord.Origin.PUBMED, StudyRecord.Origin.CROSSREF, StudyRecord.Origin.RECORDED})
# The key of a work that is known by an identifier alone, until somebody knows who wrote it.
_PROVISIONAL = re.compile(r"(?:pmid|doi)-|pmc\d")
# What a record decides of its study's row.
COPIED = [
    "citekey", *IDENTIFIERS, "title", "title_key", "first_author", "short_name", "journal", "year", "standing",
    "is_notice", "check_after",
]  # fmt: skip
_PARSERS = {"pmid": parse_pmid, "doi": parse_doi, "pmcid": parse_pmcid}


class Result(StrEnum):
    """What became of one record."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@transaction.atomic
def add(record: WorkRecord, *, origin: StudyRecord.Origin, by: User, now: datetime) -> tuple[Study, Result]:
    """Store a record as a new Study, or as a newer version of the one its identifiers name.

    A byte-equal record changes nothing. Raises PermissionDenied; Refused when the identifiers name two studies.
    """
    require(by, Action.ADD_STUDY)
    study = known(record) or Study(added_at=now)
    return study, keep(study, record, origin=origin, by=by, now=now)


def keep(
    study: Study, record: WorkRecord, *, origin: StudyRecord.Origin, by: User | None, now: datetime
) -> Result:
    """Store one record as `keep_many` does, and return what became of it."""
    return keep_many([(study, record)], origin=origin, by=by, now=now)[0]


@transaction.atomic
def keep_many(
    pairs: Sequence[tuple[Study, WorkRecord]], *, origin: StudyRecord.Origin, by: User | None, now: datetime
) -> list[Result]:
    """Store each record as the newest version of its study's, unless not a byte differs. `by=None` is the clock.

    No study may come twice; one that is not saved yet is made. A record that comes from a file is asked about next:
    what somebody uploaded is no answer of PubMed's. A handful of queries, however many the records.
    """
    results = [_result(study, record) for study, record in pairs]
    pending = [pair for pair, result in zip(pairs, results, strict=True) if result is not Result.UNCHANGED]
    _name([(study, record) for study, record in pending if _wants_name(study)])
    for study, record in pending:
        _copy_from(record, study)
        if origin not in ASKED:
            study.check_after = now
        study.clean_fields(exclude=["record", "verification"])
    made = [study for study, _record in pending if study.pk is None]
    held = [study for study, _record in pending if study.pk is not None]
    _save(made, held)
    _write_versions(pending, held, origin=origin, now=now)
    _write_history(made, held, by=by)
    _touch_claims(held, by=by, now=now)
    return results


def _result(study: Study, record: WorkRecord) -> Result:
    if study.record is not None and study.record.sha256 == record.sha256:
        return Result.UNCHANGED
    return Result.ADDED if study.pk is None else Result.UPDATED


def _wants_name(study: Study) -> bool:
    return not study.citekey or (study.record is None and bool(_PROVISIONAL.match(study.citekey)))


def _name(pairs: Sequence[tuple[Study, WorkRecord]]) -> None:
    keys = free_citekeys([citing.default_citekey(record) for _study, record in pairs])
    for (study, _record), key in zip(pairs, keys, strict=True):
        study.citekey = key


def _save(made: Sequence[Study], held: Sequence[Study]) -> None:
    for study in made:
        if not any(getattr(study, name) for name in IDENTIFIERS):
            # A work without identifiers is known by its record, which is written next and takes this place.
            study.record_id = 0
    Study.objects.bulk_create(made)
    if held:
        Study.objects.bulk_update(held, COPIED)


def _write_versions(
    pairs: Sequence[tuple[Study, WorkRecord]],
    held: Sequence[Study],
    *,
    origin: StudyRecord.Origin,
    now: datetime,
) -> None:
    """Write the versions and let each study point to its own, by UPDATE: the pointer is bookkeeping."""
    numbered = StudyRecord.objects.filter(study__in=held).order_by().values_list("study")
    last: dict[int, int] = dict(numbered.annotate(last=Max("number"))) if held else {}
    versions = StudyRecord.objects.bulk_create(
        StudyRecord(
            study=study,
            number=last.get(study.pk, 0) + 1,
            origin=origin,
            sha256=record.sha256,
            content=to_plain(record),
            received_at=now,
        )
        for study, record in pairs
    )
    for version in versions:
        version.study.record = version
    newest = StudyRecord.objects.filter(study=OuterRef("pk")).order_by("-number").values("pk")[:1]
    Study.objects.filter(pk__in=[study.pk for study, _record in pairs]).update(record=Subquery(newest))


def _write_history(made: Sequence[Study], held: Sequence[Study], *, by: User | None) -> None:
    history: Any = Study.history
    history.bulk_history_create(made, default_user=by)
    history.bulk_history_create(held, update=True, default_user=by)


def find(kind: str, value: str) -> Study | None:
    """Return the study that a cite key names: `kind` is key, pmid, pmcid or doi; `value` as typed.

    A key that a study had before its record came goes on naming it.
    """
    studies = Study.objects.select_related("record", "verification")
    if kind == "key":
        return studies.filter(citekey=value).first() or studies.filter(pk__in=_once_named(value)).first()
    try:
        wanted = _PARSERS[kind](value)
    except (IdentifierError, KeyError):
        return None
    return studies.filter(**{kind: wanted.value}).first()


def _once_named(citekey: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = Study.history.filter(citekey=citekey)  # type: ignore[attr-defined]
    return rows.order_by("-history_id").values("id")[:1]


def _touch_claims(studies: Sequence[Study], *, by: User | None, now: datetime) -> None:
    """Touch each claim that weighs a study: its dossier names the record, so whoever brought it does not approve."""
    if not studies:
        return
    label = {study.pk: study.citekey for study in studies}
    weighing = (
        Finding.objects.filter(study__in=studies).select_related("claim").order_by("claim_id", "study_id")
    )
    for (_claim, study), finding in {(found.claim_id, found.study_id): found for found in weighing}.items():
        trail.record(
            finding.claim,
            ClaimEvent.Kind.CODED,
            by=by,
            now=now,
            row="study",
            label=label[study],
            change="record",
        )


def known(record: WorkRecord) -> Study | None:
    """Return the study that any of the record's identifiers names; raise Refused when they name none or two."""
    if not any(getattr(record, name) for name in IDENTIFIERS):
        raise Refused(
            "no_identifier", _("This record has neither PMID, DOI nor PMCID, so it cannot be told apart.")
        )
    found = named_by([record])[0]
    if len(found) > 1:
        raise Refused(
            "two_works",
            _(
                "The identifiers of “%(title)s” name two studies here: %(studies)s. One of them is wrong; mend it first."
            )
            % {"title": record.title[:80], "studies": ", ".join(study.citekey for study in found)},
        )
    return found[0] if found else None


def named_by(records: Sequence[WorkRecord]) -> list[list[Study]]:
    """Return for each record the studies that its identifiers name, in one query however many the records."""
    wanted = {name: {getattr(record, name) for record in records} - {""} for name in IDENTIFIERS}
    same = Q(pk__in=[])
    for name, values in wanted.items():
        if values:
            same |= Q(**{f"{name}__in": values})
    found: dict[tuple[str, str], Study] = {}
    for study in Study.objects.select_related("record", "verification").filter(same).order_by("pk"):
        found |= {(name, getattr(study, name)): study for name in IDENTIFIERS}
    return [
        list(dict.fromkeys(
            found[key] for name in IDENTIFIERS if (key := (name, getattr(record, name))) in found
        ))
        for record in records
    ]  # fmt: skip


def faults(record: WorkRecord) -> dict[str, list[str]]:
    """Say by field why a record cannot be stored as a study; empty when it can."""
    draft = Study(citekey="draft", added_at=timezone.now())
    _copy_from(record, draft)
    try:
        draft.clean_fields(exclude=["record", "verification"])
    except ValidationError as error:
        return error.message_dict
    return {}


def _copy_from(record: WorkRecord, study: Study) -> None:
    """Copy what lists, search and dossiers need. An identifier once known is not lost by a record that omits it."""
    for name in IDENTIFIERS:
        setattr(study, name, getattr(record, name) or getattr(study, name) or None)
    authors = record.named_authors
    found = status.status_of(record)
    study.title = record.title or record.vernacular_title
    study.title_key = matching.title_key(study.title)
    study.first_author = (authors[0].family or authors[0].collective)[:200] if authors else ""
    study.short_name = citing.short_name(record)[:240]
    study.journal = (record.journal.iso_abbreviation or record.journal.title)[:300]
    study.year = record.year
    study.standing = status.most_severe([found.status, *_said_by_others(study, record.source)]).value
    study.is_notice = found.is_notice


def _said_by_others(study: Study, source: str) -> list[status.Status]:
    """What the newest check heard from other sources: a record that knows of no retraction does not lift one."""
    said = study.verification.said if study.verification else {}
    return [
        status.Status(value) for name, value in said.items() if name != source and value in set(status.Status)
    ]
