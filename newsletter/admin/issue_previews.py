"""Looking at an issue before it goes: frames with the very renditions of the manifest, downloads, and test sends.

A frame is somebody's mail inside the desk: it may run nothing, send nothing, and be framed by the desk alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.clickjacking import xframe_options_sameorigin

from articles.context import hubs
from config.admin_rights import REFUSALS, actor, as_validation_error
from config.refusal import Refused
from evidence.models.claims import LANGUAGE_CHOICES
from newsletter import keys
from newsletter.admin import issue_sheet, issue_state
from newsletter.admin.issue_forms import HTML_LANGUAGES, TestSendForm
from newsletter.content import Content
from newsletter.messages import Rendered, Stencil
from newsletter.models import Issue
from newsletter.rendering.preview import Scheme, in_scheme
from newsletter.verbs import approval, test_sending
from newsletter.views.past import Past
from newsletter.views.previews import as_preview_response

Decorator = Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]

# Only the pages that show frames may hold them.
holding_frames: Decorator = cast("Decorator", csp_update({"frame-src": [SELF]}))
# The archive's page in a frame: the site's own styles, no script, no form, no way out of it.
_as_page: Decorator = cast(
    "Decorator",
    csp_replace(
        {
            "default-src": [NONE],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "frame-ancestors": [SELF],
            "form-action": [NONE],
            "base-uri": [NONE],
            "sandbox": True,
        }
    ),
)
# Nothing runs in the frame anyway; without the tags no browser complains that nothing did.
_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)


@dataclass(frozen=True)
class Form:
    """One way to look at an issue: its code in addresses, its name, and which rendition it shows."""

    code: str
    label: Any
    plain: bool = False
    scheme: Scheme | None = None


FORMS = (
    Form("html", gettext_lazy("HTML, by day"), scheme=Scheme.LIGHT),
    Form("dark", gettext_lazy("HTML, in the dark"), scheme=Scheme.DARK),
    Form("phone", gettext_lazy("Phone"), scheme=Scheme.LIGHT),
    Form("text", gettext_lazy("Plain text"), plain=True),
    Form("web", gettext_lazy("In the archive")),
)
BY_CODE = {form.code: form for form in FORMS}


@holding_frames
def preview_view(model_admin: Any, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Show an issue in both languages in one of the forms, with its downloads and the form of a test send."""
    by = actor(request)
    return _shown(model_admin, request, issue, TestSendForm(initial={"to": by.email, "language": "en"}))


