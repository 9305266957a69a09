"""A named person's word that a work may be cited although something stands against it. The gate asks for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import Acceptance, Finding, Study
from evidence.verbs import coding, trail

SHORTEST_REASON = 20  # characters: "ok" is no reason


def standing_against(study: Study, kind: Acceptance.Kind) -> list[dict[str, Any]]:
    """Return what an acceptance would bind to, each as plain data: a concern, or findings whose numbers contradict."""
    if kind == Acceptance.Kind.CONCERN:
        said = study.verification.said if study.verification else {}
        return (
            [{"standing": study.standing, "said": said}] if study.standing == Study.Standing.CONCERN else []
        )
    findings = study.findings.order_by("pk")
    return [_contradiction(finding) for finding in findings if coding.contradictions(finding)]


def missing(
    study: Study, kind: Acceptance.Kind, *, claims: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Return what stands against the work, as it is now, and nobody has accepted.

    `claims` limits contradictions to findings of these claims.
    """
    against = [
        one
        for one in standing_against(study, kind)
        if claims is None or one.get("claim", None) in {None, *claims}
    ]
    if not against:
        return []
    accepted = set(Acceptance.objects.filter(study=study, kind=kind).values_list("bound_to", flat=True))
    return [one for one in against if trail.fingerprint(one) not in accepted]


@transaction.atomic
def accept(study: Study, kind: Acceptance.Kind, *, reason: str, by: User, now: datetime) -> list[Acceptance]:
    """Put on record, under one's name, why the work may be cited all the same.

    Raises PermissionDenied; Refused when there is nothing to accept or the reason says nothing.
    """
    require(by, Action.ADD_STUDY)
    against = missing(study, kind)
    if not against:
        raise Refused("nothing_to_accept", _("Nothing of this kind stands against the work any more."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            "no_reason",
            _(
                "Say in at least %(number)s characters why the work may be cited all the same; it stays on record."
            )
            % {"number": SHORTEST_REASON},
        )
    rows = [
        Acceptance(
            study=study,
            kind=kind,
            bound_to=trail.fingerprint(one),
            reason=reason.strip(),
            by_id=by.pk,
            at=now,
        )
        for one in against
    ]
    for row in rows:
        row.save()
    return rows


def _contradiction(finding: Finding) -> dict[str, Any]:
    numbers = ("measure", "estimate", "ci_low", "ci_high", "ci_level", "p", "alpha", "n", "arms", "direction")
    return {
        "finding": finding.dossier_id,
        "claim": finding.claim_id,
        "codes": coding.contradictions(finding),
        **{name: getattr(finding, name) for name in numbers},
    }
