"""Subscribers at the desk: one looked up by address, tables in and out. No page lists people, or who follows what.

Rules live in newsletter/verbs: looking_up, suppressing, importing, exporting.
"""

from tempfile import TemporaryFile
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin

from config.admin_rights import RecordAdmin, actor, as_validation_error, attempt, page, told
from config.refusal import Refused
from config.rights import Action, may
from newsletter.admin.importing import Preview, Upload
from newsletter.admin.subscriber_forms import (
    LookUpForm,
    RemarkForm,
    SubscriberExportForm,
    SubscriberImportForm,
)
from newsletter.models import Subscriber, Suppression
from newsletter.resources import FORMATS, SubscriberResource
from newsletter.verbs import exporting, looking_up, suppressing

# An issue a week: two years of them.
SHOWN = 104
HERE = "admin:newsletter_subscriber_changelist"


@admin.register(Subscriber)
class SubscriberAdmin(ImportExportMixin, RecordAdmin):  # type: ignore[misc]  # import-export has no types
    """One person at a time. Nothing is typed here but an address to look for and the reason of an act."""

    resource_classes = [SubscriberResource]
    formats = FORMATS
    import_form_class = SubscriberImportForm
    export_form_class = SubscriberExportForm  # type: ignore[assignment]
    tmp_storage_class = Upload  # type: ignore[assignment]
    # Each consent names who imported it; a second trail would only hold the same once more.
    skip_admin_log = True  # type: ignore[assignment]
    import_template_name = "admin/newsletter/subscriber/import.html"
    export_template_name = "admin/newsletter/subscriber/export.html"
    change_form_template = "admin/newsletter/subscriber/change_form.html"
    fields = ("address", "state", "language", "time_zone", "plain", "asked_at", "confirmed_at", "left_at")

    # Who may ------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """See one: by the matrix alone; administering the machine opens nothing."""
        return may(request.user, Action.SEE_SUBSCRIBER)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Find it in the navigation: whoever may see one."""
        return self.has_view_permission(request)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Import: whoever may see one."""
        return self.has_view_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Export: by the matrix."""
        return may(request.user, Action.EXPORT_SUBSCRIBERS)

    # One person ---------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add what is done for one person, and what is followed by many."""
        mine = [
            path("followed/", self._guarded(self.followed_view), name="newsletter_followed"),
            path("suppress/<str:key>/", self._guarded(self.suppress_view), name="newsletter_suppress"),
            path("lift/<str:key>/", self._guarded(self.lift_view), name="newsletter_lift"),
            path(
                "<int:pk>/unsubscribe/", self._guarded(self.unsubscribe_view), name="newsletter_unsubscribe"
            ),
        ]
        library: Any = super()
        return [*mine, *library.get_urls()]

    def _guarded(self, view: Any) -> Any:
        def entered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            answer: HttpResponse = view(request, **kwargs)
            return answer

        return self.admin_site.admin_view(entered)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Ask for one address. It is sent by POST, since what stands in a URL stands in logs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = LookUpForm(request.POST if request.method == "POST" else None)
        found: list[looking_up.Found] = []
        if form.is_bound and form.is_valid():
            attempt(
                form,
                lambda: found.append(looking_up.find(form.cleaned_data["address"], by=actor(request))),
            )
        if found and found[0].subscriber is not None:
            return HttpResponseRedirect(_at(found[0].subscriber.pk))
        context = page(
            self,
            request,
            _("Subscribers"),
            form=form,
            found=found[0] if found else None,
            remark_form=RemarkForm(),
            states=[(Subscriber.State(code).label, number) for code, number in looking_up.states().items()],
            suppressed=Suppression.objects.count(),
            has_import_permission=self.has_import_permission(request),
            has_export_permission=self.has_export_permission(request),
        )
        return TemplateResponse(request, "admin/newsletter/subscriber/look_up.html", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show beside the preferences what the person agreed to, and what became of every issue for them."""
        subscriber: Subscriber = kwargs["obj"]
        suppression = (
            Suppression.objects.filter(address_key=subscriber.address_key).select_related("by").first()
        )
        context |= {
            "consents": subscriber.consents.select_related("by"),
            "deliveries": subscriber.deliveries.select_related("issue", "revision")[:SHOWN],
            "suppression": suppression,
            "remark_form": RemarkForm(),
            "title": _("Subscriber %(number)s") % {"number": subscriber.pk},
            "subtitle": None,
        }
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def suppress_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Bar an address by hand."""
        _require_post(request)
        with told(request):
            new = looking_up.suppress_by_hand(
                key, by=actor(request), now=timezone.now(), remark=request.POST.get("remark", "")
            )
            messages.success(
                request,
                _("Nothing is sent to this address any more.") if new else _("It was suppressed already."),
            )
        return _back(key)

    def lift_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Let an address be written to again."""
        _require_post(request)
        with told(request):
            if suppressing.lift(key, by=actor(request), now=timezone.now()):
                messages.success(request, _("This address may be written to again."))
        return _back(key)

    def unsubscribe_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a subscription for somebody who asked us to."""
        _require_post(request)
        subscriber = Subscriber.objects.filter(pk=pk).first()
        if subscriber is None:
            raise Http404
        with told(request):
            looking_up.unsubscribe(subscriber, by=actor(request), now=timezone.now())
            self.log_change(request, subscriber, str(_("Unsubscribed as the person asked.")))
            messages.success(request, _("Unsubscribed. They can subscribe again themselves."))
        return HttpResponseRedirect(_at(pk))

    def followed_view(self, request: HttpRequest) -> HttpResponse:
        """Show how many follow which claim, never fewer than five and never who."""
        context = page(
            self,
            request,
            _("What is followed"),
            followers=looking_up.followers(),
            least=looking_up.FOLLOWERS_LEAST,
        )
        return TemplateResponse(request, "admin/newsletter/subscriber/followed.html", context)

    # Tables in ----------------------------------------------------------------------------------------

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take a file and show what would become of it. A file that cannot be confirmed is not kept."""
        library: Any = super()
        response: HttpResponse = library.import_action(request, **kwargs)
        context = getattr(response, "context_data", {})
        upload = getattr(context["form"], "upload", None)
        if upload is not None and "confirm_form" not in context:
            _upload(getattr(upload, "tmp_storage_name", None)).remove()
        if "result" in context:
            context["preview"] = Preview.of(context["result"])
        return response

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import what was previewed, and forget the file whatever becomes of it."""
        upload = _upload(request.POST.get("import_file_name"))
        library: Any = super()
        try:
            response: HttpResponse = library.process_import(request, **kwargs)
        except FileNotFoundError:
            messages.error(
                request,
                _("The file is no longer here: it is kept for an hour, and confirmed once. Choose it again."),
            )
            return HttpResponseRedirect(reverse("admin:newsletter_subscriber_import"))
        finally:
            upload.remove()
        return response

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what was done; or show what stood in the way of an import that was fine when it was previewed."""
        preview = Preview.of(result)
        if not preview.refused:
            messages.success(request, preview.sentence)
            return HttpResponseRedirect(reverse(HERE))
        form = cast("Any", self).create_import_form(request)
        context = page(self, request, _("Import"), form=form, result=result, preview=preview)
        return TemplateResponse(request, self.import_template_name, context)

    def add_data_read_fail_error_to_form(self, form: Any, reason: Exception) -> None:
        """Say what is wrong with the file, and the way out."""
        if not isinstance(reason, Refused):
            reason = Refused("file", str(_("The file cannot be read. Save it anew as CSV (UTF-8) or .xlsx.")))
        form.add_error("import_file", as_validation_error(reason))

    # Tables out ---------------------------------------------------------------------------------------

    def get_export_queryset(self, _request: HttpRequest) -> Any:
        """Choose nobody: whom an export holds is said in its form, and read by the verb."""
        return Subscriber.objects.none()

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, _queryset: Any, export_form: Any = None
    ) -> Any:
        """Write the table into a file without a name, log it, and only then hand it over."""
        form = exporting.Form(file_format.get_extension())
        now = timezone.now()
        out = TemporaryFile()  # noqa: SIM115  the response closes it, and with that it is gone
        try:
            exporting.export(
                cast("Any", out),
                form,
                state=export_form.cleaned_data["state"],
                by=actor(request),
                now=now,
                reason=export_form.cleaned_data["reason"],
            )
        except Refused as refusal:
            out.close()
            # What import-export shows above the form.
            raise ValueError(str(refusal)) from refusal
        out.seek(0)
        name = f"subscribers-{now:%Y-%m-%d}.{form}"
        return FileResponse(
            out, as_attachment=True, filename=name, content_type=file_format.get_content_type()
        )


def _at(pk: int) -> str:
    return reverse("admin:newsletter_subscriber_change", args=[pk])


def _back(key: str) -> HttpResponse:
    """Return to the person with this address, or where addresses are looked up."""
    pk = Subscriber.objects.filter(address_key=key).values_list("pk", flat=True).first()
    return HttpResponseRedirect(_at(pk) if pk else reverse(HERE))


def _upload(name: str | None) -> Upload:
    return cast("Any", Upload)(name=name)  # type: ignore[no-any-return]


def _require_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise Http404
