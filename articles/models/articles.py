"""Articles as working copies, one row a language. What readers see is in editions.py and never here."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from articles.models.people import Person
from articles.models.topics import Topic
from evidence.models import Claim, ClaimText, GradeSnapshot, Study, StudyRecord
from evidence.models.claims import LANGUAGE_CHOICES


class ArticleQuerySet(models.QuerySet["Article"]):
    """Working copies as the desk asks for them."""

    def awaiting_review(self) -> Self:
        """Drafts somebody submitted."""
        return self.filter(state=Article.State.IN_REVIEW)


class Article(models.Model):
    """The working copy of an article in one language; its translations share `translation_key`."""

    class State(models.TextChoices):
        """Where the working copy stands. `published` means: nothing is newer than the live edition."""

        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    class Format(models.TextChoices):
        """How long a read."""

        LONG_READ = "long_read", _("Long read")
        SHORT = "short", _("Short read")

    class Plate(models.TextChoices):
        """The drawing at the head of the article."""

        NONE = "", _("No drawing")
        GUT = "gut", _("Section of the gut")
        NIGHT = "night", _("Night sky")

    translation_key = models.UUIDField(_("translation key"), default=uuid.uuid4, db_index=True)
    language = models.CharField(_("language"), max_length=8, choices=LANGUAGE_CHOICES, default="en")
    slug = models.SlugField(_("address"), max_length=120)
    topic = models.ForeignKey(Topic, verbose_name=_("hub"), on_delete=models.PROTECT, related_name="articles")
    format = models.CharField(_("format"), max_length=12, choices=Format.choices, default=Format.LONG_READ)
    headline = models.CharField(_("headline"), max_length=160)
    dek = models.TextField(_("dek"), max_length=400, blank=True)
    description = models.CharField(_("description for search engines"), max_length=160, blank=True)
    plate = models.CharField(_("drawing"), max_length=8, choices=Plate.choices, blank=True)
    plate_caption = models.CharField(_("caption of the drawing"), max_length=300, blank=True)
    short_version = models.TextField(
        _("the short version"), blank=True, help_text=_("Markdown; cite as [@key].")
    )
    body = models.TextField(_("body"), blank=True, help_text=_("Markdown; cite as [@key]."))
    open_questions = models.TextField(_("open questions"), blank=True)
    verdict = models.TextField(_("verdict"), blank=True)
    disclosure = models.TextField(_("disclosure"), blank=True)
    next_review = models.DateField(_("next review"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text=_("Counts saves; guards against overwriting.")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("draft of"),
        on_delete=models.PROTECT,
        related_name="articles_written",
    )
    created_at = models.DateTimeField(_("created"))
    saved_at = models.DateTimeField(_("saved"))
    live = models.ForeignKey(
        "Edition",
        verbose_name=_("live edition"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    claims = models.ManyToManyField(
        Claim, through="ArticleClaim", related_name="articles", verbose_name=_("claims")
    )
    people = models.ManyToManyField(
        Person, through="ArticlePerson", related_name="articles", verbose_name=_("people")
    )
    studies = models.ManyToManyField(
        Study, through="Reference", related_name="articles", verbose_name=_("references")
    )
    history = HistoricalRecords()

    objects = ArticleQuerySet.as_manager()

    # What an approval binds to, besides claims, people and references.
    TEXT_FIELDS = (
        "language",
        "slug",
        "format",
        "headline",
        "dek",
        "description",
        "plate",
        "plate_caption",
        "short_version",
        "body",
        "open_questions",
        "verdict",
        "disclosure",
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-saved_at"]
        indexes = [models.Index(fields=["state", "-saved_at"], name="article_state_idx")]
        constraints = [
            models.UniqueConstraint(fields=["language", "slug"], name="article_address_once"),
            models.UniqueConstraint(fields=["translation_key", "language"], name="article_language_once"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(live__isnull=False),
                name="article_published_has_an_edition",
            ),
        ]

    def __str__(self) -> str:
        return self.headline


class ArticleClaim(models.Model):
    """A claim in an article's Radar, pinned to a grade and a text revision by `pin` in articles/verbs/pins.py."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="claim_links"
    )
    claim = models.ForeignKey(
        Claim, verbose_name=_("claim"), on_delete=models.PROTECT, related_name="article_links"
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    snapshot = models.ForeignKey(
        GradeSnapshot,
        verbose_name=_("pinned grade"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.ForeignKey(
        ClaimText,
        verbose_name=_("pinned text"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("claim of an article")
        verbose_name_plural = _("claims of an article")
        ordering = ["article_id", "order"]
        constraints = [models.UniqueConstraint(fields=["article", "claim"], name="article_claim_once")]

    def __str__(self) -> str:
        return f"{self.article} / {self.claim}"


class ArticlePerson(models.Model):
    """Who wrote or reviewed an article, in the order of the byline."""

    class Role(models.TextChoices):
        """What they did."""

        AUTHOR = "author", _("Author")
        REVIEWER = "reviewer", _("Reviewer")

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="bylines"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="bylines"
    )
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("person of an article")
        verbose_name_plural = _("people of an article")
        ordering = ["article_id", "role", "order"]
        # One role each: a reviewer is none of the authors.
        constraints = [
            models.UniqueConstraint(fields=["article", "person"], name="article_person_has_one_role")
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"


class Reference(models.Model):
    """A work the article cites, pinned to a version of its record, with the editor's note beside it."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="references"
    )
    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="references"
    )
    record = models.ForeignKey(
        StudyRecord,
        verbose_name=_("pinned record"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["article_id", "study__citekey"]
        constraints = [models.UniqueConstraint(fields=["article", "study"], name="reference_once")]

    def __str__(self) -> str:
        return str(self.study)
