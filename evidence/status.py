"""Says what has become of a work since it was published, from the notices its own record carries.

Pure classification of one source's record, whose notices carry PubMed's RefTypes; sources are joined,
and the worst taken, by `most_severe`. The absence of a notice is never proof that there is none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evidence.sources.records import Notice, WorkRecord


class Status(StrEnum):
    """What has become of a work, from the mildest to the most severe."""

    CURRENT = "current"
    CORRECTED = "corrected"
    NEWER_VERSION_EXISTS = "newer_version_exists"
    PREPRINT = "preprint"
    CONCERN = "concern"
    REPLACED = "replaced"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"

    @property
    def severity(self) -> int:
        """Rank for comparison: a higher number is worse."""
        return list(Status).index(self)

    @property
    def engine_state(self) -> str:
        """The grading engine's code: current, corrected, preprint, concern, retracted or withdrawn.

        Replaced counts as retracted, and a work with a newer version as current (engine spec).
        """
        return _ENGINE_STATES.get(self, self.value)


_ENGINE_STATES = {Status.REPLACED: "retracted", Status.NEWER_VERSION_EXISTS: "current"}

# PubMed's RefType on the record of the work it befell, and WithdrawnIn, a name of ours: Crossref tells
# withdrawals and removals from retractions, PubMed does not. A partial retraction leaves part of the
# work standing, so it asks for a named acceptance, as a concern does, rather than a weight of 0.
_OF_REF_TYPE = {
    "WithdrawnIn": Status.WITHDRAWN,
    "RetractionIn": Status.RETRACTED,
    "RetractedandRepublishedIn": Status.REPLACED,
    "ExpressionOfConcernIn": Status.CONCERN,
    "PartialRetractionIn": Status.CONCERN,
    "ErratumIn": Status.CORRECTED,
    "CorrectedandRepublishedIn": Status.CORRECTED,
    "RepublishedIn": Status.CORRECTED,
    "UpdateIn": Status.NEWER_VERSION_EXISTS,
}
_OF_NATURE = {
    "retraction": Status.RETRACTED,
    "expression of concern": Status.CONCERN,
    "correction": Status.CORRECTED,
}
# RefTypes of a record that is itself the announcement about another work. RepublishedFrom and
# UpdateOf are not among them: such a record is the new, standing version.
_NOTICE_REF_TYPES = frozenset(
    {
        "RetractionOf", "PartialRetractionOf", "WithdrawalOf", "ErratumFor",
        "ExpressionOfConcernFor", "ExpressionOfConcernOf",
    }
)  # fmt: skip
# MeSH publication types, by unique identifier and by name: old records carry names alone, and
# D016440 was renamed from Retraction of Publication to Retraction Notice.
_NOTICE_TYPES = frozenset(
    {
        "D016440", "Retraction of Publication", "Retraction Notice",
        "D016425", "Published Erratum",
        "D000075742", "Expression of Concern",
    }
)  # fmt: skip
_RETRACTED_TYPES = frozenset({"D016441", "Retracted Publication"})
_PREPRINT_TYPES = frozenset({"D000076942", "Preprint"})
_TITLE_MARK = re.compile(
    r"\W*(retracted|withdrawn)(?:\s+(?:article|paper|publication|chapter))?\s*[:\]]", re.IGNORECASE
)
_OF_TITLE_MARK = {"retracted": Status.RETRACTED, "withdrawn": Status.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason for a status: `basis` is ref_type, publication_type or title; `notice` names the link."""

    status: Status
    basis: str
    detail: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """What one source says of a work: the worst of its signs, and all of them."""

    status: Status
    signs: tuple[Sign, ...]
    is_notice: bool
    is_version_of_record: bool

    @property
    def engine_state(self) -> str:
        """The worst of all signs as the grading engine ranks them."""
        states = [sign.status.engine_state for sign in self.signs]
        return max(states, key=lambda state: Status(state).severity, default=self.status.engine_state)

    @property
    def is_superseded_preprint(self) -> bool:
        """A preprint whose published version is known: one click replaces it."""
        found = {sign.status for sign in self.signs}
        return {Status.PREPRINT, Status.NEWER_VERSION_EXISTS} <= found


def status_of(record: WorkRecord) -> WorkStatus:
    """Classify a record by its publication types, its links and its title.

    Rules: specs/sources.md, "Status of a work"; PubMed help, "CommentsCorrections". A title that a
    publisher has begun with RETRACTED or WITHDRAWN counts even where PubMed carries no link yet.
    `is_notice` is true when the record is an announcement about another work.
    """
    notice = is_notice(record)
    signs = (*_link_signs(record), *_type_signs(record), *(() if notice else _title_signs(record)))
    return WorkStatus(
        status=most_severe(sign.status for sign in signs),
        signs=tuple(sorted(signs, key=lambda sign: -sign.status.severity)),
        is_notice=notice,
        is_version_of_record=any(link.kind == "UpdateOf" for link in record.notices),
    )


def is_notice(record: WorkRecord) -> bool:
    """Say whether the record is itself a retraction, erratum or expression of concern."""
    return bool(_types(record) & _NOTICE_TYPES) or any(
        link.kind in _NOTICE_REF_TYPES for link in record.notices
    )


def most_severe(statuses: Iterable[Status]) -> Status:
    """Return the worst of several statuses, current when there is none."""
    return max(statuses, key=lambda status: status.severity, default=Status.CURRENT)


def status_of_natures(natures: Iterable[str]) -> Status:
    """Say what follows from everything Retraction Watch lists for one work, from one row or several.

    A reinstatement beside a retraction is a concern, since a person must look which of them stands; so
    is a nature nobody here has heard of. A reinstatement alone leaves the work current.
    """
    found = {" ".join(nature.lower().split()) for nature in natures} - {""}
    if "reinstatement" in found:
        found.remove("reinstatement")
        found = {"expression of concern" if nature == "retraction" else nature for nature in found}
    return most_severe(_OF_NATURE.get(nature, Status.CONCERN) for nature in found)


def _types(record: WorkRecord) -> frozenset[str]:
    return frozenset(code for kind in record.publication_types for code in (kind.ui, kind.name))


def _link_signs(record: WorkRecord) -> list[Sign]:
    return [
        Sign(_OF_REF_TYPE[link.kind], "ref_type", link.kind, link)
        for link in record.notices
        if link.kind in _OF_REF_TYPE and not _points_at_itself(link, record)
    ]


def _points_at_itself(link: Notice, record: WorkRecord) -> bool:
    same = (bool(link.pmid) and link.pmid == record.pmid) or (bool(link.doi) and link.doi == record.doi)
    return link.kind == "UpdateIn" and same


def _type_signs(record: WorkRecord) -> list[Sign]:
    found = _types(record)
    kinds = ((_RETRACTED_TYPES, Status.RETRACTED), (_PREPRINT_TYPES, Status.PREPRINT))
    return [
        Sign(status, "publication_type", max(codes & found, key=len))
        for codes, status in kinds
        if codes & found
    ]


def _title_signs(record: WorkRecord) -> list[Sign]:
    mark = _TITLE_MARK.match(record.title)
    return [Sign(_OF_TITLE_MARK[mark[1].lower()], "title", mark[0].strip())] if mark else []
