"""The rows of evidence inside a claim's page. Each is written by coding.save, when it changed and only then."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.admin_rights import StackedRows, TabularRows
from config.rights import Action
from evidence import appraisal
from evidence.admin import words
from evidence.admin.chips import state_chip
from evidence.admin.finding_form import FindingForm, question_fields
from evidence.models import Benchmark, ClaimSource, Finding, MechanismAnswer, Position, Recheck
from evidence.models.codes import Direction, Precision
from evidence.verbs import checking, coding

CODERS = (Action.CODE_EVIDENCE,)


def derived_words(finding: Finding) -> str:
    """Say which direction and precision follow from the numbers."""
    derived = coding.derive(finding)
    return f"{Direction(derived['direction']).label} · {Precision(derived['precision']).label}"


def contradiction_words(finding: Finding) -> SafeString | str:
    """Say what cannot be right among the numbers, or that nothing speaks against them."""
    found = coding.contradictions(finding)
    if not found:
        return str(_("Nothing contradicts"))
    return format_html_join(" ", '<span class="lint">{}</span>', ((words.LINT[code],) for code in found))


class FindingShown:
    """What is said of a finding's coding beside its fields, in its own page, in lists and inside a claim's."""

    @admin.display(description=_("second reader"))
    def checked(self, finding: Finding) -> SafeString:
        """Say who checked exactly this coding, or that it waits."""
        check = checking.standing_check(finding) if finding.pk else None
        if check is None:
            return state_chip("waiting", _("Not checked"))
        return state_chip("approved", _("Checked by %(who)s") % {"who": check.by})


FINDING_FIELDSETS: Any = (
    (None, {"fields": (("study", "number", "role"), ("outcome_en", "outcome_zh_hant"))}),
    (
        _("In words"),
        {
            "classes": ("collapse",),
            "fields": (
                ("summary_en", "summary_zh_hant"),
                ("population_en", "population_zh_hant"),
                ("dose_en", "dose_zh_hant", "route"),
                ("quote", "quote_where"),
            ),
        },
    ),
    (_("Study"), {"fields": (("design", "quality", "quality_tool"), ("group", "funding"), "pooled")}),
    (
        _("Numbers"),
        {
            "fields": (
                ("measure", "better", "estimate"),
                ("ci_low", "ci_high", "ci_level"),
                ("p", "alpha", "n"),
                ("mid", "mid_source_en", "mid_source_zh_hant"),
                "arms",
            )
        },
    ),
    (
        _("Coding"),
        {
            "fields": (
                ("direction", "precision"),
                ("direction_reason_en", "direction_reason_zh_hant"),
                ("precision_reason_en", "precision_reason_zh_hant"),
                ("directness_population", "directness_intervention", "directness_outcome"),
                "checked",
            )
        },
    ),
)
# On a finding's own page the tools ask their questions; inside a claim's there would be no end to it.
APPRAISAL_FIELDSETS: Any = (
    (
        _("RoB 2: answers for a trial"),
        {"classes": ("collapse",), "fields": (*question_fields(appraisal.ROB2),)},
    ),
    (
        _("AMSTAR-2: answers for a review"),
        {"classes": ("collapse",), "fields": (*question_fields(appraisal.AMSTAR2),)},
    ),
)


POSITION_FIELDSETS: Any = (
    (None, {"fields": (("authority", "stance", "relevance"), ("issued_on", "seen_on", "url"))}),
    (
        _("In words"),
        {
            "classes": ("collapse",),
            "fields": (
                ("relevance_reason_en", "relevance_reason_zh_hant"),
                ("summary_en", "summary_zh_hant"),
                ("quote", "quote_context"),
                "quote_language",
                ("translation_en", "translation_zh_hant"),
            ),
        },
    ),
)


class SourceInline(TabularRows):
    """The works a claim cites."""

    may_add = may_change = may_delete = CODERS
    model = ClaimSource
    fields = ("study", "role")
    autocomplete_fields = ("study",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the works along."""
        return super().get_queryset(request).select_related("study")


class FindingInline(FindingShown, StackedRows):
    """What studies found, with what follows from their numbers."""

    may_add = may_change = may_delete = CODERS
    model = Finding
    form = FindingForm
    fieldsets = FINDING_FIELDSETS
    autocomplete_fields = ("study",)
    readonly_fields = ("checked",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read study, pooled studies and checks along."""
        rows = super().get_queryset(request).select_related("study")
        return rows.prefetch_related("includes", "checks__by")


class PositionInline(StackedRows):
    """What regulators and clinical bodies hold."""

    may_add = may_change = may_delete = CODERS
    model = Position
    autocomplete_fields = ("authority",)
    fieldsets = POSITION_FIELDSETS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Read the bodies along."""
        return super().get_queryset(request).select_related("authority")


class MechanismInline(TabularRows):
    """The five questions of mechanism."""

    may_add = may_change = may_delete = CODERS
    model = MechanismAnswer
    fields = ("question", "answer", "reason_en", "reason_zh_hant")
    max_num = 5


class BenchmarkInline(TabularRows):
    """What outside graders say."""

    may_add = may_change = may_delete = CODERS
    model = Benchmark
    fields = ("code", "source_en", "source_zh_hant", "grade", "url", "seen_on")


class RecheckInline(TabularRows):
    """What blind second readers found."""

    may_add = may_change = may_delete = CODERS
    model = Recheck
    fields = ("code", "verdict", "kind", "reader_en", "reader_zh_hant", "done_on")


INLINES = (SourceInline, FindingInline, PositionInline, MechanismInline, BenchmarkInline, RecheckInline)
