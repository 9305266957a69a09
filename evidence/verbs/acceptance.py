"""A named person's word that a work may be cited although something stands against it. The gate asks for it."""

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


def what_stands_against(study: Study, kind: Acceptance.Kind) -> Any:
    """Return what an acceptance binds to as plain data, or None where there is nothing to accept."""
    if kind == Acceptance.Kind.CONCERN:
        if study.standing != Study.Standing.CONCERN:
            return None
        said = study.verification.said if study.verification else {}
        return {"standing": study.standing, "said": said}
    found = [
        _contradiction(finding) for finding in study.findings.order_by("pk") if coding.contradictions(finding)
    ]
    return found or None


def missing(study: Study, kind: Acceptance.Kind) -> bool:
    """Say whether something stands against the work that nobody has accepted as it is now."""
    against = what_stands_against(study, kind)
    if against is None:
        return False
    bound = trail.fingerprint(against)
    return not Acceptance.objects.filter(study=study, kind=kind, bound_to=bound).exists()


@transaction.atomic
def accept(study: Study, kind: Acceptance.Kind, *, reason: str, by: User, now: datetime) -> Acceptance:
    """Put on record, under one's name, why the work may be cited all the same.

    Raises PermissionDenied; Refused when there is nothing to accept or the reason says nothing.
    """
    require(by, Action.ADD_STUDY)
    against = what_stands_against(study, kind)
    if against is None:
        raise Refused("nothing_to_accept", _("Nothing of this kind stands against the work any more."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            "no_reason",
            _(
                "Say in at least %(number)s characters why the work may be cited all the same; readers are shown it."
            )
            % {"number": SHORTEST_REASON},
        )
    row = Acceptance(
        study=study,
        kind=kind,
        bound_to=trail.fingerprint(against),
        reason=reason.strip(),
        by_id=by.pk,
        at=now,
    )
    row.save()
    return row


def _contradiction(finding: Finding) -> dict[str, Any]:
    numbers = ("measure", "estimate", "ci_low", "ci_high", "ci_level", "p", "alpha", "n", "arms", "direction")
    return {
        "finding": finding.dossier_id,
        "claim": finding.claim_id,
        "codes": coding.contradictions(finding),
        **{name: getattr(finding, name) for name in numbers},
    }
