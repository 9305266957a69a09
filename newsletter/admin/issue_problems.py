"""Where on the compose page a problem is mended. The problems are composing's; their places are the page's.

A problem names what it is about (a line, a claim, a work, an article): that name leads to the line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evidence.models.claims import LANGUAGE_CHOICES
from newsletter.admin.issue_sheet import Sheet, text_field
from newsletter.models import IssueLine


@dataclass(frozen=True)
class Problem:
    """What stands in the way, and the anchor of the place to mend it; empty where there is none on the page."""

    words: str
    place: str


def placed(problems: list[str], sheet: Sheet) -> list[Problem]:
    """Return each problem with its place."""
    names = [(name, f"#line-{line.pk}") for line in sheet.lines for name in _names(line)]
    return [Problem(words, _subject(words) or _named(words, names) or _erratum(words)) for words in problems]


def _names(line: IssueLine) -> Iterator[str]:
    """Yield the names by which a problem calls a line, without the quotation marks that each language has its own of."""
    yield line.text_en or line.text_zh_hant or line.key
    if line.dropped:
        return
    if line.claim is not None:
        yield line.claim.code
    for edition in filter(None, (line.edition_en, line.edition_zh_hant)):
        yield edition.headline
    for work in line.works.all():
        # What follows a citekey differs by language; a letter or digit would make it another one.
        yield from (f"@{work.citekey}{mark}" for mark in (":", " ", "：", "，", "。"))


def _subject(words: str) -> str:
    for language, label in LANGUAGE_CHOICES:
        if words == _("The subject (%(language)s) is empty. Write it.") % {"language": label}:
            return f"#id_{text_field(language, 'subject')}"
    return ""


def _named(words: str, names: list[tuple[str, str]]) -> str:
    if str(IssueLine.Section.HYPE.label) in words and not any(name in words for name, _place in names):
        return "#section-hype"
    return next((place for name, place in names if name in words), "")


def _erratum(words: str) -> str:
    asked = _(
        "Others have read the issue as it was. Write an erratum in both languages that says what is changed."
    )
    return f"#id_{text_field('en', 'erratum')}" if words == asked else ""
