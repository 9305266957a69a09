"""What every admin of the desk shares: rights out of the matrix, and refusals that keep what was typed.

Which verb a form calls is said in each app's admin; no rule is kept here.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, may

FIELDS: Any = {
    # An address typed without its scheme is meant to be https, as it will be in Django 6.
    models.URLField: {"assume_scheme": "https"},
    models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
}
REFUSALS = (Refused, PermissionDenied, ValidationError)

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _InlineModelAdmin = admin.options.InlineModelAdmin[Any, Any]
    _ModelForm = forms.ModelForm[Any]
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _InlineModelAdmin = admin.options.InlineModelAdmin
    _ModelForm = forms.ModelForm
    _InlineFormSet = BaseInlineFormSet


def sees_desk(user: Any) -> bool:
    """Say whether `user` may look at the desk: whoever holds a role, and who administers the machine."""
    return bool(user.is_active and (user.is_superuser or may(user, Action.SEE_DESK)))


def actor(request: HttpRequest) -> User:
    """Return the signed-in person, as verbs take them. Raises PermissionDenied for nobody."""
    user: User | AnonymousUser = request.user
    if isinstance(user, AnonymousUser):
        raise PermissionDenied(_("Sign in first."))
    return user


def as_validation_error(reason: Exception) -> ValidationError:
    """Return any refusal as the ValidationError that a form shows: its fields and sentences, its code."""
    if isinstance(reason, ValidationError):
        return reason
    if isinstance(reason, Refused):
        return ValidationError(
            [ValidationError(said, code=reason.code) for said in (reason.message, *reason.details)]
        )
    return ValidationError(str(reason) or _("You may not do this."), code="denied")


def sentences(reason: Exception) -> list[str]:
    """Return a refusal as sentences, each field's under its name."""
    error = as_validation_error(reason)
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [
        message if name == NON_FIELD_ERRORS else f"{name}: {message}"
        for name, found in error.message_dict.items()
        for message in found
    ]


@contextmanager
def told(request: HttpRequest, about: str = "") -> Iterator[None]:
    """Run one act in its own transaction; a refusal becomes a message and the page goes on."""
    try:
        with transaction.atomic():
            yield
    except REFUSALS as reason:
        messages.error(request, " ".join([f"{about}:" if about else "", *sentences(reason)]).strip())


def attempt(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Do one act in its own transaction; a refusal is written onto the form, and False comes back."""
    try:
        with transaction.atomic():
            act()
    except REFUSALS as reason:
        _add(form, as_validation_error(reason))
        return False
    return True


@dataclass
class SaveRefused(Exception):
    """A verb said no while a change form was being saved: what it said of the whole, and of which inline rows."""

    whole: ValidationError | None = None
    code: str = ""
    rows: dict[str, dict[int, ValidationError]] = field(default_factory=dict)

    @classmethod
    def of(cls, reason: Exception) -> "SaveRefused":
        """Take a verb's refusal of the whole form."""
        return cls(as_validation_error(reason), getattr(reason, "code", "") or "")


def refusal_of(request: HttpRequest) -> SaveRefused | None:
    """Return the refusal that this request's form is being shown again for."""
    found: SaveRefused | None = getattr(request, "desk_refusal", None)
    return found


@contextmanager
def saving() -> Iterator[None]:
    """Turn a verb's refusal into SaveRefused, for which the form is shown again with everything typed."""
    try:
        yield
    except REFUSALS as reason:
        raise SaveRefused.of(reason) from reason


class RefusableForm(_ModelForm):
    """A form that can show a verb's refusal beside its fields."""

    refusal: ValidationError | None = None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, unknown to the stubs
        if self.refusal is not None:
            _add(self, self.refusal)


class RefusableFormSet(_InlineFormSet):
    """Inline rows that can show a verb's refusal, each beside its row."""

    def __init__(
        self, *args: Any, refusals: Mapping[int, ValidationError] | None = None, **kwargs: Any
    ) -> None:
        self.refusals = refusals or {}
        super().__init__(*args, **kwargs)

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]  # Django's own hook
        form.refusal = self.refusals.get(i)
        return form


