"""The few words about citations that desk, gate and pages share. Pure: codes to translated names."""

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "first_author": _("first author"),
    "title": _("title"),
    "journal": _("journal"),
    "year": _("year"),
    "volume": _("volume"),
    "issue": _("issue"),
    "pages": _("pages or article number"),
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
}
VERDICTS = {
    "same": _("same"),
    "noted": _("nearly the same"),
    "differs": _("differs"),
    "another_work": _("another work"),
    "unknown": _("the record does not say"),
}
SOURCES = {"pubmed": "PubMed", "crossref": "Crossref", "retraction_watch": "Retraction Watch"}
