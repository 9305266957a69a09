"""The register of released versions: which exist, which is newest, and the numbers of each.

A new version is a folder and one line here; the lines of old ones stay.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from evidence.engine import v1_0, v1_1
from evidence.engine.dossier import Dossier
from evidence.engine.v1_0.tables import Tables
from evidence.engine.verdict import Verdict


class UnknownVersionError(LookupError):
    """No version of this name was ever released."""


@dataclass(frozen=True)
class Release:
    """One released version: its numbers, and its way from a dossier and its sha256 to a verdict."""

    tables: Tables
    grade: Callable[[Dossier, str], Verdict]


RELEASES: Final[dict[str, Release]] = {
    "1.0": Release(v1_0.TABLES, v1_0.grade),
    "1.1": Release(v1_1.TABLES, v1_1.grade),
}
VERSIONS: Final = tuple(RELEASES)
NEWEST: Final = VERSIONS[-1]


def release(version: str | None = None) -> Release:
    """Find a version, the newest unless named. Raises UnknownVersionError."""
    name = NEWEST if version is None else version
    if name not in RELEASES:
        raise UnknownVersionError(f"version: unknown value {name!a} (released: {', '.join(RELEASES)})")
    return RELEASES[name]


def tables(version: str | None = None) -> Tables:
    """Give every number a version grades with, the newest unless named. Raises UnknownVersionError.

    Pages render weights, profiles and bounds from here and never retype them.
    """
    return release(version).tables
