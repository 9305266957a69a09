"""The demonstration's issue: composed for the coming Sunday and worded, left for a second person to approve."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from newsletter import sundays
from newsletter.models import Issue
from newsletter.verbs import composing


def compose(words: dict[str, Any], *, of: str, by: User, now: datetime) -> str:
    """Compose the brief of the coming Sunday unless it is there, and say so.

    The opening speaks of the claim `of`, so that it is written only where the issue tells of it.
    """
    sunday = sundays.next_sunday(now)
    if Issue.objects.filter(iso_week=sundays.iso_week(sunday)).exists():
        return ""
    issue = composing.compose(sunday, by=by, now=now)
    if issue.state == Issue.State.EMPTY:
        return f"the brief of {sunday}: nothing changed since the last, so that nothing goes out"
    if issue.lines.filter(claim__slug=of, dropped=False).exists():
        for language, said in words.items():
            composing.write(
                issue, language, by=by, now=now, subject=said["subject"], opening=said["opening"].strip()
            )
    lines = issue.lines.filter(dropped=False).count()
    return f"the brief of {sunday}: {lines} lines, waiting for somebody else than {by} to approve it"
