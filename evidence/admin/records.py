"""What is only looked at here: events, texts, decisions, overrides, checks and live notices of claims."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.admin_rights import RecordAdmin
from evidence.admin.chips import state_chip
from evidence.models import (
    Acceptance,
    CitedAs,
    ClaimEvent,
    ClaimText,
    CodingCheck,
    GradeOverride,
    LiveNotice,
    RetractionListing,
    ReviewDecision,
    Verification,
)


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


@admin.register(Verification)
class VerificationAdmin(RecordAdmin):
    """Checks of studies: what was asked, answered and concluded."""

    list_display = ("checked_at", "study", "outcome_now", "match", "standing", "recorded", "by")
    list_filter = ("outcome", "recorded")
    search_fields = ("^study__citekey", "=study__pmid")
    list_select_related = ("study", "by")
    exclude = ("replies",)
    ordering = ("-id",)

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_now(self, row: Verification) -> SafeString:
        """Show what it came to."""
        return state_chip(row.outcome, row.get_outcome_display())


@admin.register(CitedAs)
class CitedAsAdmin(RecordAdmin):
    """Citations as they were typed, pasted or imported."""

    list_display = ("at", "study", "form", "raw", "replaces", "by")
    list_filter = ("form",)
    search_fields = ("^study__citekey", "raw")
    list_select_related = ("study", "replaces", "by")
    ordering = ("-id",)


@admin.register(Acceptance)
class AcceptanceAdmin(RecordAdmin):
    """Who answers for citing a work although something stands against it."""

    list_display = ("at", "study", "kind", "reason", "by")
    list_filter = ("kind", "by")
    search_fields = ("^study__citekey",)
    list_select_related = ("study", "by")
    ordering = ("-id",)


@admin.register(RetractionListing)
class RetractionListingAdmin(RecordAdmin):
    """The Retraction Watch list, as last loaded."""

    list_display = ("doi", "pmid", "natures", "status", "date", "notice_doi", "loaded_at")
    list_filter = ("status",)
    search_fields = ("=doi", "=pmid")


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
