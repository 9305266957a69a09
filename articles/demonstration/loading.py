"""The order of the demonstration: people, hubs, studies, first grades, first editions, later grades, renewed editions."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from articles.demonstration import claims, people, studies, writing
from articles.models import Article, Edition, Person, Topic
from config.refusal import Refused
from evidence.models import Authority, Claim

FOLDER = Path(__file__).resolve().parent


def load() -> Iterator[str]:
    """Load what is missing of the demonstration, saying each step; a second run changes nothing.

    Raises Refused outside the embedded mode: invented people have no place beside real readers.
    """
    if not settings.EMBEDDED:
        raise Refused(
            "not_embedded",
            "The demonstration is for EMBEDDED=1 only: it signs in people with a public password.",
        )
    users = people.make_users()
    _rows(Topic, "code", _read("topics.toml")["topic"])
    _rows(Authority, "code", _read("authorities.toml")["authority"])
    _rows(Person, "slug", _read("people.toml")["person"])
    for sign_in in people.SIGN_INS:
        Person.objects.filter(slug=sign_in.person).update(user=users[sign_in.username])
    yield f"{len(users)} people who sign in, {Person.objects.count()} who are named"
    yield f"{studies.load(users)} studies, asked of the recorded server"
    tables = [_read(path) for path in sorted((FOLDER / "claims").glob("*.toml"))]
    graded = {table["slug"]: claims.load_claim(table, users) for table in tables}
    first = sum(claims.grade_as_coded(graded[table["slug"]], table, 0, users) for table in tables)
    yield f"{len(graded)} claims, {first} graded for the first time"
    studies.accept(users)
    articles = [_read(path) for path in sorted((FOLDER / "articles").glob("*.toml"))]
    yield f"{sum(_first_editions(table, tables, users) for table in articles)} first editions"
    yield from _later(tables, graded, users)


def _read(name: str | Path) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _rows(
    model: type[Topic] | type[Authority] | type[Person], key: str, tables: list[dict[str, Any]]
) -> None:
    for table in tables:
        values = {name: value.strip() if isinstance(value, str) else value for name, value in table.items()}
        model._default_manager.get_or_create(**{key: values.pop(key)}, defaults=values)


def _first_editions(table: dict[str, Any], coded: list[dict[str, Any]], users: dict[str, User]) -> int:
    days = [claim["coding"][0]["coded_on"] for claim in coded if claim["slug"] in table["claims"]]
    now = claims.morning(max(days), 14) + timedelta(days=4)
    languages = [language for language in ("en", "zh-hant") if language in table]
    return sum(writing.publish_first(table, language, users, now=now) for language in languages)


def _later(tables: list[dict[str, Any]], graded: dict[str, Claim], users: dict[str, User]) -> Iterator[str]:
    """Set down the later grades in the order of their days, renewing the articles that showed the older ones."""
    later = [
        (block["coded_on"], number, table)
        for table in tables
        for number, block in enumerate(table["coding"])
        if number > 0
    ]
    for day, number, table in sorted(later, key=lambda item: (item[0], item[2]["slug"])):
        claim, block = graded[table["slug"]], table["coding"][number]
        with transaction.atomic():
            if not claims.grade_as_coded(claim, table, number, users):
                continue
            studies.accept(users)
            renewed = _renew(claim, block, users, now=claims.morning(day, 15) + timedelta(days=1))
        yield f"{claim.slug}: graded again, {renewed} editions renewed"


def _renew(claim: Claim, block: dict[str, Any], users: dict[str, User], *, now: datetime) -> int:
    shown_in = Edition.objects.live().filter(claims=claim).values_list("article_id", flat=True)
    articles = list(Article.objects.filter(pk__in=list(shown_in)))
    for article in articles:
        note = block["reason_zh_hant"] if article.language == "zh-hant" else block["reason_en"]
        writing.renew(article, users, now=now, note=note)
    return len(articles)
