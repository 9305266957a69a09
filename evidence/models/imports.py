"""Imports of files of references: the file, what would become of each of its rows, and what became of it.

Judging a row is evidence/verbs/import_judging.py, reading and importing evidence/verbs/import_running.py.
"""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evidence.models.studies import Study


class ReferenceImportQuerySet(models.QuerySet["ReferenceImport"]):
    """Imports as workers ask for them."""

    def waiting(self, now: datetime) -> Self:
        """Imports with work to do that no worker holds at this moment."""
        unheld = Q(held_until__isnull=True) | Q(held_until__lt=now)
        return self.filter(unheld, state__in=ReferenceImport.WORKING)


class ReferenceImport(models.Model):
    """One file of references, from its upload through the preview to what was imported.

    `position` counts the items of the file that were dealt with in this state, so that whoever goes on after a
    killed worker knows where; `held_by` names the worker that has it, until `held_until`.
    """

    class State(models.TextChoices):
        """How far it is."""

        READING = "reading", _("Being read")
        PREVIEWED = "previewed", _("Waits for a decision")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Dropped")

    class Format(models.TextChoices):
        """What the content of the file is, whatever its name says."""

        PUBMED = "pubmed", "PubMed XML"
        NBIB = "nbib", "NBIB"
        RIS = "ris", "RIS"
        CSL = "csl", "CSL-JSON"
        BIBTEX = "bibtex", "BibTeX"

    WORKING = frozenset({State.READING, State.IMPORTING})

    file_name = models.CharField(_("file"), max_length=255)
    stored_as = models.CharField(max_length=32, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    format = models.CharField(_("format"), max_length=8, choices=Format.choices, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.READING, db_index=True
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("uploaded"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    counts = models.JSONField(_("rows by what becomes of them"), default=dict)
    results = models.JSONField(_("rows by what became of them"), default=dict)
    position = models.PositiveIntegerField(_("items dealt with"), default=0)
    total = models.PositiveIntegerField(_("items in the file"), default=0)
    bytes_read = models.PositiveBigIntegerField(_("bytes read"), default=0)
    problem = models.CharField(_("why it failed"), max_length=24, blank=True)
    held_by = models.CharField(max_length=32, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ReferenceImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of references")
        verbose_name_plural = _("imports of references")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def percent(self) -> int:
        """How much of the present pass is done, in whole percent."""
        if self.state == self.State.READING:
            return min(99, 100 * self.bytes_read // max(1, self.size))
        return 100 * self.position // max(1, self.total)


class ReferenceImportRow(models.Model):
    """What becomes, or became, of one item of a file. The identifiers are the item's own, as they were read."""

    class Kind(models.TextChoices):
        """What an item is, beside what is known here."""

        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        PERHAPS = "perhaps", _("Perhaps known")
        DUPLICATE = "duplicate", _("Duplicate")
        UNCHANGED = "unchanged", _("Unchanged")
        OLDER = "older", _("Older than what is held")
        REFUSED = "refused", _("Refused")

    class Decision(models.TextChoices):
        """What a person said of a row that is perhaps known."""

        OPEN = "", _("Leave it out")
        SAME = "same", _("The same work")
        NEW = "new", _("A new one")

    class Outcome(models.TextChoices):
        """What was done."""

        ADDED = "added", _("Added")
        UPDATED = "updated", _("Updated")
        CITED = "cited", _("Citation kept")
        LEFT = "left", _("Left as it was")

    reference_import = models.ForeignKey(
        ReferenceImport,
        verbose_name=_("import"),
        on_delete=models.CASCADE,
        related_name="rows",
        db_index=False,
    )
    ordinal = models.PositiveIntegerField(_("row"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.TextField(_("title"), blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    pmid = models.CharField(_("PMID"), max_length=10, blank=True)
    doi = models.CharField(_("DOI"), max_length=255, blank=True)
    pmcid = models.CharField(_("PMCID"), max_length=16, blank=True)
    title_key = models.CharField(max_length=40, blank=True, editable=False)
    # Of PubMed's records, which of two is the newer: version and day of revision, in sorting order.
    edition = models.CharField(max_length=24, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    study = models.ForeignKey(
        Study,
        verbose_name=_("study"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    twin = models.PositiveIntegerField(_("same work as row"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=24, blank=True)
    details = models.JSONField(_("details of the reason"), default=dict)
    decision = models.CharField(
        _("decision"), max_length=4, choices=Decision.choices, default=Decision.OPEN, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["reference_import_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["reference_import", "ordinal"], name="import_row_once"),
        ]
        indexes = [
            models.Index(fields=["reference_import", "kind", "ordinal"], name="import_row_kind_idx"),
            *(
                models.Index(fields=["reference_import", name], name=f"import_row_{name}_idx")
                for name in ("pmid", "doi", "pmcid", "title_key")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordinal}: {self.title[:80]}"

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers the item gives."""
        given = {"pmid": self.pmid, "doi": self.doi, "pmcid": self.pmcid}
        return {name: value for name, value in given.items() if value}
