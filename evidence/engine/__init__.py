"""The evidence engine: a pure function from a dossier to a verdict with its whole audit trail.

Standard library only: no Django, no clock, no chance, no network. Rules live in one folder per released
version; what codes mean in words lives in templates and translations, not here.
"""

from evidence.engine.codec import (
    canonical_bytes,
    canonical_dossier,
    dossier_from_bytes,
    dossier_sha256,
    verdict_data,
    verdict_line,
)
from evidence.engine.dossier import (
    Benchmark,
    Dossier,
    DossierError,
    Finding,
    Mechanism,
    Position,
    Recheck,
)
from evidence.engine.sensitivity import Change, sensitivity
from evidence.engine.v1_0.tables import Tables
from evidence.engine.validation import read_dossier
from evidence.engine.verdict import Disputes, Step, Verdict
from evidence.engine.versions import NEWEST, VERSIONS, UnknownVersionError, release, tables

__all__ = [
    "NEWEST",
    "VERSIONS",
    "Benchmark",
    "Change",
    "Disputes",
    "Dossier",
    "DossierError",
    "Finding",
    "Mechanism",
    "Position",
    "Recheck",
    "Step",
    "Tables",
    "UnknownVersionError",
    "Verdict",
    "canonical_bytes",
    "canonical_dossier",
    "dossier_from_bytes",
    "dossier_sha256",
    "grade",
    "read_dossier",
    "sensitivity",
    "tables",
    "verdict_data",
    "verdict_line",
]


def grade(dossier: Dossier, version: str | None = None) -> Verdict:
    """Grade a dossier by a released version, the newest unless named.

    Promises the same verdict for the same dossier and version, on any machine, for ever, whatever the order
    of its lists. Raises UnknownVersionError. Source: engine.md.
    """
    return release(version).grade(dossier, dossier_sha256(dossier))
