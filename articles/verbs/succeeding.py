"""Citing in a draft what its preprints became: one click, every cite of them, no other byte."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from articles.models import Article
from articles.rendering.cites import with_keys
from articles.rendering.records import CiteKey
from articles.verbs import citing, drafting
from config.refusal import Refused
from evidence.models import Outcome, Study
from evidence.verbs import intake, succession


def superseded(article: Article) -> list[Study]:
    """Return the preprints the text cites that were published since."""
    return [study for study in citing.cited_studies(article) if study.outcome == Outcome.SUPERSEDED]


@transaction.atomic
def cite_published(article: Article, *, by: User, now: datetime) -> list[Study]:
    """Replace each superseded preprint in the text by what it became, and return the works cited instead.

    The works are announced where they are new, so that their records are asked for. Raises PermissionDenied; Refused
    when there is nothing to replace, or a record does not say by what.
    """
    drafting.require_may_write(article, by=by)
    newer = {old.pk: succession.published_version(old, by=by, now=now) for old in superseded(article)}
    if not newer:
        raise Refused("nothing_superseded", _("The text cites no preprint that was published since."))

    def renamed(key: CiteKey) -> str | None:
        study = intake.find(key.kind, key.value)
        return newer[study.pk].citekey if study is not None and study.pk in newer else None

    for name in citing.SEGMENTS:
        setattr(article, name, with_keys(getattr(article, name), renamed))
    drafting.save(article, by=by, now=now)
    return list(newer.values())
