"""Version 1.0: the published example's formula. Released, so never edited: a test pins its modules."""

from evidence.engine.dossier import Dossier
from evidence.engine.v1_0.tables import TABLES
from evidence.engine.v1_0.trail import grade_by
from evidence.engine.verdict import Verdict

__all__ = ["TABLES", "grade"]


def grade(dossier: Dossier, dossier_sha256: str) -> Verdict:
    """Grade a dossier as version 1.0 does."""
    return grade_by(TABLES, dossier, dossier_sha256)
