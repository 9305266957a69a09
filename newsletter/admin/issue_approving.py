"""The page an issue is approved on: exactly what is approved, with its hash. The second person is the verb's rule."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin_rights import actor, attempt
from newsletter.admin import issue_previews, issue_sheet, issue_state
from newsletter.admin.issue_forms import ApproveForm
from newsletter.models import Issue
from newsletter.verbs import approval


@issue_previews.holding_frames
def approve_view(model_admin: Any, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Show what would be approved; on a post approve it if it is still what was shown, or say why not."""
    form = ApproveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and attempt(form, lambda: _approve(request, issue, form)):
        messages.success(request, _("Approved. Not a byte of it can change without another approval."))
        return HttpResponseRedirect(reverse("admin:newsletter_issue_change", args=[issue.pk]))
    issue.refresh_from_db()
    state = issue_state.readiness(issue_sheet.read(issue))
    manifest = state["manifest"]
    context = issue_state.page(
        model_admin,
        request,
        issue,
        "approve",
        form=form,
        applies=applies(issue, manifest),
        seen=manifest.sha256 if manifest else "",
        frames=issue_previews.frames(issue, "html", manifest.contents) if manifest else [],
        texts=issue_previews.texts(manifest) if manifest else [],
        **state,
    )
    return TemplateResponse(request, "admin/newsletter/issue/approve.html", context)


def applies(issue: Issue, manifest: approval.Manifest | None) -> bool:
    """Say whether there is something to approve: a draft, or a paused issue that differs from what is live."""
    live = issue.live_revision
    if issue.state == Issue.State.PAUSED and live is not None and manifest is not None:
        return manifest.revision != live.number
    return issue.state in issue_state.APPROVED_IN


def _approve(request: HttpRequest, issue: Issue, form: ApproveForm) -> None:
    approval.approve(issue, by=actor(request), now=timezone.now(), seen=form.cleaned_data["seen"])
