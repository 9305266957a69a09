"""The tables of the evidence app, one module a subject. Rules that change them live in evidence/verbs."""

from evidence.models.claims import Claim, ClaimSource, ClaimText
from evidence.models.events import ClaimEvent
from evidence.models.findings import Finding, FindingIncludes
from evidence.models.grades import GradeSnapshot, ReviewDecision
from evidence.models.notices import LiveNotice
from evidence.models.positions import Authority, Benchmark, MechanismAnswer, Position, Recheck
from evidence.models.studies import Study, StudyRecord

__all__ = [
    "Authority",
    "Benchmark",
    "Claim",
    "ClaimEvent",
    "ClaimSource",
    "ClaimText",
    "Finding",
    "FindingIncludes",
    "GradeSnapshot",
    "LiveNotice",
    "MechanismAnswer",
    "Position",
    "Recheck",
    "ReviewDecision",
    "Study",
    "StudyRecord",
]