def _add(form: forms.BaseForm, error: ValidationError) -> None:
    """Put an error on the form: field by field where it has the fields, the rest on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        if name in form.fields:
            form.add_error(name, ValidationError(found))
        else:
            words = [message for one in found for message in one.messages]
            form.add_error(None, words if name == NON_FIELD_ERRORS else [f"{name}: {word}" for word in words])


class RightsMixin:
    """Rights by the matrix: everybody with a role may look; what no action is named for, nobody may do."""

    may_add: tuple[Action, ...] = ()
    may_change: tuple[Action, ...] = ()
    may_delete: tuple[Action, ...] = ()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Look: whoever sees the desk."""
        return sees_desk(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Find it in the navigation: whoever sees the desk."""
        return sees_desk(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Change: by the actions named in `may_change`."""
        return any(may(request.user, action) for action in self.may_change)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Remove: by the actions named in `may_delete`."""
        return any(may(request.user, action) for action in self.may_delete)


class RightsAdmin(RightsMixin, _ModelAdmin):
    """An admin whose writing is done by verbs. Subclasses say in save_model and save_formset by which."""

    form = RefusableForm
    formfield_overrides = FIELDS
    object_history_list_template = "admin/_history_rows.html"
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add: by the actions named in `may_add`."""
        return any(may(request.user, action) for action in self.may_add)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show or save the form; on a verb's refusal show it again, with the refusal and everything typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except SaveRefused as refused:
            # What was written before the refusal is rolled back by now; the second pass writes nothing.
            vars(request)["desk_refusal"] = refused
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Give the form class, made for this request alone, what it has to show of a refusal."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if (refused := refusal_of(request)) is not None:
            rows_alone = ValidationError(_("Nothing was saved. See below what stands in the way."))
            form.refusal = refused.whole or rows_alone
        return form

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Give inline rows what they have to show of a refusal."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        refused = refusal_of(request)
        if refused is not None and issubclass(inline.formset, RefusableFormSet):
            kwargs["refusals"] = refused.rows.get(prefix, {})
        return kwargs

    def revert_disabled(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Show history, never write it back: an old row returns through the form and its verb."""
        return True


class RightsInline(RightsMixin, _InlineModelAdmin):
    """Inline rows with rights by the matrix."""

    form = RefusableForm
    formset = RefusableFormSet
    formfield_overrides = FIELDS
    extra = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Add a row: by the actions named in `may_add`."""
        return any(may(request.user, action) for action in self.may_add)


class TabularRows(RightsInline):
    """Inline rows as lines of a table."""

    template = "admin/edit_inline/tabular.html"


class StackedRows(RightsInline):
    """Inline rows one under the other."""

    template = "admin/edit_inline/stacked.html"


class RecordAdmin(RightsAdmin):
    """A table that is written once by verbs and only ever looked at here."""

    actions = None


def page(model_admin: Any, request: HttpRequest, title: Any, **extra: Any) -> dict[str, Any]:
    """Return what a page of its own inside the desk needs: navigation, title, the table it belongs to."""
    return {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "media": model_admin.media,
        **extra,
    }


def save_rows(formset: Any, save: Callable[[Any], None], remove: Callable[[Model], None]) -> None:
    """Hand each added or changed row's form to `save` and each row to be deleted to `remove`; unchanged ones to nobody.

    Raises SaveRefused naming each refused row by its place, so that the form shows it there.
    """
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
    refused: dict[int, ValidationError] = {}
    for place, row in enumerate(formset.forms):
        try:
            _save_row(formset, row, save, remove)
        except REFUSALS as reason:
            refused[place] = as_validation_error(reason)
    if refused:
        raise SaveRefused(rows={formset.prefix: refused})


def _save_row(formset: Any, row: Any, save: Callable[[Any], None], remove: Callable[[Model], None]) -> None:
    stored = row.instance.pk is not None
    if formset.can_delete and formset._should_delete_form(row):
        if stored:
            formset.deleted_objects.append(row.instance)
            remove(row.instance)
    elif row.has_changed():
        setattr(row.instance, formset.fk.name, formset.instance)
        save(row)
        if stored:
            formset.changed_objects.append((row.instance, row.changed_data))
        else:
            formset.new_objects.append(row.instance)
