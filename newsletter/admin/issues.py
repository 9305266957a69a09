"""Issues of the brief at the desk: the list, and the addresses of an issue's pages. Every change is a verb's."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from config.admin_rights import RightsAdmin, actor, told
from config.rights import Action, may
from evidence.admin.chips import state_chip
from newsletter import sundays
from newsletter.admin import issue_approving, issue_composing, issue_previews, issue_watching, issue_words
from newsletter.models import Issue, IssueText
from newsletter.verbs import composing, steering

View = Callable[..., HttpResponse]


@admin.register(Issue)
class IssueAdmin(RightsAdmin):
    """One row a week. An issue is composed by a verb, never typed in, and never deleted."""

    list_display = ("iso_week", "sunday_day", "state_now", "lines_kept", "subject", "approved_by", "progress")
    list_display_links = ("iso_week",)
    list_filter = ("state",)
    search_fields = ("iso_week", "texts__subject")
    list_select_related = ("live_revision__approved_by",)
    actions = None
    may_change = (Action.COMPOSE_BRIEF,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the lines' number and the subjects along."""
        subjects = Prefetch("texts", queryset=IssueText.objects.only("issue", "language", "subject"))
        kept = Count("lines", filter=Q(lines__dropped=False), distinct=True)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(kept=kept)
        return rows.prefetch_related(subjects)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of an issue."""
        library: Any = super()
        return [
            path("compose/", self.admin_site.admin_view(self.compose_now), name="newsletter_issue_compose"),
            *self._pages(),
            *library.get_urls(),
        ]

    def _pages(self) -> list[URLPattern]:
        def page(route: str, view: View, name: str, *, whole: bool = True) -> URLPattern:
            def shown(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
                issue = get_object_or_404(Issue.objects.select_related("live_revision__approved_by"), pk=pk)
                return view(*([self] if whole else []), request, issue, **kwargs)

            return path(
                f"<int:pk>/{route}", self.admin_site.admin_view(shown), name=f"newsletter_issue_{name}"
            )

        return [
            page("preview/", issue_previews.preview_view, "preview"),
            page("frame/<str:form>/<str:language>/", issue_previews.frame_view, "frame", whole=False),
            page("message/<str:form>/<str:language>/", issue_previews.download_view, "message", whole=False),
            page("test/", issue_previews.test_view, "test"),
            page("approve/", issue_approving.approve_view, "approve"),
            page("watch/", issue_watching.watch_view, "watch"),
            page("steer/", issue_watching.steer_view, "steer"),
            page("settle/<int:delivery_pk>/", issue_watching.settle_view, "settle", whole=False),
            page("domain/<int:domain_pk>/", issue_watching.resume_domain_view, "domain", whole=False),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the page an issue is composed on."""
        if not object_id.isdecimal():
            raise Http404
        chosen = Issue.objects.select_related("live_revision__approved_by")
        return issue_composing.compose_view(self, request, get_object_or_404(chosen, pk=int(object_id)))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer to compose the coming Sunday's issue, or to open it."""
        sunday = sundays.next_sunday(timezone.now())
        there = Issue.objects.filter(iso_week=sundays.iso_week(sunday)).first()
        more = {
            "title": _("Issues of the brief"),
            "coming": issue_words.day(sunday),
            "coming_issue": there,
            "may_compose": may(request.user, Action.COMPOSE_BRIEF),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def compose_now(self, request: HttpRequest) -> HttpResponse:
        """Compose the coming Sunday's issue, or find it composed, and open it."""
        issue = None
        if request.method == "POST":
            now = timezone.now()
            with told(request):
                issue = composing.compose(sundays.next_sunday(now), by=actor(request), now=now)
        if issue is None:
            return HttpResponseRedirect(reverse("admin:newsletter_issue_changelist"))
        if issue.state == Issue.State.EMPTY:
            messages.info(request, _("Nothing has changed since the last cut: the week is empty so far."))
        return HttpResponseRedirect(reverse("admin:newsletter_issue_change", args=[issue.pk]))

    @admin.display(description=gettext_lazy("Sunday"), ordering="sunday")
    def sunday_day(self, issue: Issue) -> str:
        """Write the Sunday."""
        return issue_words.day(issue.sunday)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, issue: Issue) -> SafeString:
        """Show where the issue stands."""
        return state_chip(issue.state, issue.get_state_display())

    @admin.display(description=gettext_lazy("lines"), ordering="kept")
    def lines_kept(self, issue: Any) -> int:
        """Count the lines that are not left out."""
        return int(issue.kept)

    @admin.display(description=gettext_lazy("subject"))
    def subject(self, issue: Issue) -> str:
        """Show the subject in the desk's language."""
        subjects = {text.language: text.subject for text in issue.texts.all()}
        return subjects.get(get_language() or "en") or "–"

    @admin.display(description=gettext_lazy("approved by"))
    def approved_by(self, issue: Issue) -> str:
        """Name who approved what would go, or went."""
        return str(issue.live_revision.approved_by) if issue.live_revision else "–"

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, issue: Issue) -> str:
        """Say how many of the audience got it; what is over is not counted again."""
        if issue.audience is None:
            return "–"
        if issue.state in issue_watching.STEERED_IN:
            sent = steering.progress(issue, now=timezone.now())["counts"]["sent"]
            return _("%(sent)s of %(audience)s sent") % {"sent": sent, "audience": issue.audience}
        return ngettext("%(audience)s reader", "%(audience)s readers", issue.audience) % {
            "audience": issue.audience
        }
