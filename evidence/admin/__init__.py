"""The evidence app at the desk: every page looks, and writes through a verb. Rules live in evidence/verbs."""

from evidence.admin import authorities, claims, findings, grades, records, reference_imports, studies

__all__ = ["authorities", "claims", "findings", "grades", "records", "reference_imports", "studies"]
