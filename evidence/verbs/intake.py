"""Adding studies: from a record to a Study and its StudyRecord. Parsing is in evidence/sources, asking in asking.py.

One Study per work: every identifier of a record is looked up, so the same work never stands under two names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence import citing, status
from evidence.identifiers import IdentifierError, parse_doi, parse_pmcid, parse_pmid
from evidence.models import Claim, ClaimEvent, Study, StudyRecord
from evidence.sources.plain import to_plain
from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import DeletedRecord, read_pubmed
from evidence.sources.records import WorkRecord
from evidence.verbs import trail

IDENTIFIERS = ("pmid", "doi", "pmcid")
# Origins that are the answer of a service, asked by us.
ASKED = frozenset({StudyRecord.Origin.PUBMED, StudyRecord.Origin.CROSSREF, StudyRecord.Origin.RECORDED})
# The key of a work that is known by an identifier alone, until somebody knows who wrote it.
_PROVISIONAL = re.compile(r"(?:pmid|doi)-|pmc\d")
_PARSERS = {"pmid": parse_pmid, "doi": parse_doi, "pmcid": parse_pmcid}


class Result(StrEnum):
    """What became of one record."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass
class Report:
    """What became of a file: what was kept, and every place that could not be read."""

    added: list[Study] = field(default_factory=list)
    updated: list[Study] = field(default_factory=list)
    unchanged: list[Study] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    problems: list[ParseProblem] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """The number of records that are in the database now."""
        return len(self.added) + len(self.updated) + len(self.unchanged)


@transaction.atomic
def add(record: WorkRecord, *, origin: StudyRecord.Origin, by: User, now: datetime) -> tuple[Study, Result]:
    """Store a record as a new Study, or as a newer version of the one its identifiers name.

    A byte-equal record changes nothing. Raises PermissionDenied; Refused when the identifiers name two studies.
    """
    require(by, Action.ADD_STUDY)
    study = known(record) or Study(citekey=free_citekey(citing.default_citekey(record)), added_at=now)
    return study, keep(study, record, origin=origin, by=by, now=now)


@transaction.atomic
def keep(
    study: Study, record: WorkRecord, *, origin: StudyRecord.Origin, by: User | None, now: datetime
) -> Result:
    """Store a record as the newest version of a study's, unless not a byte differs. `by=None` is the clock.

    A record that comes from a file is asked about next: what somebody uploaded is no answer of PubMed's.
    """
    if study.record is not None and study.record.sha256 == record.sha256:
        return Result.UNCHANGED
    result = Result.ADDED if study.pk is None else Result.UPDATED
    _copy_from(record, study)
    if study.record is None and _PROVISIONAL.match(study.citekey):
        study.citekey = free_citekey(citing.default_citekey(record))
    if origin not in ASKED:
        study.check_after = now
    study.full_clean(exclude=["record", "verification"])
    study.save()
    version = StudyRecord(
        study=study,
        number=study.records.count() + 1,
        origin=origin,
        sha256=record.sha256,
        content=to_plain(record),
        received_at=now,
    )
    version.save()
    # By UPDATE: the pointer is bookkeeping and deserves no second line in the row's history.
    study.record = version
    Study.objects.filter(pk=study.pk).update(record=version)
    _touch_claims(study, by=by, now=now)
    return result


def add_from_pubmed(stream: BinaryIO, *, origin: StudyRecord.Origin, by: User, now: datetime) -> Report:
    """Add every record of a PubMed XML file. A broken file keeps what was good and says where it broke."""
    require(by, Action.ADD_STUDY)
    report = Report()
    for outcome in stream_from_pubmed(stream, origin=origin, by=by, now=now):
        if isinstance(outcome, ParseProblem):
            report.problems.append(outcome)
        elif isinstance(outcome, DeletedRecord):
            report.deleted.append(outcome.pmid)
        elif isinstance(outcome, Refused):
            report.refused.append(str(outcome))
        else:
            study, result = outcome
            getattr(report, result.value).append(study)
    return report


def stream_from_pubmed(
    stream: BinaryIO, *, origin: StudyRecord.Origin, by: User, now: datetime
) -> Iterator[tuple[Study, Result] | ParseProblem | DeletedRecord | Refused]:
    """Add the records of a file one by one, in bounded memory, yielding what became of each."""
    for item in read_pubmed(stream):
        if not isinstance(item, WorkRecord):
            yield item
            continue
        try:
            yield add(item, origin=origin, by=by, now=now)
        except Refused as refusal:
            yield refusal


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


def _touch_claims(study: Study, *, by: User | None, now: datetime) -> None:
    """Touch each claim that weighs the study: its dossier names the record, so whoever brought it does not approve."""
    for claim in Claim.objects.filter(findings__study=study).distinct():
        trail.record(
            claim, ClaimEvent.Kind.CODED, by=by, now=now, row="study", label=study.citekey, change="record"
        )


def known(record: WorkRecord) -> Study | None:
    """Return the study that any of the record's identifiers names; raise Refused when they name none or two."""
    same = Q()
    for name in IDENTIFIERS:
        if value := getattr(record, name):
            same |= Q(**{name: value})
    if not same:
        raise Refused(
            "no_identifier", _("This record has neither PMID, DOI nor PMCID, so it cannot be told apart.")
        )
    found = list(Study.objects.select_related("record").filter(same))
    if len(found) > 1:
        raise Refused(
            "two_works",
            _(
                "The identifiers of “%(title)s” name two studies here: %(studies)s. One of them is wrong; mend it first."
            )
            % {"title": record.title[:80], "studies": ", ".join(study.citekey for study in found)},
        )
    return found[0] if found else None


def _copy_from(record: WorkRecord, study: Study) -> None:
    """Copy what lists, search and dossiers need. An identifier once known is not lost by a record that omits it."""
    for name in IDENTIFIERS:
        setattr(study, name, getattr(record, name) or getattr(study, name) or None)
    authors = record.named_authors
    found = status.status_of(record)
    study.title = record.title or record.vernacular_title
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


def free_citekey(wanted: str) -> str:
    """Return `wanted`, or with the first free letter or number behind it (zhou2019, zhou2019b, … zhou2019-27)."""
    stem = wanted[:50]
    taken = set(Study.objects.filter(citekey__startswith=stem).values_list("citekey", flat=True))
    if stem not in taken:
        return stem
    letters = (f"{stem}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz" if re.search(r"\d$", stem))
    numbers = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in [*letters, *numbers] if key not in taken)
