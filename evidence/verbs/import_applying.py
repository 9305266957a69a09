"""Doing for one batch of an import what was judged of it: records become versions, citations are kept for checking.

Nothing here decides what an item is: that is import_judging.py.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib.auth.models import User

from evidence.models import CitedAs, ReferenceImport, ReferenceImportRow, Study, StudyRecord
from evidence.sources.records import WorkRecord
from evidence.verbs import citations, intake, intake_identifiers
from evidence.verbs.import_judging import Judged
from evidence.verbs.intake import Result

Kind = ReferenceImportRow.Kind
Decision = ReferenceImportRow.Decision
Outcome = ReferenceImportRow.Outcome
_OUTCOMES = {Result.ADDED: Outcome.ADDED, Result.UPDATED: Outcome.UPDATED, Result.UNCHANGED: Outcome.LEFT}


def apply(of: ReferenceImport, judged: Sequence[Judged], *, by: User, now: datetime) -> None:
    """Import the rows of one batch, and write on each what was done and of which study. Runs in a transaction."""
    for one in judged:
        one.row.outcome = "" if one.row.kind == Kind.REFUSED else Outcome.LEFT
    _keep([one for one in judged if one.is_pubmeds and _is_new(one)], StudyRecord.Origin.PUBMED_FILE, by, now)
    _add_cited([one for one in judged if not one.is_pubmeds and _is_new(one)], by, now)
    _find_twins(of, judged)
    changed = [one for one in judged if one.is_pubmeds and _is_known(one)]
    while changed:
        first = list({one.row.study_id: one for one in reversed(changed)}.values())
        _keep(first, StudyRecord.Origin.PUBMED_FILE, by, now)
        changed = [one for one in changed if one not in first]
    _cite(of, [one for one in judged if not one.is_pubmeds and (_is_new(one) or _is_known(one))], by, now)


def _is_new(one: Judged) -> bool:
    row = one.row
    return row.kind == Kind.NEW or (row.kind == Kind.PERHAPS and row.decision == Decision.NEW)


def _is_known(one: Judged) -> bool:
    """Whether the row says something about a study that stands here: a newer record, or a citation of it."""
    row = one.row
    said = {Kind.CHANGED} if one.is_pubmeds else {Kind.DUPLICATE}
    same = row.kind == Kind.PERHAPS and row.decision == Decision.SAME
    return (row.kind in said or same) and row.study is not None


def _find_twins(of: ReferenceImport, judged: Sequence[Judged]) -> None:
    """Give the rows that are the work of an earlier row that one's study, now that it is there."""
    wanting = [one.row for one in judged if one.row.twin and one.row.study is None]
    if not wanting:
        return
    earlier = of.rows.filter(ordinal__in={row.twin for row in wanting}).select_related("study")
    studies: dict[int, Study | None] = {row.ordinal: row.study for row in earlier}
    studies |= {one.row.ordinal: one.row.study for one in judged}
    for row in wanting:
        row.study = studies.get(row.twin or 0)


def _keep(judged: Sequence[Judged], origin: StudyRecord.Origin, by: User, now: datetime) -> None:
    if not judged:
        return
    pairs = [(one.row.study or Study(added_at=now), record) for one, record in _with_records(judged, _is_new)]
    for (study, _record), one, result in zip(
        pairs, judged, intake.keep_many(pairs, origin=origin, by=by, now=now), strict=True
    ):
        one.row.study, one.row.outcome = study, _OUTCOMES[result]


def _with_records(
    judged: Sequence[Judged], is_new: Callable[[Judged], bool]
) -> list[tuple[Judged, WorkRecord]]:
    """Pair rows with their records; a row decided to be a new work is not that of the study it resembles."""
    found = []
    for one in judged:
        if is_new(one):
            one.row.study = None
        if one.record is not None:
            found.append((one, one.record))
    return found


def _add_cited(judged: Sequence[Judged], by: User, now: datetime) -> None:
    """Announce works that were cited by an identifier; one without any is known by the citation alone."""
    named = [one for one in judged if one.row.identifiers]
    announced = [(one.row.identifiers, one.row.title) for one in named]
    for one, study in zip(
        named, intake_identifiers.announce_many(announced, by=by, now=now) if named else [], strict=True
    ):
        one.row.study, one.row.outcome = study, Outcome.ADDED
    _keep([one for one in judged if not one.row.identifiers], StudyRecord.Origin.REFERENCE_FILE, by, now)


def _cite(of: ReferenceImport, judged: Sequence[Judged], by: User, now: datetime) -> None:
    given = [
        (one, citations.Given(one.row.study, one.record.to_json(), citations.given_of(one.record)))
        for one in judged if one.record is not None and one.row.study is not None
    ]  # fmt: skip
    if not given:
        return
    form = CitedAs.Form(of.format)
    kept = citations.give_many([citation for _one, citation in given], form=form, by=by, now=now)
    cited = {row.study_id for row in kept}
    for one, _citation in given:
        if one.row.outcome == Outcome.LEFT and one.row.study_id in cited:
            one.row.outcome = Outcome.CITED
