"""The lines of the publish gate about cited works: found, matching, fresh, standing, accepted. They read checks alone.

Checking is evidence/verbs/verification.py's; readiness.py puts the lines into the gate.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from evidence.models import Acceptance, Outcome, Study
from evidence.verbs import acceptance
from evidence.words import FIELDS

FRESH_FOR = timedelta(days=7)
# As long as this while the services have failed every try since; the page then says so.
FRESH_WHILE_FAILING = timedelta(days=30)
FALLEN = frozenset({Study.Standing.RETRACTED, Study.Standing.REPLACED, Study.Standing.WITHDRAWN})
BLOCKING = frozenset(
    {Outcome.WRONG_WORK, Outcome.NOT_FOUND, Outcome.NOTICE, Outcome.UNCHECKED, Outcome.MISMATCH}
)


@dataclass(frozen=True)
class Fault:
    """One sentence about one cited work, and the work, so that the page can lead there."""

    citekey: str
    said: str


def unknown(studies: Iterable[Study]) -> Iterator[Fault]:
    """Yield each work that is not what it is cited as, or of which nobody knows."""
    for study in studies:
        outcome = match_of(study)
        if outcome in BLOCKING:
            yield Fault(study.citekey, _said(study, outcome))


def unfresh(studies: Iterable[Study], now: datetime) -> Iterator[Fault]:
    """Yield each work whose last check is too old to publish by."""
    for study in studies:
        if study.checked_at is None or match_of(study) in BLOCKING:
            continue
        if not _fresh(study, now) and not _excused(study, now):
            yield Fault(
                study.citekey,
                _("@%(key)s was last checked on %(day)s. Check it again: seven days is the limit.")
                % {"key": study.citekey, "day": date_format(study.checked_at)},
            )


def excused(studies: Iterable[Study], now: datetime) -> Iterator[Fault]:
    """Yield each work whose last check is old because the services have not answered since."""
    for study in studies:
        if study.failing_since is not None and not _fresh(study, now) and _excused(study, now):
            yield Fault(
                study.citekey,
                _("@%(key)s: the services have not answered since %(day)s. The page will say so.")
                % {"key": study.citekey, "day": date_format(study.failing_since)},
            )


def fallen(studies: Iterable[Study]) -> Iterator[Fault]:
    """Yield each work that is retracted, replaced or withdrawn."""
    for study in studies:
        if study.standing in FALLEN:
            yield Fault(
                study.citekey,
                _("@%(key)s: %(standing)s. Take it out, or cite what replaced it.")
                % {"key": study.citekey, "standing": study.get_standing_display()},
            )


def unaccepted(studies: Iterable[Study], claims: Collection[int]) -> Iterator[Fault]:
    """Yield each work with a concern, or with numbers coded for these claims that contradict, which nobody accepted."""
    for study in studies:
        if acceptance.missing(study, Acceptance.Kind.CONCERN):
            yield Fault(
                study.citekey,
                _(
                    "@%(key)s: an expression of concern stands. Accept it by name with a reason, or take it out."
                )
                % {"key": study.citekey},
            )
        if acceptance.missing(study, Acceptance.Kind.LINT, claims=claims):
            yield Fault(
                study.citekey,
                _(
                    "@%(key)s: its numbers contradict one another. Accept that by name with a reason, or recode it."
                )
                % {"key": study.citekey},
            )


def corrected(studies: Iterable[Study]) -> Iterator[Fault]:
    """Yield each work that was corrected, or published since as something newer."""
    for study in studies:
        if study.standing == Study.Standing.CORRECTED:
            yield Fault(
                study.citekey,
                _("@%(key)s was corrected. Read it again: has the number changed?") % {"key": study.citekey},
            )
        elif study.outcome == Outcome.SUPERSEDED:
            yield Fault(
                study.citekey,
                _("@%(key)s is a preprint that has been published since. Cite what was published.")
                % {"key": study.citekey},
            )
        elif study.standing in {Study.Standing.PREPRINT, Study.Standing.NEWER_VERSION}:
            yield Fault(
                study.citekey,
                _("@%(key)s: %(standing)s.")
                % {"key": study.citekey, "standing": study.get_standing_display()},
            )


def match_of(study: Study) -> Outcome:
    """Return how the work compares with what was cited; its standing is asked after apart.

    Demonstration replies count in the demonstration alone.
    """
    row = study.verification
    if row is None or study.record_id is None or (row.recorded and not settings.EMBEDDED):
        return Outcome(study.outcome) if study.outcome == Outcome.NOT_FOUND else Outcome.UNCHECKED
    return Outcome(row.match)


def _fresh(study: Study, now: datetime) -> bool:
    return study.checked_at is not None and now - study.checked_at <= FRESH_FOR


def _excused(study: Study, now: datetime) -> bool:
    """Whether every try since the last check has failed, and that is not a month ago yet."""
    if study.checked_at is None or study.failing_since is None:
        return False
    return now - study.checked_at <= FRESH_WHILE_FAILING


def _said(study: Study, outcome: Outcome) -> str:
    key: dict[str, Any] = {"key": study.citekey, "failure": study.failure}
    if outcome is Outcome.MISMATCH:
        return _("@%(key)s differs from its record: %(fields)s. Mend the citation.") % {
            **key,
            "fields": "; ".join(_differences(study)),
        }
    if outcome is Outcome.UNCHECKED and study.failure:
        return _("@%(key)s is not checked yet; the last try failed: %(failure)s.") % key
    return {
        Outcome.UNCHECKED: _("@%(key)s is not checked yet. Its record is being asked for."),
        Outcome.NOT_FOUND: _("@%(key)s: nothing was found under its identifier. Look the work up."),
        Outcome.WRONG_WORK: _(
            "@%(key)s is another work than the one cited. Look up which of the two is meant."
        ),
        Outcome.NOTICE: _("@%(key)s is a notice, not a study. Cite the work itself."),
    }[outcome] % key


def _differences(study: Study) -> Iterator[str]:
    rows = study.verification.compared if study.verification else []
    for row in rows:
        if row["verdict"] in {"differs", "another_work"}:
            yield _("%(field)s: cited “%(cited)s”, record “%(found)s”") % {
                **row,
                "field": FIELDS[row["field"]],
            }
