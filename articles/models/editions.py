"""Editions and releases: what was published, frozen. Public pages read these and nothing of the working copy."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.people import Person
from articles.models.topics import Topic
from evidence.models import Claim, Study
from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.claims import LANGUAGE_CHOICES


class Release(AppendOnly):
    """One instant at which editions and grades went live together."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="releases"
    )
    remark = models.TextField(_("remark"), blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class EditionQuerySet(AppendOnlyQuerySet):
    """Editions as public pages ask for them. `published()` is the one door to what readers may see."""

    def published(self) -> Self:
        """Every edition that was ever live: each stays readable at its own address."""
        return self.filter(article__live__isnull=False)

    def live(self) -> Self:
        """The edition that each article points at."""
        return self.published().filter(article__live=models.F("pk"))


class Edition(AppendOnly):
    """One published state of one article in one language. Immutable: old ones stay readable under /versions/."""

    article = models.ForeignKey(
        "Article", verbose_name=_("article"), on_delete=models.PROTECT, related_name="editions"
    )
    release = models.ForeignKey(
        Release, verbose_name=_("release"), on_delete=models.PROTECT, related_name="editions"
    )
    major = models.PositiveSmallIntegerField(_("major"))
    minor = models.PositiveSmallIntegerField(_("minor"))
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGE_CHOICES)
    translation_key = models.UUIDField(_("translation key"), db_index=True)
    slug = models.SlugField(_("address"), max_length=120)
    topic = models.ForeignKey(Topic, verbose_name=_("hub"), on_delete=models.PROTECT, related_name="editions")
    headline = models.CharField(_("headline"), max_length=160)
    content = models.JSONField(
        _("content"),
        help_text=_(
            "Source, HTML by segment, references, claims as pinned, people, dates: all a page shows."
        ),
    )
    renderer = models.CharField(_("renderer"), max_length=8)
    manifest = models.JSONField(_("manifest"))
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64)
    note = models.TextField(_("change note"), blank=True)
    first_published_at = models.DateTimeField(_("first published"))
    published_at = models.DateTimeField(_("published"))
    claims = models.ManyToManyField(Claim, related_name="editions", verbose_name=_("claims"))
    studies = models.ManyToManyField(Study, related_name="editions", verbose_name=_("works cited"))
    people = models.ManyToManyField(Person, related_name="editions", verbose_name=_("people"))

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-published_at"]
        indexes = [
            models.Index(fields=["language", "slug"], name="edition_address_idx"),
            models.Index(fields=["language", "-published_at"], name="edition_newest_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "major", "minor"], name="edition_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.headline} {self.number}"

    @property
    def number(self) -> str:
        """The edition's number as printed: 1.0, 1.1, 2.0."""
        return f"{self.major}.{self.minor}"
