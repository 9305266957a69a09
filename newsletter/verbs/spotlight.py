"""Which claim stands under “Hype or signal”: the one readers have waited for longest. Keeping it is composing.py's."""

from collections.abc import Collection
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _

from config.refusal import Refused
from evidence.models import Claim, GradeSnapshot
from evidence.models.codes import ReaderGrade, Status
from newsletter.models import Issue, IssueLine
from newsletter.verbs import citing, wording
from newsletter.verbs.collecting import Found

KEY = "spotlight"
# Where sellers say more than the evidence does, or the evidence stands on both sides, a reader gains most.
TELLING_GRADES = frozenset({ReaderGrade.WEAK, ReaderGrade.UNSUPPORTED, ReaderGrade.AGAINST})


def of(claim: Claim) -> Found:
    """Return the spotlight on a claim as it stands today. Raises Refused where readers cannot read of it."""
    snapshot = GradeSnapshot.objects.current().select_related("claim").filter(claim=claim).first()
    if snapshot is None:
        raise Refused(
            "not_graded",
            _("“%(claim)s” has no published grade. Choose a claim that readers can look up.")
            % {"claim": claim.code},
        )
    return Found(
        key=KEY,
        section=IssueLine.Section.HYPE,
        kind=IssueLine.Kind.SPOTLIGHT,
        text=wording.statement(snapshot.claim),
        why=wording.why_graded(snapshot),
        works=citing.works_of(snapshot),
        claim=snapshot.claim,
        snapshot=snapshot,
    )


def default(*, told: Collection[int] = ()) -> Found | None:
    """Return the spotlight nobody had to choose; None while no claim is graded.

    The claim that was spotlighted longest ago or never; of those that waited alike, one the issue does not tell of
    already (`told`, by id), then a contested or weak one, then by code. One whose works cannot be cited comes last.
    """
    shown = _last_shown()
    graded = GradeSnapshot.objects.current().select_related("claim").order_by("claim__code")

    def rank(snapshot: GradeSnapshot) -> tuple[date, bool, bool]:
        telling = snapshot.status == Status.DISPUTED or snapshot.reader_grade in TELLING_GRADES
        return shown.get(snapshot.claim_id, date.min), snapshot.claim_id in told, not telling

    ranked = sorted(graded.defer("dossier_json", "verdict_json", "exhibits"), key=rank)
    for snapshot in ranked:
        found = of(snapshot.claim)
        if found.works and all(citing.citation_problem(work) is None for work in found.works):
            return found
    return of(ranked[0].claim) if ranked else None


def _last_shown() -> dict[int, date]:
    """Return the Sunday on which each claim last stood in the spotlight of an issue that went out."""
    lines = IssueLine.objects.filter(
        kind=IssueLine.Kind.SPOTLIGHT, dropped=False, issue__in=Issue.objects.went(), claim__isnull=False
    )
    rows = lines.order_by().values_list("claim").annotate(last=Max("issue__sunday"))
    return {claim: last for claim, last in rows if claim is not None}
