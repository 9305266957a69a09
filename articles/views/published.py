"""Finding what readers may see under an address: live and older editions, and studies that something published names."""

from django.db.models import Exists, OuterRef
from django.http import Http404

from articles.models import Edition
from articles.views import frame
from evidence.models import GradeSnapshot, Study


def live_edition(slug: str) -> Edition | None:
    """Return the live edition under an address in the page's language."""
    editions = Edition.objects.live().select_related("topic")
    found: Edition | None = editions.filter(language=frame.language(), slug=slug).first()
    return found


def older_edition(newest: Edition, major: int, minor: int) -> Edition:
    """Return an edition of the same article by its number. Raises Http404."""
    older = Edition.objects.published().filter(article=newest.article_id, major=major, minor=minor)
    edition: Edition | None = older.select_related("topic").first()
    if edition is None:
        raise Http404
    return edition


def public_study(citekey: str) -> Study:
    """Return the study if readers may know of it: with a record, in an edition ever live or in a grade ever current.

    Raises Http404 for any other.
    """
    editions = Edition.objects.published().filter(studies=OuterRef("pk"))
    grades = GradeSnapshot.objects.published().filter(studies=OuterRef("pk"))
    shown = Study.objects.with_record().filter(Exists(editions) | Exists(grades))
    study = shown.select_related("record", "verification").filter(citekey=citekey).first()
    if study is None:
        raise Http404
    return study
