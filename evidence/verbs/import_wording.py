"""Why a row of an import is what it is, in sentences for whoever reads the preview; translated when shown.

What a file's reader says of unreadable places is evidence/sources/problems.py's.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.models import ReferenceImportRow
from evidence.sources.problems import CODES, ParseProblem

_REASONS = {
    "same_record": gettext_lazy("The same record of %(study)s is held."),
    "same_edition": gettext_lazy("The same version of PubMed's record of %(study)s is held, in the form that says more."),
    "awaited": gettext_lazy("%(study)s awaits its record."),
    "better_source": gettext_lazy("The record of %(study)s did not come from PubMed until now."),
    "newer": gettext_lazy("A newer version of the record of %(study)s."),
    "newer_than_row": gettext_lazy("The same work as row %(row)s, in a newer version."),
    "older": gettext_lazy("A newer version of the record of %(study)s is held already."),
    "asked_since": gettext_lazy("PubMed was asked about %(study)s on %(asked)s, after this version."),
    "row": gettext_lazy("The same work as row %(row)s."),
    "known": gettext_lazy("%(study)s stands here. This citation of it is kept and compared with its record."),
    "citation_kept": gettext_lazy("%(study)s stands here, and this citation of it is kept already."),
    "title": gettext_lazy("%(study)s has the same title, but no identifier says that it is the same work."),
    "title_of_row": gettext_lazy("Row %(row)s has the same title, but no identifier says that it is the same work."),
    "two_works": gettext_lazy(
        "Its identifiers name several works: %(studies)s. One of them is wrong: mend it in the file or in the study."
    ),
    "other_pmid": gettext_lazy(
        "Its DOI or PMCID belongs to the work with PMID %(other)s. One of the two is wrong: look both up in PubMed."
    ),
    "fields": gettext_lazy("It cannot be stored. %(said)s Mend the field in the file."),
    "withdrawn": gettext_lazy(
        "PubMed has withdrawn this PMID. Nothing is imported or deleted; look at the study if it is cited."
    ),
}  # fmt: skip
_FAILURES = {
    "too_many_rows": gettext_lazy("The file holds more than 100,000 items. Split it and import the parts."),
    "file_gone": gettext_lazy("The uploaded file is no longer there. Upload it again."),
    "no_right": gettext_lazy("Whoever confirmed it may no longer add studies. Ask somebody who may to import the rest."),
    "stopped": gettext_lazy(
        "It broke off three times at the same place. What came before is kept; split the file behind it."
    ),
}  # fmt: skip


def why(row: ReferenceImportRow) -> str:
    """Say why a row is what it is, and for a refused one the way out; empty for a row that is simply new."""
    if row.reason in CODES:
        problem = ParseProblem(code=row.reason, **row.details)
        return " ".join([_(problem.reason), _(problem.way_out)])
    return str(_REASONS[row.reason] % row.details) if row.reason else ""


def where(row: ReferenceImportRow) -> str:
    """Say where in the file an unreadable item stands, as far as its reader knows."""
    return ParseProblem(code=row.reason, **row.details).where if row.reason in CODES else ""


def failure(code: str) -> str:
    """Say why an import could not go on, and the way out."""
    return str(_FAILURES[code])
