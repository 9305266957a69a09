"""What is written once and only looked at here: events, texts, decisions and live notices of claims."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.admin_rights import RecordAdmin
from evidence.admin.chips import state_chip
from evidence.models import ClaimEvent, ClaimText, LiveNotice, ReviewDecision


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
