"""What the newsletter writes once and the desk looks at: consents, the ledger, suppressions, exports, reports, domains.

Addresses, and the replies of servers that quote them, are for those who may see a subscriber. A ledger has millions
of rows, so its list never counts them.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.admin_rights import RecordAdmin
from config.rights import Action, may
from newsletter.models import (
    ConsentEvent,
    Delivery,
    InboundEvent,
    ReceivingDomain,
    SubscriberExport,
    Suppression,
)

# A list leads no further than this; who wants more narrows it down.
REACH = 5000

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator


class ShortPaginator(_Paginator):
    """Pages of the first rows of a table; how many more there are is never counted."""

    @cached_property
    def count(self) -> int:
        """Count as far as a list leads."""
        rows: Any = self.object_list
        return int(rows.order_by()[:REACH].count()) if isinstance(rows, QuerySet) else len(rows)


class LargeTable(RecordAdmin):
    """A table of millions of rows."""

    paginator = ShortPaginator
    show_facets = admin.ShowFacets.NEVER
    list_max_show_all = 0
    ordering = ("-id",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Say how far the list leads, since its number of rows is not the table's."""
        reach = _("The latest %(reach)s at most: narrow them down to see older ones.") % {
            "reach": f"{REACH:,}"
        }
        return super().changelist_view(request, {"subtitle": reach} | (extra_context or {}))


class PersonalTable(LargeTable):
    """A table about persons: for those who may see one."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Look: by the matrix alone; administering the machine opens nothing."""
        return may(request.user, Action.SEE_SUBSCRIBER)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Find it in the navigation: whoever may look."""
        return self.has_view_permission(request)


@admin.register(ConsentEvent)
class ConsentEventAdmin(PersonalTable):
    """Acts of consent, as they came."""

    list_display = ("at", "kind", "source", "by", "subscriber")
    list_filter = ("kind",)
    list_select_related = ("by", "subscriber")
    fields = ("subscriber", "kind", "at", "wording", "source", ("ip", "ip_range"), "by")


@admin.register(Suppression)
class SuppressionAdmin(PersonalTable):
    """Addresses not to be written to, known by their HMAC; one is looked up, barred and lifted under Subscribers."""

    list_display = ("at", "reason", "by", "remark")
    list_filter = ("reason",)
    list_select_related = ("by",)
    ordering = ("-at",)
    fields = ("reason", "at", "by", "remark", "address_key")


@admin.register(SubscriberExport)
class SubscriberExportAdmin(RecordAdmin):
    """Who took addresses out of the house, when and why: for all the desk to see."""

    list_display = ("at", "by", "rows", "reason")
    list_select_related = ("by",)


@admin.register(Delivery)
class DeliveryAdmin(LargeTable):
    """The ledger. Without the right to see subscribers it shows domains, states, times and codes alone."""

    list_display = ("issue", "domain", "state_chip", "morning", "ended", "attempts", "smtp_code")
    list_filter = ("state", "issue")
    list_select_related = ("issue",)
    search_fields = ("domain",)
    sortable_by = ()
    open_fields = (
        ("issue", "revision"),
        ("state", "domain"),
        ("language", "plain"),
        ("send_after", "due_at"),
        ("attempts", "doubts"),
        ("began_at", "ended_at"),
        ("smtp_phase", "smtp_code"),
        "worker",
    )
    personal_fields = ("subscriber", "address", "smtp_reply", "message_id")

    class Media:
        css = {"all": ["newsletter/css/desk-brief.css"]}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002
        """Filter by what the filters offer alone: a URL asking for addresses that begin with "a" would be answered."""
        return lookup in {"state__exact", "issue__id__exact"}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """Show whose it is to those who may see a subscriber."""
        personal = may(request.user, Action.SEE_SUBSCRIBER)
        return (*self.open_fields, *(self.personal_fields if personal else ()))

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a domain by its whole name, and never an address."""
        wanted = search_term.strip().lower()
        return (queryset.filter(domain=wanted) if wanted else queryset), False

    @admin.display(description=_("Sunday 07:00 there"))
    def morning(self, delivery: Delivery) -> SafeString:
        """Say when its Sunday morning is, in UTC."""
        return _moment(delivery.send_after)

    @admin.display(description=_("ended"))
    def ended(self, delivery: Delivery) -> SafeString | str:
        """Say when it was over, in UTC."""
        return _moment(delivery.ended_at) if delivery.ended_at else "–"

    @admin.display(description=_("state"))
    def state_chip(self, delivery: Delivery) -> SafeString:
        """Say how far it is."""
        return format_html(
            '<span class="state delivery-{}">{}</span>', delivery.state, delivery.get_state_display()
        )


@admin.register(ReceivingDomain)
class ReceivingDomainAdmin(RecordAdmin):
    """How fast each receiving domain is written to, and which rest."""

    list_display = ("domain", "per_minute", "slowed_at", "restored_at", "paused_at", "resumed_at")
    list_filter = (("paused_at", admin.EmptyFieldListFilter),)
    search_fields = ("=domain",)
    paginator = ShortPaginator
    show_facets = admin.ShowFacets.NEVER


@admin.register(InboundEvent)
class InboundEventAdmin(LargeTable):
    """What came back from outside, each taken once."""

    list_display = ("at", "kind", "status", "acted", "delivery")
    list_filter = ("kind", "acted")
    list_select_related = ("delivery",)


def _moment(moment: datetime) -> SafeString:
    """A short date and time that break between the two alone."""
    day, hour = f"{moment:%Y-%m-%d %H:%M}".split()
    return format_html('<span class="when">{}</span> <span class="when">{}</span>', day, hour)
