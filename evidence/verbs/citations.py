"""Citations as they were given: keeping what somebody typed or imported, and mending it from the record.

A citation as given is frozen. Comparing it with the record is verification.py's, printing never uses it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence import citing
from evidence.models import CitedAs, Study
from evidence.sources.plain import from_plain, to_plain
from evidence.sources.records import WorkRecord

Form = CitedAs.Form


@dataclass(frozen=True)
class Given:
    """A citation as somebody gave it, and the study it is of."""

    study: Study
    raw: str
    parsed: WorkRecord


def give(
    study: Study, *, form: CitedAs.Form, raw: str, parsed: WorkRecord, by: User, now: datetime
) -> CitedAs | None:
    """Keep one citation as `give_many` does; None where the same is kept already."""
    kept = give_many([Given(study, raw, parsed)], form=form, by=by, now=now)
    return kept[0] if kept else None


@transaction.atomic
def give_many(given: Sequence[Given], *, form: CitedAs.Form, by: User, now: datetime) -> list[CitedAs]:
    """Keep citations as they were given, and have their studies checked; the same is kept once. Returns the new ones."""
    require(by, Action.ADD_STUDY)
    known = kept_of([one.study.pk for one in given])
    new = []
    for one in given:
        plain = to_plain(one.parsed)
        if plain not in known[one.study.pk]:
            known[one.study.pk].append(plain)
            new.append(CitedAs(study=one.study, form=form, raw=one.raw, parsed=plain, by_id=by.pk, at=now))
    CitedAs.objects.bulk_create(new)
    Study.objects.filter(pk__in=[cited.study_id for cited in new]).update(check_after=now)
    return new


def kept_of(studies: Iterable[int]) -> dict[int, list[Any]]:
    """Return the citations kept of each study, as they were read."""
    kept: dict[int, list[Any]] = defaultdict(list)
    for study, parsed in CitedAs.objects.filter(study__in=set(studies)).values_list("study", "parsed"):
        kept[study].append(parsed)
    return kept


@transaction.atomic
def mend(cited: CitedAs, *, by: User, now: datetime, remark: str) -> CitedAs:
    """Replace a citation that differs from the record by what the record says; the wrong one stays on file.

    `remark` says how it came about. Raises PermissionDenied; Refused when there is no record, or it was mended.
    """
    require(by, Action.ADD_STUDY)
    record = cited.study.record
    if record is None:
        raise Refused(
            "no_record", _("There is no record yet to mend this citation from. Wait for the check.")
        )
    if CitedAs.objects.filter(replaces=cited).exists():
        raise Refused("mended_already", _("This citation was mended already. Reload the page."))
    if not remark.strip():
        raise Refused(
            "no_remark", _("Say in the remark what was wrong and how you know which work is meant.")
        )
    work = from_plain(WorkRecord, record.content)
    mended = CitedAs(
        study=cited.study,
        form=Form.MENDED,
        raw=citing.reference_text(work),
        parsed=to_plain(given_of(work)),
        replaces=cited,
        remark=remark.strip(),
        by_id=by.pk,
        at=now,
    )
    mended.save()
    Study.objects.filter(pk=cited.study_id).update(check_after=now)
    return mended


def given_of(work: WorkRecord) -> WorkRecord:
    """Return what a printed reference gives of a record: the fields that matching compares, and no others."""
    return WorkRecord(
        source="given",
        kind=work.kind,
        pmid=work.pmid,
        doi=work.doi,
        pmcid=work.pmcid,
        title=work.title,
        vernacular_title=work.vernacular_title,
        authors=work.named_authors[:1],
        authors_complete=len(work.named_authors) < 2,
        journal=work.journal,
        volume=work.volume,
        issue=work.issue,
        pages=work.pages,
        article_number=work.article_number,
        year=work.year,
    )
