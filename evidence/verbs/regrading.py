"""Regrades that nobody had to ask for: the clock proposes when a study's standing, the coding or the engine changed.

It proposes and never decides: readers go on with the current grade until a second person accepts (review.py).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from evidence import engine
from evidence.models import Claim, ClaimEvent, GradeSnapshot, LiveNotice, Study
from evidence.verbs import dossiers, grading, notices, overriding

State, Trigger = GradeSnapshot.State, GradeSnapshot.Trigger

# Coding comes in bursts; the clock waits until nobody has touched the claim for so long.
QUIET = timedelta(minutes=30)


def propose_for_study(
    study: Study, *, now: datetime, trigger: GradeSnapshot.Trigger, reason_en: str, reason_zh_hant: str
) -> list[GradeSnapshot]:
    """Propose, by the clock, a regrade of every graded claim whose dossier a change of `study` has altered.

    A claim whose newest open or returned proposal says the same already gets no second one. Where the work's
    standing changed, "under reassessment" stands on the claim until a new grade is accepted.
    """
    weighed = Q(findings__study=study) | Q(grades__state=State.CURRENT, grades__studies=study)
    claims = Claim.objects.graded().filter(weighed).order_by("pk").distinct()
    reason = (reason_en, reason_zh_hant)
    made = (_propose_if_changed(claim, now=now, trigger=trigger, reason=reason) for claim in claims)
    return [snapshot for snapshot in made if snapshot is not None]


def propose_for_coding(*, now: datetime) -> list[GradeSnapshot]:
    """Propose a regrade of every graded claim that was coded since its release and has been left alone for QUIET.

    Doing it twice proposes nothing more.
    """
    made = []
    for claim in _coded_since_release(now):
        trigger = Trigger.NEW_FINDING if _has_new_finding(claim) else Trigger.RECODED
        snapshot = _propose_if_changed(claim, now=now, trigger=trigger, reason=("", ""))
        if snapshot is not None:
            made.append(snapshot)
    return made


def propose_for_engine(*, now: datetime, reason_en: str, reason_zh_hant: str) -> Iterator[GradeSnapshot]:
    """Propose a regrade, one by one, of every claim whose current grade another verdict of the newest engine replaces.

    Grades that the newest version words alike keep their own version: a snapshot is never moved to another.
    """
    older = GradeSnapshot.objects.current().exclude(engine_version=engine.NEWEST).select_related("claim")
    for current in older.order_by("pk").iterator(chunk_size=200):
        dossier = engine.dossier_from_bytes(current.dossier_json.encode())
        again = engine.grade(dossier, engine.NEWEST)
        if (again.reader_grade, again.status, again.tier) == (
            current.reader_grade,
            current.status,
            current.tier,
        ):
            continue
        reason = (reason_en, reason_zh_hant)
        snapshot = _propose_anew(current.claim, now=now, trigger=Trigger.ENGINE_VERSION, reason=reason)
        if snapshot is not None:
            yield snapshot


@transaction.atomic
def _propose_if_changed(
    claim: Claim, *, now: datetime, trigger: GradeSnapshot.Trigger, reason: tuple[str, str]
) -> GradeSnapshot | None:
    """Propose unless today's dossier is the current grade's; then nothing is left to reassess either."""
    built = _locked_and_built(claim)
    overriding.end_if_evidence_changed(claim, now=now)
    if GradeSnapshot.objects.current().filter(claim=claim, dossier_json=built.canonical).exists():
        notices.lift_from_claim(claim.pk, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
        return None
    if trigger == Trigger.STATUS_CHANGED:
        notices.raise_on_claim(claim, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
    return _propose_once(claim, built, now=now, trigger=trigger, reason=reason)


@transaction.atomic
def _propose_anew(
    claim: Claim, *, now: datetime, trigger: GradeSnapshot.Trigger, reason: tuple[str, str]
) -> GradeSnapshot | None:
    return _propose_once(claim, _locked_and_built(claim), now=now, trigger=trigger, reason=reason)


def _locked_and_built(claim: Claim) -> dossiers.Built:
    """Hold the claim, so that of two workers the second sees the first's proposal (SQLite: IMMEDIATE does it)."""
    Claim.objects.select_for_update().filter(pk=claim.pk).values_list("pk").first()
    return dossiers.build(claim)


def _propose_once(
    claim: Claim,
    built: dossiers.Built,
    *,
    now: datetime,
    trigger: GradeSnapshot.Trigger,
    reason: tuple[str, str],
) -> GradeSnapshot | None:
    """Propose unless an open proposal, or one that a person returned, says the same with the same engine."""
    last = GradeSnapshot.objects.filter(claim=claim, state__in=[*GradeSnapshot.OPEN, State.RETURNED])
    newest = last.order_by("-number").first()
    if newest is not None and newest.engine_version == engine.NEWEST and grading.is_of(newest, built):
        return None
    english, chinese = reason
    return grading.propose(
        claim, by=None, now=now, trigger=trigger, reason_en=english, reason_zh_hant=chinese, built=built
    )


def _coded_since_release(now: datetime) -> QuerySet[Claim]:
    """Graded claims with a coding that no proposal has seen, the latest of it at least QUIET ago."""
    events = ClaimEvent.objects.filter(claim=OuterRef("pk")).order_by()
    settled = (
        events.filter(kind__in=[ClaimEvent.Kind.RELEASED, ClaimEvent.Kind.PROPOSED])
        .values("claim")
        .annotate(last=Max("id"))
        .values("last")
    )
    coded = events.filter(kind=ClaimEvent.Kind.CODED)
    graded = Claim.objects.graded().annotate(settled=Coalesce(Subquery(settled), 0))
    return graded.filter(
        Exists(coded.filter(id__gt=OuterRef("settled"))), ~Exists(coded.filter(at__gt=now - QUIET))
    ).order_by("pk")


def _has_new_finding(claim: Claim) -> bool:
    """Say whether a finding that the current grade does not show has been coded."""
    current = GradeSnapshot.objects.current().get(claim=claim)
    shown = {row["id"] for row in current.exhibits["findings"]}
    return any(finding.dossier_id not in shown for finding in claim.findings.select_related("study"))
