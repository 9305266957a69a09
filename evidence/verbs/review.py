"""Deciding on proposed grades and on texts: a second person, bound to the hash of what was shown to them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import (
    Claim,
    ClaimEvent,
    ClaimText,
    GradeOverride,
    GradeSnapshot,
    LiveNotice,
    ReviewDecision,
)
from evidence.signals import grade_changed
from evidence.verbs import grading, notices, overriding, texts, trail

State = GradeSnapshot.State


def manifest(snapshot: GradeSnapshot, words: list[ClaimText] | None = None) -> dict[str, Any]:
    """Return what an approval of this grade binds to: dossier, verdict, exhibits and the newest texts, by hash.

    `words` spares looking the texts up to a page that has just done so.
    """
    newest = newest_texts(snapshot.claim) if words is None else words
    return {
        "claim": snapshot.claim.code,
        "grade": snapshot.number,
        "dossier": snapshot.dossier_sha256,
        "verdict": trail.fingerprint(snapshot.verdict_json),
        "exhibits": trail.fingerprint(snapshot.exhibits),
        "texts": {text.language: text.sha256 for text in newest},
    }


def newest_texts(claim: Claim) -> list[ClaimText]:
    """Return the newest revision in each language the claim has."""
    return texts.newest(claim)


def require_second_person(claim: Claim, snapshot: GradeSnapshot | None, *, by: User) -> None:
    """Raise PermissionDenied for whoever changed the claim's evidence or texts since its last approval, or proposed."""
    require(by, Action.APPROVE_GRADE)
    if by.pk in trail.contributors(claim):
        raise PermissionDenied(
            _(
                "You changed the evidence or the texts of this claim since its last approval. Another person decides."
            )
        )
    if snapshot is not None and snapshot.proposed_by_id == by.pk:
        raise PermissionDenied(_("You proposed this grade. Another person decides."))


@transaction.atomic
def approve(
    snapshot: GradeSnapshot,
    *,
    by: User,
    now: datetime,
    seen: str,
    remark: str = "",
    hold: bool = False,
) -> GradeSnapshot:
    """Approve a proposed grade with the newest texts and make it current, or `hold` it for a Release.

    `seen` is the sha256 of the manifest that was on the screen: another one is refused, so nobody approves what
    they have not seen. Raises PermissionDenied, Refused.
    """
    require_second_person(snapshot.claim, snapshot, by=by)
    _take(snapshot, by=by, now=now, seen=seen, remark=remark)
    _decline_override(snapshot, by=by, now=now)
    if not hold:
        make_current(snapshot, by=by, now=now)
    return snapshot


@transaction.atomic
def second_override(
    override: GradeOverride, *, by: User, now: datetime, seen: str, remark: str = ""
) -> GradeOverride:
    """Let an override stand: a proposed verdict is approved with it, a current one stays current beside it.

    `seen` is the sha256 of `override_manifest`. Refused to whoever asked for it, coded, worded or proposed; raises
    PermissionDenied, Refused.
    """
    snapshot = override.snapshot
    require_second_person(override.claim, snapshot, by=by)
    if snapshot.state not in (State.PROPOSED, State.CURRENT):
        raise _moved()
    if override.asked_by_id == by.pk:
        raise PermissionDenied(_("You asked for this override. Another person seconds it."))
    _require_seen(override_manifest(override), seen)
    overriding.require_term(override.expires_on, now=now)
    grading.require_todays_dossier(snapshot)
    if snapshot.state == State.PROPOSED:
        _approve_with(override, by=by, now=now, remark=remark)
    overriding.let_stand(override, by=by, now=now)
    return override


def override_manifest(override: GradeOverride, words: list[ClaimText] | None = None) -> dict[str, Any]:
    """Return what seconding binds to: the verdict with its texts, and the override's own words."""
    return {**manifest(override.snapshot, words), "override": overriding.said_of(override)}


def _approve_with(override: GradeOverride, *, by: User, now: datetime, remark: str) -> None:
    """Approve the verdict beneath an override, which the approval of a verdict alone would decline."""
    snapshot = override.snapshot
    _take(snapshot, by=by, now=now, seen=trail.fingerprint(manifest(snapshot)), remark=remark)
    make_current(snapshot, by=by, now=now)


def _take(snapshot: GradeSnapshot, *, by: User, now: datetime, seen: str, remark: str) -> None:
    """Approve what was seen, with the newest texts; whether it goes live is the caller's."""
    words = newest_texts(snapshot.claim)
    if not any(text.language == "en" for text in words):
        raise Refused(
            "no_text", _("This claim has no English text yet. Write it under “Texts”, then decide.")
        )
    grading.require_todays(snapshot)
    _require_seen(manifest(snapshot), seen)
    _move(snapshot, State.PROPOSED, State.APPROVED)
    _decide(snapshot, ReviewDecision.Outcome.APPROVE, words, by=by, now=now, seen=seen, remark=remark)
    trail.record(
        snapshot.claim, ClaimEvent.Kind.APPROVED, by=by, now=now, snapshot=snapshot.number, sha256=seen
    )


