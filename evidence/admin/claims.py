"""Claims at the desk: their coding in one page, with ways to texts and grades (claim_pages.py)."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from config.admin_rights import RightsAdmin, actor, save_rows, saving
from config.rights import Action, may
from evidence.admin import claim_pages
from evidence.admin.chips import grade_chip, state_chip
from evidence.admin.inlines import INLINES
from evidence.models import Claim, Finding, GradeSnapshot
from evidence.models.claims import ClaimQuerySet
from evidence.models.codes import ReaderGrade
from evidence.verbs import coding

State = GradeSnapshot.State


class GradeFilter(admin.SimpleListFilter):
    """Claims by the grade readers see, ungraded ones among them."""

    title = _("grade")
    parameter_name = "grade"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """List the grades, and that there is none."""
        return [*ReaderGrade.choices, ("none", _("Not graded yet"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        """Keep the claims of the grade chosen."""
        if self.value() == "none":
            return queryset.exclude(grades__state=State.CURRENT)
        if self.value():
            current = GradeSnapshot.objects.current().filter(reader_grade=self.value())
            return queryset.filter(pk__in=current.values("claim"))
        return queryset


class WaitingFilter(admin.SimpleListFilter):
    """Claims that wait for somebody: a proposal open, or a check overdue."""

    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """List what a claim can wait for."""
        return [("proposal", _("Grade proposed")), ("overdue", _("Review overdue"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> QuerySet[Claim]:
        """Keep the claims that wait for it."""
        claims: ClaimQuerySet = queryset
        if self.value() == "proposal":
            return claims.filter(grades__state=State.PROPOSED)
        return claims.review_overdue(timezone.now().date()) if self.value() == "overdue" else claims


@admin.register(Claim)
class ClaimAdmin(RightsAdmin, SimpleHistoryAdmin):
    """A claim with everything that is coded of it."""

    may_add = (Action.CODE_EVIDENCE,)
    may_change = (Action.CODE_EVIDENCE, Action.EDIT_CLAIM_TEXT)
    list_display = ("slug", "code", "topic", "claim_type", "grade_now", "proposal", "next_check", "overdue")
    list_filter = (GradeFilter, WaitingFilter, "claim_type", "topic", "safety")
    search_fields = ("slug", "code", "texts__statement")
    change_form_template = "admin/evidence/claim/change_form.html"
    fieldsets = (
        (None, {"fields": (("code", "slug"), ("claim_type", "topic"), ("searched_through", "next_check"))}),
        (
            _("People, intervention, comparison, outcome"),
            {
                "fields": (
                    ("population_en", "population_zh_hant"),
                    ("intervention_en", "intervention_zh_hant"),
                    ("comparator_en", "comparator_zh_hant"),
                    ("outcome_en", "outcome_zh_hant"),
                )
            },
        ),
        (_("Safety"), {"fields": ("safety", ("safety_reason_en", "safety_reason_zh_hant"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Read the grades that matter along."""
        now = GradeSnapshot.objects.filter(Q(state=State.CURRENT) | Q(state__in=GradeSnapshot.OPEN))
        claims: QuerySet[Claim] = super().get_queryset(request)
        return claims.prefetch_related(Prefetch("grades", queryset=now, to_attr="grades_now"))

    def get_inlines(self, _request: HttpRequest, obj: Any) -> Any:
        """Code evidence once the claim exists."""
        return INLINES if obj is not None else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the code of a claim for ever; leave type and safety to those who code."""
        if obj is None:
            return ()
        coded = () if may(request.user, Action.CODE_EVIDENCE) else coding.DOSSIER_FIELDS
        return ("code", *coded)

    def save_model(self, request: HttpRequest, obj: Any, _form: Any, change: Any) -> None:  # noqa: ARG002
        """Write through the verb."""
        with saving():
            coding.save_claim(obj, by=actor(request), now=timezone.now())

    def save_formset(self, request: HttpRequest, _form: Any, formset: Any, change: Any) -> None:  # noqa: ARG002
        """Write each changed row through the verb, and no other."""
        by, now = actor(request), timezone.now()

        def save(row: Any) -> None:
            pooled = list(row.cleaned_data["pooled"]) if isinstance(row.instance, Finding) else None
            coding.save(row.instance, by=by, now=now, includes=pooled)

        save_rows(formset, save, lambda row: coding.remove(row, by=by, now=now))  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        """Add the pages for texts and for proposing."""

        def page(route: str, view: Any, name: str) -> URLPattern:
            def bound(request: HttpRequest, pk: int, **rest: Any) -> HttpResponse:
                answer: HttpResponse = view(self, request, pk, **rest)
                return answer

            return path(route, self.admin_site.admin_view(bound), name=f"evidence_claim_{name}")

        library: Any = super()
        return [
            page("<int:pk>/texts/review/", claim_pages.review_texts, "review_texts"),
            page("<int:pk>/texts/<str:language>/", claim_pages.write_text, "text"),
            page("<int:pk>/propose/", claim_pages.propose, "propose"),
            *library.get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show texts and grades beside the form, with what may be done."""
        if (claim := kwargs.get("obj")) is not None:
            context |= claim_pages.beside(claim, request.user)
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @admin.display(description=_("grade"))
    def grade_now(self, claim: Any) -> SafeString | str:
        """Show what readers see."""
        return grade_chip(_of(claim, State.CURRENT))

    @admin.display(description=_("proposed"))
    def proposal(self, claim: Any) -> SafeString | str:
        """Show what waits for a decision or a release."""
        return grade_chip(_of(claim, *GradeSnapshot.OPEN))

    @admin.display(description=_("overdue"))
    def overdue(self, claim: Any) -> SafeString | str:
        """Say that the next check is behind us."""
        due: date | None = claim.next_check
        late = due is not None and due < timezone.now().date() and _of(claim, State.CURRENT) is not None
        return state_chip("overdue", _("Overdue")) if late else ""


def _of(claim: Any, *states: str) -> GradeSnapshot | None:
    return next((grade for grade in claim.grades_now if grade.state in states), None)
