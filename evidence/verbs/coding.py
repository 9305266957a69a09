"""Changing a claim's evidence: findings, positions, mechanism, benchmarks, re-checks, sources, the claim itself.

Every route (form, inline, import, command, shell) comes through here, so that derived values are checked and
each change leaves its touch. Grading lives in grading.py.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from config.rights import Action, may, require
from evidence import derived
from evidence.lint import Arm, lint
from evidence.models import (
    Authority,
    Benchmark,
    Claim,
    ClaimEvent,
    ClaimSource,
    Finding,
    MechanismAnswer,
    Position,
    Recheck,
    Study,
)
from evidence.models.codes import Measure, Relevance
from evidence.verbs import appraising, overriding, trail

Evidence = Finding | Position | MechanismAnswer | Benchmark | Recheck | ClaimSource

# Fields of the claim that reach the dossier; the others are words and dates.
DOSSIER_FIELDS = ("claim_type", "safety")


def derive(finding: Finding) -> dict[str, str]:
    """Return the direction and precision that follow from the finding's numbers (engine.md, section 5)."""
    numbers = {name: getattr(finding, name) or None for name in ("estimate", "ci_low", "ci_high", "mid")}
    # Without a measure there are no numbers either (a constraint), so any difference will do.
    measure = finding.measure or Measure.MD.value
    direction = derived.direction(
        **numbers, measure=measure, better=finding.better, p=finding.p or None, alpha=finding.alpha or None
    )
    precision = derived.precision(
        measure=measure,
        ci_low=numbers["ci_low"],
        ci_high=numbers["ci_high"],
        mid=numbers["mid"],
        n=finding.n,
    )
    return {"direction": direction, "precision": precision}


def contradictions(finding: Finding) -> list[str]:
    """Return the lint codes of the finding's printed numbers: what cannot be right among them (evidence/lint.py)."""
    arms: list[Arm] = [{"n": arm.get("n"), "percent": arm.get("percent")} for arm in finding.arms]
    return lint(
        measure=finding.measure or Measure.MD.value,
        estimate=finding.estimate or None,
        ci_low=finding.ci_low or None,
        ci_high=finding.ci_high or None,
        ci_level=finding.ci_level or None,
        p=finding.p or None,
        alpha=finding.alpha or None,
        n=finding.n,
        arms=arms,
        direction=finding.direction,
    )


def require_reasons(finding: Finding) -> None:
    """Raise ValidationError for each stored value that differs from the derived one without a written reason."""
    errors = {}
    for field, value in derive(finding).items():
        if getattr(finding, field) != value and not getattr(finding, f"{field}_reason_en").strip():
            errors[f"{field}_reason_en"] = _(
                "The numbers give “%(derived)s”, the coding says “%(coded)s”. Say why, or take the derived value."
            ) % {"derived": value, "coded": getattr(finding, field)}
    if errors:
        raise ValidationError(errors)


def _require_arms(finding: Finding) -> None:
    """Raise ValidationError unless the arms are a list of objects whose n is a whole number."""
    arms = finding.arms
    if not isinstance(arms, list) or not all(
        isinstance(arm, dict) and isinstance(arm.get("n", 0), int | None) for arm in arms
    ):
        raise ValidationError(
            {
                "arms": _(
                    'Arms are a list such as [{"label_en": "Glutamine", "label_zh_hant": "", "n": 54, "events": 43}].'
                )
            }
        )


@transaction.atomic
def save(row: Evidence, *, by: User, now: datetime, includes: list[Study] | None = None) -> bool:
    """Write one row of evidence and record the touch; say whether a byte of it changed.

    `includes` names the studies a review pools and replaces those it had. Raises PermissionDenied without the
    right to code, ValidationError naming the field for values that do not hold.
    """
    require(by, Action.CODE_EVIDENCE)
    adding = row.pk is None
    before = None if adding else _bytes_of(type(row)._default_manager.get(pk=row.pk))
    if before is not None and before["claim"] != row.claim_id:
        # A row that changed claims would leave the touch on one of the two alone.
        raise ValidationError(
            {"claim": _("A coded row stays with its claim. Remove it here and code it there.")}
        )
    changed = _bytes_of(row) != before or _pools_others(row, includes)
    if isinstance(row, Finding):
        if changed:
            row.coded_by_id, row.coded_at = by.pk, now
        _require_arms(row)
    row.full_clean()
    _require_whole(row)
    row.save()
    if isinstance(row, Finding) and includes is not None:
        row.includes.set(includes)
    if changed:
        _touch(row, "added" if adding else "changed", by=by, now=now)
        overriding.end_if_evidence_changed(row.claim, now=now)
    return changed


