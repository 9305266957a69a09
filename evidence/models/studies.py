"""Studies and the versions of their bibliographic records. One Study per work; everything printed is rendered from it.

Parsing lives in evidence/sources, adding a study in evidence/verbs/intake.py.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from evidence.models.base import AppendOnly, AppendOnlyQuerySet


class Outcome(models.TextChoices):
    """What a check of a citation came to (sources.md, "Status of a work"), the gravest first."""

    WRONG_WORK = "wrong_work", _("Another work than cited")
    NOT_FOUND = "not_found", _("Not found")
    NOTICE = "notice_cited", _("Itself a notice")
    RETRACTED = "retracted", _("Retracted")
    REPLACED = "replaced", _("Retracted and replaced")
    MISMATCH = "mismatch", _("Differs from the record")
    CONCERN = "concern", _("Expression of concern")
    SUPERSEDED = "preprint_superseded", _("Preprint since published")
    CORRECTED = "corrected", _("Corrected")
    NOTED = "verified_with_notes", _("Matches, with notes")
    VERIFIED = "verified", _("Matches")
    NOT_CHECKABLE = "not_checkable_now", _("Not checkable now")
    UNCHECKED = "not_yet_checked", _("Not yet checked")


# Left out of every dossier: nobody knows whether such a work says what it is cited for (engine.md, section 1).
NOT_WEIGHED = frozenset({Outcome.WRONG_WORK, Outcome.NOT_FOUND, Outcome.NOTICE, Outcome.UNCHECKED})


class StudyQuerySet(models.QuerySet["Study"]):
    """Studies as lists ask for them."""

    def with_record(self) -> Self:
        """Studies whose record has arrived from a source."""
        return self.filter(record__isnull=False)

    def awaiting_record(self) -> Self:
        """Studies named by an identifier only: not yet checked, so left out of every dossier."""
        return self.filter(record__isnull=True)

    def due(self, now: datetime) -> Self:
        """Studies whose next check has come, those that wait longest first."""
        return self.filter(check_after__lte=now).order_by(F("check_after").asc(), "pk")


class Study(models.Model):
    """One work: the identifiers it is known by and a pointer to its newest record.

    Title, authors, journal and year are copies from the record, kept for lists and search; intake writes them
    together with the record and nothing else does.
    """

    class Standing(models.TextChoices):
        """What the record says of the work itself (sources.md, "Status of a work"), most severe last."""

        CURRENT = "current", _("Current")
        CORRECTED = "corrected", _("Corrected")
        NEWER_VERSION = "newer_version_exists", _("Newer version exists")
        PREPRINT = "preprint", _("Preprint")
        CONCERN = "concern", _("Expression of concern")
        REPLACED = "replaced", _("Retracted and replaced")
        RETRACTED = "retracted", _("Retracted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    citekey = models.SlugField(
        _("cite key"), max_length=60, unique=True, help_text=_("Cited in text as [@key].")
    )
    pmid = models.CharField(_("PMID"), max_length=10, null=True, blank=True, unique=True)
    doi = models.CharField(_("DOI"), max_length=255, null=True, blank=True, unique=True)
    pmcid = models.CharField(_("PMCID"), max_length=16, null=True, blank=True, unique=True)
    title = models.TextField(_("title"), blank=True)
    # What titles are compared by (matching.title_key): the record's, or before it has come the citation's.
    title_key = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    first_author = models.CharField(_("first author"), max_length=200, blank=True)
    short_name = models.CharField(_("short name"), max_length=240, blank=True)
    journal = models.CharField(_("journal"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    standing = models.CharField(
        _("standing"), max_length=24, choices=Standing.choices, default=Standing.CURRENT
    )
    is_notice = models.BooleanField(
        _("is a notice"), default=False, help_text=_("The record is itself a retraction, erratum or concern.")
    )
    record = models.ForeignKey(
        "StudyRecord",
        verbose_name=_("record"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The newest check that came to a result. Its outcome and day are copied for lists; verification.py writes them.
    verification = models.ForeignKey(
        "Verification",
        verbose_name=_("newest check"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(
        _("check"), max_length=20, choices=Outcome.choices, default=Outcome.UNCHECKED, db_index=True
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    # How the asking stands: since when it has failed every time, how often, and why it failed last.
    check_after = models.DateTimeField(_("next check"), null=True, blank=True, db_index=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    failure = models.CharField(_("last failure"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added"))
    # Bookkeeping of checks has a history of its own: the Verification rows.
    history = HistoricalRecords(
        excluded_fields=[
            "title_key", "verification", "outcome", "checked_at", "check_after", "failing_since", "failures", "failure",
        ]
    )  # fmt: skip

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        ordering = ["citekey"]
        indexes = [
            models.Index(fields=["-added_at"], name="study_added_idx"),
            models.Index(fields=["year"], name="study_year_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pmid__isnull=False)
                | Q(doi__isnull=False)
                | Q(pmcid__isnull=False)
                | Q(record__isnull=False),
                name="study_known_by_something",
                violation_error_message=_("A work without identifiers needs a record of its own."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.citekey

    @property
    def work_id(self) -> str:
        """The engine's id of this work: ASCII, `pmid:…` before `doi:…` before `key:…`."""
        if self.pmid:
            return f"pmid:{self.pmid}"
        if self.doi and self.doi.isascii():
            return f"doi:{self.doi}"
        return f"key:{self.citekey}"


class StudyRecord(AppendOnly):
    """One version of a work's bibliographic record, as its source gave it. Append-only; manifests pin it."""

    class Origin(models.TextChoices):
        """Where the record comes from; `recorded` is a demonstration reply and never reads as verified."""

        PUBMED = "pubmed", _("PubMed")
        CROSSREF = "crossref", _("Crossref")
        PUBMED_FILE = "pubmed_file", _("PubMed file")
        REFERENCE_FILE = "reference_file", _("Reference file")
        RECORDED = "recorded", _("Demonstration record, not asked of PubMed")

    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="records"
    )
    number = models.PositiveIntegerField(_("number"))
    origin = models.CharField(_("origin"), max_length=16, choices=Origin.choices)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content = models.JSONField(
        _("content"), help_text=_("A WorkRecord as JSON; the hash is over its canonical form.")
    )
    received_at = models.DateTimeField(_("received"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("study record")
        verbose_name_plural = _("study records")
        ordering = ["study_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="study_record_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.study_id}.{self.number}"
