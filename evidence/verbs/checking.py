"""Checking another's coding: a second person goes through a finding, and the check holds for exactly its bytes."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import ClaimEvent, CodingCheck, Finding
from evidence.verbs import coding, trail


@transaction.atomic
def check(finding: Finding, *, by: User, now: datetime, seen: str) -> CodingCheck:
    """Record that `by` went through the coding and found it right.

    `seen` is coding.bytes_sha256 of what was on the screen. Refused to whoever coded it or changed it on the way;
    a check changes no byte, so it is no touch. Raises PermissionDenied, Refused.
    """
    require(by, Action.CODE_EVIDENCE)
    if by.pk in coders(finding):
        raise PermissionDenied(_("You coded this finding. Another person checks it."))
    if coding.bytes_sha256(finding) != seen:
        raise Refused(
            "not_what_was_seen",
            _("The coding changed after this page was opened. Read it again, then check it."),
        )
    if CodingCheck.objects.filter(finding=finding, sha256=seen).exists():
        raise Refused("checked_already", _("This coding has been checked already. Nothing more is needed."))
    made = CodingCheck(finding=finding, sha256=seen, by_id=by.pk, at=now)
    made.save()
    trail.record(
        finding.claim, ClaimEvent.Kind.CHECKED, by=by, now=now, key=str(finding.pk), label=str(finding)[:200]
    )
    return made


def coders(finding: Finding) -> frozenset[int]:
    """Return the ids of everyone who has ever written this finding, the last of them included."""
    touched = ClaimEvent.objects.filter(
        claim_id=finding.claim_id,
        kind=ClaimEvent.Kind.CODED,
        detail__row="finding",
        detail__key=str(finding.pk),
        by__isnull=False,
    )
    return frozenset({finding.coded_by_id, *touched.values_list("by_id", flat=True)})


def standing_check(finding: Finding) -> CodingCheck | None:
    """Return the check that holds for the finding as it is coded now. Prefetch `checks__by` and `includes` for lists."""
    sha256 = coding.bytes_sha256(finding)
    return next((one for one in finding.checks.all() if one.sha256 == sha256), None)


def standing_checks(findings: Iterable[Finding]) -> dict[int, CodingCheck | None]:
    """Return each finding's standing check by the finding's id, for a fixed number of queries."""
    rows = list(findings)
    prefetch_related_objects(rows, "includes", "checks__by")
    return {finding.pk: standing_check(finding) for finding in rows}
