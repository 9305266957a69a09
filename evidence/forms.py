"""The desk's forms about evidence. They read what was typed; what may be done with it is decided by the verbs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import RefusableForm
from evidence.models import ClaimText, Finding, GradeSnapshot, Study
from evidence.verbs import coding
from evidence.verbs.texts import FIELDS as TEXT_FIELDS

NUMBERS = ("measure", "better", "estimate", "ci_low", "ci_high", "p", "alpha", "mid", "n")


class FindingForm(RefusableForm):
    """A finding; direction and precision left empty are taken from the numbers."""

    # Not called `includes`: the admin refuses a many-to-many field that has a table of its own.
    pooled = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Pooled studies"),
        queryset=Study.objects.all(),
        required=False,
        widget=AutocompleteSelectMultiple(Finding._meta.get_field("includes"), admin.site),
        help_text=gettext_lazy(
            "The studies this review pools: it absorbs their weight, so that nothing counts twice."
        ),
    )

    class Meta:
        model = Finding
        fields = "__all__"  # the admin's fieldsets say which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "pooled" in self.fields:
            self.initial["pooled"] = [study.pk for study in self.instance.includes.all()]
        for name in ("direction", "precision"):
            if name in self.fields:
                self.fields[name].required = False
                self.fields[name].help_text = _("Empty: as the numbers give it.")

    def clean(self) -> dict[str, Any]:
        """Derive what was left empty, once the numbers can be read."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(name in self.errors for name in NUMBERS):
            draft = Finding(**{name: cleaned[name] for name in NUMBERS if cleaned.get(name) is not None})
            for name, value in coding.derive(draft).items():
                cleaned[name] = cleaned.get(name) or value
        return cleaned


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


class ReferenceUploadForm(forms.Form):
    """A file of references. What it is, and whether it is too large, is told by its content: the verb says so."""

    begun: int | None = None

    file = forms.FileField(
        label=gettext_lazy("File of references"),
        help_text=gettext_lazy(
            "PubMed XML, NBIB, RIS, CSL-JSON or BibTeX, plain or gzipped, up to 200 MB. Nothing is imported"
            " before you have seen what would become of each record."
        ),
        max_length=255,
    )
