"""What the public pages of the brief share: whose network address it is, pages nobody keeps, the guard of a form.

Every address here takes a POST without a CSRF token. The pages hold no cookie, so there is no session to ride on:
what acts is either the token in the address, which only its reader has, or a request that confirmation and limits
make harmless.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.views import frame
from newsletter import keys
from newsletter.forms import GuardedForm
from newsletter.keys import BadToken, Purpose

FILL_TIME = timedelta(seconds=3)
RETRY_AFTER = 3600
View = Callable[..., HttpResponse]


class Guard(StrEnum):
    """What the time between showing a form and sending it says."""

    OPEN = "open"
    NEVER_SHOWN = "never_shown"  # a small box elsewhere, which holds an address and no more
    TOO_FAST = "too_fast"
    TOO_OLD = "too_old"


def public_form(view: View) -> View:
    """Let a view show itself (GET, HEAD) and act (POST), without a cookie; no copy of it is kept anywhere."""
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(never_cache(view)))


def token_page(view: View) -> View:
    """Do the same for a page whose address is a secret: it is not named to others and not indexed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return public_form(guarded)


def show(
    request: HttpRequest, template: str, route: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of the brief, with its address in the other language; one with a token is not indexed."""
    arguments = {"token": context["token"]} if "token" in context else {}
    shared = {
        "alternates": frame.in_both(route, **arguments),
        "canonical": "" if arguments else reverse(route),
        "noindex": bool(arguments),
    }
    return render(request, f"newsletter/{template}.html", shared | context, status=status)


def reader_ip(request: HttpRequest) -> str:
    """Return the network address a request came from, empty where none can be known.

    Each of our TRUSTED_PROXIES appends whom it heard to X-Forwarded-For; what stands further left anybody may
    have written, so it is counted from the right.
    """
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    given = heard[-proxies] if 0 < proxies <= len(heard) else nearest
    for candidate in (given, nearest):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return ""


def form_token(now: datetime) -> str:
    """Return what a form carries so that it is known when it was shown."""
    return keys.token(Purpose.FORM, 0, now=now)


def guard(form: GuardedForm, *, now: datetime) -> Guard:
    """Say whether a form was shown, and long enough ago for a person to fill it."""
    shown = form.data.get("shown", "")
    if not shown:
        return Guard.NEVER_SHOWN
    try:
        since = now - keys.made_at(Purpose.FORM, shown, now=now)
    except BadToken:
        return Guard.TOO_OLD
    return Guard.OPEN if since >= FILL_TIME else Guard.TOO_FAST
