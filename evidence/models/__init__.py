"""The tables of the evidence app, one module a subject. Rules that change them live in evidence/verbs."""

from evidence.models.claims import Claim, ClaimSource, ClaimText
from evidence.models.events import ClaimEvent
from evidence.models.findings import Finding, FindingIncludes
from evidence.models.grades import GradeSnapshot, ReviewDecision
from evidence.models.imports import ReferenceImport, ReferenceImportRow
from evidence.models.notices import LiveNotice
from evidence.models.positions import Authority, Benchmark, MechanismAnswer, Position, Recheck
from evidence.models.studies import Outcome, Study, StudyRecord
from evidence.models.verifications import Acceptance, CitedAs, RawReply, RetractionListing, Verification

__all__ = [
    "Acceptance",
    "Authority",
    "Benchmark",
    "CitedAs",
    "Claim",
    "ClaimEvent",
    "ClaimSource",
    "ClaimText",
    "Finding",
    "FindingIncludes",
    "GradeSnapshot",
    "LiveNotice",
    "MechanismAnswer",
    "Outcome",
    "Position",
    "RawReply",
    "Recheck",
    "ReferenceImport",
    "ReferenceImportRow",
    "RetractionListing",
    "ReviewDecision",
    "Study",
    "StudyRecord",
    "Verification",
]
