"""Small marks and words of the reading pages: grades, flags, dates, names, counts. No rows are looked up here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from articles.drawing.frame import grade_mark
from articles.views.frame import Alternate, Worded, alternates, language
from articles.views.radar_rows import grade_word
from articles.views.standing import Regraded
from articles.words.codes import FLAGS
from evidence.models import LiveNotice
from evidence.models.base import LANGUAGES

register = template.Library()

_STYLES = {
    "harm_signal": "flag harm",
    "under_reassessment": "flag wait",
    "review_overdue": "flag wait",
    "overridden": "flag wait",
}


@register.simple_tag
def grade(code: str) -> SafeString:
    """Show a reader grade as shape, colour and word."""
    return grade_mark(code, grade_word(code))


@register.simple_tag
def flag(code: str) -> SafeString:
    """Show a flag of a claim: one frozen with its grade, or a notice that stands today."""
    word = FLAGS[code] if code in FLAGS else LiveNotice.Kind(code).label
    return format_html('<span class="{}">{}</span>', _STYLES.get(code, "flag"), word)


@register.filter
def day(value: date) -> str:
    """Write a date in full: 22 Nov 2026."""
    return format_date(value, pgettext("date format, in full", "j M Y"))


@register.filter
def short_day(value: date) -> str:
    """Write a date without its year: 22 Nov."""
    return format_date(value, pgettext("date format, without the year", "j M"))


@register.filter
def iso(value: date) -> str:
    """Write a date for machines."""
    return format_date(value, "Y-m-d")


@register.simple_tag
def cited(works: int, year: int | None) -> str:
    """Say on how much a grade rests: `2 cites · 2018`."""
    count = ngettext("%(count)s cite", "%(count)s cites", works) % {"count": works}
    return f"{count} · {year}" if year else count


@register.simple_tag
def regraded_words(news: Regraded) -> str:
    """Say that a claim was graded again after this edition, and what it is now."""
    sentence = _("Regraded %(day)s: still %(grade)s") if news.same else _("Regraded %(day)s: now %(grade)s")
    return sentence % {"day": short_day(news.at), "grade": grade_word(news.grade).upper()}


@register.filter
def called(person: Mapping[str, Any]) -> Worded:
    """Return a person's name in the page's language, with the credential behind it."""
    own = language()
    chinese = person.get("name_zh_hant", "")
    if own == "zh-hant" and chinese:
        credential = person.get("credential", "")
        return Worded(f"{chinese}，{credential}" if credential else chinese)
    credential = person.get("credential", "")
    name = f"{person['name']}, {credential}" if credential else person["name"]
    return Worded(name, "" if own == "en" else "en")


@register.filter
def said_of(row: Mapping[str, Any], field: str) -> str:
    """Return a field kept in both languages in the page's own; empty where it is not translated."""
    return str(row.get(f"{field}_{language().replace('-', '_')}", ""))


@register.simple_tag(takes_context=True)
def other_language(context: template.Context) -> Alternate:
    """Return the page's address in the other language, or the front page's where it is not translated."""
    own = language()
    of_page: list[Alternate] = context.get("alternates") or []
    fronts = alternates("articles:home", {code: {} for code in LANGUAGES})
    return next(address for address in [*of_page, *fronts] if address.code != own)
