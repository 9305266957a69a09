"""Naming a work by an identifier alone, before its record has arrived. Records come in through intake.py."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence import matching
from evidence.identifiers import IdentifierError, parse_doi, parse_pmcid, parse_pmid
from evidence.models import Study
from evidence.verbs.citekeys import free_citekeys
from evidence.verbs.intake import IDENTIFIERS, Result

_PARSERS = {"pmid": parse_pmid, "doi": parse_doi, "pmcid": parse_pmcid}


@transaction.atomic
def announce(
    *, by: User, now: datetime, pmid: str = "", doi: str = "", pmcid: str = ""
) -> tuple[Study, Result]:
    """Let a work be known by its identifiers until its record arrives; no dossier weighs it before.

    A work that is known already is left as it is: what somebody typed never changes what a source said. Raises
    PermissionDenied; ValidationError naming the identifier that cannot be read or contradicts the work's own;
    Refused when there is none, or when they name two works.
    """
    require(by, Action.ADD_STUDY)
    wanted = _read({"pmid": pmid, "doi": doi, "pmcid": pmcid})
    study = find_by_any(wanted)
    if study is not None:
        _require_no_contradiction(study, wanted)
        return study, Result.UNCHANGED
    return announce_many([(wanted, "")], by=by, now=now)[0], Result.ADDED


@transaction.atomic
def announce_many(named: Sequence[tuple[dict[str, str], str]], *, by: User, now: datetime) -> list[Study]:
    """Let works be known of which nobody here knows yet, each by normalised identifiers and the title it is cited by.

    The title may be empty; it is kept as the key by which the work is found again, never shown. Raises
    PermissionDenied; ValidationError.
    """
    require(by, Action.ADD_STUDY)
    keys = free_citekeys([_citekey(identifiers) for identifiers, _title in named])
    studies = [
        Study(citekey=key, title_key=matching.title_key(title), added_at=now, check_after=now, **identifiers)
        for key, (identifiers, title) in zip(keys, named, strict=True)
    ]
    for study in studies:
        study.clean_fields(exclude=["record", "verification"])
    Study.objects.bulk_create(studies)
    Study.history.bulk_history_create(studies, default_user=by)  # type: ignore[attr-defined]
    return studies


def find_by_any(identifiers: dict[str, str]) -> Study | None:
    """Return the one study that any of these normalised identifiers names. Raises Refused when they name several."""
    same = Q(pk__in=[])
    for name, value in identifiers.items():
        same |= Q(**{name: value})
    found = list(Study.objects.filter(same))
    if len(found) > 1:
        raise Refused(
            "two_works",
            _("These identifiers name several studies here: %(studies)s. Give only the one that is meant.")
            % {"studies": ", ".join(study.citekey for study in found)},
        )
    return found[0] if found else None


def _read(typed: dict[str, str]) -> dict[str, str]:
    """Normalise what was typed, leaving out what is empty."""
    read, errors = {}, {}
    for name in IDENTIFIERS:
        if not typed[name].strip():
            continue
        try:
            read[name] = _PARSERS[name](typed[name]).value
        except IdentifierError as error:
            errors[name] = str(error)
    if errors:
        raise ValidationError(errors)
    if not read:
        raise Refused(
            "no_identifier", _("Give a PMID, a DOI or a PMCID: without one the work cannot be told apart.")
        )
    return read


def _require_no_contradiction(study: Study, wanted: dict[str, str]) -> None:
    errors = {
        name: _(
            "%(study)s stands here with %(known)s. One of the two is wrong; look the work up and mend the row."
        )
        % {"study": study.citekey, "known": getattr(study, name)}
        for name, value in wanted.items()
        if getattr(study, name) and getattr(study, name) != value
    }
    if errors:
        raise ValidationError(errors)


def _citekey(identifiers: dict[str, str]) -> str:
    """A key to cite by until somebody knows who wrote it: pmid-30108163."""
    name, value = next(iter(identifiers.items()))
    # A PMCID brings its own letters along.
    return slugify(
        value.lower() if name == "pmcid" else f"{name}-{value.replace('/', '-').replace('.', '-')}"
    )
