"""Going live: an approved article becomes an edition, with the grades it was approved with, in one Release."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Article, ArticleEvent, Edition, Release
from articles.rendering import RENDERER_VERSION
from articles.verbs import freezing, notices, trail, workflow
from config.refusal import Refused
from config.rights import Action, require
from evidence.models import GradeSnapshot, Study
from evidence.verbs import review
from evidence.verbs.trail import fingerprint


@transaction.atomic
def publish(article: Article, *, by: User, now: datetime, note: str = "", minor: bool = True) -> Edition:
    """Publish one approved article now; see `release`."""
    return release([article], by=by, now=now, note=note, minor=minor)[0]


@transaction.atomic
def release(
    articles: Sequence[Article],
    *,
    by: User,
    now: datetime,
    note: str = "",
    minor: bool = True,
    remark: str = "",
) -> list[Edition]:
    """Publish approved articles and the approved grades they are pinned to, at one instant.

    Article, its grades and its translation go live together or not at all. The first edition is 1.0; a minor one
    adds .1, a major one 1 and needs a change note. Raises PermissionDenied, Refused.
    """
    require(by, Action.PUBLISH)
    for article in articles:
        _require_approved(article, now=now)
        if not minor and article.live_id and not note.strip():
            raise Refused(
                "no_note", _("A major edition carries a change note: say what changed for readers.")
            )
    together = Release(at=now, by_id=by.pk, remark=remark)
    together.save()
    for snapshot in _grades_awaiting(articles):
        review.make_current(snapshot, by=by, now=now)
    editions = [_make_live(article, together, by=by, now=now, note=note, minor=minor) for article in articles]
    for claim_id in {link.claim_id for article in articles for link in article.claim_links.all()}:
        notices.flag_superseded_grades(claim_id=claim_id, now=now)
    return editions


def next_number(article: Article, *, minor: bool) -> tuple[int, int]:
    """Return the number the next edition would bear: 1.0 first, then +0.1 or +1."""
    newest = article.editions.order_by("-major", "-minor").first()
    if newest is None:
        return 1, 0
    return (newest.major, newest.minor + 1) if minor else (newest.major + 1, 0)


def _require_approved(article: Article, *, now: datetime) -> None:
    if article.state != Article.State.APPROVED or trail.approval(article) is None:
        raise Refused(
            "not_approved",
            _(
                "“%(headline)s” has no approval of exactly this text. Submit it, and have another person approve it."
            )
            % {"headline": article.headline},
        )
    workflow.require_open_gate(article, now=now)


def _grades_awaiting(articles: Sequence[Article]) -> list[GradeSnapshot]:
    """The grades these articles show that were approved but held back for this Release."""
    return list(
        GradeSnapshot.objects.awaiting_release()
        .filter(pk__in=[link.snapshot_id for article in articles for link in article.claim_links.all()])
        .select_related("claim")
    )


def _cited(edition: Edition) -> list[Study]:
    """The works in the edition's own reference list, for the pages of studies."""
    citekeys = [reference["citekey"] for reference in edition.content["references"]]
    return list(Study.objects.filter(citekey__in=citekeys))


def _make_live(
    article: Article, together: Release, *, by: User, now: datetime, note: str, minor: bool
) -> Edition:
    major, minor_number = next_number(article, minor=minor)
    first = article.editions.order_by("published_at").first()
    manifest = trail.manifest(article)
    edition = Edition(
        article=article,
        release=together,
        major=major,
        minor=minor_number,
        language=article.language,
        translation_key=article.translation_key,
        slug=article.slug,
        topic=article.topic,
        headline=article.headline,
        content=freezing.content(article, approval=trail.approval(article), published_by=by, now=now),
        renderer=RENDERER_VERSION,
        manifest=manifest,
        manifest_sha256=fingerprint(manifest),
        note=note,
        first_published_at=first.published_at if first else now,
        published_at=now,
    )
    edition.save()
    edition.claims.set(article.claims.all())
    edition.people.set(article.people.all())
    edition.studies.set(_cited(edition))
    article.live, article.state = edition, Article.State.PUBLISHED
    Article.objects.filter(pk=article.pk).update(live=edition, state=article.state)
    trail.record(
        article,
        ArticleEvent.Kind.PUBLISHED,
        by=by,
        now=now,
        sha256=edition.manifest_sha256,
        edition=edition.number,
    )
    return edition
