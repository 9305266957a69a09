"""The Sunday brief on the desk's front page: where it stands and what asks for a hand. It asks; verbs decide."""

from datetime import timedelta
from typing import Any

from django import template
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.rights import Action, may
from newsletter import sundays
from newsletter.admin import issue_words
from newsletter.models import Delivery, Issue, ReceivingDomain

register = template.Library()
State = Issue.State
# A week that was missed, or had nothing to send, is said until the next one is composed, or a week is over.
SAID_FOR = timedelta(days=7)


@register.inclusion_tag("admin/newsletter/issue/_front.html", takes_context=True)
def brief_box(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the brief of the coming Sunday, or of the one under way."""
    now, user = timezone.now(), context["request"].user
    sunday = sundays.next_sunday(now)
    recent = list(Issue.objects.filter(sunday__gte=now.date() - SAID_FOR).order_by("sunday"))
    under_way = next((i for i in recent if i.state in {State.SENDING, State.PAUSED}), None)
    issue = under_way or next((i for i in recent if i.sunday == sunday), None)
    return {
        "issue": issue,
        "sunday": issue_words.day(issue.sunday if issue else sunday),
        "next_step": issue_words.next_step(issue, now=now) if issue else "",
        "time_left": issue_words.time_left(issue, now=now) if issue else "",
        "work": _work(issue) if issue else None,
        "alarms": [*_missed(recent, issue), *_doubts(recent), *_paused_domains(issue)],
        "may_compose": may(user, Action.COMPOSE_BRIEF),
    }


def _work(issue: Issue) -> dict[str, str]:
    """Return the one click to what is to be done."""
    work = {
        State.DRAFT: ("change", _("Read and mend it")),
        State.APPROVED: ("preview", _("Look at it")),
        State.EMPTY: ("change", _("Look again")),
    }
    page, label = work.get(State(issue.state), ("watch", _("Watch it")))
    return {"url": reverse(f"admin:newsletter_issue_{page}", args=[issue.pk]), "label": label}


def _missed(recent: list[Issue], shown: Issue | None) -> list[dict[str, str]]:
    """Say of a Sunday just gone that its brief did not go."""
    return [
        {
            "url": reverse("admin:newsletter_issue_change", args=[issue.pk]),
            "words": _("%(title)s was not approved in time and did not go.")
            % {"title": issue_words.title(issue)},
        }
        for issue in recent
        if issue.state == State.MISSED and issue != shown
    ]


def _doubts(recent: list[Issue]) -> list[dict[str, str]]:
    """Say how many deliveries wait for somebody to decide whether they arrived."""
    doubtful = Delivery.objects.filter(issue__in=recent, state=Delivery.State.AMBIGUOUS).order_by()
    return [
        {
            "url": reverse("admin:newsletter_issue_watch", args=[row["issue"]]) + "#doubts",
            "words": ngettext(
                "%(count)s delivery is in doubt.", "%(count)s deliveries are in doubt.", row["count"]
            )
            % {"count": row["count"]},
        }
        for row in doubtful.values("issue").annotate(count=Count("id"))
    ]


def _paused_domains(issue: Issue | None) -> list[dict[str, str]]:
    """Say that a receiver is not written to any more, where a send is under way."""
    if issue is None or issue.state not in {State.SENDING, State.PAUSED}:
        return []
    url = reverse("admin:newsletter_issue_watch", args=[issue.pk]) + "#domains"
    return [
        {"url": url, "words": _("Nothing is sent to %(domain)s until you resume it.") % {"domain": domain}}
        for domain in ReceivingDomain.objects.filter(paused_at__isnull=False).values_list(
            "domain", flat=True
        )[:5]
    ]
