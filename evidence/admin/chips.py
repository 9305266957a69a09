"""Small marks of the desk's lists: a grade with its shape, a state. The look is CSS's."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from evidence.models import GradeSnapshot


def grade_chip(snapshot: GradeSnapshot | None) -> SafeString | str:
    """Mark a grade by shape, colour and word; a dash where there is none."""
    if snapshot is None:
        return "–"
    return format_html(
        '<span class="grade is-{0}"><svg class="g" aria-hidden="true"><use href="#g-{0}"></use></svg> <b>{1}</b></span>',
        snapshot.reader_grade,
        snapshot.get_reader_grade_display(),
    )


def state_chip(code: str, label: Any) -> SafeString:
    """Mark a state by its code and word."""
    return format_html('<span class="state state-{}">{}</span>', code, label)
