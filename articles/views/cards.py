"""Articles in lists: what home, hubs and people's pages show of a live edition."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.fields.json import KT

from articles.drawing.geometry import GRADES
from articles.models.editions import EditionQuerySet
from articles.views.frame import Worded, worded


@dataclass(frozen=True)
class Card:
    """One live edition in a list; `grades` are today's, from strong to against, each once."""

    pk: int
    slug: str
    headline: str
    dek: str
    plate: str
    format: str
    hub: Worded
    published_at: datetime
    minutes: int
    authors: tuple[dict[str, Any], ...]
    grades: tuple[str, ...]


def cards(editions: EditionQuerySet, today: dict[str, str], *, most: int | None = None) -> list[Card]:
    """Return editions, the newest first, as cards; `today` holds the current grade of each claim by code.

    Only the parts that are shown leave the database: an edition's whole content is long.
    """
    parts = editions.annotate(
        dek=KT("content__dek"),
        plate=KT("content__plate"),
        format=KT("content__format"),
        hub=F("content__topic__title"),
        shown_people=F("content__people"),
        shown_claims=F("content__claims"),
        minutes=F("content__reading_minutes"),
    ).order_by("-published_at", "-pk")
    names = ("pk", "slug", "headline", "published_at", "dek", "plate", "format", "minutes")
    return [
        Card(
            **{name: row[name] for name in names},
            hub=worded(row["hub"]),
            authors=tuple(one for one in row["shown_people"] if one["role_on_article"] == "author"),
            grades=_grades(row["shown_claims"], today),
        )
        for row in parts.values(*names, "hub", "shown_people", "shown_claims")[:most]
    ]


def _grades(claims: list[dict[str, Any]], today: dict[str, str]) -> tuple[str, ...]:
    shown = {today.get(claim["code"], claim["grade"]) for claim in claims}
    return tuple(grade for grade in GRADES if grade in shown)
