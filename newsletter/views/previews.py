"""Mail shown in a frame of the desk: its inline styles allowed, everything else of it switched off."""

from django.http import HttpResponse

# The site's own policy forbids inline styles and framing; a policy the answer brings is left as it is.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


def as_preview_response(html: str) -> HttpResponse:
    """Return the HTML of a message as a page for a sandboxed frame: no script, no request, no way to navigate."""
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "no-store"
    return response
