"""The forms of an issue's pages. They read what was typed; what may be done with it is decided by the verbs."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.models import Claim
from evidence.models.base import LANGUAGES
from evidence.models.claims import LANGUAGE_CHOICES
from evidence.models.codes import ReaderGrade
from newsletter.admin.issue_sheet import SAID, WORDS, Sheet, Values, line_field, plain, text_field
from newsletter.models import Issue, IssueLine, IssueText
from newsletter.verbs import citing, stating

HTML_LANGUAGES = {"en": "en", "zh-hant": "zh-Hant"}
LANGUAGE_OF = {"text_en": "en", "text_zh_hant": "zh-hant", "why_en": "en", "why_zh_hant": "zh-hant"}
ROWS = {"opening": 5, "erratum": 3, "text_en": 2, "text_zh_hant": 2, "why_en": 2, "why_zh_hant": 2}


class IssueForm(forms.Form):
    """Everything an editor may change of an issue on one page, and the digests of what it was opened on."""

    seen = forms.JSONField(widget=forms.HiddenInput)
    spotlight = forms.ModelChoiceField(
        queryset=Claim.objects.graded().order_by("topic", "slug"),
        required=False,
        label=gettext_lazy("The claim in “Hype or signal”"),
    )

    def __init__(self, sheet: Sheet, data: Values | None = None, *, may_write: bool = True) -> None:
        self.sheet = sheet
        super().__init__(data, initial={**sheet.values, "seen": sheet.digests(), "spotlight": spotlit(sheet)})
        erratum_too = sheet.issue.state == Issue.State.PAUSED
        for language in LANGUAGES:
            for name in WORDS:
                if name != "erratum" or erratum_too:
                    self.fields[text_field(language, name)] = _words(name, language)
        for line in sheet.lines:
            for name in SAID:
                self.fields[line_field(line.pk, name)] = _said(name)
            self.fields[line_field(line.pk, "dropped")] = forms.BooleanField(
                label=_("Leave out"), required=False
            )
            self.fields[line_field(line.pk, "place")] = _place()
        if not may_write:
            for field in self.fields.values():
                field.disabled = True

    def typed(self) -> Values:
        """Return what was typed, as the sheet keeps values; what no field asked for stands as stored."""
        given = {
            **self.sheet.values,
            **{n: self.cleaned_data[n] for n in self.sheet.values if n in self.fields},
        }
        return {name: plain(value) if isinstance(value, str) else value for name, value in given.items()}

    def languages(self) -> list[dict[str, Any]]:
        """Return the issue's own words as the page shows them: one column a language."""
        return [
            {
                "label": dict(LANGUAGE_CHOICES)[language],
                "lang": HTML_LANGUAGES[language],
                "fields": [self[n] for w in WORDS if (n := text_field(language, w)) in self.fields],
            }
            for language in LANGUAGES
        ]

    def sections(self, before: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the lines as the page shows them, section by section, with the grades that stood `before`, by key."""
        return [
            {
                "code": section.value,
                "label": section.label,
                "lines": [
                    {**self._line(line), "was": _grade(before.get(line.key, ""))}
                    for line in self.sheet.lines
                    if line.section == section
                ],
            }
            for section in IssueLine.Section
        ]

    def labels(self) -> dict[str, str]:
        """Name every field in full, for the comparison after a colleague's save."""
        places = {line.pk: number for number, line in enumerate(self.sheet.lines, 1)}
        named = {}
        for line in self.sheet.lines:
            about = _("Line %(number)s") % {"number": places[line.pk]}
            for name in (*SAID, "dropped", "place"):
                field = line_field(line.pk, name)
                named[field] = f"{about}: {self.fields[field].label}"
        for language, label in LANGUAGE_CHOICES:
            for name in WORDS:
                field = text_field(language, name)
                if field in self.fields:
                    named[field] = f"{self.fields[field].label} ({label})"
        return named

    def _line(self, line: IssueLine) -> dict[str, Any]:
        fields = {name: self[line_field(line.pk, name)] for name in (*SAID, "dropped", "place")}
        fallen = stating.may_cite_the_fallen(line)
        works = [
            {"study": work, "problem": citing.citation_problem(work, fallen=fallen)}
            for work in line.works.all()
        ]
        return {"line": line, "said": [fields[name] for name in SAID], "works": works, **fields}


class RemarkForm(forms.Form):
    """A remark that goes with an act."""

    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Kept with the act. Cancelling asks for one."),
    )


class ApproveForm(forms.Form):
    """An approval of exactly what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class TestSendForm(forms.Form):
    """Where a test message goes, and which rendition."""

    __test__ = False  # it is no test of pytest's

    to = forms.EmailField(label=gettext_lazy("To"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGE_CHOICES)
    plain = forms.BooleanField(label=gettext_lazy("Plain text only"), label_suffix="", required=False)


def posted(sheet: Sheet, data: Mapping[str, str]) -> Values:
    """Return what a browser sent, a line it did not know of as it is stored: a colleague may have added it."""
    given: Values = {**data}
    for line in sheet.lines:
        if line_field(line.pk, "text_en") not in data:
            names = (*SAID, "dropped", "place")
            given |= {n: sheet.values[n] for n in (line_field(line.pk, name) for name in names)}
    return given


def gone(data: Mapping[str, str], seen: Mapping[str, str], sheet: Sheet) -> Values:
    """Return what was typed into lines that a refresh has taken away since, so that it can still be read."""
    texts = [name for name in seen if name not in sheet.values and name.endswith(SAID)]
    return {name: plain(data[name]) for name in texts if name in data}


def again(data: Mapping[str, str], values: Values, token: str) -> Values:
    """Return the form's data after a colleague's save: merged, and opened on what is stored now."""
    kept = {name: value for name, value in data.items() if name == "spotlight"}
    return {**kept, **values, "seen": token}


def spotlit(sheet: Sheet) -> int | None:
    """Return the claim that stands in “Hype or signal” now."""
    return next((line.claim_id for line in sheet.lines if line.kind == IssueLine.Kind.SPOTLIGHT), None)


def seen_of(data: Mapping[str, str]) -> dict[str, str]:
    """Return the digests a form was opened on; none where the field was lost, so that nothing is overwritten."""
    try:
        given = json.loads(data.get("seen", ""))
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}


def _grade(code: str) -> dict[str, str]:
    return {"code": code, "label": str(ReaderGrade(code).label)} if code else {}


def _words(name: str, language: str) -> forms.CharField:
    model = next(field for field in IssueText._meta.fields if field.name == name)
    attrs = {"lang": HTML_LANGUAGES[language], "class": "vLargeTextField"}
    widget: forms.Widget = forms.Textarea(attrs={**attrs, "rows": ROWS[name]}) if name in ROWS else forms.TextInput(
        attrs={"lang": HTML_LANGUAGES[language], "class": "vTextField"}
    )  # fmt: skip
    return forms.CharField(
        label=capfirst(model.verbose_name),
        help_text=model.help_text,
        max_length=getattr(model, "max_length", None),
        required=False,
        widget=widget,
    )


def _said(name: str) -> forms.CharField:
    attrs = {"rows": ROWS[name], "lang": HTML_LANGUAGES[LANGUAGE_OF[name]], "class": "vLargeTextField"}
    field = next(field for field in IssueLine._meta.fields if field.name == name)
    return forms.CharField(
        label=capfirst(field.verbose_name), required=False, widget=forms.Textarea(attrs=attrs)
    )


def _place() -> forms.IntegerField:
    return forms.IntegerField(label=_("Place"), required=False, min_value=0, max_value=999)
