"""The page a send is watched and steered on: counts, zones, domains, doubts, refusals. Steering's verbs decide.

Who is a person behind a count is shown to nobody here; a managing editor finds the rows in the ledger.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import actor, attempt, told
from config.rights import Action, may
from newsletter.admin import issue_state, issue_zones
from newsletter.admin.issue_forms import RemarkForm
from newsletter.models import Delivery, Issue, ReceivingDomain
from newsletter.verbs import steering

State = Delivery.State
# What a bar shows, from what is done to what is not; every state is in it, so the parts add up to the audience.
BAR = (
    State.SENT, State.SENDING, State.CLAIMED, State.DEFERRED, State.PENDING, State.AMBIGUOUS, State.FAILED,
    State.EXPIRED, State.SUPPRESSED, State.CANCELLED,
)  # fmt: skip
MOST_DOUBTS = 50
STEERED_IN = frozenset({Issue.State.SENDING, Issue.State.PAUSED})


def watch_view(model_admin: Any, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Show how far a send is."""
    return _shown(model_admin, request, issue, RemarkForm())


def steer_view(model_admin: Any, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Pause, resume, cancel or bring forward; a refusal shows the page again with the remark kept."""
    if request.method != "POST":
        return HttpResponseRedirect(_watch(issue))
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    form = RemarkForm(request.POST)
    if form.is_valid() and attempt(form, lambda: act[0](issue, actor(request), form.cleaned_data["remark"])):
        messages.success(request, act[1])
        return HttpResponseRedirect(_watch(issue))
    issue.refresh_from_db()
    return _shown(model_admin, request, issue, form)


def settle_view(request: HttpRequest, issue: Issue, delivery_pk: int) -> HttpResponse:
    """Decide for one doubtful delivery whether it arrived or goes once more."""
    delivery = get_object_or_404(Delivery.objects.select_related("issue"), pk=delivery_pk, issue=issue)
    if request.method == "POST":
        arrived = request.POST.get("arrived") == "yes"
        with told(request):
            steering.settle(delivery, by=actor(request), now=timezone.now(), arrived=arrived)
            messages.success(
                request, _("Noted as arrived.") if arrived else _("It goes once more, and no third time.")
            )
    return HttpResponseRedirect(_watch(issue) + "#doubts")


def resume_domain_view(request: HttpRequest, issue: Issue, domain_pk: int) -> HttpResponse:
    """Write to a paused domain again."""
    domain = get_object_or_404(ReceivingDomain, pk=domain_pk)
    if request.method == "POST":
        with told(request):
            steering.resume_domain(domain, by=actor(request), now=timezone.now())
            messages.success(request, _("%(domain)s is written to again.") % {"domain": domain.domain})
    return HttpResponseRedirect(_watch(issue) + "#domains")


def _pause(issue: Issue, by: User, remark: str) -> None:
    steering.pause(issue, by=by, now=timezone.now(), remark=remark)


def _resume(issue: Issue, by: User, _remark: str) -> None:
    steering.resume(issue, by=by, now=timezone.now())


def _cancel(issue: Issue, by: User, remark: str) -> None:
    steering.cancel(issue, by=by, now=timezone.now(), remark=remark)


def _bring_forward(issue: Issue, by: User, _remark: str) -> None:
    steering.bring_forward(issue, by=by, now=timezone.now())


ACTS: dict[str, tuple[Callable[[Issue, User, str], None], Any]] = {
    "pause": (_pause, gettext_lazy("Paused. At most the message in each sender's hands still goes.")),
    "resume": (_resume, gettext_lazy("Resumed.")),
    "cancel": (_cancel, gettext_lazy("Cancelled.")),
    "bring-forward": (
        _bring_forward,
        gettext_lazy("Sunday morning comes now: the next tick begins to send."),
    ),
}


def _shown(model_admin: Any, request: HttpRequest, issue: Issue, form: RemarkForm) -> HttpResponse:
    now = timezone.now()
    rows = Delivery.objects.filter(issue=issue).order_by()
    progress = steering.progress(issue, now=now)
    may_steer = may(request.user, Action.STEER_SEND)
    context = issue_state.page(
        model_admin,
        request,
        issue,
        "watch",
        form=form,
        progress=progress,
        bar=bar(progress["counts"], progress["total"]),
        zones=issue_zones.rolling(issue, now=now),
        domains=_domains(),
        usual_rate=settings.NEWSLETTER_DOMAIN_RATE,
        doubts=_doubts(issue) if progress["counts"][State.AMBIGUOUS] else [],
        more_doubts=max(0, progress["counts"][State.AMBIGUOUS] - MOST_DOUBTS),
        replies=_replies(rows),
        revisions=_revisions(rows),
        acts=acts(issue) if may_steer else {},
        may_steer=may_steer,
        sees_people=may(request.user, Action.SEE_SUBSCRIBER),
        ledger=reverse("admin:newsletter_delivery_changelist") + f"?issue__id__exact={issue.pk}",
        refreshes=issue.state == Issue.State.SENDING
        or (
            issue.state == Issue.State.APPROVED
            and (progress["total"] > 0 or issue.brought_forward_at is not None)
        ),
        updated=now,
    )
    return TemplateResponse(request, "admin/newsletter/issue/watch.html", context)


def bar(counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    """Return the parts of the bar that are not empty: where each begins and how long it is, in thousandths."""
    parts, start = [], 0
    for state in BAR:
        count = counts[state]
        if not count:
            continue
        begin, end = round(1000 * start / total), round(1000 * (start + count) / total)
        share = 100 * count / total
        parts.append(
            {
                "code": state.value,
                "label": state.label,
                "count": count,
                "x": begin,
                "width": end - begin,
                "share": share,
            }
        )
        start += count
    return parts


def acts(issue: Issue) -> dict[str, bool]:
    """Return which acts apply now; the verbs decide."""
    composing = {Issue.State.DRAFT, Issue.State.APPROVED}
    return {
        "pause": issue.state == Issue.State.SENDING,
        "resume": issue.state == Issue.State.PAUSED,
        "cancel": issue.state in STEERED_IN | composing,
        "bring_forward": settings.EMBEDDED
        and issue.brought_forward_at is None
        and issue.state in {Issue.State.APPROVED, Issue.State.SENDING},
    }


def _domains() -> list[ReceivingDomain]:
    """Return the domains that are written to more slowly than usual, or not at all; those paused first."""
    slowed = Q(paused_at__isnull=False) | Q(per_minute__lt=settings.NEWSLETTER_DOMAIN_RATE)
    return list(
        ReceivingDomain.objects.filter(slowed).order_by(F("paused_at").asc(nulls_last=True), "per_minute")[
            :50
        ]
    )


def _doubts(issue: Issue) -> list[Delivery]:
    doubtful = Delivery.objects.filter(issue=issue, state=State.AMBIGUOUS)
    return list(doubtful.order_by("pk")[:MOST_DOUBTS])


def _replies(rows: Any) -> list[dict[str, Any]]:
    """Count what was refused, put off or given up by the code of the reply; the words of a reply may name a person."""
    failed = rows.filter(state__in=[State.FAILED, State.DEFERRED, State.EXPIRED])
    counted = failed.values("state", "smtp_code", "smtp_phase").annotate(number=Count("id"))
    found = counted.annotate(domains=Count("domain", distinct=True)).order_by("-number")[:20]
    return [{**row, "label": State(row["state"]).label} for row in found]


def _revisions(rows: Any) -> list[dict[str, Any]]:
    """Count who got which revision, in which language and kind."""
    sent = rows.filter(state=State.SENT, revision__isnull=False)
    counted = sent.values("revision__number").annotate(
        number=Count("id"),
        english=Count("id", filter=Q(language="en")),
        chinese=Count("id", filter=Q(language="zh-hant")),
        plain=Count("id", filter=Q(plain=True)),
    )
    return list(counted.order_by("revision__number"))


def _watch(issue: Issue) -> str:
    return reverse("admin:newsletter_issue_watch", args=[issue.pk])
