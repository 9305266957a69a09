"""Dates as bibliographic records give them: a year, perhaps a month, a day, a season or a range.

No calendar date is invented: what a record does not say stays None.
"""

import re
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SEASONS = ("spring", "summer", "autumn", "fall", "winter")
_TOKENS = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date known in parts; `text` keeps the source's own wording where the parts say less."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    season: str = ""
    end_year: int | None = None
    end_month: int | None = None
    text: str = ""

    @property
    def iso(self) -> str:
        """`2024`, `2024-10` or `2024-10-13`: as much as is known, empty without a year."""
        if self.year is None:
            return ""
        parts = [f"{self.year:04d}"]
        for part in (self.month, self.day):
            if part is None:
                break
            parts.append(f"{part:02d}")
        return "-".join(parts)

    @property
    def american(self) -> str:
        """`October 13, 2024`, as AMA prints it: as much as is known."""
        year = "" if self.year is None else str(self.year)
        if self.month is None:
            return f"{self.season} {year}".strip()
        name = _MONTH_NAMES[self.month - 1]
        if self.day is None:
            return f"{name} {year}".strip()
        return f"{name} {self.day}, {year}".strip(", ")


def month_number(text: str) -> int | None:
    """Return 1 to 12 for `Oct`, `October`, `10` or `010`, else None."""
    word = text.strip().rstrip(".").lower()
    if word.isascii() and word.isdigit():
        return int(word) if len(word) < 4 and 1 <= int(word) <= 12 else None
    return _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS and len(word) >= 3 else None


def date_of_parts(year: str, month: str = "", day: str = "", season: str = "") -> PartialDate:
    """Build a date from a record's separate elements; a season may itself be a range of months."""
    months = [number for part in re.split(r"[-/ ]+", month or season) if (number := month_number(part))]
    number = months[0] if months else None
    last = months[-1] if len(months) > 1 else None
    days = _small_number(day) if number else None
    word = season.strip() if season and not months else ""
    return PartialDate(
        year=_year(year),
        month=number,
        day=days,
        season=word,
        end_month=last,
        text="" if not last else season or month,
    )


def parse_medline_date(text: str) -> PartialDate:
    """Read a free MEDLINE date: `1998 Dec-1999 Jan`, `2018 May - Jun`, `2000 Spring`, `1944-1945`.

    The source's wording is kept in `text`; what cannot be read is left None.
    """
    wording = " ".join(text.split())
    tokens = _TOKENS.findall(wording)
    years = [int(token) for token in tokens if _year(token)]
    months = [(index, number) for index, token in enumerate(tokens) if (number := _month_word(token))]
    seasons = [token.capitalize() for token in tokens if token.lower() in _SEASONS]
    day = _small_number(tokens[months[0][0] + 1]) if months and months[0][0] + 1 < len(tokens) else None
    return PartialDate(
        year=years[0] if years else None,
        month=months[0][1] if months else None,
        day=day,
        season="-".join(seasons) if not months else "",
        end_year=years[-1] if len(set(years)) > 1 else None,
        end_month=months[-1][1] if len(months) > 1 else None,
        text=wording,
    )


def _month_word(token: str) -> int | None:
    return None if token.isdigit() else month_number(token)


def _year(text: str) -> int | None:
    found = re.fullmatch(r"\s*(\d{4})\s*", text, re.ASCII)
    return int(found[1]) if found and int(found[1]) else None


def _small_number(text: str) -> int | None:
    found = re.fullmatch(r"\s*(\d{1,2})\s*", text, re.ASCII)
    return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None
