"""What a preprint became: naming the version that was published since. Replacing it in a text is the article's affair."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from config.refusal import Refused
from evidence.models import Outcome, Study
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.verbs import intake_identifiers


def published_version(study: Study, *, by: User, now: datetime) -> Study:
    """Return the study that a superseded preprint's own record names, announcing it where it is not here yet.

    Raises PermissionDenied; Refused when the record names none.
    """
    if study.outcome != Outcome.SUPERSEDED or study.record is None:
        raise Refused(
            "not_superseded", _("@%(key)s is no preprint that was published since.") % {"key": study.citekey}
        )
    record = from_plain(WorkRecord, study.record.content)
    for notice in record.notices:
        if notice.kind == "UpdateIn" and (notice.pmid or notice.doi):
            named = {"pmid": notice.pmid} if notice.pmid else {"doi": notice.doi}
            return intake_identifiers.announce(by=by, now=now, **named)[0]
    raise Refused(
        "no_successor",
        _("The record of @%(key)s says that it was published, and not as what. Look it up and add it.")
        % {"key": study.citekey},
    )
