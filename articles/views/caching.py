"""ETag and 304 for public pages. What a page depends on is named by its view; nothing is kept here."""

import hashlib
import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

FRESH = "public, max-age=0, must-revalidate"


def etag(*facts: object) -> str:
    """Return a weak ETag of what a page shows: its facts, the site's release and the language.

    Weak (RFC 9110, 8.8.1), because compression on the way changes bytes and not the page.
    """
    parts = json.dumps([facts, settings.SITE_RELEASE, get_language()], default=str, ensure_ascii=True)
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'


def answer(request: HttpRequest, build: Callable[[], HttpResponse], *facts: object) -> HttpResponse:
    """Answer 304 when the reader holds this state already, else what `build` renders, with its ETag."""
    tag = etag(*facts)
    unchanged = get_conditional_response(request, etag=tag)
    # A state older than the reader's condition comes back as 304 or, for unsafe methods, 412; else None.
    response = build() if unchanged is None else unchanged
    response["ETag"] = tag
    response["Cache-Control"] = FRESH
    return response
