"""Page ranges and article numbers as MEDLINE writes them, and in full as AMA prints them."""

import re

from evidence.sources.records import Pages

_RANGE = re.compile(r"([A-Za-z]*)(\d+)([A-Za-z.\d]*?)\s*[-\u2010-\u2013]\s*([A-Za-z]*)(\d+)([A-Za-z.\d]*)")
# No real pagination comes near; the pattern takes a time that grows with its cube.
_LONGEST = 200
_FIRST = re.compile(r"[^\s,;\[\]-]+")
# E1051, e20200147, ofab235, 111004, EWLS: what a journal prints for a page. Publisher item
# identifiers (S0140-6736(98)01134-9, gutjnl-2017-315136, 2020.07.25.217158) are not.
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{0,20}\d+|[A-Z]{2,10}\d*")
_LETTERED = re.compile(r"[A-Za-z]{1,20}\d+")


def pages_of(medline: str, start: str = "", end: str = "") -> Pages:
    """Read a pagination, preferring the MEDLINE wording over separate first and last pages."""
    wording = " ".join(medline.split()) or "-".join(filter(None, (start, end)))
    found = _RANGE.search(full_pages(wording)) if len(wording) <= _LONGEST else None
    if found is not None:
        prefix, first, tail, last_prefix, last, last_tail = found.groups()
        return Pages(medline=wording, start=prefix + first + tail, end=last_prefix + last + last_tail)
    first_page = _FIRST.match(wording)
    page = first_page[0] if first_page else ""
    return Pages(medline=wording, start=page, end=page)


def full_pages(wording: str) -> str:
    """Write every shortened range of a pagination in full: `1489-97` becomes `1489-1497` (AMA 11, 3.11)."""
    return _RANGE.sub(_full_range, wording) if len(wording) <= _LONGEST else wording


def article_number_of(pii: str, wording: str) -> str:
    """Return the article number a pii or a pagination such as `e20200147` is, else an empty string."""
    if _ARTICLE_NUMBER.fullmatch(pii):
        return pii
    return wording if _LETTERED.fullmatch(wording) else ""


def _full_range(found: re.Match[str]) -> str:
    prefix, first, tail, last_prefix, last, last_tail = found.groups()
    if last_prefix and last_prefix != prefix:
        return found[0]
    if len(last) < len(first):
        completed = first[: len(first) - len(last)] + last
        last = completed if int(completed) >= int(first) else last
    # An end still lower than its start is no range (67-8 of two numberings): leave it as it is worded.
    return f"{prefix}{first}{tail}-{prefix}{last}{last_tail}" if int(last) >= int(first) else found[0]
