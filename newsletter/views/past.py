"""Issues that went out, as archive and feeds show them: from approved revisions alone, never from working rows."""

from dataclasses import dataclass
from datetime import date, datetime

from articles.views import frame
from newsletter.content import Content, Line, from_plain
from newsletter.models import Issue, IssueLine
from newsletter.models.issues import IssueQuerySet, Revision
from newsletter.rendering.frame import Shown, sections


@dataclass(frozen=True)
class Past:
    """One issue that went, in the page's language."""

    iso_week: str
    sunday: date
    began_at: datetime
    approved_at: datetime
    content: Content

    @property
    def slug(self) -> str:
        """The week as its address has it."""
        return self.iso_week.lower()

    @property
    def moved(self) -> list[Line]:
        """The regrades it told of, as they are listed."""
        return [line for line in self.content.lines() if line.kind == IssueLine.Kind.REGRADE]

    @property
    def sections(self) -> list[tuple[str, str, list[Shown]]]:
        """Sections as the mail shows them: code, heading, lines with their words and works."""
        return sections(self.content)


def newest_first() -> IssueQuerySet:
    """Return the issues that went, with the revision that stands."""
    return Issue.objects.went().select_related("live_revision").order_by("-sunday")


def facts(issues: IssueQuerySet) -> list[tuple[object, ...]]:
    """Return what tells whether any of the issues shows anything else than before, without reading their content."""
    return list(issues.values_list("pk", "live_revision_id", "began_at"))


def past(issue: Issue) -> Past:
    """Read an issue that went, in the page's language. Raises ValueError for one that did not."""
    revision, began_at = issue.live_revision, issue.began_at
    if revision is None or began_at is None:
        raise ValueError(f"{issue} did not go out.")
    return Past(issue.iso_week, issue.sunday, began_at, revision.approved_at, content_of(revision))


def content_of(revision: Revision) -> Content:
    """Return what a revision says in the page's language."""
    return from_plain(revision.content[frame.language()])
