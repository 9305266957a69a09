"""The tables of the evidence app, one module a subject. Rules that change them live in evidence/verbs."""

from evidence.models.checks import BlindCoding, BlindReading, CodingCheck
from evidence.models.claims import Claim, ClaimSource, ClaimText
from evidence.models.events import ClaimEvent
from evidence.models.findings import Finding, FindingIncludes
from evidence.models.grades import GradeSnapshot, ReviewDecision
from evidence.models.notices import LiveNotice
from evidence.models.overrides import GradeOverride
from evidence.models.positions import Authority, Benchmark, MechanismAnswer, Position, Recheck
from evidence.models.studies import Study, StudyRecord

__all__ = [
    "Authority",
    "Benchmark",
    "BlindCoding",
    "BlindReading",
    "Claim",
    "ClaimEvent",
    "ClaimSource",
    "ClaimText",
    "CodingCheck",
    "Finding",
    "FindingIncludes",
    "GradeOverride",
    "GradeSnapshot",
    "LiveNotice",
    "MechanismAnswer",
    "Position",
    "Recheck",
    "ReviewDecision",
    "Study",
    "StudyRecord",
]
