"""The form that codes a finding: derived values, lint beside the fields, arms as rows, the tools' questions.

What may be saved is decided by evidence/verbs/coding.py; what the hints say is hints.py's.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.forms.widgets import Script
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_rights import RefusableForm
from evidence import appraisal
from evidence.admin.arms_field import ArmsField
from evidence.admin.hints import Hints
from evidence.models import Finding, Study
from evidence.models.codes import AppraisalAnswer
from evidence.verbs.appraising import QUESTIONS

NUMBERS = (
    "measure", "better", "estimate", "ci_low", "ci_high", "ci_level", "p", "alpha", "mid", "n", "arms", "direction",
    "quality_tool",
)  # fmt: skip
HINTED = ("direction", "precision", "quality", "estimate", "ci_low", "p", "n", "arms")
TOOL_PREFIX = {appraisal.ROB2: "rob2", appraisal.AMSTAR2: "amstar2"}


def question_field(tool: str, question: str) -> str:
    """Name the form field of a tool's question."""
    return f"{TOOL_PREFIX[tool]}_{question}"


def question_fields(tool: str) -> tuple[str, ...]:
    """Name the form fields of all a tool asks, in its order."""
    return tuple(question_field(tool, question) for question in appraisal.questions(tool))


def _choice(tool: str, question: str) -> forms.ChoiceField:
    taken = [(code, AppraisalAnswer(code).label) for code in appraisal.answers(tool, question)]
    label: Any = QUESTIONS[tool](question).label
    return forms.ChoiceField(label=label, choices=[("", "---------"), *taken], required=False)


# The questions of both tools as the fields of a form; made from the tools, so that nothing is listed twice.
Questions: type[forms.Form] = type(
    "Questions",
    (forms.Form,),
    {
        question_field(tool, question): _choice(tool, question)
        for tool in TOOL_PREFIX
        for question in appraisal.questions(tool)
    },
)


class NumbersForm(RefusableForm):
    """The part of a finding that something follows from; also what the form's script asks about."""

    arms = ArmsField(label=gettext_lazy("Arms"), required=False)

    class Meta:
        model = Finding
        fields = NUMBERS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("direction", "precision", "quality"):
            if name in self.fields:
                self.fields[name].required = False
                self.fields[name].help_text = _("Empty: taken from there.")

    def draft(self) -> Finding:
        """Return a finding of what could be read so far, not to be saved."""
        cleaned = self.cleaned_data
        given = {name: cleaned[name] for name in NUMBERS if cleaned.get(name) not in (None, "")}
        return Finding(**given, appraisal=self.answers())

    def answers(self) -> dict[str, str]:
        """Return the answers to the tool chosen; a form without the questions keeps those on record."""
        tool = self.cleaned_data.get("quality_tool", "")
        if not any(name in self.fields for name in question_fields(tool)):
            return dict(self.instance.appraisal)
        given = {q: self.cleaned_data.get(question_field(tool, q), "") for q in appraisal.questions(tool)}
        return {question: answer for question, answer in given.items() if answer}


class AskedForm(NumbersForm, Questions):  # type: ignore[misc, valid-type]
    """What the form's script asks about: numbers and answers as typed so far, nothing of it required yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for asked in self.fields.values():
            asked.required = False


class FindingForm(NumbersForm):
    """A finding; direction, precision and quality left empty are taken from the numbers and answers."""

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

    class Media:
        js = (Script("articles/js/coding.js", type="module"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "pooled" in self.fields:
            self.initial["pooled"] = [study.pk for study in self.instance.includes.all()]
        self.plain_help = {name: self.fields[name].help_text for name in HINTED if name in self.fields}
        self._show(Hints.of(self.instance) if self.instance.pk else Hints())

    def clean(self) -> dict[str, Any]:
        """Derive what was left empty, once numbers and answers can be read, and say beside the fields what follows."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._require_answers()
        if any(name in self.errors for name in NUMBERS):
            return cleaned
        draft = self.draft()
        self.instance.appraisal = draft.appraisal
        hints = Hints.of(draft)
        self._show(hints)
        for name, code in hints.derived.items():
            # What the tool's answers give is nobody's to differ from; the rest is, with a reason.
            cleaned[name] = code if name == "quality" else cleaned.get(name) or code
        cleaned["quality"] = cleaned.get("quality") or Finding._meta.get_field("quality").default
        return cleaned

    def _require_answers(self) -> None:
        """Name each question left open once one of its tool is answered."""
        tool = self.cleaned_data.get("quality_tool", "")
        given = self.answers()
        for question in appraisal.questions(tool) if given else ():
            if question not in given and question_field(tool, question) in self.fields:
                said = _("%(tool)s rates a study once every question is answered.") % {"tool": tool}
                self.add_error(question_field(tool, question), said)

    def _show(self, hints: Hints) -> None:
        """Write the hints beside their fields, those already drawn up included."""
        for name, help_text in self.plain_help.items():
            self.fields[name].help_text = self[name].help_text = hints.beside(name, help_text)


class FindingPageForm(FindingForm, Questions):  # type: ignore[misc, valid-type]
    """A finding on its own page, where the tools' questions are asked as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.quality_tool in TOOL_PREFIX:
            for question, answer in self.instance.appraisal.items():
                self.initial[question_field(self.instance.quality_tool, question)] = answer
