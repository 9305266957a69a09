"""What HTML and text share: the content with its words, its grades and its addresses. No markup here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from articles.words.codes import label
from newsletter.content import Content, Line, Reference
from newsletter.models import IssueLine
from newsletter.rendering import marks

HTML_LANGUAGES = {"en": "en", "zh-hant": "zh-Hant"}
# Shapes for where no drawing can go: circles empty as support falls; a square is untested, a diamond failed.
SHAPES = {
    "strong": "\N{FISHEYE}",
    "moderate": "\N{BLACK CIRCLE}",
    "emerging": "\N{CIRCLE WITH UPPER HALF BLACK}",
    "weak": "\N{WHITE CIRCLE}",
    "unsupported": "\N{WHITE SQUARE}",
    "against": "\N{BLACK DIAMOND}",
}
_PLACE = "slot-of-the-token"


@dataclass(frozen=True)
class Grade:
    """A reader grade as mail shows it: never by colour alone."""

    code: str
    shape: str
    word: str


@dataclass(frozen=True)
class Shown:
    """A line with its words: `label` says what happened where the grades do not."""

    line: Line
    label: str
    was: Grade | None
    now: Grade | None
    references: tuple[Reference, ...]


def grade(code: str) -> Grade | None:
    """Return a grade's shape and word; nothing for no grade."""
    return Grade(code, SHAPES[code], label("grade", code).upper()) if code else None


def context(content: Content) -> dict[str, Any]:
    """Return what both templates show, in the active language, which must be the content's."""
    return {
        "content": content,
        "lang": HTML_LANGUAGES[content.language],
        "sunday": date.fromisoformat(content.sunday),
        "sections": sections(content),
        "followed": [_shown(line, content) for line in followed(content).values()],
        "addresses": addresses(content.language),
        "postal": settings.NEWSLETTER_POSTAL_ADDRESS,
        "mark": {"open": marks.OPEN, "line": marks.LINE, "tail": marks.TAIL, "close": marks.CLOSE},
    }


def sections(content: Content) -> list[tuple[str, str, list[Shown]]]:
    """Return each section's code, its heading in the active language, and its lines with their words."""
    return [
        (
            section.code,
            str(IssueLine.Section(section.code).label),
            [_shown(line, content) for line in section.lines],
        )
        for section in content.sections
    ]


def followed(content: Content) -> dict[str, Line]:
    """Return the line for whoever follows a claim, by its code: a regrade before any other news, a spotlight never."""
    news = [line for line in content.lines() if line.claim and line.kind != IssueLine.Kind.SPOTLIGHT]
    news.sort(key=lambda line: line.kind != IssueLine.Kind.REGRADE)
    found: dict[str, Line] = {}
    for line in news:
        found.setdefault(line.claim, line)
    return found


def addresses(language: str) -> dict[str, str]:
    """Return the absolute addresses an issue links to besides its lines'; the one to leave by holds a mark."""
    site = settings.SITE_URL.rstrip("/")
    with override(language):
        return {
            "leave": site
            + reverse("newsletter:subscription-leave", args=[_PLACE]).replace(_PLACE, marks.LEAVE),
            "preferences": site + reverse("newsletter:preferences-ask"),
            "list": site + reverse("newsletter:issue-list"),
        }


def _shown(line: Line, content: Content) -> Shown:
    was, now = grade(line.previous_grade), grade(line.grade)
    numbered = {reference.number: reference for reference in content.references}
    return Shown(
        line=line,
        label=_label(line),
        was=was if was != now else None,
        now=now,
        references=tuple(numbered[number] for number in line.refs),
    )


def _label(line: Line) -> str:
    if line.kind == IssueLine.Kind.SPOTLIGHT:
        return ""
    if line.kind == IssueLine.Kind.REGRADE:
        if line.previous_grade == line.grade:
            return _("Still")
        return "" if line.previous_grade else pgettext("first grade", "New")
    return str(IssueLine.Kind(line.kind).label)
