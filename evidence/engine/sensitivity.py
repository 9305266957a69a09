"""What would change this grade: the dossier without each finding, and with each of three findings added.

Every row is an ordinary grading; no rule of its own is kept here. Source: engine.md, section 5.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from evidence.engine.codec import dossier_sha256
from evidence.engine.dossier import Dossier, Finding
from evidence.engine.versions import Release, release

WHAT_IF: Final = "what-if"
_ADDED: Final = (
    ("positive_rct", "rct", "benefit", 1000),
    ("null_rct", "rct", "no_effect", 1000),
    ("positive_review", "sr_rct", "benefit", 3000),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One what-if and the grade it makes: `without` a finding (by its id) or `add` one (id is the kind)."""

    change: str
    id: str
    score: str | None
    tier: str
    status: str
    reader_grade: str


def sensitivity(dossier: Dossier, version: str | None = None) -> tuple[Change, ...]:
    """List what would change the grade: first without each efficacy finding, by id, then with each one added.

    An added finding is named `what-if` and replaces one so named. Raises UnknownVersionError.
    """
    released = release(version)
    return (*_without_each(dossier, released), *_with_each(dossier, released))


def _without_each(dossier: Dossier, released: Release) -> Iterator[Change]:
    efficacy = sorted(finding.id for finding in dossier.findings if finding.role == "efficacy")
    for name in efficacy:
        yield _changed("without", name, _others(dossier, name), dossier, released)


def _with_each(dossier: Dossier, released: Release) -> Iterator[Change]:
    others = _others(dossier, WHAT_IF)
    for name, design, direction, n in _ADDED:
        yield _changed("add", name, (*others, _what_if(design, direction, n)), dossier, released)


def _others(dossier: Dossier, name: str) -> tuple[Finding, ...]:
    return tuple(finding for finding in dossier.findings if finding.id != name)


def _what_if(design: str, direction: str, n: int) -> Finding:
    return Finding(
        id=WHAT_IF,
        design=design,
        direction=direction,
        quality="high",
        precision="adequate",
        directness="direct",
        state="current",
        role="efficacy",
        group=WHAT_IF,
        n=n,
        includes=(),
    )


def _changed(
    change: str, name: str, findings: tuple[Finding, ...], dossier: Dossier, released: Release
) -> Change:
    changed = replace(dossier, findings=findings)
    verdict = released.grade(changed, dossier_sha256(changed))
    return Change(change, name, verdict.score, verdict.tier, verdict.status, verdict.reader_grade)
