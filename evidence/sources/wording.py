"""Texts and dates as reference formats word them: markup taken away, spaces folded, dates in words and back.

Names are `names`; which format carries which field is `carried`.
"""

import html
import re
from collections.abc import Iterable

from evidence.identifiers import IdentifierError, parse_doi, parse_pmcid, parse_pmid, spelled_doi
from evidence.sources.dates import PartialDate, date_of_parts, month_number, parse_medline_date

_ATTRIBUTES = r"(?:\s+[\w:-]+=(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>"
_BLOCKS = re.compile(r"</?(?:jats:)?(?:p|title|sec|br|div)" + _ATTRIBUTES, re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:jats:)?(?:i|b|u|em|strong|sup|sub|sc|scp|span|italic|bold|inf)" + _ATTRIBUTES, re.IGNORECASE
)
_ESCAPED_TWICE = re.compile(r"&(?:amp;)+")
# Control signs and halves of surrogate pairs: no database keeps them, no reader sees them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIMPLE = re.compile(r"(\d{4})(?: ([A-Z][a-z]{2})(?: (\d{1,2}))?)?", re.ASCII)
_NUMERIC = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?", re.ASCII)
_SEASON = re.compile(r"(\d{4}) (Spring|Summer|Autumn|Fall|Winter)", re.ASCII)
_NOTED = {
    "pmid": re.compile(r"\bPMID\s*[:=]?\s*(\d{1,8})\b", re.IGNORECASE),
    "pmcid": re.compile(r"\bPMC(?:ID)?\s*[:=]?\s*(PMC\d+)\b", re.IGNORECASE),
    "doi": re.compile(r"\bDOI\s*[:=]?\s*(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE),
}
_DOI_ADDRESS = re.compile(r"^(?:https?://)?(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)


def tidy(text: str) -> str:
    """Return a text on one line, without markup, entities and unprintable signs; tidying twice changes nothing."""
    while True:
        once = " ".join(_UNPRINTABLE.sub("", _without_markup(text)).split())
        if once == text:
            return once
        text = once


def title_of(text: str) -> str:
    """Return a title without the full stop that closes it in print; an ellipsis stays."""
    text = tidy(text)
    while text.endswith(".") and not text.endswith(".."):
        text = text[:-1].rstrip()
    return text


def wording_of(date: PartialDate | None) -> str:
    """Word a date as MEDLINE does: `2024 Oct 13`, `2000 Spring`, else in its source's own words."""
    if date is None:
        return ""
    year = "" if date.year is None else f"{date.year:04d}"
    if date.text:
        return date.text if not year or str(date.year) in date.text else f"{year} {date.text}"
    if date.end_year or date.end_month:
        return " ".join(filter(None, (year, _months(date))))
    if date.month:
        day = str(date.day) if date.day else ""
        return " ".join(filter(None, (year, MONTHS[date.month - 1], day)))
    return " ".join(filter(None, (year, date.season)))


def date_worded(text: str) -> PartialDate | None:
    """Read what `wording_of` writes, ISO dates, and free dates as MEDLINE has them; None for nothing."""
    text = tidy(text)
    if found := _NUMERIC.fullmatch(text):
        year, month, day = found[1], found[2], found[3] or ""
        if month_number(month):
            return date_of_parts(year, month, day)
    if (found := _SIMPLE.fullmatch(text)) and (not found[2] or month_number(found[2])):
        return date_of_parts(found[1], found[2] or "", found[3] or "")
    if found := _SEASON.fullmatch(text):
        return date_of_parts(found[1], season=found[2])
    return parse_medline_date(text) if text else None


def iso_year(date: PartialDate | None) -> int | None:
    return None if date is None else date.year


def split_list(texts: Iterable[str], separators: str = ";,") -> tuple[str, ...]:
    """Return the members of a list that a format keeps in one text."""
    return tuple(
        member for text in texts for part in re.split(f"[{separators}]", text) if (member := tidy(part))
    )


def doi_in(*texts: str) -> tuple[str, str]:
    """Return the first readable DOI, normalised and as spelled; empty when there is none."""
    for text in filter(None, texts):
        try:
            return parse_doi(text).value, spelled_doi(text)
        except IdentifierError:
            continue
    return "", ""


def pmid_in(*texts: str) -> str:
    """Return the first readable PMID, else an empty text."""
    for text in filter(None, texts):
        try:
            return parse_pmid(text).value
        except IdentifierError:
            continue
    return ""


def pmcid_in(*texts: str) -> str:
    """Return the first readable PMCID, else an empty text."""
    for text in filter(None, texts):
        try:
            return parse_pmcid(text).value
        except IdentifierError:
            continue
    return ""


def noted(scheme: str, *notes: str) -> str:
    """Return what a free note says after `PMID:`, `PMCID:` or `DOI:` (the scheme in lower case)."""
    return next((found[1] for note in notes if (found := _NOTED[scheme].search(note))), "")


def doi_address(*addresses: str) -> str:
    """Return the first address that is a DOI's own at doi.org."""
    return next((held for held in addresses if _DOI_ADDRESS.match(held.strip())), "")


def _without_markup(text: str) -> str:
    if "&" in text:
        text = html.unescape(_ESCAPED_TWICE.sub("&", text))
    return _INLINE.sub("", _BLOCKS.sub(" ", text)) if "<" in text else text


def _months(date: PartialDate) -> str:
    first = MONTHS[date.month - 1] if date.month else ""
    last = MONTHS[date.end_month - 1] if date.end_month else ""
    return "-".join(filter(None, (first, " ".join(filter(None, (str(date.end_year or ""), last))))))
