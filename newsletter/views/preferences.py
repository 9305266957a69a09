"""A reader's preferences, export and erasure, behind a link mailed on request; and the page that asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import context
from articles.views.changes import statements
from articles.views.frame import Worded
from config.refusal import Refused
from newsletter import keys
from newsletter.forms import LinkForm, PreferencesForm, own_language, zones_by_region
from newsletter.keys import BadToken, Purpose
from newsletter.models import Subscriber
from newsletter.verbs import privacy, subscription
from newsletter.views.guarding import (
    RETRY_AFTER,
    Guard,
    form_token,
    guard,
    public_form,
    reader_ip,
    show,
    token_page,
)

ASK = "newsletter:preferences-ask"
CHANGE = "newsletter:preferences-change"


@dataclass(frozen=True)
class Choice:
    """One claim that can be followed."""

    code: str
    statement: Worded
    chosen: bool


@public_form
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form that asks for a link, or take it; the answer is the same for every address."""
    now = timezone.now()
    fresh = form_token(now)
    if request.method != "POST":
        return show(request, "preferences_ask", ASK, form=LinkForm(), shown=fresh)
    form = LinkForm(request.POST)
    if form.is_from_a_machine():
        return show(request, "preferences_asked", ASK)
    found = guard(form, now=now)
    if found is not Guard.OPEN:
        shown = form.data["shown"] if found is Guard.TOO_FAST else fresh
        hint = _("Please press the button once more.")
        return show(request, "preferences_ask", ASK, form=form, shown=shown, hint=hint)
    status = _request_link(request, form)
    if status is None:
        return show(request, "preferences_asked", ASK)
    answer = show(request, "preferences_ask", ASK, form=form, shown=form.data["shown"], status=status)
    if status == 429:
        answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def _request_link(request: HttpRequest, form: LinkForm) -> int | None:
    if not form.is_valid():
        return 400
    try:
        subscription.request_link(
            form.cleaned_data["email"],
            language=own_language(),
            ip=reader_ip(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        form.refuse(refusal)
        return 429 if refusal.code == "limit" else 400
    return None


def _opened_by_link(
    view: Callable[[HttpRequest, str, Subscriber], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give a view the reader whom a link names: 404 for a forged one, 410 with the way out for an old one."""

    @token_page
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            pk = keys.read(Purpose.MANAGE, token, now=timezone.now())
            subscriber = Subscriber.objects.filter(pk=pk).first()
        except BadToken as bad:
            if not bad.expired:
                raise Http404 from bad
            subscriber = None
        if subscriber is None:
            return show(request, "preferences_expired", CHANGE, token=token, status=410)
        return view(request, token, subscriber)

    return opened


@_opened_by_link
def change(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Show what a reader has chosen, or change it."""
    if request.method != "POST":
        return _preferences(request, token, subscriber, PreferencesForm.of(subscriber))
    form = PreferencesForm(request.POST)
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            subscription.change(
                subscriber,
                language=given["language"],
                time_zone=given["time_zone"],
                plain=given["plain"],
                followed=given["followed"],
                ip=reader_ip(request),
                now=timezone.now(),
            )
            return _preferences(request, token, subscriber, PreferencesForm.of(subscriber), saved=True)
        except Refused as refusal:
            form.refuse(refusal)
    return _preferences(request, token, subscriber, form, status=400)


def _preferences(
    request: HttpRequest,
    token: str,
    subscriber: Subscriber,
    form: PreferencesForm,
    *,
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    zone = str(form["time_zone"].value() or "")
    return show(
        request,
        "preferences",
        CHANGE,
        status=status,
        token=token,
        subscriber=subscriber,
        form=form,
        saved=saved,
        zone=zone,
        regions=zones_by_region(zone),
        hubs_of_claims=_claims_by_hub(set(form["followed"].value() or [])),
        leave_token=keys.token(Purpose.UNSUBSCRIBE, subscriber.pk),
    )


def _claims_by_hub(chosen: set[str]) -> list[tuple[str, list[Choice]]]:
    claims = list(subscription.followable().order_by("code").values_list("pk", "code", "topic"))
    said = statements([pk for pk, _code, _topic in claims])
    by_hub: dict[str, list[Choice]] = {}
    for pk, code, topic in claims:
        by_hub.setdefault(topic, []).append(Choice(code, said[pk], code in chosen))
    titles = {hub.code: hub.title for hub in context.hubs()}
    return [(titles.get(topic, ""), by_hub[topic]) for topic in sorted(by_hub, key=[*titles, *by_hub].index)]


@_opened_by_link
def export(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:  # noqa: ARG001
    """Give everything held about a reader as a file. Changes nothing, so a GET does."""
    now = timezone.now()
    answer = JsonResponse(
        privacy.export(subscriber, now=now), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    answer["Content-Disposition"] = f'attachment; filename="sunday-brief-{now:%Y-%m-%d}.json"'
    return answer


@_opened_by_link
def erase(request: HttpRequest, token: str, subscriber: Subscriber) -> HttpResponse:
    """Show one button that says what it means; its POST erases."""
    if request.method != "POST":
        return show(request, "erase", "newsletter:preferences-erase", token=token, subscriber=subscriber)
    privacy.erase(subscriber, now=timezone.now())
    return show(request, "erased", "newsletter:preferences-ask", noindex=True)
