"""A finding's coding to read: every coded value with its label and words, and what its study's record says."""

from typing import Any

from evidence.admin.hints import Hints
from evidence.admin.inlines import FINDING_FIELDSETS
from evidence.models import Finding
from evidence.models.codes import AppraisalAnswer
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.verbs.appraising import QUESTIONS

# Shown in another way than as a value of the row.
APART = frozenset({"study", "pooled", "checked", "arms"})


def shown(finding: Finding) -> dict[str, Any]:
    """Return a coding in groups as the form has them, its answers, its hints, and the study's abstract."""
    hints = Hints.of(finding)
    record = finding.study.record
    work = from_plain(WorkRecord, record.content) if record else None
    return {
        "finding": finding,
        "groups": [
            {"title": title, "values": values}
            for title, options in FINDING_FIELDSETS
            if (values := _values(finding, options["fields"], hints))
        ],
        "answers": _answers(finding),
        "lint": hints.sentences,
        "work": work,
    }


def _values(finding: Finding, lines: Any, hints: Hints) -> list[dict[str, Any]]:
    """The values that were given, each with the derived one where it is another."""
    names = [name for line in lines for name in ((line,) if isinstance(line, str) else line)]
    rows = []
    for name in names:
        if name in APART:
            continue
        field: Any = Finding._meta.get_field(name)
        value = finding.serializable_value(name)
        if value not in ("", None, 0):
            said = getattr(finding, f"get_{name}_display", lambda value=value: value)()
            derived = hints.label(name) if hints.derived.get(name, value) != value else ""
            rows.append({"label": field.verbose_name, "value": said, "derived": derived})
    return rows


def _answers(finding: Finding) -> list[dict[str, Any]]:
    tool: Any = QUESTIONS.get(finding.quality_tool)
    if tool is None:
        return []
    return [
        {"question": question.label, "answer": AppraisalAnswer(finding.appraisal[question.value]).label}
        for question in tool
        if question.value in finding.appraisal
    ]
