"""The desk's forms about evidence. They read what was typed; what may be done with it is decided by the verbs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import RefusableForm
from evidence.models import ClaimText, GradeOverride, GradeSnapshot
from evidence.models.codes import (
    Direction,
    Directness,
    Precision,
    Quality,
    ReaderGrade,
    RecheckVerdict,
    Status,
)
from evidence.verbs.overriding import LONGEST, REASON_LENGTH
from evidence.verbs.rechecking import CODED, Slot
from evidence.verbs.texts import FIELDS as TEXT_FIELDS

BLIND_LABELS = {
    "direction": gettext_lazy("Direction"),
    "quality": gettext_lazy("Quality"),
    "precision": gettext_lazy("Precision"),
    "directness": gettext_lazy("Directness"),
}
BLIND_CHOICES: Any = {
    "direction": Direction,
    "quality": Quality,
    "precision": Precision,
    "directness": Directness,
}


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


class OverrideForm(forms.Form):
    """Another grade or status than the engine's: which, why, until when."""

    reader_grade = forms.ChoiceField(
        label=gettext_lazy("Grade"),
        required=False,
        choices=[("", gettext_lazy("the engine's")), *ReaderGrade.choices],
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("the engine's")), *Status.choices],
    )
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Kind of reason"), choices=GradeOverride.Reason.choices
    )
    reason_en = forms.CharField(
        label=gettext_lazy("Reason (English)"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    reason_zh_hant = forms.CharField(
        label=gettext_lazy("Reason (Chinese)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Expires on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_en"].help_text = _("Readers see it. At least %(least)s characters.") % {
            "least": REASON_LENGTH
        }
        self.fields["expires_on"].help_text = _("At most %(days)s days ahead.") % {"days": LONGEST.days}


class SecondOverrideForm(forms.Form):
    """A second person's word on an override: the hash of what was shown, and a remark."""

    seen_override = forms.CharField(widget=forms.HiddenInput, max_length=64)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )


class BlindForm(forms.Form):
    """A blind reading: four values for each slot, the verdict, and the word that nothing was seen before."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Your verdict on the claim"), choices=[("", "---------"), *RecheckVerdict.choices]
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    attests = forms.BooleanField(
        label=gettext_lazy("I have not seen this claim's coding, grade or pages at the desk."), required=False
    )

    def __init__(self, *args: Any, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = slots
        for slot in slots:
            for name, choices in BLIND_CHOICES.items():
                self.fields[f"{slot.key}-{name}"] = forms.ChoiceField(
                    label=BLIND_LABELS[name], choices=[("", "---------"), *choices.choices]
                )

    def by_slot(self) -> list[tuple[Slot, list[forms.BoundField]]]:
        """Return each slot with its four fields, for the page."""
        return [(slot, [self[f"{slot.key}-{name}"] for name in CODED]) for slot in self.slots]

    def about_the_claim(self) -> list[forms.BoundField]:
        """Return the fields that concern the whole claim."""
        return [self["verdict"], self["remark"]]

    def codings(self) -> dict[str, dict[str, str]]:
        """Return the values typed, by slot."""
        given = self.cleaned_data
        return {slot.key: {name: given[f"{slot.key}-{name}"] for name in CODED} for slot in self.slots}


class CheckForm(forms.Form):
    """That a coding is right: the hash of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


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
