"""Writing a working copy: saving it, its people, claims and references, and pinning. Decisions are in workflow.py."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from articles.models import Article, ArticleClaim, ArticleEvent, ArticlePerson, Person, Reference
from articles.verbs import citing, trail
from config.refusal import Refused
from config.rights import Action, Role, languages_of, may, require, roles_of
from evidence.models import Claim, GradeSnapshot
from evidence.verbs import texts


def require_may_write(article: Article, *, by: User) -> None:
    """Raise PermissionDenied unless `by` may write this draft: one's own, any for editors, own language for translators."""
    if may(by, Action.EDIT_ANY_DRAFT):
        return
    require(by, Action.WRITE_DRAFT)
    if roles_of(by) & set(Role) == {Role.TRANSLATOR} and article.language not in languages_of(by):
        raise PermissionDenied(_("You translate into other languages than this draft's."))
    if article.pk is not None and article.written_by_id != by.pk:
        raise PermissionDenied(_("This draft is somebody else's. Ask an editor, or comment on it."))


@transaction.atomic
def save(
    article: Article,
    *,
    by: User,
    now: datetime,
    seen_version: int | None = None,
    people: Sequence[tuple[Person, str]] | None = None,
    claims: Sequence[Claim] | None = None,
) -> Article:
    """Write the working copy and record the touch if a byte of its manifest changed.

    `seen_version` is the version the form was opened with: a colleague's save in between is refused, never
    overwritten. `people` ((person, role) in byline order) and `claims` (in Radar order) replace what stood there.
    New claims and references are pinned to today's grade and record. Raises PermissionDenied, ValidationError,
    Refused.
    """
    adding = article.pk is None
    stored = None if adding else Article.objects.get(pk=article.pk)
    require_may_write(stored or article, by=by)
    if stored is None:
        article.written_by_id, article.created_at = by.pk, now
    else:
        _count_version(article, seen_version)
        # State and the live pointer move by their own verbs alone; a form that was open meanwhile brings old ones.
        article.state, article.live_id, article.written_by_id = (
            stored.state,
            stored.live_id,
            stored.written_by_id,
        )
    article.saved_at = now
    article.full_clean()
    article.save()
    if people is not None:
        _set_people(article, people)
    if claims is not None:
        _set_claims(article, claims)
    _sync_references(article)
    _pin(article, only_missing=True)
    touched(article, by=by, now=now)
    return article


def touched(article: Article, *, by: User, now: datetime, kind: str = ArticleEvent.Kind.EDITED) -> bool:
    """Record a touch if the manifest differs from the last one on record; an approval it had is then void."""
    sha256 = trail.manifest_sha256(article)
    newest = ArticleEvent.objects.filter(article=article).order_by("-id").first()
    if newest is not None and newest.manifest_sha256 == sha256:
        return False
    kind = ArticleEvent.Kind.CREATED if newest is None else ArticleEvent.Kind(kind)
    trail.record(article, ArticleEvent.Kind(kind), by=by, now=now, sha256=sha256, version=article.version)
    if article.state in {Article.State.APPROVED, Article.State.PUBLISHED}:
        article.state = Article.State.DRAFT
        Article.objects.filter(pk=article.pk).update(state=article.state)
    return True


@transaction.atomic
def set_note(reference: Reference, note: str, *, by: User, now: datetime) -> None:
    """Write the editor's note beside a reference."""
    require_may_write(reference.article, by=by)
    reference.note = note
    reference.full_clean()
    reference.save()
    touched(reference.article, by=by, now=now)


@transaction.atomic
def repin(article: Article, *, by: User, now: datetime) -> bool:
    """Pin every claim and reference to today's grade, text and record; say whether anything moved.

    Re-pinning is the touch: news elsewhere never changes a manifest by itself.
    """
    require_may_write(article, by=by)
    _pin(article, only_missing=False)
    return touched(article, by=by, now=now, kind=ArticleEvent.Kind.REPINNED)


def todays_pin(claim: Claim, language: str) -> tuple[GradeSnapshot | None, int | None]:
    """Return the grade that is current or approved for release, and the id of the approved text in a language."""
    grades = GradeSnapshot.objects.filter(claim=claim, state__in=["current", "approved"]).order_by("-number")
    text = texts.latest_approved(claim, language)
    return grades.first(), text.pk if text else None


def saved_by_colleague() -> Refused:
    """Return the refusal of a save over a version its writer has not seen."""
    return Refused(
        "saved_by_colleague",
        _(
            "A colleague saved this article after you opened it. Your text is kept below: compare, then save again."
        ),
    )


def may_write(article: Article | None, user: User) -> bool:
    """Say whether `require_may_write` would let `user` write this draft, or (None) a new one of their own."""
    try:
        require_may_write(article or Article(language=next(iter(languages_of(user)), "en")), by=user)
    except PermissionDenied:
        return False
    return True


def _count_version(article: Article, seen_version: int | None) -> None:
    """Take the next version number in one conditional UPDATE: of two savers at once only one succeeds."""
    seen = article.version if seen_version is None else seen_version
    if not Article.objects.filter(pk=article.pk, version=seen).update(version=F("version") + 1):
        raise saved_by_colleague()
    article.version = seen + 1


def _set_people(article: Article, people: Sequence[tuple[Person, str]]) -> None:
    article.bylines.all().delete()
    for order, (person, role) in enumerate(people, start=1):
        link = ArticlePerson(article=article, person=person, role=role, order=order)
        link.full_clean()
        link.save()


def _set_claims(article: Article, claims: Sequence[Claim]) -> None:
    article.claim_links.exclude(claim__in=claims).delete()
    for order, claim in enumerate(claims, start=1):
        ArticleClaim.objects.update_or_create(article=article, claim=claim, defaults={"order": order})


def _sync_references(article: Article) -> None:
    """Keep one reference for each work the text cites; one that fell out of the text goes, with its note."""
    cited = citing.cited_studies(article)
    article.references.exclude(study__in=cited).delete()
    held = set(article.references.values_list("study_id", flat=True))
    Reference.objects.bulk_create(
        Reference(article=article, study=study) for study in cited if study.pk not in held
    )


def _pin(article: Article, *, only_missing: bool) -> None:
    for link in article.claim_links.select_related("claim"):
        if only_missing and link.snapshot_id and link.text_id:
            continue
        link.snapshot, link.text_id = todays_pin(link.claim, article.language)
        link.save()
    for reference in article.references.select_related("study"):
        if only_missing and reference.record_id:
            continue
        reference.record_id = reference.study.record_id
        reference.save()
