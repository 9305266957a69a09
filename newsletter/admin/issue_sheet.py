"""What an editor may change of an issue, as one flat sheet of fields, with a digest of each: who saved over whom.

It reads and compares; composing's verbs write (issue_composing.py calls them).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from config.word_diff import word_diff
from evidence.models.base import LANGUAGES
from newsletter.models import Issue, IssueLine, IssueText
from newsletter.verbs import citing, stating

WORDS = ("subject", "opening", "erratum")
SAID = ("text_en", "text_zh_hant", "why_en", "why_zh_hant")
STATE = "state"

# Long texts that are read along with a line for nothing.
LONG = (
    "snapshot__dossier_json", "snapshot__verdict_json", "snapshot__exhibits", "edition_en__content",
    "edition_en__manifest", "edition_zh_hant__content", "edition_zh_hant__manifest",
)  # fmt: skip

Values = dict[str, Any]


def text_field(language: str, name: str) -> str:
    """Name the form field of an issue's own words."""
    return f"{language}-{name}"


def line_field(pk: int, name: str) -> str:
    """Name the form field of a line."""
    return f"line-{pk}-{name}"


@dataclass(frozen=True)
class Sheet:
    """An issue as it is stored: its lines in order, and the value of every field of its form."""

    issue: Issue
    lines: tuple[IssueLine, ...]
    values: Values

    def digests(self) -> dict[str, str]:
        """Return a short digest of every value and of the state: what a form was opened on."""
        return {name: _digest(value) for name, value in {**self.values, STATE: self.issue.state}.items()}

    def token(self) -> str:
        """Return the digests as the form carries them."""
        return json.dumps(self.digests(), separators=(",", ":"))

    def words(self, language: str) -> dict[str, str]:
        """Return an issue's own words in a language."""
        return {name: self.values[text_field(language, name)] for name in WORDS}


def read(issue: Issue) -> Sheet:
    """Read what can be edited."""
    texts = {text.language: text for text in issue.texts.all()}
    values: Values = {}
    for language in LANGUAGES:
        text = texts.get(language, IssueText())
        values |= {text_field(language, name): plain(getattr(text, name)) for name in WORDS}
    chosen = issue.lines.select_related("claim", "study", "snapshot", "edition_en", "edition_zh_hant").defer(
        *LONG
    )
    lines = sorted(chosen.prefetch_related(Prefetch("works", citing.with_records())), key=stating.position)
    for line in lines:
        values |= {line_field(line.pk, name): plain(getattr(line, name)) for name in SAID}
        values[line_field(line.pk, "dropped")] = line.dropped
    values |= _places(lines)
    return Sheet(issue, tuple(lines), values)


def plain(typed: Any) -> str:
    """Return a text as it is compared: line ends of one kind, nothing around it."""
    return str(typed or "").replace("\r\n", "\n").strip()


def changed_since(seen: Mapping[str, str], sheet: Sheet) -> bool:
    """Say whether somebody saved since the form with these digests was opened."""
    return dict(seen) != sheet.digests()


def merged(seen: Mapping[str, str], typed: Values, sheet: Sheet) -> Values:
    """Return what the form shows after a colleague's save: mine where I changed something, else theirs."""
    return {
        name: typed[name] if name in typed and _touched(seen, name, typed) else stored
        for name, stored in sheet.values.items()
    }


def differences(
    seen: Mapping[str, str], typed: Values, sheet: Sheet, labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a row for each field I changed that is not what the colleague left: both texts and the difference."""
    rows = []
    for name, mine in typed.items():
        theirs = sheet.values.get(name, "")
        if _touched(seen, name, typed) and mine != theirs:
            a, b = _said(theirs), _said(mine)
            rows.append(
                {
                    "label": labels.get(name, _("A line that is gone")),
                    "theirs": a,
                    "mine": b,
                    "parts": word_diff(a, b),
                }
            )
    return rows


def _touched(seen: Mapping[str, str], name: str, typed: Values) -> bool:
    return seen.get(name) != _digest(typed[name])


def _places(lines: list[IssueLine]) -> Values:
    """Number the lines within their sections, from 1."""
    counted: dict[str, int] = {}
    places = {}
    for line in lines:
        counted[line.section] = counted.get(line.section, 0) + 1
        places[line_field(line.pk, "place")] = counted[line.section]
    return places


def _digest(value: Any) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()[:10]


def _said(value: Any) -> str:
    """Say a value as the comparison shows it; of the ticks there is only "left out"."""
    if isinstance(value, bool):
        return _("left out") if value else _("kept")
    return str(value)
