"""Asking for the brief, confirming, leaving. GET and HEAD show; only a POST acts, and no script presses the button."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.refusal import Refused
from newsletter import keys
from newsletter.forms import AskForm, own_language, zones_by_region
from newsletter.keys import BadToken, Purpose
from newsletter.verbs import subscription
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


@public_form
def subscribe(request: HttpRequest) -> HttpResponse:
    """Show the form, or take it: as a page sends it, or as JSON with the same names."""
    if request.method != "POST":
        return _form(request, _empty(), shown=form_token(timezone.now()))
    if request.content_type == "application/json":
        return _ask_in_json(request)
    return _ask_on_page(request)


def _empty(email: str = "") -> AskForm:
    return AskForm(initial={"language": own_language(), "email": email})


def _form(
    request: HttpRequest, form: AskForm, *, shown: str, hint: str = "", status: int = 200
) -> HttpResponse:
    zone = str(form["time_zone"].value() or "")
    return show(
        request,
        "subscribe",
        "newsletter:subscribe",
        status=status,
        form=form,
        shown=shown,
        hint=hint,
        zone=zone,
        regions=zones_by_region(zone),
        consent=subscription.CONSENT,
    )


def _ask_on_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = AskForm(request.POST)
    if form.is_from_a_machine():
        return _asked(request)
    fresh = form_token(now)
    match guard(form, now=now):
        case Guard.NEVER_SHOWN:
            return _form(request, _empty(request.POST.get("email", "")), shown=fresh)
        case Guard.TOO_FAST:
            # The same token again, so that pressing once more a moment later is enough.
            hint = _(
                "That was very quick. Please press the button once more, so that we know you are no machine."
            )
            return _form(request, form, shown=form.data["shown"], hint=hint)
        case Guard.TOO_OLD:
            hint = _("This page was open for a long time. Please press the button once more.")
            return _form(request, form, shown=fresh, hint=hint)
    refused = _ask(request, form, source="form", wording=str(subscription.CONSENT))
    if refused is None:
        return _asked(request)
    answer = _form(request, form, shown=form.data["shown"], status=refused)
    return _with_retry(answer)


def _ask_in_json(request: HttpRequest) -> HttpResponse:
    """Take what a program asks: {"email", "language"?, "time_zone"?, "plain"?}; 202, or the fields that are wrong.

    No fill time: a program was shown no form. The trap, the limits and the confirmation hold all the same.
    """
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return JsonResponse({"errors": {"body": [_("Send one JSON object.")]}}, status=400)
    form = AskForm({"language": own_language(), "time_zone": "UTC", **given})
    refused = None if form.is_from_a_machine() else _ask(request, form, source="json", wording="")
    if refused is None:
        return JsonResponse({"detail": _said_to_everybody()}, status=202)
    return _with_retry(JsonResponse({"errors": form.errors}, status=refused))


def _ask(request: HttpRequest, form: AskForm, *, source: str, wording: str) -> int | None:
    """Ask, and return None; or put onto the form what is wrong, and return the status that says so."""
    if not form.is_valid():
        return 400
    given: dict[str, Any] = form.cleaned_data
    try:
        subscription.ask(
            given["email"],
            language=given["language"],
            time_zone=given["time_zone"],
            plain=given["plain"],
            source=source,
            wording=wording,
            ip=reader_ip(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        form.refuse(refusal)
        return 429 if refusal.code == "limit" else 400
    return None


def _with_retry(answer: HttpResponse) -> HttpResponse:
    if answer.status_code == 429:
        answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def _said_to_everybody() -> str:
    return _("If this address is not subscribed yet, a mail with a link to confirm is on its way to it.")


def _asked(request: HttpRequest) -> HttpResponse:
    return show(request, "asked", "newsletter:subscribe", said=_said_to_everybody())


@token_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; its POST subscribes."""
    now = timezone.now()
    route = "newsletter:subscription-confirm"
    try:
        if request.method != "POST":
            keys.read(Purpose.CONFIRM, token, now=now)
            return show(request, "confirm", route, token=token, consent=subscription.CONSENT)
        subscriber = subscription.confirm(token, ip=reader_ip(request), now=now)
    except BadToken as bad:
        if not bad.expired:
            raise Http404 from bad
        return show(request, "expired", route, token=token, status=410)
    return show(request, "confirmed", route, token=token, subscriber=subscriber)


@token_page
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; any POST lets go, as RFC 8058 asks: no cookie, no redirect, whatever the body is.

    The body is never read: a mail service may send it in any form, or none.
    """
    now = timezone.now()
    route = "newsletter:subscription-leave"
    try:
        if request.method != "POST":
            keys.read(Purpose.UNSUBSCRIBE, token, now=now)
            return show(request, "leave", route, token=token)
        source = "leave page" if "page" in request.GET else "one click"
        subscription.leave(token, source=source, ip=reader_ip(request), now=now)
    except BadToken as bad:
        raise Http404 from bad
    return show(request, "left", route, token=token)