@transaction.atomic
def send_back(snapshot: GradeSnapshot, *, by: User, now: datetime, remark: str) -> GradeSnapshot:
    """Return a proposed grade with a remark that says what to change. Raises PermissionDenied, Refused."""
    require(by, Action.APPROVE_GRADE)
    if not remark.strip():
        raise Refused("no_remark", _("Say in the remark what should change before this grade can stand."))
    _move(snapshot, State.PROPOSED, State.RETURNED)
    seen = trail.fingerprint(manifest(snapshot))
    _decide(snapshot, ReviewDecision.Outcome.RETURN, [], by=by, now=now, seen=seen, remark=remark)
    trail.record(snapshot.claim, ClaimEvent.Kind.RETURNED, by=by, now=now, snapshot=snapshot.number)
    _decline_override(snapshot, by=by, now=now)
    return snapshot


@transaction.atomic
def approve_texts(claim: Claim, *, by: User, now: datetime, seen: str, remark: str = "") -> list[ClaimText]:
    """Approve the newest texts of a claim without a new grade: a translation, a better sentence.

    `seen` is the sha256 of `texts_manifest`. Refused to whoever wrote any of them.
    """
    waiting = unapproved_texts(claim)
    if not waiting:
        raise Refused("nothing_to_approve", _("Every newest text of this claim is approved already."))
    require(by, Action.APPROVE_GRADE)
    if by.pk in {text.written_by_id for text in waiting}:
        raise PermissionDenied(_("You wrote one of these texts. Another person decides."))
    _require_seen(texts_manifest(claim), seen)
    decision = ReviewDecision(
        claim=claim,
        outcome=ReviewDecision.Outcome.APPROVE,
        manifest_sha256=seen,
        by_id=by.pk,
        at=now,
        remark=remark,
    )
    decision.save()
    decision.texts.set(waiting)
    trail.record(
        claim, ClaimEvent.Kind.TEXT_APPROVED, by=by, now=now, languages=[text.language for text in waiting]
    )
    return waiting


def unapproved_texts(claim: Claim) -> list[ClaimText]:
    """Return the newest revisions that nobody has approved."""
    newest = newest_texts(claim)
    approved = set(
        ClaimText.objects.approved().filter(pk__in=[t.pk for t in newest]).values_list("pk", flat=True)
    )
    return [text for text in newest if text.pk not in approved]


def texts_manifest(claim: Claim) -> dict[str, str]:
    """Return what an approval of texts binds to."""
    return {text.language: text.sha256 for text in unapproved_texts(claim)}


@transaction.atomic
def make_current(snapshot: GradeSnapshot, *, by: User, now: datetime) -> None:
    """Show an approved grade to readers from `now`: the older is superseded, every Radar learns of it.

    Called by `approve` and by a Release. Raises Refused when the evidence moved on while it was held.
    """
    grading.require_todays(snapshot)
    older = GradeSnapshot.objects.current().filter(claim=snapshot.claim).first()
    if older is not None:
        replaced = GradeSnapshot.objects.filter(pk=older.pk)
        replaced.filter(state=State.CURRENT).update(state=State.SUPERSEDED, current_until=now)
        overriding.end_beside(replaced, GradeOverride.State.VOID, by=by, now=now)
        notices.lift_from_claim(snapshot.claim_id, LiveNotice.Kind.REGRADED, now=now)
        notices.raise_on_claim(snapshot.claim, LiveNotice.Kind.REGRADED, now=now)
    notices.lift_from_claim(snapshot.claim_id, LiveNotice.Kind.UNDER_REASSESSMENT, now=now)
    _move(snapshot, State.APPROVED, State.CURRENT, current_from=now)
    trail.record(snapshot.claim, ClaimEvent.Kind.RELEASED, by=by, now=now, snapshot=snapshot.number)
    transaction.on_commit(
        lambda: grade_changed.send(GradeSnapshot, claim_id=snapshot.claim_id, snapshot_id=snapshot.pk)
    )


def _require_seen(todays: dict[str, Any], seen: str) -> None:
    if trail.fingerprint(todays) != seen:
        raise Refused(
            "not_what_was_seen",
            _("The grade or its texts changed after this page was opened. Read them again, then decide."),
        )


def _move(snapshot: GradeSnapshot, old: str, new: str, **stamps: datetime) -> None:
    """Move the state in one conditional UPDATE, so that of two people at once only one succeeds."""
    if not GradeSnapshot.objects.filter(pk=snapshot.pk, state=old).update(state=new, **stamps):
        raise _moved()
    snapshot.refresh_from_db()


def _moved() -> Refused:
    return Refused("state_moved", _("This grade was decided or replaced in the meantime. Reload the page."))


def _decline_override(snapshot: GradeSnapshot, *, by: User, now: datetime) -> None:
    """A verdict decided alone leaves no override waiting beside it."""
    these = GradeSnapshot.objects.filter(pk=snapshot.pk)
    overriding.end_beside(these, GradeOverride.State.DECLINED, by=by, now=now)


def _decide(
    snapshot: GradeSnapshot,
    outcome: ReviewDecision.Outcome,
    words: list[ClaimText],
    *,
    by: User,
    now: datetime,
    seen: str,
    remark: str,
) -> None:
    decision = ReviewDecision(
        claim=snapshot.claim,
        snapshot=snapshot,
        outcome=outcome,
        manifest_sha256=seen,
        by_id=by.pk,
        at=now,
        remark=remark,
    )
    decision.save()
    decision.texts.set(words)
