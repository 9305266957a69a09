"""Proposing a grade and recomputing stored ones. Deciding on a proposal lives in review.py."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence import engine
from evidence.models import Claim, ClaimEvent, GradeSnapshot, Study
from evidence.verbs import dossiers, trail


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
    GradeSnapshot.objects.filter(claim=claim, state__in=GradeSnapshot.OPEN).update(
        state=GradeSnapshot.State.CLOSED
    )
    newest = GradeSnapshot.objects.filter(claim=claim).aggregate(number=Max("number"))["number"] or 0
    snapshot = GradeSnapshot(
        claim=claim,
        number=newest + 1,
        engine_version=engine_version,
        dossier_json=built.canonical,
        dossier_sha256=verdict.dossier_sha256,
        verdict_json=engine.verdict_line(verdict),
        exhibits=built.exhibits,
        left_out=built.left_out,
        trigger=trigger,
        reason_en=reason_en,
        reason_zh_hant=reason_zh_hant,
        previous=GradeSnapshot.objects.current().filter(claim=claim).first(),
        tier=verdict.tier,
        score=None if verdict.score is None else Decimal(verdict.score),
        status=verdict.status,
        reader_grade=verdict.reader_grade,
        proposed_by_id=by.pk if by else None,
        proposed_at=now,
    )
    snapshot.save()
    snapshot.studies.set(Study.objects.filter(citekey__in=_works_shown(built.exhibits)))
    trail.record(claim, ClaimEvent.Kind.PROPOSED, by=by, now=now, snapshot=snapshot.number)
    return snapshot


def _works_shown(exhibits: dict[str, Any]) -> set[str]:
    """The cite keys of every work that the pages of a grade name."""
    return {row["citekey"] for part in ("findings", "sources") for row in exhibits[part]}


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
        raise Refused(
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
