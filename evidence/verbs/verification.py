"""Concluding a check: from what the services answered to a Verification row and to all that follows from it.

Asking them is asking.py's, when to ask verifying.py's. A check that failed is kept as failed and changes no result:
nothing here ever reads a silence as "verified".
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.refusal import Refused
from evidence import matching, status
from evidence.models import (
    CitedAs,
    GradeSnapshot,
    LiveNotice,
    Outcome,
    Study,
    StudyRecord,
    Verification,
)
from evidence.models.studies import NOT_WEIGHED
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.verbs import intake, listing, notices, regrading, replies
from evidence.verbs.asking import Answer, Answers
from evidence.words import SOURCES

METADATA_EVERY = timedelta(days=90)
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=12)
# Why a check came to nothing though everybody answered: another agency registered the work's DOI.
UNLISTED = "unlisted"
FALLEN = frozenset({status.Status.RETRACTED, status.Status.REPLACED, status.Status.WITHDRAWN})

_OF_STANDING = {
    status.Status.RETRACTED: Outcome.RETRACTED,
    status.Status.WITHDRAWN: Outcome.RETRACTED,
    status.Status.REPLACED: Outcome.REPLACED,
    status.Status.CONCERN: Outcome.CONCERN,
    status.Status.CORRECTED: Outcome.CORRECTED,
    status.Status.PREPRINT: Outcome.NOTED,
    status.Status.NEWER_VERSION_EXISTS: Outcome.NOTED,
}
_GRAVEST_FIRST = list(Outcome)
_GOOD_NEWS = frozenset({Outcome.VERIFIED, Outcome.NOTED, Outcome.CORRECTED, Outcome.NOT_CHECKABLE})


@dataclass(frozen=True)
class _Found:
    """What a check came to, before it is written down."""

    match: Outcome
    outcome: Outcome
    standing: status.Status
    compared: list[dict[str, Any]]
    between: list[dict[str, Any]]
    said: dict[str, str]
    is_notice: bool


@transaction.atomic
def conclude(study: Study, answers: Answers, *, by: User | None, now: datetime) -> Verification:
    """Write down what came of asking about a study, keep the record that came, and let what follows follow.

    `by=None` is the clock. A fallen work gets its notice at once and regrades are proposed; a service that did not
    answer leaves the last result as it is, is written down, and is asked again. Returns the row.
    """
    study = (
        Study.objects.select_for_update(of=("self",))
        .select_related("record", "verification")
        .get(pk=study.pk)
    )
    refusal = _keep_record(study, answers, by=by, now=now)
    found = _judge(study, answers)
    if found.outcome is Outcome.NOT_CHECKABLE or refusal:
        row = _write(study, answers, found, Outcome.NOT_CHECKABLE, by=by, now=now)
        _try_again(study, refusal or answers.silence or UNLISTED, answers, now=now)
        return row
    before = study.verification
    row = _write(study, answers, found, found.outcome, by=by, now=now)
    study.standing, study.is_notice = found.standing.value, found.is_notice
    study.outcome, study.verification = found.outcome, row
    Study.objects.filter(pk=study.pk).update(
        verification=row, outcome=found.outcome, standing=found.standing.value, is_notice=found.is_notice,
        checked_at=now, check_after=now + METADATA_EVERY, failing_since=None, failures=0, failure="",
    )  # fmt: skip
    if answers.silence:
        _try_again(study, answers.silence, answers, now=now)
    _follow(study, before, now=now)
    return row


def _keep_record(study: Study, answers: Answers, *, by: User | None, now: datetime) -> str:
    """Store the record that came, PubMed's before Crossref's; return why it could not be, or nothing."""
    answer = answers.pubmed if answers.pubmed.record else answers.crossref
    if answer.record is None:
        return ""
    origin = StudyRecord.Origin.PUBMED if answer is answers.pubmed else StudyRecord.Origin.CROSSREF
    try:
        twin = intake.known(answer.record)
        if twin is not None and twin.pk != study.pk:
            raise Refused(
                "two_works", f"The record that came names {twin.citekey}, which stands here already."
            )
        intake.keep(
            study,
            answer.record,
            origin=StudyRecord.Origin.RECORDED if answer.recorded else origin,
            by=by,
            now=now,
        )
    except Refused as refused:
        with override("en"):
            return str(refused)
    return ""


def _judge(study: Study, answers: Answers) -> _Found:
    record = answers.pubmed.record or answers.crossref.record
    statuses = {
        name: status.status_of(answer.record)
        for name, answer in (("pubmed", answers.pubmed), ("crossref", answers.crossref))
        if answer.record is not None
    }
    said = {name: found.status.value for name, found in statuses.items()}
    if listed := listing.said_of(study):
        said["retraction_watch"] = listed
    standing = status.most_severe(status.Status(one) for one in said.values() if one != "not_listed")
    compared = _compare(study, record, answers.crossref.record) if record else []
    between = _between(answers)
    notice = any(found.is_notice for found in statuses.values())
    match = _match(answers, compared, between, is_notice=notice)
    superseded = any(found.is_superseded_preprint for found in statuses.values())
    fate = Outcome.SUPERSEDED if superseded else _OF_STANDING.get(standing, Outcome.VERIFIED)
    outcome = _gravest(match, fate)
    # Somebody who should have been asked did not answer: bad news stands, good news waits.
    if (answers.silence or match is Outcome.NOT_CHECKABLE) and outcome in _GOOD_NEWS:
        outcome = Outcome.NOT_CHECKABLE
    return _Found(match, outcome, standing, compared, between, said, notice)


def _match(
    answers: Answers, compared: list[dict[str, Any]], between: list[dict[str, Any]], *, is_notice: bool
) -> Outcome:
    if answers.pubmed.record is None and answers.crossref.record is None:
        return Outcome.NOT_FOUND if answers.absent else Outcome.NOT_CHECKABLE
    verdicts = {row["verdict"] for row in compared}
    if matching.Verdict.ANOTHER in verdicts:
        return Outcome.WRONG_WORK
    if is_notice:
        return Outcome.NOTICE
    apart = any(row["field"] == "title" and row["verdict"] == matching.Verdict.ANOTHER for row in between)
    if matching.Verdict.DIFFERS in verdicts or apart:
        return Outcome.MISMATCH
    mild = {matching.Verdict.NOTED, matching.Verdict.UNKNOWN}
    differs = any(row["verdict"] != matching.Verdict.SAME for row in between)
    return Outcome.NOTED if verdicts & mild or differs else Outcome.VERIFIED


def _gravest(*outcomes: Outcome) -> Outcome:
    return min(outcomes, key=_GRAVEST_FIRST.index)


def _compare(study: Study, record: WorkRecord, beside: WorkRecord | None) -> list[dict[str, Any]]:
    """Compare every standing citation of the study, field by field."""
    rows = []
    for cited in CitedAs.objects.standing().filter(study=study):
        found = matching.compare(from_plain(WorkRecord, cited.parsed), record, beside=beside)
        rows += [{"cited_as": cited.pk, **_plain(field)} for field in found.fields]
    return rows


def _between(answers: Answers) -> list[dict[str, Any]]:
    """Compare PubMed's record with Crossref's of the same work."""
    pubmed, crossref = answers.pubmed.record, answers.crossref.record
    if pubmed is None or crossref is None:
        return []
    return [
        _plain(field) for field in matching.compare(pubmed, crossref).fields
        if field.verdict is not matching.Verdict.UNKNOWN
    ]  # fmt: skip


def _plain(field: matching.Compared) -> dict[str, Any]:
    return {**asdict(field), "verdict": field.verdict.value}


def _write(
    study: Study, answers: Answers, found: _Found, outcome: Outcome, *, by: User | None, now: datetime
) -> Verification:
    row = Verification(
        study=study,
        record=study.record,
        outcome=outcome,
        match=found.match,
        standing=found.standing.value,
        compared=found.compared,
        between=found.between,
        said=found.said,
        asked={"pubmed": _said_of(answers.pubmed), "crossref": _said_of(answers.crossref)},
        recorded=answers.pubmed.recorded or answers.crossref.recorded,
        by_id=by.pk if by else None,
        checked_at=now,
    )
    row.save()
    row.replies.set(replies.keep(answers.replies))
    return row


def _said_of(answer: Answer) -> dict[str, str]:
    return {"state": answer.state.value, "detail": answer.detail}


def _try_again(study: Study, why: str, answers: Answers, *, now: datetime) -> None:
    """Ask again later and later, half a day apart at the most, and never sooner than a service asked for."""
    wait = max(
        min(FIRST_RETRY * 2 ** min(study.failures, 20), LAST_RETRY), timedelta(seconds=answers.retry_after)
    )
    Study.objects.filter(pk=study.pk).update(
        failures=min(study.failures + 1, 30_000),
        failing_since=study.failing_since or now,
        failure=why[:200],
        check_after=now + wait,
    )


def _follow(study: Study, before: Verification | None, *, now: datetime) -> None:
    """Let notices and proposals follow from a changed status; readers see the notice at once and nothing else."""
    standing = status.Status(study.standing)
    if standing in FALLEN:
        notices.raise_on_study(study, LiveNotice.Kind.RETRACTED, now=now)
    else:
        notices.lift_from_study(study.pk, LiveNotice.Kind.RETRACTED, now=now)
    if before is not None and _weighs_as(before) == _weighs_as(study):
        return
    with override("en"):
        reason_en = _reason(study)
    with override("zh-hant"):
        reason_zh_hant = _reason(study)
    regrading.propose_for_study(
        study,
        now=now,
        trigger=GradeSnapshot.Trigger.STATUS_CHANGED,
        reason_en=reason_en,
        reason_zh_hant=reason_zh_hant,
    )


def _weighs_as(told: Study | Verification) -> tuple[str, bool]:
    """What of a check reaches a dossier: the engine's state, and whether the work is weighed at all."""
    return status.Status(told.standing).engine_state, Outcome(told.outcome) in NOT_WEIGHED


def _reason(study: Study) -> str:
    """Say in the active language what has become of the work, and by whose word."""
    said = study.verification.said if study.verification else {}
    sources = [SOURCES[name] for name, value in said.items() if value == study.standing]
    if Outcome(study.outcome) in NOT_WEIGHED:
        return _("%(study)s is weighed no more: %(outcome)s.") % {
            "study": study, "outcome": Outcome(study.outcome).label,
        }  # fmt: skip
    return _("%(study)s: %(standing)s (%(sources)s).") % {
        "study": study,
        "standing": Study.Standing(study.standing).label,
        "sources": ", ".join(sources),
    }
