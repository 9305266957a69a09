"""The evidence app at the desk: every page looks, and writes through a verb. Rules live in evidence/verbs."""

from evidence.admin import (
    authorities,
    blind,
    claims,
    findings,
    grades,
    positions,
    records,
    reference_imports,
    studies,
)

__all__ = [
    "authorities",
    "blind",
    "claims",
    "findings",
    "grades",
    "positions",
    "records",
    "reference_imports",
    "studies",
]
