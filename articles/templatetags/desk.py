"""The desk's front page: what waits for whom, as lines that lead to the work. It asks; verbs decide."""

from dataclasses import dataclass, field
from typing import Any

from django import template
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from articles.verbs import readiness
from articles.verbs import trail as article_trail
from config.rights import Action, may
from evidence.models import Claim, GradeOverride, GradeSnapshot, Outcome, Study
from evidence.verbs import trail as claim_trail

register = template.Library()
# A box names the first few; the list behind its heading has them all.
LINES = 10
BROKEN = (
    Outcome.WRONG_WORK, Outcome.NOT_FOUND, Outcome.NOTICE, Outcome.RETRACTED, Outcome.REPLACED, Outcome.MISMATCH,
    Outcome.CONCERN,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One thing to do: where it leads, what it is, in which state and why."""

    url: str
    title: str
    language: str = ""
    state: str = ""
    label: str = ""
    details: tuple[str, ...] = ()
    grade: GradeSnapshot | None = None
    previous: GradeSnapshot | None = None


@dataclass
class Box:
    """A heading with its lines; `url` leads to the whole list."""

    code: str
    title: str
    url: str
    empty: str
    lines: list[Line] = field(default_factory=list)


@register.inclusion_tag("admin/_desk_boxes.html", takes_context=True)
def desk_boxes(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the boxes for whoever is signed in."""
    user = context["request"].user
    return {"boxes": [_waiting(user), _proposed(), _blocked(), _overdue(), _broken()]}


def _waiting(user: Any) -> Box:
    """What this person may decide on and has not touched."""
    box = Box("waiting", _("Waiting for me"), _articles("in_review"), _("Nothing waits for you."))
    if may(user, Action.APPROVE_ARTICLE):
        articles = article_trail.untouched_by(Article.objects.awaiting_review(), user).order_by("saved_at")[
            :LINES
        ]
        box.lines += [_article_line(article, "approve") for article in articles.select_related("written_by")]
    if may(user, Action.APPROVE_GRADE):
        waiting = GradeSnapshot.objects.awaiting_review().select_related("claim", "previous", "proposed_by")
        grades = claim_trail.untouched_by(waiting, user).order_by("proposed_at")[:LINES]
        box.lines += [_grade_line(grade) for grade in grades]
        asked = GradeOverride.objects.asked().exclude(asked_by=user).select_related("claim", "asked_by")
        box.lines += [_override_line(one) for one in asked.order_by("asked_at")[:LINES]]
    return box


def _proposed() -> Box:
    """Every open proposal, whoever may decide on it."""
    url = reverse("admin:evidence_gradesnapshot_changelist") + "?state__exact=proposed"
    box = Box("proposed", _("Grades proposed"), url, _("No grade is proposed."))
    grades = GradeSnapshot.objects.awaiting_review().select_related("claim", "previous", "proposed_by")
    box.lines = [_grade_line(grade) for grade in grades.order_by("proposed_at")[:LINES]]
    return box


def _blocked() -> Box:
    """Submitted drafts that the gate would not let through, and why."""
    box = Box("blocked", _("Blocked, and why"), _articles("in_review"), _("Nothing in review is blocked."))
    now = timezone.now()
    for article in (
        Article.objects.awaiting_review().select_related("topic", "written_by").order_by("saved_at")[:LINES]
    ):
        if blocks := readiness.blocking(article, now=now):
            box.lines.append(_article_line(article, "", tuple(readiness.describe(blocks))))
    return box


def _overdue() -> Box:
    """Graded claims whose next check is behind us."""
    url = reverse("admin:evidence_claim_changelist") + "?waiting=overdue"
    box = Box("overdue", _("Review overdue"), url, _("No review is overdue."))
    for claim in Claim.objects.review_overdue(timezone.now().date()).order_by("next_check")[:LINES]:
        due = _("Due %(day)s") % {"day": claim.next_check}
        box.lines.append(
            Line(reverse("admin:evidence_claim_change", args=[claim.pk]), str(claim), details=(due,))
        )
    return box


def _broken() -> Box:
    """Works on live pages or weighed by a claim whose check found what stops an article, the gravest kinds first."""
    url = reverse("admin:evidence_study_changelist") + f"?outcome__in={','.join(BROKEN)}"
    box = Box("broken", _("Citations broken or retracted"), url, _("Every work in use matches and stands."))
    used = Q(findings__isnull=False) | Q(claim_sources__isnull=False) | Q(references__isnull=False)
    studies = Study.objects.filter(used, outcome__in=BROKEN).distinct().order_by("-checked_at")[:LINES]
    for study in studies:
        box.lines.append(
            Line(
                reverse("admin:evidence_study_change", args=[study.pk]) + "#check",
                str(study),
                state=study.outcome,
                label=study.get_outcome_display(),
                details=(study.failure,) if study.failure else (),
            )
        )
    return box


def _articles(state: str) -> str:
    return reverse("admin:articles_article_changelist") + f"?state__exact={state}"


def _article_line(article: Article, step: str, details: tuple[str, ...] = ()) -> Line:
    url = (
        reverse("admin:articles_article_step", args=[article.pk, step])
        if step
        else reverse("admin:articles_article_change", args=[article.pk])
    )
    return Line(
        url=url,
        title=article.headline,
        language=article.language,
        state=article.state,
        label=article.get_state_display(),
        details=details or (_("Draft of %(who)s") % {"who": article.written_by},),
    )


def _override_line(override: GradeOverride) -> Line:
    return Line(
        url=reverse("admin:evidence_gradesnapshot_review", args=[override.snapshot_id]),
        title=str(override.claim),
        state="waiting",
        label=override.get_state_display(),
        details=(_("Override asked for by %(who)s") % {"who": override.asked_by},),
    )


def _grade_line(grade: GradeSnapshot) -> Line:
    who = grade.proposed_by or _("the clock")
    return Line(
        url=reverse("admin:evidence_gradesnapshot_review", args=[grade.pk]),
        title=str(grade.claim),
        state=grade.state,
        label=grade.get_state_display(),
        details=(_("Proposed by %(who)s") % {"who": who},),
        grade=grade,
        previous=grade.previous,
    )
