"""What a finding's numbers and answers say, in words, each beside the field it concerns: for forms and for their script.

The rules are evidence/derived.py's, evidence/lint.py's and evidence/appraisal.py's.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evidence.admin import words
from evidence.models import Finding
from evidence.models.codes import Direction, Precision, Quality
from evidence.verbs import appraising, coding

# The field that a contradiction is shown beside: the one most likely mistyped.
LINT_FIELDS = {
    "ci_reversed": "ci_low",
    "estimate_outside_ci": "estimate",
    "midpoint_off": "estimate",
    "arms_do_not_sum": "n",
    "percentage_impossible_for_n": "arms",
    "p_not_below_alpha": "p",
    "p_disagrees_with_ci": "p",
}
DERIVED = {"direction": Direction, "precision": Precision, "quality": Quality}


@dataclass(frozen=True)
class Hints:
    """The derived codes by field, and the sentences of lint by field."""

    derived: dict[str, str] = field(default_factory=dict)
    lint: dict[str, list[str]] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        """All that cannot be right, in one list."""
        return [sentence for said in self.lint.values() for sentence in said]

    @classmethod
    def of(cls, finding: Finding) -> "Hints":
        """Read a finding, saved or not, whose numbers are numbers."""
        derived = coding.derive(finding)
        try:
            quality = appraising.derived_quality(finding)
        except ValidationError:
            # The form says beside the answers what is still open; until then nothing follows from them.
            quality = None
        if quality is not None:
            derived["quality"] = quality
        lint: dict[str, list[str]] = {}
        for code in coding.contradictions(finding):
            lint.setdefault(LINT_FIELDS[code], []).append(str(words.LINT[code]))
        return cls(derived, lint)

    def label(self, name: str) -> str:
        """Say a derived value in words, nothing where none follows."""
        return str(DERIVED[name](self.derived[name]).label) if name in self.derived else ""

    def as_data(self) -> dict[str, Any]:
        """Return what the form's script shows."""
        derived = {name: {"code": code, "label": self.label(name)} for name, code in self.derived.items()}
        return {"derived": derived, "lint": self.lint}

    def beside(self, name: str, help_text: Any) -> SafeString:
        """Return a field's help with its hint; the places stay where a script finds them, empty ones too."""
        if name in DERIVED:
            said = _("From the answers:") if name == "quality" else _("From the numbers:")
            return format_html(
                '<span class="derived" data-address="{}"{}>{} <b data-derived="{}">{}</b></span> {}',
                reverse("admin:evidence_finding_derive"),
                "" if name in self.derived else SafeString(" hidden"),
                said,
                name,
                self.label(name),
                help_text,
            )
        found = format_html_join(" ", "<span>{}</span>", ((one,) for one in self.lint.get(name, ())))
        return format_html('{} <span class="lint" data-lint="{}">{}</span>', help_text, name, found)
