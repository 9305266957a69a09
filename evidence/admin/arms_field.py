"""The arms of a trial as rows to type into: one row an arm, read into the list that a finding keeps. No script needed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.models.findings import number_text

COLUMNS = {
    "label_en": gettext_lazy("Arm (English)"),
    "label_zh_hant": gettext_lazy("Arm (Chinese)"),
    "n": gettext_lazy("People"),
    "events": gettext_lazy("Events"),
    "percent": gettext_lazy("% as printed"),
}
COUNTS = ("n", "events")
ROWS_LEAST = 3
ROWS_MOST = 12
SPARE = 1


class ArmsInput(forms.Widget):
    """Rows of inputs named `<field>-<row>-<column>`, one more than are filled."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:  # noqa: ARG002
        """Draw the rows."""
        held = value if isinstance(value, list) else []
        count = min(max(ROWS_LEAST, len(held) + SPARE), ROWS_MOST)
        rows = [held[place] if place < len(held) else {} for place in range(count)]
        cells = [
            [
                {
                    "name": f"{name}-{place}-{column}",
                    "label": _("%(column)s, arm %(number)s") % {"column": label, "number": place + 1},
                    "value": "" if arm.get(column) is None else arm.get(column, ""),
                    "is_number": column not in ("label_en", "label_zh_hant"),
                }
                for column, label in COLUMNS.items()
            ]
            for place, arm in enumerate(rows)
        ]
        context = {"columns": COLUMNS.values(), "rows": cells}
        return render_to_string("admin/evidence/finding/_arms.html", context)

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[dict[str, str]]:
        """Read the rows that hold anything, as typed."""
        rows = (
            {column: str(data.get(f"{name}-{place}-{column}", "")).strip() for column in COLUMNS}
            for place in range(ROWS_MOST)
        )
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, _data: Any, _files: Any, _name: str) -> bool:
        """Say that no rows are an answer: the arms were emptied."""
        return False

    def id_for_label(self, _id: str) -> str:
        """Name no single input: each carries a label of its own."""
        return ""


class ArmsField(forms.Field):
    """A list of arms: labels, counts as whole numbers, a percentage as printed."""

    widget = ArmsInput

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        """Turn typed rows into arms. Raises ValidationError naming the arm and the column."""
        return [self._arm(place, row) for place, row in enumerate(value or [], 1)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare arms, not what was typed for them."""
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True

    def _arm(self, place: int, row: dict[str, Any]) -> dict[str, Any]:
        arm: dict[str, Any] = {name: row.get(name, "") for name in ("label_en", "label_zh_hant")}
        for name in COUNTS:
            if row.get(name, "") != "":
                arm[name] = _count(place, name, row[name])
        if row.get("percent", "") != "":
            arm["percent"] = str(row["percent"]).rstrip("%").strip()
            try:
                number_text(arm["percent"])
            except ValidationError as wrong:
                raise _bad(place, "percent") from wrong
        return arm


def _count(place: int, name: str, typed: Any) -> int:
    text = str(typed)
    if not (text.isascii() and text.isdecimal()):
        raise _bad(place, name)
    return int(text)


def _bad(place: int, name: str) -> ValidationError:
    return ValidationError(
        _("Arm %(number)s, “%(column)s”: write a number as printed, such as 54 or 79.6, or leave it empty.")
        % {"number": place, "column": COLUMNS[name]}
    )
