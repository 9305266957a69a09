"""Issues that went out saying what the sample says, for the archive and the feeds."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from config.rights import Role
from newsletter.content import Content, to_plain
from newsletter.models import Issue, Revision
from newsletter.sundays import iso_week
from tests import factories
from tests.newsletter.sample_issue import sample_content

SUNDAY = date(2026, 11, 29)


def gone(
    *, now: datetime, sunday: date = SUNDAY, subject: str = "", claim: str = "", grade: str = ""
) -> Issue:
    """An issue that was sent out whole; its first line is about `claim` and states `grade`, if they are given."""
    issue = Issue.objects.create(
        iso_week=iso_week(sunday),
        sunday=sunday,
        cut_from=now - timedelta(days=9),
        cut_until=now - timedelta(days=2),
        composed_at=now - timedelta(days=2),
    )
    revised(issue, now=now - timedelta(days=1), subject=subject, claim=claim, grade=grade)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SENT, began_at=now, ended_at=now, audience=0)
    issue.refresh_from_db()
    return issue


def revised(
    issue: Issue, *, now: datetime, number: int = 1, errata: tuple[str, str] = ("", ""), **stated: str
) -> Revision:
    """Another revision of an issue, live from now on; `errata` are in English and in Chinese."""
    content = {
        language: to_plain(_said(issue, language, number, erratum, **stated))
        for language, erratum in zip(("en", "zh-hant"), errata, strict=True)
    }
    revision = Revision.objects.create(
        issue=issue,
        number=number,
        content=content,
        manifest_sha256="0" * 64,
        approved_by=factories.user("managing", Role.MANAGING),
        approved_at=now,
    )
    Issue.objects.filter(pk=issue.pk).update(live_revision=revision)
    issue.refresh_from_db()
    return revision


def _said(
    issue: Issue,
    language: str,
    number: int,
    erratum: str,
    *,
    subject: str = "",
    claim: str = "",
    grade: str = "",
) -> Content:
    said = sample_content(language, revision=number, erratum=(erratum,) if erratum else ())
    first, *others = said.sections
    line, *lines = first.lines
    if claim:
        line = replace(line, claim=claim, grade=grade)
    return replace(
        said,
        iso_week=issue.iso_week,
        sunday=issue.sunday.isoformat(),
        subject=subject or said.subject,
        sections=(replace(first, lines=(line, *lines)), *others),
        archive_url=said.archive_url.replace("2026-w48", issue.iso_week.lower()),
    )
