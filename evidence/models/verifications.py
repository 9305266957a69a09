"""What was cited, what the services answered, and how the two compare: the rows behind "checked on".

All of it is append-only. Comparing is evidence/matching.py, asking evidence/verbs/asking.py, concluding
evidence/verbs/verification.py.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evidence.models.base import AppendOnly, AppendOnlyQuerySet
from evidence.models.studies import Outcome, Study, StudyRecord


class CitedAsQuerySet(AppendOnlyQuerySet):
    """Citations as matching asks for them."""

    def standing(self) -> Self:
        """Citations that nothing has replaced: the ones that must match."""
        return self.filter(replaced_by__isnull=True)


class CitedAs(AppendOnly):
    """A work as somebody typed, pasted or imported it: raw and as read. Frozen; printing never uses it."""

    class Form(models.TextChoices):
        """How it came."""

        IDENTIFIER = "identifier", _("Identifier")
        PASTED = "pasted", _("Pasted reference")
        NBIB = "nbib", "NBIB"
        RIS = "ris", "RIS"
        CSL = "csl", "CSL-JSON"
        BIBTEX = "bibtex", "BibTeX"
        MENDED = "mended", _("Mended from the record")

    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="cited_as"
    )
    form = models.CharField(_("form"), max_length=12, choices=Form.choices)
    raw = models.TextField(_("as it was given"))
    parsed = models.JSONField(_("as it was read"), help_text=_("A WorkRecord as JSON, with what was given."))
    replaces = models.OneToOneField(
        "self",
        verbose_name=_("replaces"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )
    remark = models.TextField(_("remark"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    objects = CitedAsQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation as given")
        verbose_name_plural = _("citations as given")
        ordering = ["study_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(form="mended", replaces__isnull=False)
                | ~Q(form="mended") & Q(replaces__isnull=True),
                name="cited_as_mended_replaces_one",
            ),
        ]

    def __str__(self) -> str:
        return self.raw[:120]


class RawReply(AppendOnly):
    """A service's answer byte for byte, kept once however often it is given."""

    service = models.CharField(_("service"), max_length=20)
    url = models.TextField(_("address"), help_text=_("Without keys."))
    status = models.PositiveSmallIntegerField(_("HTTP status"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    body = models.BinaryField(_("body"), help_text=_("Compressed by zlib."))
    recorded = models.BooleanField(_("recorded"), help_text=_("From the demonstration's recorded server."))
    received_at = models.DateTimeField(_("first received"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply of a service")
        verbose_name_plural = _("replies of services")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["service", "sha256"], name="raw_reply_once")]

    def __str__(self) -> str:
        return f"{self.service} {self.sha256[:12]}"


class Verification(AppendOnly):
    """One check of one work: what each source says of it, and how what was cited compares, field by field.

    `compared` lists `{field, cited, found, verdict, score}` for each citation as given, `between` the same for
    PubMed's record beside Crossref's, and `said` maps each source to the status it states.
    """

    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="verifications"
    )
    record = models.ForeignKey(
        StudyRecord,
        verbose_name=_("record compared with"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    match = models.CharField(_("match"), max_length=20, choices=Outcome.choices)
    standing = models.CharField(_("standing"), max_length=24, choices=Study.Standing.choices)
    compared = models.JSONField(_("compared with what was cited"), default=list)
    between = models.JSONField(_("compared between sources"), default=list)
    said = models.JSONField(_("what each source says"), default=dict)
    asked = models.JSONField(_("what each service answered"), default=dict)
    recorded = models.BooleanField(
        _("recorded"),
        default=False,
        help_text=_("Rests on the demonstration's recorded replies: never reads as verified."),
    )
    replies = models.ManyToManyField(RawReply, verbose_name=_("replies"), related_name="verifications")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the clock."),
    )
    checked_at = models.DateTimeField(_("checked"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a study")
        verbose_name_plural = _("checks of studies")
        ordering = ["study_id", "-id"]
        indexes = [models.Index(fields=["-checked_at"], name="verification_checked_idx")]

    def __str__(self) -> str:
        return f"{self.study}: {self.get_outcome_display()}"


class Acceptance(AppendOnly):
    """A named person's word that a work may be cited although something stands against it, and why.

    It binds to what was accepted: a concern voiced later, or a number that changes, asks again.
    """

    class Kind(models.TextChoices):
        """What is accepted."""

        CONCERN = "concern", _("Expression of concern")
        LINT = "lint", _("Contradiction in the key estimate")

    study = models.ForeignKey(
        Study, verbose_name=_("study"), on_delete=models.PROTECT, related_name="acceptances"
    )
    kind = models.CharField(_("what"), max_length=8, choices=Kind.choices)
    bound_to = models.CharField(_("SHA-256 of what was accepted"), max_length=64)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ["study_id", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.study})"


class ListingQuerySet(models.QuerySet["RetractionListing"]):
    """Rows of the Retraction Watch Database as checks ask for them."""

    def of(self, *, doi: str | None, pmid: str | None) -> Self:
        """Rows of the work that either identifier names."""
        same = Q(pk__in=[])
        if doi:
            same |= Q(doi=doi)
        if pmid:
            same |= Q(pmid=pmid)
        return self.filter(same)


class RetractionListing(models.Model):
    """One row of the Retraction Watch Database as last loaded; the load replaces all of them at once."""

    doi = models.CharField(_("DOI"), max_length=255, blank=True, db_index=True)
    pmid = models.CharField(_("PMID"), max_length=10, blank=True, db_index=True)
    natures = models.JSONField(_("natures"), default=list)
    status = models.CharField(_("status"), max_length=24, choices=Study.Standing.choices)
    notice_doi = models.CharField(_("DOI of the notice"), max_length=255, blank=True)
    notice_pmid = models.CharField(_("PMID of the notice"), max_length=10, blank=True)
    date = models.CharField(_("date"), max_length=20, blank=True)
    reasons = models.JSONField(_("reasons"), default=list)
    loaded_at = models.DateTimeField(_("loaded"))

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Retraction Watch row")
        verbose_name_plural = _("Retraction Watch rows")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.doi or self.pmid}: {', '.join(self.natures)}"
