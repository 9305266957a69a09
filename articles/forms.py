"""The desk's forms about articles. They read what was typed; what may be done with it is decided by the verbs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from config.admin_rights import RefusableForm

TEXTAREA = {"class": "vLargeTextField"}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **TEXTAREA})


class ArticleForm(RefusableForm):
    """A working copy, with the version it was opened at and, for a new one, what it translates."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    translation_of = forms.ModelChoiceField(
        queryset=Article.objects.all(), required=False, widget=forms.HiddenInput, label=_("translation of")
    )
    # Set by the admin when a colleague's save was just shown: what is saved next is saved knowingly.
    takes_newest_version = False

    class Meta:
        model = Article
        fields = "__all__"  # the admin's fieldsets say which
        widgets = {
            "headline": _area(2),
            "dek": _area(3),
            "description": _area(2),
            "short_version": _area(8),
            "body": _area(28),
            "open_questions": _area(6),
            "verdict": _area(4),
            "disclosure": _area(4),
        }

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if data is not None and instance is not None and self.takes_newest_version:
            data = data.copy()
            data["seen_version"] = str(instance.version)
        super().__init__(data, *args, **kwargs)
        if self.instance.pk:
            self.initial["seen_version"] = self.instance.version


class RemarkForm(forms.Form):
    """A remark that goes with a step."""

    remark = forms.CharField(label=_("Remark"), required=False, widget=_area(4))


class ApproveForm(RemarkForm):
    """An approval of exactly what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class PublishForm(forms.Form):
    """What readers are told of a new edition."""

    note = forms.CharField(
        label=_("Change note"),
        required=False,
        widget=_area(3),
        help_text=_("Shown with the edition. A major edition needs one."),
    )


class RepinForm(forms.Form):
    """Nothing to type: pinning to today's grades and records is one act."""
