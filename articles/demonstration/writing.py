"""Walks the demonstration's articles through the verbs: drafted, submitted, approved by another, published, renewed."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles.demonstration.people import EDITOR, MANAGING, TRANSLATOR, WRITER
from articles.models import Article, Person, Topic
from articles.verbs import drafting, publishing, trail, workflow
from evidence.models import Claim

Users = Mapping[str, User]
NAMESPACE = uuid.UUID("6f1c1f5e-6a0e-4f3f-9c39-0d3f0a7f9b11")
TEXTS = (
    "headline", "dek", "description", "short_version", "body", "open_questions", "verdict", "disclosure",
    "plate_caption",
)  # fmt: skip
DRAFTERS = {"en": WRITER, "zh-hant": TRANSLATOR}


@transaction.atomic
def publish_first(table: dict[str, Any], language: str, users: Users, *, now: datetime) -> bool:
    """Draft one article in one language and bring it out as edition 1.0, unless it is out; say whether it was done."""
    key = uuid.uuid5(NAMESPACE, table["slug"])
    article = Article.objects.filter(translation_key=key, language=language).first()
    if article is not None and article.live_id:
        return False
    article = article or Article(translation_key=key, language=language)
    slug = table.get("slug_zh_hant", table["slug"]) if language == "zh-hant" else table["slug"]
    article.slug, article.topic = slug, Topic.objects.get(code=table["topic"])
    article.format, article.plate = table["format"], table.get("plate", "")
    article.next_review = table["next_review"]
    for name in TEXTS:
        setattr(article, name, table[language].get(name, "").strip())
    drafting.save(
        article,
        by=users[DRAFTERS[language].username],
        now=now - timedelta(days=2),
        people=_people(table),
        claims=[Claim.objects.get(slug=slug) for slug in table["claims"]],
    )
    _bring_out(article, users, now=now, note="")
    return True


def renew(article: Article, users: Users, *, now: datetime, note: str) -> None:
    """Pin a published article to today's grades and bring out the next edition with a change note."""
    drafting.repin(article, by=users[DRAFTERS[article.language].username], now=now - timedelta(hours=4))
    _bring_out(article, users, now=now, note=note)


def _bring_out(article: Article, users: Users, *, now: datetime, note: str) -> None:
    drafter = users[DRAFTERS[article.language].username]
    workflow.submit(article, by=drafter, now=now - timedelta(hours=3))
    seen = trail.manifest_sha256(article)
    workflow.approve(article, by=users[EDITOR.username], now=now - timedelta(hours=2), seen=seen)
    publishing.publish(article, by=users[MANAGING.username], now=now, note=note)


def _people(table: dict[str, Any]) -> list[tuple[Person, str]]:
    authors = [(Person.objects.get(slug=slug), "author") for slug in table["authors"]]
    return authors + [(Person.objects.get(slug=slug), "reviewer") for slug in table["reviewers"]]
