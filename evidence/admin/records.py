"""What is only looked at here: events, texts, decisions, overrides, checks and live notices of claims."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.admin_rights import RecordAdmin
from evidence.admin.chips import state_chip
from evidence.models import ClaimEvent, ClaimText, CodingCheck, GradeOverride, LiveNotice, ReviewDecision


@admin.register(ClaimEvent)
class ClaimEventAdmin(RecordAdmin):
    """Who changed what of a claim."""

    list_display = ("at", "claim", "kind", "by", "detail")
    list_filter = ("kind", "by")
    search_fields = ("claim__slug", "claim__code", "by__username")
    list_select_related = ("claim", "by")
    ordering = ("-id",)


@admin.register(ClaimText)
class ClaimTextAdmin(RecordAdmin):
    """Revisions of claims' words."""

    list_display = ("statement", "claim", "language", "number", "written_by", "written_at")
    list_filter = ("language",)
    search_fields = ("statement", "claim__slug")
    list_select_related = ("claim", "written_by")
    ordering = ("-written_at",)


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(RecordAdmin):
    """What a second person decided."""

    list_display = ("at", "claim", "snapshot_number", "outcome", "by", "remark", "manifest_sha256")
    list_filter = ("outcome", "by")
    search_fields = ("claim__slug", "by__username", "^manifest_sha256")
    list_select_related = ("claim", "snapshot", "by")
    ordering = ("-id",)

    @admin.display(description=_("grade"))
    def snapshot_number(self, decision: ReviewDecision) -> str:
        """Name the grade, or that only texts were decided upon."""
        return str(decision.snapshot.number) if decision.snapshot else str(_("Texts alone"))


@admin.register(LiveNotice)
class LiveNoticeAdmin(RecordAdmin):
    """What shows on published pages at once."""

    list_display = ("kind_now", "claim", "study", "since", "until")
    list_filter = ("kind", ("until", admin.EmptyFieldListFilter))
    search_fields = ("claim__slug", "study__citekey")
    list_select_related = ("claim", "study")

    @admin.display(description=_("kind"), ordering="kind")
    def kind_now(self, notice: LiveNotice) -> SafeString:
        """Show what it says."""
        return state_chip(notice.kind, notice.get_kind_display())


@admin.register(GradeOverride)
class GradeOverrideAdmin(RecordAdmin):
    """What editors held against the engine, by whom, why and until when."""

    list_display = (
        "claim", "state_now", "reader_grade", "status", "reason_code", "asked_by", "seconded_by", "expires_on", "ended_at",
    )  # fmt: skip
    list_filter = ("state", "reason_code")
    search_fields = ("claim__slug", "claim__code", "asked_by__username")
    list_select_related = ("claim", "asked_by", "seconded_by")

    @admin.display(description=_("state"), ordering="state")
    def state_now(self, override: GradeOverride) -> SafeString:
        """Show where it stands."""
        return state_chip(override.state, override.get_state_display())


@admin.register(CodingCheck)
class CodingCheckAdmin(RecordAdmin):
    """Which coding was checked by whom, by the hash of its bytes."""

    list_display = ("at", "finding", "by", "sha256")
    search_fields = ("finding__claim__slug", "finding__study__citekey", "by__username", "^sha256")
    list_select_related = ("finding__study", "by")
