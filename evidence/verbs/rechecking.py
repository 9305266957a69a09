"""The blind re-check: who may read a claim blind, what they are shown, and what becomes of their reading.

Shown are the claim's question and its studies, never a layer, a coding or a grade. Comparing is agreement.py's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.models import BlindCoding, BlindReading, Claim, ClaimEvent, Recheck, Study
from evidence.models.codes import RecheckVerdict
from evidence.verbs import coding, trail

CODED = ("direction", "quality", "precision", "directness")


@dataclass(frozen=True)
class Slot:
    """One result that the blind reader codes: the study, its number, and which outcome to look for."""

    study: Study
    number: int
    outcome_en: str
    outcome_zh_hant: str

    @property
    def key(self) -> str:
        """The slot's name in forms: the study's primary key and the number."""
        return f"{self.study.pk}-{self.number}"


def require_blind(claim: Claim, *, by: User) -> None:
    """Raise PermissionDenied for whoever lacks the right or left any trace on the claim: they have seen it.

    What nobody can know, whether its pages were looked at, the reader attests to.
    """
    require(by, Action.BLIND_RECHECK)
    if ClaimEvent.objects.filter(claim=claim, by=by).exists():
        raise PermissionDenied(
            _("You worked on this claim and know its coding. Somebody who has not seen it reads it blind.")
        )


def slots(claim: Claim) -> list[Slot]:
    """Return what a blind reader codes: each coded result of a study, by study and number."""
    rows = claim.findings.select_related("study__record").order_by("study__year", "study__citekey", "number")
    return [Slot(row.study, row.number, row.outcome_en, row.outcome_zh_hant) for row in rows]


@transaction.atomic
def submit(
    claim: Claim,
    *,
    by: User,
    now: datetime,
    attests: bool,
    verdict: str,
    codings: Mapping[str, Mapping[str, str]],
    remark: str = "",
) -> BlindReading:
    """Store a blind reading with one coding a slot; its verdict becomes a re-check of layer L11.

    `codings` maps each slot's key to the four values of CODED. `attests` says that the reader has not seen the
    claim's coding or grade. Raises PermissionDenied, ValidationError for unknown values, Refused.
    """
    require_blind(claim, by=by)
    if not attests:
        raise Refused(
            "not_attested",
            _(
                "Tick that you have not seen this claim's coding or grade. If you have, leave it to a colleague."
            ),
        )
    asked = slots(claim)
    if not asked:
        raise Refused("nothing_to_read", _("No study is coded for this claim yet. Come back once one is."))
    if {slot.key for slot in asked} != set(codings):
        raise Refused(
            "studies_changed",
            _(
                "The claim's studies changed after this page was opened. Reload it; your answers are kept below."
            ),
        )
    reading = _store(claim, by=by, now=now, verdict=verdict, remark=remark)
    for slot in asked:
        row = BlindCoding(reading=reading, study=slot.study, number=slot.number, **codings[slot.key])
        row.full_clean()
        row.save()
    name = by.get_full_name() or by.get_username()
    recheck = Recheck(
        claim=claim,
        code=f"blind-{reading.number}",
        verdict=RecheckVerdict(reading.verdict),
        kind=Recheck.Kind.PERSON,
        reader_en=name,
        reader_zh_hant=name,
        done_on=now.date(),
    )
    trail.record(claim, ClaimEvent.Kind.RECHECKED, by=by, now=now, reading=reading.number)
    coding.save(recheck, by=by, now=now)
    return reading


def _store(claim: Claim, *, by: User, now: datetime, verdict: str, remark: str) -> BlindReading:
    newest = claim.blind_readings.order_by("-number").first()
    reading = BlindReading(
        claim=claim,
        number=newest.number + 1 if newest else 1,
        verdict=verdict,
        remark=remark.strip(),
        by_id=by.pk,
        at=now,
    )
    reading.full_clean()
    reading.save()
    return reading
