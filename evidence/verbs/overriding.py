"""An override's life: asked for, declined, ended by the clock or by new evidence. Seconding it is review.py's.

Readers learn of a standing one by a LiveNotice that names it.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import Claim, ClaimEvent, GradeOverride, GradeSnapshot, LiveNotice
from evidence.verbs import dossiers, notices, trail

State = GradeOverride.State

REASON_LENGTH = 40
LONGEST = timedelta(days=180)


@transaction.atomic
def ask(
    snapshot: GradeSnapshot,
    *,
    by: User,
    now: datetime,
    reader_grade: str = "",
    status: str = "",
    reason_code: GradeOverride.Reason,
    reason_en: str,
    reason_zh_hant: str = "",
    expires_on: date,
) -> GradeOverride:
    """Ask for another reader grade or status beside a proposed or current verdict; a second person decides.

    Empty means the engine's. The reason takes REASON_LENGTH characters, the expiry lies within LONGEST.
    Raises PermissionDenied, ValidationError for an unknown code, Refused.
    """
    require(by, Action.APPROVE_GRADE)
    if snapshot.state not in (GradeSnapshot.State.PROPOSED, GradeSnapshot.State.CURRENT):
        raise Refused(
            "not_overridable",
            _("Only a proposed or a current grade can be overridden. Open the claim's newest one."),
        )
    # What is the engine's own is not said twice: it would read as a difference.
    reader_grade = "" if reader_grade == snapshot.reader_grade else reader_grade
    status = "" if status == snapshot.status else status
    _require_difference(reader_grade, status)
    _require_reason(reason_en)
    require_term(expires_on, now=now)
    if GradeOverride.objects.open().filter(claim=snapshot.claim_id).exists():
        raise Refused(
            "override_open", _("This claim has an open override already. Have it seconded or declined first.")
        )
    override = GradeOverride(
        claim=snapshot.claim,
        snapshot=snapshot,
        reader_grade=reader_grade,
        status=status,
        reason_code=reason_code,
        reason_en=reason_en.strip(),
        reason_zh_hant=reason_zh_hant.strip(),
        asked_by_id=by.pk,
        asked_at=now,
        expires_on=expires_on,
    )
    override.full_clean()
    override.save(force_insert=True)
    trail.record(
        snapshot.claim,
        ClaimEvent.Kind.OVERRIDE_ASKED,
        by=by,
        now=now,
        snapshot=snapshot.number,
        **said_of(override),
    )
    return override


@transaction.atomic
def decline(override: GradeOverride, *, by: User, now: datetime) -> None:
    """End an override that waits or stands; whoever may decide on grades may, its asker included."""
    require(by, Action.APPROVE_GRADE)
    if not end(override, State.DECLINED, by=by, now=now):
        raise has_ended()


def let_stand(override: GradeOverride, *, by: User, now: datetime) -> None:
    """Show a seconded override to readers. Called by review.second_override alone, which has judged who may."""
    seconded = GradeOverride.objects.asked().filter(pk=override.pk)
    if not seconded.update(state=State.STANDING, seconded_by=by, stands_from=now):
        raise has_ended()
    override.refresh_from_db()
    LiveNotice.objects.create(
        claim=override.claim, kind=LiveNotice.Kind.OVERRIDDEN, override=override, since=now
    )
    trail.record(override.claim, ClaimEvent.Kind.OVERRIDDEN, by=by, now=now, **said_of(override))


@transaction.atomic
def end(override: GradeOverride, state: GradeOverride.State, *, by: User | None, now: datetime) -> bool:
    """End an open override; the engine's verdict, approved with it, stands alone. False if it had ended."""
    ended = GradeOverride.objects.open().filter(pk=override.pk)
    if not ended.update(state=state, ended_by=by, ended_at=now):
        return False
    override.refresh_from_db()
    notices.lift_from_claim(override.claim_id, LiveNotice.Kind.OVERRIDDEN, now=now)
    trail.record(override.claim, ClaimEvent.Kind.OVERRIDE_ENDED, by=by, now=now, state=state.value)
    return True


def end_beside(
    snapshots: QuerySet[GradeSnapshot], state: GradeOverride.State, *, by: User | None, now: datetime
) -> None:
    """End the open overrides of grades that were decided or replaced."""
    for override in GradeOverride.objects.open().filter(snapshot__in=snapshots):
        end(override, state, by=by, now=now)


def end_if_evidence_changed(claim: Claim, *, now: datetime) -> bool:
    """End the claim's open override if today's dossier is no longer the one it was held against."""
    override = GradeOverride.objects.open().filter(claim=claim).select_related("snapshot").first()
    if override is None or dossiers.build(claim).canonical == override.snapshot.dossier_json:
        return False
    return end(override, State.VOID, by=None, now=now)


def sweep(*, now: datetime) -> int:
    """End every override whose day has come or whose evidence changed by any way; return how many.

    Doing it twice ends nothing more.
    """
    due = GradeOverride.objects.open().filter(expires_on__lte=now.date())
    expired = sum(end(override, State.EXPIRED, by=None, now=now) for override in due)
    left = Claim.objects.filter(overrides__state__in=GradeOverride.OPEN).distinct()
    return expired + sum(end_if_evidence_changed(claim, now=now) for claim in left)


def has_ended() -> Refused:
    """Return the refusal of an act on an override that is open no longer."""
    return Refused("override_ended", _("This override has ended already. Reload the page."))


def said_of(override: GradeOverride) -> dict[str, Any]:
    """Return what an override says, as the trail and a decision's hash keep it."""
    return {
        "reader_grade": override.reader_grade,
        "override_status": override.status,
        "reason_code": override.reason_code,
        "reason": override.reason_en,
        "expires_on": override.expires_on.isoformat(),
    }


def require_term(expires_on: date, *, now: datetime) -> None:
    """Raise Refused unless the day lies ahead and within LONGEST."""
    latest = now.date() + LONGEST
    if not now.date() < expires_on <= latest:
        raise Refused(
            "override_term",
            _("An override ends within %(days)s days: choose a day after today, %(latest)s at the latest.")
            % {"days": LONGEST.days, "latest": latest.isoformat()},
        )


def _require_difference(reader_grade: str, status: str) -> None:
    if not reader_grade and not status:
        raise Refused(
            "no_difference",
            _("This is what the engine says already. Choose another grade or status, or approve."),
        )


def _require_reason(reason_en: str) -> None:
    length = len(reason_en.strip())
    if length < REASON_LENGTH:
        raise Refused(
            "short_reason",
            _("Readers see this reason: write at least %(least)s characters in English (now %(now)s).")
            % {"least": REASON_LENGTH, "now": length},
        )