@transaction.atomic
def remove(row: Evidence, *, by: User, now: datetime) -> None:
    """Take one row of evidence out of the coding; its history and the touch stay."""
    require(by, Action.CODE_EVIDENCE)
    _touch(row, "removed", by=by, now=now)
    row.delete()
    overriding.end_if_evidence_changed(row.claim, now=now)


@transaction.atomic
def save_authority(authority: Authority, *, by: User, now: datetime) -> None:
    """Write a regulator or clinical body; each claim it takes a position on is touched, for the dossier names it."""
    require(by, Action.CODE_EVIDENCE)
    before = None if authority.pk is None else _bytes_of(Authority.objects.get(pk=authority.pk))
    authority.full_clean()
    authority.save()
    if before is None or before == _bytes_of(authority):
        return
    for position in authority.positions.select_related("claim"):
        _touch(position, "changed", by=by, now=now)


@transaction.atomic
def save_claim(claim: Claim, *, by: User, now: datetime) -> None:
    """Write a claim. New ones and changes of type or safety take the right to code; its words that of texts."""
    adding = claim.pk is None
    stored = None if adding else Claim.objects.get(pk=claim.pk)
    recoded = stored is None or any(getattr(stored, name) != getattr(claim, name) for name in DOSSIER_FIELDS)
    if recoded or not may(by, Action.EDIT_CLAIM_TEXT):
        require(by, Action.CODE_EVIDENCE)
    if stored is not None and stored.code != claim.code:
        raise ValidationError(
            {"code": _("Grades and editions carry this code, so it stays. Change the address.")}
        )
    claim.full_clean()
    claim.save()
    if stored is None:
        trail.record(claim, ClaimEvent.Kind.CREATED, by=by, now=now)
    elif _bytes_of(stored) != _bytes_of(claim):
        kind = ClaimEvent.Kind.CODED if recoded else ClaimEvent.Kind.WORDED
        trail.record(claim, kind, by=by, now=now, row="claim", change="changed")
        overriding.end_if_evidence_changed(claim, now=now)


def bytes_sha256(finding: Finding) -> str:
    """Return the sha256 of a finding's coding: its values, what it pools, who coded it. A check binds to this."""
    pooled = sorted(study.pk for study in finding.includes.all())
    return trail.fingerprint({**_bytes_of(finding), "includes": pooled, "coded_by": finding.coded_by_id})


def _pools_others(row: Evidence, studies: list[Study] | None) -> bool:
    """Say whether `studies` are others than the row pools now; None leaves them as they are."""
    if studies is None or not isinstance(row, Finding) or row.pk is None:
        return False
    return set(row.includes.values_list("pk", flat=True)) != {study.pk for study in studies}


def _require_whole(row: Evidence) -> None:
    """Raise ValidationError for a value that lacks the words or answers it rests on."""
    if isinstance(row, Finding):
        require_reasons(row)
        appraising.require_quality(row)
        if row.mid and not row.mid_source_en.strip():
            raise ValidationError(
                {
                    "mid_source_en": _(
                        "Say where this minimal important difference comes from, or leave it empty."
                    )
                }
            )
    if (
        isinstance(row, Position)
        and row.relevance != Relevance.DIRECT
        and not row.relevance_reason_en.strip()
    ):
        raise ValidationError(
            {"relevance_reason_en": _("Say why this position does not speak of the claim directly.")}
        )


def _touch(row: Evidence, change: str, *, by: User, now: datetime) -> None:
    trail.record(
        row.claim,
        ClaimEvent.Kind.CODED,
        by=by,
        now=now,
        row=row._meta.model_name,
        key=str(row.pk),
        label=str(row)[:200],
        change=change,
    )


def _bytes_of(row: Model) -> dict[str, Any]:
    """The stored values of a row, without who coded it when: an untouched save is no touch."""
    bookkeeping = {"coded_by", "coded_at"}
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.name not in bookkeeping
    }