@holding_frames
def test_view(model_admin: Any, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Send the same bytes to one address with [TEST]; a refusal shows the form again."""
    if request.method != "POST":
        return HttpResponseRedirect(_preview(issue))
    form = TestSendForm(request.POST)
    if form.is_valid() and _sent(request, issue, form):
        messages.success(request, _("A test was sent to %(to)s.") % {"to": form.cleaned_data["to"]})
        return HttpResponseRedirect(_preview(issue) + "#test")
    return _shown(model_admin, request, issue, form)


def frame_view(request: HttpRequest, issue: Issue, form: str, language: str) -> HttpResponse:
    """Answer with one rendition alone, for a frame of the preview."""
    content, rendered = _rendition(issue, form, language)
    if form == "web":
        return _archive_page(request, issue, content)
    return as_preview_response(in_scheme(rendered.html, _form(form).scheme))


def download_view(request: HttpRequest, issue: Issue, form: str, language: str) -> HttpResponse:
    """Answer with the message as it goes over the wire, addressed to who asks, its link to leave nobody's."""
    _content, rendered = _rendition(issue, form, language)
    by = actor(request)
    wire = Stencil(rendered.wire, rendered.followed).fill(
        to=by.email if by.email.isascii() and by.email else "nobody@localhost",
        date=format_datetime(timezone.now()),
        message_id=keys.message_id(issue.pk, 0),
        subscriber_id=0,
        follows=list(rendered.followed),
    )
    answer = HttpResponse(wire, content_type="message/rfc822")
    kind = "text" if rendered.plain else "html"
    answer["Content-Disposition"] = f'attachment; filename="brief-{issue.iso_week}-{language}-{kind}.eml"'
    return answer


def frames(issue: Issue, code: str, contents: dict[str, Content]) -> list[dict[str, Any]]:
    """Return a frame for each language, with what a page says beside it."""
    shown = BY_CODE[code]
    if shown.plain:
        return []
    return [
        {
            "form": code,
            "label": label,
            "lang": HTML_LANGUAGES[language],
            "subject": contents[language].subject,
            "title": f"{shown.label}, {label}",
            "url": reverse("admin:newsletter_issue_frame", args=[issue.pk, code, language]),
        }
        for language, label in LANGUAGE_CHOICES
    ]


def texts(manifest: approval.Manifest) -> list[dict[str, str]]:
    """Return the subject and the plain text of each language."""
    return [
        {
            "lang": HTML_LANGUAGES[language],
            "subject": content.subject,
            "text": manifest.renditions[language, True].text,
        }
        for language, content in manifest.contents.items()
    ]


def _shown(model_admin: Any, request: HttpRequest, issue: Issue, form: TestSendForm) -> HttpResponse:
    asked = request.GET.get("form", "html")
    chosen = asked if asked in BY_CODE else "html"
    state = issue_state.readiness(issue_sheet.read(issue))
    manifest = state["manifest"]
    context = issue_state.page(
        model_admin,
        request,
        issue,
        "preview",
        form=form,
        forms=FORMS,
        chosen=chosen,
        frames=frames(issue, chosen, manifest.contents) if manifest else [],
        texts=texts(manifest) if manifest and BY_CODE[chosen].plain else [],
        downloads=_downloads(issue),
        **state,
    )
    return TemplateResponse(request, "admin/newsletter/issue/preview.html", context)


@xframe_options_sameorigin
@_as_page
def _archive_page(request: HttpRequest, issue: Issue, content: Content) -> HttpResponse:
    """Show the issue as its page in the archive will be, by the archive's own template."""
    now = timezone.now()
    with override(content.language):
        shown = Past(issue.iso_week, issue.sunday, issue.began_at or now, now, content)
        said = {
            "hubs": hubs(),
            "alternates": [],
            "canonical": request.path,
            "issue": shown,
            "sections": [
                {"code": code, "heading": heading, "lines": [(line, None) for line in lines]}
                for code, heading, lines in shown.sections
            ],
            "references": [(reference, False) for reference in content.references],
        }
        html = render_to_string("newsletter/issue_detail.html", said, request)
    return HttpResponse(_SCRIPTS.sub("", html))


def _downloads(issue: Issue) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{label}, {BY_CODE[code].label if code == 'text' else _('HTML and plain text')} (.eml)",
            "url": reverse("admin:newsletter_issue_message", args=[issue.pk, code, language]),
        }
        for language, label in LANGUAGE_CHOICES
        for code in ("html", "text")
    ]


def _sent(request: HttpRequest, issue: Issue, form: TestSendForm) -> bool:
    """Hand the test over; in no transaction, since the verb waits for the relay. A refusal goes onto the form."""
    try:
        test_sending.test_send(issue, by=actor(request), now=timezone.now(), **form.cleaned_data)
    except REFUSALS as reason:
        form.add_error(None, as_validation_error(reason))
        return False
    return True


def _rendition(issue: Issue, form: str, language: str) -> tuple[Content, Rendered]:
    """Return what the manifest holds for a form and language; 404 where it cannot be rendered."""
    plain = _form(form).plain
    try:
        manifest = issue_state.manifest_of(issue)
    except Refused as reason:
        raise Http404(str(reason)) from reason
    if language not in manifest.contents:
        raise Http404
    return manifest.contents[language], manifest.renditions[language, plain]


def _form(code: str) -> Form:
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code]


def _preview(issue: Issue) -> str:
    return reverse("admin:newsletter_issue_preview", args=[issue.pk])
