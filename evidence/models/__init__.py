"""The tables of the evidence app, one module a subject. Rules that change them live in evidence/verbs."""

from evidence.models.checks import BlindCoding, BlindReading, CodingCheck
from evidence.models.claims import Claim, ClaimSource, ClaimText
from evidence.models.events import ClaimEvent
from evidence.models.findings import Finding, FindingIncludes
from evidence.models.grades import GradeSnapshot, ReviewDecision
from evidence.models.imports import ReferenceImport, ReferenceImportRow
from evidence.models.notices import LiveNotice
from evidence.models.overrides import GradeOverride
from evidence.models.positions import Authority, Benchmark, MechanismAnswer, Position, Recheck
from evidence.models.studies import Outcome, Study, StudyRecord
from evidence.models.verifications import Acceptance, CitedAs, RawReply, RetractionListing, Verification

__all__ = [
    "Acceptance",
    "Authority",
    "Benchmark",
    "BlindCoding",
    "BlindReading",
    "CitedAs",
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
