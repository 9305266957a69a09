"""The mailbox's pages: the list, one mail in four ways, and the frame its HTML is shown in. Only when EMBEDDED."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from articles.views import frame
from newsletter.mailbox import folder
from newsletter.mailbox.folder import Mail
from newsletter.mailbox.reading import Letter, framed, linked

A_PAGE = 50
SANDBOX = "allow-top-navigation-by-user-activation allow-popups"
View = Callable[..., HttpResponse]
# django-csp types every view as one without arguments.
_holding_frames: Callable[[View], View] = csp_update({"frame-src": [SELF]})  # type: ignore[assignment]
_as_mail: Callable[[View], View] = csp(  # type: ignore[assignment]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": [NONE],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
        # Whoever opens the frame by itself is as safe as inside it.
        "sandbox": SANDBOX.split(),
    }
)


def _private(view: View) -> View:
    """Show (GET, HEAD) what nobody may keep or index."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer["X-Robots-Tag"] = "noindex"
        # A mail's address in the folder is nobody's business, and links in mails carry tokens.
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    return require_safe(cache_control(no_store=True, private=True)(guarded))


@_private
def mail_list(request: HttpRequest) -> HttpResponse:
    """Show the mails, the newest first, to everybody or to one address."""
    search = request.GET.get("to", "").strip()
    page = Paginator(list(folder.found(search)), A_PAGE).get_page(request.GET.get("page"))
    read = [(mail, folder.read(mail.name)) for mail in page.object_list]
    rows = [(mail, Letter(kept[1])) for mail, kept in read if kept]
    return render(
        request,
        "newsletter/mailbox_list.html",
        {
            "alternates": frame.in_both("mailbox:mail-list"),
            "noindex": True,
            "page": page,
            "rows": rows,
            "search": search,
        },
    )


@_private
@_holding_frames
def mail_detail(request: HttpRequest, name: str, part: str = "") -> HttpResponse:
    """Show one mail: its text, its HTML in a frame, its headers or its source."""
    mail, letter = _letter(name)
    parts = [way for way in ("text", "html") if getattr(letter, way)] + ["headers", "source"]
    if part and part not in parts:
        raise Http404
    shown = part or parts[0]
    return render(
        request,
        "newsletter/mailbox_detail.html",
        {
            "alternates": frame.in_both("mailbox:mail-part", name=name, part=shown),
            "noindex": True,
            "mail": mail,
            "letter": letter,
            "parts": parts,
            "shown": shown,
            "text": linked(letter.text) if shown == "text" else "",
            # As a path, so that a form may go there under whichever name of this machine the page was opened.
            "leave": letter.one_click.removeprefix(settings.SITE_URL.rstrip("/")),
            "sandbox": SANDBOX,
        },
    )


@_private
@xframe_options_sameorigin
@_as_mail
def mail_frame(_request: HttpRequest, name: str) -> HttpResponse:
    """Serve a mail's HTML by itself, under rules of its own: no script, no image, styles of its own."""
    _mail, letter = _letter(name)
    if not letter.html:
        raise Http404
    return HttpResponse(framed(letter.html))


def _letter(name: str) -> tuple[Mail, Letter]:
    kept = folder.read(name)
    if kept is None:
        raise Http404
    return kept[0], Letter(kept[1])
