"""The blind re-check at the desk: which claims wait, the screen that hides everything but question and studies.

No page here leads to a claim's coding or grade. Written by rechecking.submit.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.admin_rights import RecordAdmin, TabularRows, actor, attempt, page
from config.rights import Action, may
from evidence.forms import BlindForm
from evidence.models import BlindCoding, BlindReading, Claim, ClaimEvent
from evidence.models.base import in_language
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.verbs import rechecking, texts

# Enough to choose from; a claim found by its code is read wherever it stands.
OFFERED = 50
ASKED = {
    "population": gettext_lazy("People"),
    "intervention": gettext_lazy("Intervention"),
    "comparator": gettext_lazy("Compared with"),
    "outcome": gettext_lazy("Outcome"),
}


class CodingRows(TabularRows):
    """What the reader made of each result: nobody adds to it or changes it."""

    model = BlindCoding
    fields = ("study", "number", "direction", "quality", "precision", "directness")


@admin.register(BlindReading)
class BlindReadingAdmin(RecordAdmin):
    """Blind readings that were made, and the way to make one."""

    list_display = ("claim", "number", "verdict", "by", "at")
    list_filter = ("verdict",)
    search_fields = ("claim__slug", "claim__code", "by__username")
    list_select_related = ("claim", "by")
    inlines = (CodingRows,)
    change_list_template = "admin/evidence/blindreading/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the list of what may be read, and the reading itself."""
        guard: Any = self.admin_site.admin_view
        return [
            path("read/", guard(self.offer_view), name="evidence_blindreading_offer"),
            path("read/<int:pk>/", guard(self.read_view), name="evidence_blindreading_read"),
            *super().get_urls(),
        ]

    def offer_view(self, request: HttpRequest) -> HttpResponse:
        """List the claims this person has left no trace on, least read first, without a word on their grades."""
        context = page(
            self,
            request,
            _("Claims to read blind"),
            claims=[_question(claim) for claim in _unseen_by(request.user)[:OFFERED]],
            may_read=may(request.user, Action.BLIND_RECHECK),
        )
        return TemplateResponse(request, "admin/evidence/blindreading/offer.html", context)

    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a claim's question and studies; take the codings and the verdict."""
        claim = get_object_or_404(Claim, pk=pk)
        refused = _why_not(claim, request)
        slots = [] if refused else rechecking.slots(claim)
        form = BlindForm(request.POST or None, slots=slots)
        if (
            request.method == "POST"
            and form.is_valid()
            and attempt(form, lambda: _submit(request, claim, form))
        ):
            messages.success(request, _("Your blind reading is kept. It speaks in the next proposal."))
            return HttpResponseRedirect(reverse("admin:evidence_blindreading_offer"))
        context = page(
            self,
            request,
            _("Read blind"),
            form=form,
            refused=refused,
            studies=[{"slot": slot, "fields": fields, **_study(slot)} for slot, fields in form.by_slot()],
            **_question(claim),
        )
        status = 403 if refused and request.method == "POST" else 200
        return TemplateResponse(request, "admin/evidence/blindreading/read.html", context, status=status)


def _submit(request: HttpRequest, claim: Claim, form: BlindForm) -> None:
    given = form.cleaned_data
    rechecking.submit(
        claim,
        by=actor(request),
        now=timezone.now(),
        attests=given["attests"],
        verdict=given["verdict"],
        codings=form.codings(),
        remark=given["remark"],
    )


def _why_not(claim: Claim, request: HttpRequest) -> str:
    try:
        rechecking.require_blind(claim, by=actor(request))
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def _unseen_by(user: Any) -> QuerySet[Claim]:
    traces = ClaimEvent.objects.filter(claim=OuterRef("pk"), by=user)
    claims = Claim.objects.filter(~Exists(traces), findings__isnull=False)
    return claims.annotate(readings=Count("blind_readings", distinct=True)).order_by("readings", "code")


def _question(claim: Claim) -> dict[str, Any]:
    """The claim as a question: its sentence and what was asked, never what was found."""
    language = get_language() or "en"
    text = texts.latest(claim, language) or texts.latest(claim, "en")
    return {
        "claim": claim,
        "statement": text.statement if text else claim.code,
        "asked": [
            (label, said)
            for name, label in ASKED.items()
            if (said := in_language(claim, name) or in_language(claim, name, "en"))
        ],
    }


def _study(slot: rechecking.Slot) -> dict[str, Any]:
    """A study's own words: its record's abstract, and which outcome to look for."""
    record = slot.study.record
    outcome = slot.outcome_zh_hant if get_language() == "zh-hant" else ""
    return {
        "work": from_plain(WorkRecord, record.content) if record else None,
        "outcome": outcome or slot.outcome_en,
    }
