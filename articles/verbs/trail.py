"""Manifests of articles and who touched them since the last approval: what four eyes ask. No decisions here."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from articles.models import Article, ArticleEvent, Person
from articles.rendering import RENDERER_VERSION
from evidence.verbs.trail import fingerprint

PERSON_FIELDS = (
    "slug", "name", "name_zh_hant", "credential", "awarding_body", "role_en", "role_zh_hant", "orcid",
    "conflicts_en", "conflicts_zh_hant",
)  # fmt: skip


def manifest(article: Article) -> dict[str, Any]:
    """Return the pins an approval binds to: text, people, claims, references and renderer, each by hash.

    News elsewhere (a regrade, a new record) never changes it: the pins stay until somebody re-pins.
    """
    return {
        "renderer": RENDERER_VERSION,
        "topic": article.topic.code,
        "text": {name: fingerprint(getattr(article, name)) for name in Article.TEXT_FIELDS},
        "next_review": article.next_review.isoformat() if article.next_review else None,
        "people": [
            [link.role, link.person.slug, person_fingerprint(link.person)]
            for link in article.bylines.select_related("person").order_by("role", "order", "person__slug")
        ],
        "claims": [
            [
                link.claim.code,
                link.snapshot
                and [link.snapshot.number, link.snapshot.dossier_sha256, link.snapshot.engine_version],
                link.text and link.text.sha256,
            ]
            for link in article.claim_links.select_related("claim", "snapshot", "text").order_by(
                "order", "claim__code"
            )
        ],
        "references": [
            [link.study.citekey, link.record and link.record.sha256, fingerprint(link.note)]
            for link in article.references.select_related("study", "record").order_by("study__citekey")
        ],
    }


def manifest_sha256(article: Article) -> str:
    """Return the hash of the article's manifest as it stands now."""
    return fingerprint(manifest(article))


def person_fingerprint(person: Person) -> str:
    """Return the hash of what the byline shows of a person."""
    return fingerprint({name: getattr(person, name) for name in PERSON_FIELDS})


def record(
    article: Article,
    kind: ArticleEvent.Kind,
    *,
    by: User,
    now: datetime,
    sha256: str,
    remark: str = "",
    **detail: Any,
) -> ArticleEvent:
    """Add one line to the article's trail."""
    event = ArticleEvent(
        article=article, kind=kind, by_id=by.pk, at=now, manifest_sha256=sha256, remark=remark, detail=detail
    )
    event.save()
    return event


def last(article: Article, *kinds: ArticleEvent.Kind) -> ArticleEvent | None:
    """Return the newest event of the kinds given."""
    return ArticleEvent.objects.filter(article=article, kind__in=kinds).order_by("-id").first()


def contributors(article: Article) -> frozenset[int]:
    """Return the ids of everyone who changed a byte of the manifest since the article was last published.

    Since its last *publication*, not its last approval: an approval that an edit made void must not wash its
    authors clean (the leak that four eyes usually have).
    """
    touches = ArticleEvent.objects.filter(article=article, kind__in=ArticleEvent.TOUCHES)
    published = last(article, ArticleEvent.Kind.PUBLISHED)
    if published is not None:
        touches = touches.filter(id__gt=published.pk)
    return frozenset(touches.values_list("by_id", flat=True))


def untouched_by(articles: QuerySet[Article], user: User) -> QuerySet[Article]:
    """Keep the articles of which `user` changed nothing since their last publication: `contributors` in SQL."""
    published = (
        ArticleEvent.objects.filter(article=OuterRef("article"), kind=ArticleEvent.Kind.PUBLISHED)
        .order_by("-id")
        .values("id")
    )
    touches = ArticleEvent.objects.filter(
        article=OuterRef("pk"),
        kind__in=ArticleEvent.TOUCHES,
        by=user,
        id__gt=Coalesce(Subquery(published[:1]), 0),
    )
    return articles.filter(~Exists(touches))


def approval(article: Article) -> ArticleEvent | None:
    """Return the approval that binds to the manifest as it is now, or None: one changed byte and it is void."""
    newest = last(article, ArticleEvent.Kind.APPROVED, ArticleEvent.Kind.PUBLISHED)
    if newest is None or newest.kind != ArticleEvent.Kind.APPROVED:
        return None
    return newest if newest.manifest_sha256 == manifest_sha256(article) else None
