"""Issues for tests, composed and approved through the verbs, and a claim that can be regraded on any day."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from config.rights import Role
from evidence.models import Claim, GradeSnapshot, LiveNotice, Study
from evidence.verbs import coding, grading
from newsletter.models import Issue, IssueLine, Revision
from newsletter.verbs import approval, composing
from tests import factories

SUNDAY = date(2026, 11, 29)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
LONG_AGO = FRIDAY - timedelta(days=60)
WEEK = timedelta(days=7)


def editor() -> User:
    """Whoever writes the brief in these tests."""
    return factories.user("editor", Role.EDITOR, email="editor@example.org")


def approver() -> User:
    """The second person, who only approves."""
    return factories.user("second-editor", Role.EDITOR)


def claim(slug: str = "glutamine-eases-ibs", *, now: datetime = LONG_AGO, pmid: str = "30108163") -> Claim:
    """A claim graded at `now`: emerging, on one trial."""
    work = Study.objects.filter(pmid=pmid).first() or factories.study(factories.record(pmid), now=now)
    return factories.graded_claim(slug, now=now, work=work)


def regrade(
    of: Claim, *, now: datetime, pmid: str = "31000001", reason: str = "A review found nothing."
) -> None:
    """Code a sound review without effect and make the new grade current: from emerging to weak."""
    review = {"design": "sr_rct", "quality_tool": "AMSTAR-2", "n": 4000}
    code_null(of, now=now, pmid=pmid, **review)
    publish_grade(of, now=now, trigger="new_finding", reason=reason)


def code_null(of: Claim, *, now: datetime, pmid: str, **fields: Any) -> None:
    """Code a work that found no difference."""
    work = factories.study(factories.record(pmid, title="It does not"), now=now)
    factories.cite(of, work, now=now)
    null: dict[str, Any] = {"estimate": "1.0", "ci_low": "0.9", "ci_high": "1.1", "direction": "nsd"}
    factories.finding(of, work, now=now, **null | fields)


def go_back(of: Claim, *, now: datetime) -> None:
    """Take what found nothing away again, so that the claim stands where it began."""
    for row in of.findings.filter(direction="nsd"):
        coding.remove(row, by=factories.user("reviewer", Role.REVIEWER), now=now)
    publish_grade(of, now=now, trigger="recoded", reason="It measured something else.")


def publish_grade(
    of: Claim, *, now: datetime, trigger: str = "recoded", reason: str = "Coded again."
) -> GradeSnapshot:
    """Propose today's grade as the reviewer and approve it as the managing editor."""
    proposed = grading.propose(
        of,
        by=factories.user("reviewer", Role.REVIEWER),
        now=now,
        trigger=GradeSnapshot.Trigger(trigger),
        reason_en=reason,
        reason_zh_hant=f"理由：{reason}",
    )
    return factories.approved(proposed, now=now)


def retract(work: Study, *, now: datetime) -> LiveNotice:
    """Let "retracted" stand on a work."""
    return LiveNotice.objects.create(study=work, kind=LiveNotice.Kind.RETRACTED, since=now)


def composed(*, sunday: date = SUNDAY, now: datetime = FRIDAY) -> Issue:
    """The brief of a Sunday as the clock composes it."""
    return composing.compose(sunday, by=None, now=now)


def with_news(*, now: datetime = MONDAY) -> Issue:
    """A composed issue with one regrade, and another claim for its spotlight."""
    claim("probiotics-help", pmid="32000009")
    regrade(claim(), now=now)
    return composed()


def approved(issue: Issue, *, by: User | None = None, now: datetime = FRIDAY) -> Revision:
    """Approve an issue as a second person who has seen it as it is."""
    return approval.approve(issue, by=by or approver(), now=now, seen=approval.manifest(issue).sha256)


def sending(issue: Issue, *, state: str = Issue.State.SENDING, now: datetime = FRIDAY) -> Issue:
    """Set an approved issue to being sent, as the tick does once its ledger is whole."""
    Issue.objects.filter(pk=issue.pk).update(state=state, audience=0, began_at=now)
    issue.refresh_from_db()
    return issue


def sent(issue: Issue, *, now: datetime = FRIDAY) -> Issue:
    """Approve an issue and let it have gone out."""
    approved(issue)
    return sending(issue, state=Issue.State.SENT, now=now)


def lines(issue: Issue, *, section: str | None = None) -> list[IssueLine]:
    """The lines of an issue, of one section if asked."""
    rows = issue.lines.order_by("order")
    return list(rows.filter(section=section) if section else rows)


def reword(line: IssueLine, *, by: User | None = None, now: datetime = FRIDAY, **fields: object) -> None:
    """Edit some fields of a line and leave the others as they are."""
    line.refresh_from_db()
    names = ("text_en", "text_zh_hant", "why_en", "why_zh_hant", "dropped")
    given: dict[str, object] = {name: getattr(line, name) for name in names} | fields
    composing.edit_line(line, by=by or editor(), now=now, **given)  # type: ignore[arg-type]


def write(issue: Issue, *, language: str = "en", by: User | None = None, **fields: str) -> None:
    """Write some of an issue's own words in a language and leave the others as they are."""
    text = issue.texts.get(language=language)
    words = {name: getattr(text, name) for name in ("subject", "opening", "erratum")} | fields
    composing.write(issue, language, by=by or editor(), now=FRIDAY, **words)


def at_once(act: Callable[[], object], *, people: int = 4) -> tuple[list[object], list[Exception]]:
    """Let several threads do the same at the same moment; what they got, and what they raised.

    Only PostgreSQL can show it. Skips, saying so, on the SQLite of the tests, which lives in memory and knows no
    waiting; CI runs the suite on both.
    """
    if connection.vendor != "postgresql":
        pytest.skip("several at the same moment need PostgreSQL; CI runs this there")
    made: list[object] = []
    failed: list[Exception] = []
    line_up = threading.Barrier(people)

    def run() -> None:
        try:
            line_up.wait(timeout=30)
            made.append(act())
        except Exception as reason:  # noqa: BLE001  whatever it is, the test shows it
            failed.append(reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made, failed
