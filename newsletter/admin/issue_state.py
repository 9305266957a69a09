"""What every page of an issue shows: where it stands, who touched it, its problems and sizes. It decides nothing."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config import admin_rights
from config.refusal import Refused
from config.rights import Action, may
from evidence.models.claims import LANGUAGE_CHOICES
from newsletter import messages
from newsletter.admin import issue_problems, issue_words
from newsletter.admin.issue_sheet import Sheet
from newsletter.content import from_plain
from newsletter.messages import MAX_HTML_BYTES
from newsletter.models import Issue, IssueLine
from newsletter.verbs import approval, collecting, trail

CLIPPED_AT = 102 * 1024  # where Gmail stops showing a message
APPROVED_IN = frozenset({Issue.State.DRAFT, Issue.State.PAUSED})


@dataclass(frozen=True)
class Size:
    """How long a message is in one language, and whether the HTML stays below what Gmail shows whole."""

    label: str
    html: int
    text: int
    wire: int

    @property
    def fits(self) -> bool:
        """Whether the HTML is within what we allow ourselves."""
        return self.html <= MAX_HTML_BYTES

    @property
    def kilobytes(self) -> str:
        """The HTML's size as the meter writes it."""
        return f"{self.html / 1024:.1f}"

    @property
    def width(self) -> int:
        """The HTML's size on the meter, whose thousandth part is a thousandth of where Gmail clips."""
        return min(1000, max(2, round(1000 * self.html / CLIPPED_AT)))


def page(model_admin: Any, request: HttpRequest, issue: Issue, tab: str, **extra: Any) -> dict[str, Any]:
    """Return what a page of an issue needs: the desk around it, its state in words, the tabs, who touched it."""
    now = timezone.now()
    touched = trail.touchers(issue)
    return admin_rights.page(
        model_admin,
        request,
        issue_words.title(issue),
        issue=issue,
        tab=tab,
        tabs=_tabs(issue),
        sunday=issue_words.day(issue.sunday),
        next_step=issue_words.next_step(issue, now=now),
        time_left=issue_words.time_left(issue, now=now),
        touchers=User.objects.filter(pk__in=touched).order_by("username"),
        touched=request.user.pk in touched,
        asks_approval=issue.state in APPROVED_IN,
        may_compose=may(request.user, Action.COMPOSE_BRIEF),
        may_approve=may(request.user, Action.APPROVE_BRIEF),
        **extra,
    )


def readiness(sheet: Sheet) -> dict[str, Any]:
    """Return what stands in the way of approval, and how long each message is; no sizes while it cannot be rendered."""
    try:
        manifest = manifest_of(sheet.issue)
    except Refused as reason:
        said = list(reason.details) or [reason.message]
        return {"problems": issue_problems.placed(said, sheet), "sizes": [], "manifest": None}
    return {"problems": [], "sizes": sizes(manifest), "manifest": manifest}


def manifest_of(issue: Issue) -> approval.Manifest:
    """Return what would go out, or what was approved and goes, or went: that is never rendered from working rows.

    Raises Refused listing every problem of an issue that could not go out.
    """
    live = issue.live_revision
    if live is None or issue.state in APPROVED_IN:
        return approval.manifest(issue)
    contents = {language: from_plain(kept) for language, kept in live.content.items()}
    renditions = {
        (kept.language, kept.plain): replace(
            messages.render(contents[kept.language], plain=kept.plain),
            wire=bytes(kept.wire),
            followed=kept.followed,
            sha256=kept.sha256,
            html_bytes=kept.html_bytes,
        )
        for kept in live.renditions.all()
    }
    return approval.Manifest(live.manifest_sha256, contents, renditions)


def sizes(manifest: approval.Manifest) -> list[Size]:
    """Return the size of each language's message."""
    return [
        Size(
            label=str(label),
            html=manifest.renditions[language, False].html_bytes,
            text=len(manifest.renditions[language, True].text.encode()),
            wire=len(manifest.renditions[language, False].wire),
        )
        for language, label in LANGUAGE_CHOICES
    ]


def _tabs(issue: Issue) -> list[dict[str, str]]:
    tabs = [
        ("compose", _("Compose"), "admin:newsletter_issue_change"),
        ("preview", _("Preview"), "admin:newsletter_issue_preview"),
        ("approve", _("Approve"), "admin:newsletter_issue_approve"),
        ("watch", _("Watch"), "admin:newsletter_issue_watch"),
    ]
    return [
        {"code": code, "label": label, "url": reverse(route, args=[issue.pk])} for code, label, route in tabs
    ]


def grades_before(sheet: Sheet, manifest: approval.Manifest | None) -> dict[str, str]:
    """Return the grade readers knew before each regrade, by the line's key: as the manifest says, or looked up."""
    if manifest is not None:
        said = next(iter(manifest.contents.values()))
        return {line.key: line.previous_grade for line in said.lines()}
    told = [line for line in sheet.lines if line.kind == IssueLine.Kind.REGRADE]
    before = collecting.grades_before(
        [line.snapshot for line in told if line.snapshot], collecting.cut(sheet.issue)
    )
    return {line.key: before[line.claim_id].reader_grade for line in told if line.claim_id in before}
