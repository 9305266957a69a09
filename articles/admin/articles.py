"""Articles at the desk: one form a working copy, saved by one call of drafting.save; steps have pages of their own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from articles.admin import conflicts, steps
from articles.admin.article_rows import ROWS, claims_of, notes_of, people_of
from articles.admin.bulk import BULK_STEPS, BulkSteps
from articles.forms import ArticleForm
from articles.models import Article, Reference
from articles.verbs import drafting
from config.admin_rights import RightsAdmin, SaveRefused, actor, refusal_of, saving
from evidence.admin.chips import state_chip

CONFLICT = "saved_by_colleague"


@admin.register(Article)
class ArticleAdmin(BulkSteps, RightsAdmin, SimpleHistoryAdmin):
    """Working copies. What readers see is the edition beside them."""

    form = ArticleForm
    list_display = ("headline", "language", "topic", "state_now", "written_by", "saved_at", "live_edition")
    list_filter = ("state", "language", "topic", "format")
    search_fields = ("headline", "slug", "written_by__username")
    list_select_related = ("topic", "written_by", "live")
    actions = BULK_STEPS
    change_form_template = "admin/articles/article/change_form.html"
    inlines = ROWS
    fieldsets = (
        (
            _("Headline and address"),
            {
                "fields": (
                    "seen_version",
                    "translation_of",
                    "headline",
                    "dek",
                    ("topic", "slug", "language"),
                    ("format", "plate", "plate_caption"),
                    "description",
                )
            },
        ),
        (_("The text"), {"fields": ("short_version", "body", "open_questions", "verdict")}),
        (_("Review"), {"fields": ("disclosure", "next_review")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add: whoever may write drafts of their own."""
        return drafting.may_write(None, actor(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change: whoever the verb lets write this draft."""
        return drafting.may_write(obj, actor(request))

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a draft in its language: a translation is a draft of its own."""
        return ("language",) if obj is not None else ()

    def get_inlines(self, _request: HttpRequest, obj: Any) -> Any:
        """Show references once there is a text that cites."""
        return ROWS if obj is not None else ROWS[:2]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start a translation from what it translates, but for the words."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        source = Article.objects.filter(pk=_number(initial.get("translation_of")) or 0).first()
        if source is not None:
            initial |= {
                "topic": source.topic_id,
                "slug": source.slug,
                "format": source.format,
                "plate": source.plate,
            }
        return initial

    def save_model(self, _request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002
        """Wait for the rows: text, people and claims are saved together, as one touch."""
        if (source := form.cleaned_data.get("translation_of")) is not None:
            obj.translation_key = source.translation_key

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:  # noqa: ARG002
        """Write everything through the verb, then each changed note."""
        rows = {formset.prefix: formset for formset in formsets}
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        by, now = actor(request), timezone.now()
        with saving():
            drafting.save(
                form.instance,
                by=by,
                now=now,
                seen_version=form.cleaned_data.get("seen_version"),
                people=people_of(rows["bylines"]),
                claims=claims_of(rows["claim_links"]),
            )
            for pk, note in notes_of(rows["references"]) if "references" in rows else ():
                # A work that just fell out of the text took its reference and note along.
                for reference in Reference.objects.filter(pk=pk).select_related("article__topic"):
                    drafting.set_note(reference, note, by=by, now=now)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Refuse a save over a colleague's before its rows are read: theirs may have taken other places."""
        seen = _number(request.POST.get("seen_version"))
        if object_id is not None and seen is not None:
            stored = (
                Article.objects.filter(pk=_number(object_id) or 0).values_list("version", flat=True).first()
            )
            if stored is not None and stored != seen:
                vars(request)["desk_refusal"] = SaveRefused.of(drafting.saved_by_colleague())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Let the form that shows a colleague's save be saved over it, knowingly."""
        form = super().get_form(request, obj, change, **kwargs)
        form.takes_newest_version = _is_conflict(request)
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Show the colleague's rows after a conflict; one's own are named in the comparison."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if _is_conflict(request):
            kwargs.pop("data", None)
            kwargs.pop("files", None)
        return kwargs

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show gate, steps and, after a conflict, both texts beside the form."""
        article = kwargs.get("obj")
        if article is not None:
            stored = Article.objects.select_related("topic", "live").get(pk=article.pk)
            context |= {
                "article": stored,
                "checks": steps.checks(stored),
                "steps": steps.offered(stored, actor(request)),
                "events": stored.events.select_related("by").order_by("-id")[:10],
                "translations": Article.objects.filter(translation_key=stored.translation_key).exclude(
                    pk=stored.pk
                ),
                "conflict": conflicts.differences(request, stored) if _is_conflict(request) else None,
            }
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the preview and the pages of the steps."""

        def preview(request: HttpRequest, pk: int) -> HttpResponse:
            return steps.preview_view(self, request, pk)

        def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
            return steps.step_view(self, request, pk, name)

        view = self.admin_site.admin_view
        library: Any = super()
        return [
            path("<int:pk>/preview/", view(preview), name="articles_article_preview"),
            path("<int:pk>/step/<str:name>/", view(step), name="articles_article_step"),
            *library.get_urls(),
        ]

    @admin.display(description=_("state"), ordering="state")
    def state_now(self, article: Article) -> SafeString:
        """Show where the working copy stands."""
        return state_chip(article.state, article.get_state_display())

    @admin.display(description=_("readers see"))
    def live_edition(self, article: Article) -> str:
        """Name the edition readers see."""
        return article.live.number if article.live else "–"


def _is_conflict(request: HttpRequest) -> bool:
    refused = refusal_of(request)
    return refused is not None and refused.code == CONFLICT


def _number(typed: Any) -> int | None:
    return int(typed) if typed and str(typed).isdigit() else None
