"""The badge counts what checks came to, and counts nothing for good that nobody asked about."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence.badge import Checked, count
from evidence.models import Outcome, Study
from evidence.status import Status

DAY = datetime(2026, 11, 22, 9, tzinfo=UTC)


def work(outcome: str = "verified", standing: str = "current", **fields: object) -> Checked:
    given = {"recorded": False, "checked_at": DAY} | fields
    return Checked(outcome, Status(standing), **given)  # type: ignore[arg-type]


def test_it_counts_what_exists_what_matches_and_what_was_corrected() -> None:
    badge = count([*[work()] * 5, work("verified_with_notes", "corrected"), work("mismatch")])
    assert (badge.asked, badge.exist, badge.match) == (7, 7, 6)
    assert badge.standings == ((Status.CORRECTED, 1),)


COUNTED = {
    Outcome.WRONG_WORK: (1, 0),
    Outcome.NOT_FOUND: (0, 0),
    Outcome.NOTICE: (1, 0),
    Outcome.RETRACTED: (1, 0),
    Outcome.REPLACED: (1, 0),
    Outcome.MISMATCH: (1, 0),
    Outcome.CONCERN: (1, 1),
    Outcome.SUPERSEDED: (1, 1),
    Outcome.CORRECTED: (1, 1),
    Outcome.NOTED: (1, 1),
    Outcome.VERIFIED: (1, 1),
    Outcome.NOT_CHECKABLE: (0, 0),
    Outcome.UNCHECKED: (0, 0),
}


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_counted_for_what_it_says(outcome: Outcome) -> None:
    badge = count([work(outcome)])
    assert (badge.exist, badge.match) == COUNTED[outcome]


def test_every_standing_of_a_study_can_be_counted() -> None:
    assert set(Study.Standing.values) == set(Status)


def test_demonstration_replies_are_counted_apart_and_give_no_day() -> None:
    badge = count([work(recorded=True), work("not_yet_checked", recorded=True), work()])
    assert (badge.asked, badge.exist, badge.recorded, badge.compared) == (1, 1, 2, 1)
    assert count([work(recorded=True)]).checked_at is None


def test_the_day_is_that_of_the_work_checked_the_longest_ago() -> None:
    later = work(checked_at=DAY + timedelta(days=3), failing_since=DAY)
    badge = count([later, work()])
    assert badge.checked_at == DAY
    assert badge.failing_since == DAY


def test_the_gravest_standing_comes_first() -> None:
    badge = count([work(standing="corrected"), work(standing="retracted"), work(standing="corrected")])
    assert badge.standings == ((Status.RETRACTED, 1), (Status.CORRECTED, 2))
