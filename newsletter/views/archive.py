"""The archive at /brief/: permanent pages of what went out, with what has become of it since stamped on them.

They read approved revisions, current grades and live notices: no working row, and nothing about any one reader.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from articles.views import frame
from articles.views.standing import Regraded, Standing, standing
from evidence.models import LiveNotice
from newsletter.content import Content, Line, Reference
from newsletter.models import Delivery, Issue
from newsletter.views.past import Past, content_of, facts, newest_first, past

PAGE = 26  # half a year


@dataclass(frozen=True)
class Stamp:
    """A revision of an issue: what it put right, and how many readers had it of how many."""

    number: int
    approved_at: datetime
    erratum: tuple[str, ...]
    sent: int
    audience: int


@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """Show what the brief is, the form to ask for it, and every issue that went, half a year a page."""
    page = Paginator(newest_first(), PAGE).get_page(request.GET.get("page"))
    return frame.page(
        request,
        "newsletter/issue_list.html",
        lambda: {"page": page, "issues": [past(issue) for issue in page.object_list]},
        addresses=frame.in_both("newsletter:issue-list"),
        facts=(facts(newest_first()), page.number),
    )


@require_safe
def issue_detail(request: HttpRequest, iso_week: str) -> HttpResponse:
    """Show one issue as it went, with its errata and with what was regraded or retracted since."""
    if iso_week != iso_week.lower():
        return redirect("newsletter:issue-detail", iso_week=iso_week.lower(), permanent=True)
    issue = get_object_or_404(newest_first(), iso_week=iso_week.upper())
    shown = past(issue)
    content = shown.content
    today = standing(
        {line.claim for line in content.lines() if line.claim}, set(map(_citekey, content.references))
    )
    stamps = _stamps(issue)
    beside = _beside(issue)
    return frame.page(
        request,
        "newsletter/issue_detail.html",
        lambda: {
            "issue": shown,
            "stamps": stamps,
            "sections": _stamped(shown, today),
            "references": [(one, _is_retracted(one, today)) for one in content.references],
            **beside,
        },
        addresses=frame.in_both("newsletter:issue-detail", iso_week=iso_week),
        facts=(issue.pk, issue.live_revision_id, stamps, today.facts, beside),
    )


def _stamped(shown: Past, today: Standing) -> list[dict[str, Any]]:
    """Return the sections, each line with the grade of today where that is another than it states."""
    return [
        {"code": code, "heading": heading, "lines": [(line, _regraded(line.line, today)) for line in lines]}
        for code, heading, lines in shown.sections
    ]


def _regraded(line: Line, today: Standing) -> Regraded | None:
    now = today.grades.get(line.claim)
    if now is None or not line.grade or now.grade == line.grade:
        return None
    return Regraded(now.since, now.grade, same=False)


def _citekey(reference: Reference) -> str:
    """Return the cite key of a reference: the last part of its page's address."""
    return reference.url.rstrip("/").rpartition("/")[2]


def _is_retracted(reference: Reference, today: Standing) -> bool:
    return LiveNotice.Kind.RETRACTED in today.of_studies.get(_citekey(reference), [])


def _stamps(issue: Issue) -> list[Stamp]:
    """Return every revision with who got it, the newest first; nothing while the first is the only one."""
    revisions = list(issue.revisions.order_by("-number"))
    if len(revisions) < 2:
        return []
    sent = dict(
        Delivery.objects.filter(issue=issue, state=Delivery.State.SENT)
        .order_by()
        .values_list("revision")
        .annotate(Count("pk"))
    )
    contents: list[Content] = [content_of(revision) for revision in revisions]
    return [
        Stamp(
            revision.number,
            revision.approved_at,
            content.erratum,
            sent.get(revision.pk, 0),
            issue.audience or 0,
        )
        for revision, content in zip(revisions, contents, strict=True)
    ]


def _beside(issue: Issue) -> dict[str, str]:
    """Return the weeks before and after, as their addresses have them; empty where there is none."""
    went = Issue.objects.went()
    before = (
        went.filter(sunday__lt=issue.sunday).order_by("-sunday").values_list("iso_week", flat=True).first()
    )
    after = went.filter(sunday__gt=issue.sunday).order_by("sunday").values_list("iso_week", flat=True).first()
    return {"older": (before or "").lower(), "newer": (after or "").lower()}
