"""Proposing a grade and recomputing stored ones. Deciding on a proposal lives in review.py."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence import engine
from evidence.models import Claim, ClaimEvent, GradeOverride, GradeSnapshot
from evidence.verbs import dossiers, overriding, trail


class ReplayMismatchError(AssertionError):
    """A stored verdict that its own engine version no longer gives: the audit trail is broken."""


@transaction.atomic
def propose(
    claim: Claim,
    *,
    by: User | None,
    now: datetime,
    trigger: GradeSnapshot.Trigger,
    reason_en: str = "",
    reason_zh_hant: str = "",
    engine_version: str = engine.NEWEST,
    built: dossiers.Built | None = None,
) -> GradeSnapshot:
    """Grade today's dossier and store it as the claim's open proposal; a newer proposal closes the older.

    `by=None` is the clock. `engine_version` is the newest except where a grade of the past is set down again.
    `built` spares building the dossier twice to those who have just looked at it in the same transaction.
    Raises PermissionDenied, or Refused when there is nothing to grade.
    """
    if by is not None:
        require(by, Action.PROPOSE_GRADE)
    built = built or dossiers.build(claim)
    verdict = engine.grade(engine.read_dossier(built.dossier), engine_version)
    before = list(GradeSnapshot.objects.filter(claim=claim).only("number", "state").order_by("-number"))
    if any(one.state in GradeSnapshot.OPEN for one in before):
        _close_open(claim, now=now)
    snapshot = GradeSnapshot(
        claim=claim,
        number=before[0].number + 1 if before else 1,
        engine_version=engine_version,
        dossier_json=built.canonical,
        dossier_sha256=verdict.dossier_sha256,
        verdict_json=engine.verdict_line(verdict),
        exhibits=built.exhibits,
        left_out=built.left_out,
        trigger=trigger,
        reason_en=reason_en,
        reason_zh_hant=reason_zh_hant,
        previous=next((one for one in before if one.state == GradeSnapshot.State.CURRENT), None),
        tier=verdict.tier,
        score=None if verdict.score is None else Decimal(verdict.score),
        status=verdict.status,
        reader_grade=verdict.reader_grade,
        proposed_by_id=by.pk if by else None,
        proposed_at=now,
    )
    snapshot.save()
    snapshot.studies.add(*built.studies)
    trail.record(claim, ClaimEvent.Kind.PROPOSED, by=by, now=now, snapshot=snapshot.number)
    return snapshot


def _close_open(claim: Claim, *, now: datetime) -> None:
    """Close what was proposed before, and the override that waited beside it."""
    older = GradeSnapshot.objects.filter(claim=claim, state__in=GradeSnapshot.OPEN)
    overriding.end_beside(older, GradeOverride.State.VOID, by=None, now=now)
    older.update(state=GradeSnapshot.State.CLOSED)


def is_todays(snapshot: GradeSnapshot) -> bool:
    """Say whether the claim's evidence is still, byte for byte, what the snapshot graded and shows."""
    return is_of(snapshot, dossiers.build(snapshot.claim))


def is_of(snapshot: GradeSnapshot, built: dossiers.Built) -> bool:
    """Say whether a snapshot graded and shows, byte for byte, what was built."""
    same_dossier = built.canonical == snapshot.dossier_json
    return same_dossier and trail.fingerprint(built.exhibits) == trail.fingerprint(snapshot.exhibits)


def require_todays(snapshot: GradeSnapshot) -> None:
    """Raise Refused when the claim was coded further since the proposal."""
    if not is_todays(snapshot):
        raise _outdated()


def require_todays_dossier(snapshot: GradeSnapshot) -> None:
    """Raise Refused when a grade, current perhaps for long, no longer weighs what is coded today.

    What is shown beside the verdict may have moved on: a standing grade keeps the exhibits it was approved with.
    """
    if dossiers.build(snapshot.claim).canonical != snapshot.dossier_json:
        raise _outdated()


def _outdated() -> Refused:
    return Refused(
        "dossier_changed",
        _("The evidence changed after this grade was proposed. Propose it again, then decide."),
    )


def replay(snapshot: GradeSnapshot) -> None:
    """Recompute one stored verdict with its own version; raise ReplayMismatchError on any differing byte."""
    dossier = engine.dossier_from_bytes(snapshot.dossier_json.encode())
    again = engine.verdict_line(engine.grade(dossier, snapshot.engine_version))
    if again != snapshot.verdict_json or engine.canonical_bytes(dossier).decode() != snapshot.dossier_json:
        raise ReplayMismatchError(
            f"{snapshot.claim.code}, grade {snapshot.number}: engine {snapshot.engine_version} now gives another verdict.\n"
            f"stored:     {snapshot.verdict_json}\nrecomputed: {again}"
        )


def replay_each() -> Iterator[GradeSnapshot]:
    """Replay every snapshot, oldest first, in constant memory, yielding each one that held."""
    for snapshot in GradeSnapshot.objects.select_related("claim").order_by("pk").iterator(chunk_size=200):
        replay(snapshot)
        yield snapshot


def replay_all() -> int:
    """Replay every snapshot and return how many held."""
    return sum(1 for _snapshot in replay_each())
