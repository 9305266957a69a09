"""An edition's reference list as a page shows it. What is printed was frozen; what stands today is added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from articles.views.frame import Worded, worded
from articles.views.standing import Standing
from evidence.models import Finding, LiveNotice, Study, StudyRecord
from evidence.models.codes import Design

_FALLEN = frozenset({Study.Standing.RETRACTED, Study.Standing.REPLACED, Study.Standing.WITHDRAWN})


@dataclass(frozen=True)
class Studied:
    """What the article's claims coded of a work."""

    design: str
    people: int
    found: Worded
    funding: str


@dataclass(frozen=True)
class Line:
    """One reference. `standing` is empty for a work against which nothing is known."""

    number: int
    citekey: str
    short_name: str
    printed: tuple[dict[str, str], ...]
    title: str
    authors: str
    journal: str
    year: int | None
    doi: str
    pmid: str
    pmcid: str
    note: str
    standing: str
    fallen: bool
    recorded: bool
    places: tuple[tuple[str, str], ...]
    studied: Studied | None


def lines(references: Sequence[dict[str, Any]], today: Standing) -> list[Line]:
    """Return the reference list in the order of its numbers."""
    return [_line(reference, standing_of(reference, today)) for reference in references]


def standing_of(reference: dict[str, Any], today: Standing) -> str:
    """Return how a work stands today: by a notice, by its newest check, or else as it was when this was frozen."""
    asked = today.asked.get(reference["citekey"])
    standing = asked.standing.value if asked and asked.checked_at else reference["standing"]
    notices = today.of_studies.get(reference["citekey"], [])
    return standing if standing in _FALLEN or LiveNotice.Kind.RETRACTED not in notices else "retracted"


def _line(reference: dict[str, Any], standing: str) -> Line:
    same = (
        "number",
        "citekey",
        "short_name",
        "title",
        "authors",
        "journal",
        "year",
        "doi",
        "pmid",
        "pmcid",
        "note",
    )
    return Line(
        **{name: reference[name] for name in same},
        printed=tuple(part for part in reference["printed"] if part["role"] != "doi"),
        standing="" if standing == Study.Standing.CURRENT else str(Study.Standing(standing).label),
        fallen=standing in _FALLEN,
        recorded=reference["origin"] == StudyRecord.Origin.RECORDED,
        places=tuple((anchor, anchor.rpartition("-")[2]) for anchor in reference["occurrences"]),
        studied=_studied(reference["studied"]),
    )


def _studied(coded: dict[str, Any] | None) -> Studied | None:
    if coded is None:
        return None
    stated = coded["funding"] != Finding.Funding.NOT_STATED
    return Studied(
        design=str(Design(coded["design"]).label),
        people=coded["n"],
        found=worded(coded["summary"]),
        funding=str(Finding.Funding(coded["funding"]).label) if stated else "",
    )
