"""The badge of checked citations and the table it opens, for articles, grades and studies. Words are articles/words'.

An article shows comparisons as frozen with its edition. Pages of claims and studies show only what the services say
of a work and how their records compare with one another: what was cited may be a draft's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from articles.templatetags.reading import day
from articles.views.frame import Worded, worded
from articles.views.references import standing_of
from articles.views.standing import Standing
from articles.words import badges
from evidence.badge import Badge, Checked, count
from evidence.models import Outcome, Study, Verification
from evidence.status import Status
from evidence.words import FIELDS, SOURCES, VERDICTS

_APART = frozenset({"differs", "another_work"})
MOST_CHECKS = 12  # works on live pages are asked after every day


@dataclass(frozen=True)
class Row:
    """One field of two records beside each other."""

    field: str
    left: str
    right: str
    verdict: str
    apart: bool


@dataclass(frozen=True)
class Accepted:
    """Who took it upon themselves that a work is cited under a concern, and why."""

    by: Worded
    reason: str
    on: date


@dataclass(frozen=True)
class Work:
    """What a check found of one work. `number` is its place in the reference list, 0 where there is none."""

    citekey: str
    name: str
    number: int
    identifiers: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str], ...]
    disagree: bool
    recorded: bool
    result: str
    compared: tuple[Row, ...]
    between: tuple[Row, ...]
    mended: int
    accepted: tuple[Accepted, ...]
    compared_at: datetime | None
    checked_at: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True)
class Shown:
    """A badge as a page shows it: its counts in words, and the works behind it."""

    parts: list[str]
    failing_since: datetime | None
    works: list[Work]


@dataclass(frozen=True)
class Past:
    """One check in a study's history."""

    at: datetime
    answered: str
    recorded: bool


def of_edition(references: Sequence[dict[str, Any]], today: Standing) -> Shown | None:
    """Return the badge of an edition; None for one published before checks were kept."""
    if not references or not all(reference.get("check") for reference in references):
        return None
    counted = count(_frozen(reference, today) for reference in references)
    return _shown(counted, [_cited(reference, today) for reference in references])


def _frozen(reference: dict[str, Any], today: Standing) -> Checked:
    check, asked = reference["check"], today.asked.get(reference["citekey"])
    return Checked(
        outcome=check["match"],
        standing=Status(standing_of(reference, today)),
        recorded=check["recorded"],
        mended=check["mended"],
        checked_at=asked.checked_at if asked else None,
        failing_since=asked.failing_since if asked else None,
    )


def _cited(reference: dict[str, Any], today: Standing) -> Work:
    check, asked = reference["check"], today.asked.get(reference["citekey"])
    return Work(
        citekey=reference["citekey"],
        name=reference["short_name"],
        number=reference["number"],
        identifiers=_identifiers(reference),
        said=_said(check["said"], check["asked"]),
        disagree=_disagree(check["said"]),
        recorded=check["recorded"],
        result=str(Outcome(check["match"]).label),
        compared=_rows(check["compared"]),
        between=_rows(check["between"]),
        mended=check["mended"],
        accepted=tuple(
            Accepted(worded(one["by"]), one["reason"], date.fromisoformat(one["on"]))
            for one in check["accepted"]
        ),
        compared_at=datetime.fromisoformat(check["checked_at"]),
        checked_at=asked.checked_at if asked else None,
        failing_since=asked.failing_since if asked else None,
    )


def works_of(exhibits: dict[str, Any]) -> list[Study]:
    """Look up the works a grade shows with their newest check, without what was cited, in one query."""
    citekeys = {row["citekey"] for row in (*exhibits["sources"], *exhibits["findings"])}
    rows = Study.objects.filter(citekey__in=citekeys).select_related("verification")
    return list(rows.defer("verification__compared").order_by("citekey"))


def facts(studies: Iterable[Study]) -> list[object]:
    """Return what pages depend on of the newest checks."""
    return [
        (one.citekey, one.verification_id, one.standing, one.failing_since, one.failures) for one in studies
    ]


def of_grade(exhibits: dict[str, Any], studies: Sequence[Study]) -> Shown | None:
    """Return the badge of a grade, counted as frozen with it; None where the outcome of a work was not kept."""
    # A finding's own row has words under "outcome", so that its check stands under another name.
    frozen = {row["citekey"]: row["checked"] for row in exhibits["findings"] if "checked" in row}
    frozen |= {row["citekey"]: row["outcome"] for row in exhibits["sources"] if "outcome" in row}
    shown = {row["citekey"] for row in (*exhibits["sources"], *exhibits["findings"])}
    if not shown or shown - set(frozen):
        return None
    counted = count(_graded(study, frozen[study.citekey]) for study in studies)
    return _shown(counted, list(filter(None, map(of_study, studies))))


def _graded(study: Study, outcome: str) -> Checked:
    newest = study.verification
    return Checked(
        outcome=outcome,
        standing=Status(study.standing),
        recorded=newest is not None and newest.recorded,
        checked_at=study.checked_at,
        failing_since=study.failing_since,
    )


def of_study(study: Study) -> Work | None:
    """Return what the newest check found of a work itself; None before the first."""
    row = study.verification
    if row is None:
        return None
    asked = {service: answer["state"] for service, answer in row.asked.items()}
    return Work(
        citekey=study.citekey,
        name=str(study),
        number=0,
        identifiers=_identifiers({"pmid": study.pmid, "doi": study.doi, "pmcid": study.pmcid}),
        said=_said(row.said, asked),
        disagree=_disagree(row.said),
        recorded=row.recorded,
        result="",
        compared=(),
        between=_rows(row.between),
        mended=0,
        accepted=(),
        compared_at=None,
        checked_at=row.checked_at,
        failing_since=study.failing_since,
    )


def history(study: Study) -> list[Past]:
    """Return the newest checks of a work, with what the services answered each time."""
    rows = Verification.objects.filter(study=study).order_by("-pk")[:MOST_CHECKS]
    fields = rows.values_list("checked_at", "outcome", "standing", "recorded")
    return [
        Past(at, badges.answered(outcome, standing), recorded) for at, outcome, standing, recorded in fields
    ]


def _shown(counted: Badge, works: list[Work]) -> Shown:
    on = day(timezone.localtime(counted.checked_at)) if counted.checked_at else ""
    return Shown(badges.counted(counted, on), counted.failing_since, works)


def _identifiers(held: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(FIELDS[name]), held[name]) for name in ("pmid", "doi", "pmcid") if held[name])


def _said(said: Mapping[str, str], asked: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pair every source with its word, or with why it has none."""
    return tuple(
        (
            name,
            badges.said(said[source]) if source in said else badges.silent(asked.get(source, "not_asked")),
        )
        for source, name in SOURCES.items()
    )


def _disagree(said: Mapping[str, str]) -> bool:
    return len(set(said.values()) - {"not_listed"}) > 1


def _rows(compared: Iterable[Mapping[str, str]]) -> tuple[Row, ...]:
    return tuple(
        Row(
            field=str(FIELDS[row["field"]]),
            left=row["cited"],
            right=row["found"],
            verdict=str(VERDICTS[row["verdict"]]),
            apart=row["verdict"] in _APART,
        )
        for row in compared
    )
