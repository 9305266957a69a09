"""The desk's forms about evidence. They read what was typed; what may be done with it is decided by the verbs."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import RefusableForm
from evidence.models import ClaimText, GradeSnapshot
from evidence.verbs.texts import FIELDS as TEXT_FIELDS


class ClaimTextForm(RefusableForm):
    """The words of a claim in one language, with the number of the revision they started from."""

    seen_number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = ClaimText
        fields = TEXT_FIELDS
        widgets = {
            "statement": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "verdict_line": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "summary": forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
            "why": forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
        }


class ProposeForm(forms.Form):
    """Why a claim is graded now, in both languages."""

    trigger = forms.ChoiceField(label=gettext_lazy("Trigger"), choices=GradeSnapshot.Trigger.choices)
    reason_en = forms.CharField(
        label=gettext_lazy("Reason (English)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    reason_zh_hant = forms.CharField(
        label=gettext_lazy("Reason (Chinese)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class DecisionForm(forms.Form):
    """A decision on what was shown: its hash, and a remark."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Required to return; kept with the decision."),
    )


class PubmedUploadForm(forms.Form):
    """A PubMed XML file, plain or gzipped, up to the size the site takes."""

    file = forms.FileField(
        label=gettext_lazy("PubMed file"),
        help_text=gettext_lazy("XML as PubMed exports it or efetch answers, plain or gzipped."),
    )

    def clean_file(self) -> Any:
        """Refuse what is larger than the setting allows, naming both sizes and the way out."""
        file = self.cleaned_data["file"]
        if file.size > settings.PUBMED_UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _(
                    "%(name)s has %(size)s; at most %(limit)s are taken at once. Split the export and add the parts."
                )
                % {
                    "name": file.name,
                    "size": filesizeformat(file.size),
                    "limit": filesizeformat(settings.PUBMED_UPLOAD_MAX_BYTES),
                }
            )
        return file


class CheckForm(forms.Form):
    """That a coding is right: the hash of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
