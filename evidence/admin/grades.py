"""Grade review at the desk: the list of grades, one page a proposal, and decisions that bind to what was shown."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import RightsAdmin, actor, page, told
from config.rights import Action, may
from evidence.admin import comparing, deciding, reviewing
from evidence.admin.chips import grade_chip, state_chip
from evidence.models import GradeOverride, GradeSnapshot
from evidence.verbs import review, texts, trail

State = GradeSnapshot.State


@admin.register(GradeSnapshot)
class GradeReviewAdmin(RightsAdmin):
    """Every grade ever proposed, those that wait for a decision first. Nothing here is typed; it is decided."""

    list_display = (
        "claim",
        "number",
        "state_now",
        "grade",
        "was",
        "score",
        "status",
        "trigger",
        "who",
        "proposed_at",
    )
    list_filter = ("state", "reader_grade", "trigger", "engine_version")
    search_fields = ("claim__slug", "claim__code", "^dossier_sha256")
    list_select_related = ("claim", "proposed_by", "previous")
    actions = ("approve_selected",)

    def get_ordering(self, _request: HttpRequest) -> tuple[Any, ...]:
        """Put what waits first, the newest on top."""
        waits = Case(
            When(state=State.PROPOSED, then=Value(0)),
            When(state=State.APPROVED, then=Value(1)),
            default=Value(2),
        )
        return (waits.asc(), "-proposed_at", "-pk")

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Offer the bulk action to those the matrix lets approve."""
        return may(request.user, Action.APPROVE_GRADE)

    def get_urls(self) -> list[URLPattern]:
        """Add the review page and the comparison of two engines."""
        guard: Any = self.admin_site.admin_view
        return [
            path("<int:pk>/review/", guard(self.review_view), name="evidence_gradesnapshot_review"),
            path("compare/", guard(self.compare_view), name="evidence_gradesnapshot_compare"),
            *super().get_urls(),
        ]

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Show which grades two engine versions word otherwise, over every current dossier."""
        context = page(self, request, _("Compare two engines"), **comparing.shown(request.GET))
        return TemplateResponse(request, "admin/evidence/gradesnapshot/compare.html", context)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the review page: a grade has no form."""
        if not object_id.isdecimal():
            raise Http404
        return self.review_view(request, int(object_id))

    def review_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one grade with all that led to it; take the decision of a second person."""
        chosen = GradeSnapshot.objects.select_related("claim", "proposed_by", "previous")
        snapshot = get_object_or_404(chosen, pk=pk)
        forms = deciding.DecisionForms.of(request, snapshot)
        if request.method == "POST" and forms.taken():
            messages.success(request, _("Decided: %(grade)s") % {"grade": snapshot})
            return HttpResponseRedirect(request.path)
        touched = (
            request.user.pk in trail.contributors(snapshot.claim)
            or snapshot.proposed_by_id == request.user.pk
        )
        context = page(
            self,
            request,
            _("Grade review"),
            subtitle=str(snapshot),
            form=forms.decision,
            override_form=forms.override,
            second_form=forms.second,
            refused=forms.refused,
            is_open=snapshot.state == State.PROPOSED,
            is_overridable=snapshot.state in (State.PROPOSED, State.CURRENT),
            may_decide=may(request.user, Action.APPROVE_GRADE),
            touched=touched,
            **reviewing.shown(snapshot, review.newest_texts(snapshot.claim)),
        )
        return TemplateResponse(request, "admin/evidence/gradesnapshot/review.html", context)

    @admin.action(description=gettext_lazy("Approve the selected grades"), permissions=["approve"])
    def approve_selected(
        self, request: HttpRequest, queryset: QuerySet[GradeSnapshot]
    ) -> HttpResponse | None:
        """Show each with its hash; on confirmation approve each, as it was shown, or say why not."""
        if "confirmed" in request.POST:
            for snapshot in queryset:
                _approve_one(request, snapshot)
            return None
        rows = [
            {
                "snapshot": snapshot,
                "text": texts.latest(snapshot.claim, "en"),
                "seen": trail.fingerprint(review.manifest(snapshot)),
                "override": snapshot.overrides.filter(state=GradeOverride.State.ASKED).first(),
            }
            for snapshot in queryset.select_related("claim", "previous")
        ]
        context = page(self, request, _("Approve grades"), rows=rows, action="approve_selected")
        return TemplateResponse(request, "admin/evidence/gradesnapshot/approve_selected.html", context)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, snapshot: GradeSnapshot) -> SafeString:
        """Show where it stands."""
        return state_chip(snapshot.state, snapshot.get_state_display())

    @admin.display(description=gettext_lazy("grade"), ordering="reader_grade")
    def grade(self, snapshot: GradeSnapshot) -> SafeString | str:
        """Show the grade."""
        return grade_chip(snapshot)

    @admin.display(description=gettext_lazy("before"))
    def was(self, snapshot: GradeSnapshot) -> SafeString | str:
        """Show the grade that was current when this one was proposed."""
        return grade_chip(snapshot.previous)

    @admin.display(description=gettext_lazy("proposed by"))
    def who(self, snapshot: GradeSnapshot) -> str:
        """Name the person, or the clock."""
        return str(snapshot.proposed_by or _("the clock"))


def _approve_one(request: HttpRequest, snapshot: GradeSnapshot) -> None:
    seen = request.POST.get(f"seen_{snapshot.pk}", "")
    with told(request, about=str(snapshot)):
        review.approve(snapshot, by=actor(request), now=timezone.now(), seen=seen)
        messages.success(request, _("Approved: %(grade)s") % {"grade": snapshot})
