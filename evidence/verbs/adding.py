"""Adding studies by what a person has at hand: an identifier, an address, a pasted reference. Files are importing.py's."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from config.refusal import Refused
from config.rights import Action, require
from evidence.identifiers import Identifier, Scheme, classify
from evidence.models import CitedAs, Study
from evidence.sources.pasted import parse_pasted, split_pasted
from evidence.sources.records import WorkRecord
from evidence.verbs import asking, citations, intake_identifiers
from evidence.verbs.intake import IDENTIFIERS, Result

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Typed:
    """One work as somebody typed or pasted it: the text, how it was read, and what was read from it."""

    raw: str
    form: CitedAs.Form
    given: WorkRecord

    @property
    def is_named(self) -> bool:
        """Whether an identifier says which work is meant."""
        return any(getattr(self.given, name) for name in IDENTIFIERS)


def read(text: str) -> list[Typed]:
    """Read what was typed: identifiers and addresses one a line, or references, however they are set apart.

    Raises Refused when there is nothing, or too much to be looked through by a person.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [classify(line) for line in lines]
    if lines and all(found):
        typed = [_identified(line, one) for line, one in zip(lines, found, strict=True) if one is not None]
    else:
        typed = [_pasted(part) for part in split_pasted(text)]
    if not typed:
        raise Refused("nothing_typed", _("Give a PMID, a DOI, a PMCID, an address or a reference."))
    if len(typed) > MOST_AT_ONCE:
        raise Refused(
            "too_many",
            _("These are %(number)s works; at most %(most)s are taken here. Import them as a file instead.")
            % {"number": len(typed), "most": MOST_AT_ONCE},
        )
    return typed


@transaction.atomic
def add(typed: Typed, *, by: User, now: datetime) -> tuple[Study, Result]:
    """Let the work be known by its identifier, keep all that was typed, and have both checked.

    Where several are typed the PMID leads, then the PMCID: a DOI printed wrong beside it is a difference to be shown,
    never a name of the work. Raises PermissionDenied; ValidationError or Refused as `intake_identifiers.announce` does.
    """
    leading = next((name for name in ("pmid", "pmcid", "doi") if getattr(typed.given, name)), "pmid")
    study, result = intake_identifiers.announce(by=by, now=now, **{leading: getattr(typed.given, leading)})
    citations.give(study, form=typed.form, raw=typed.raw, parsed=typed.given, by=by, now=now)
    return study, result


def offer(typed: Typed, *, by: User) -> tuple[list[WorkRecord], list[str]]:
    """Return the works that a reference without identifier may mean, and which services did not answer."""
    require(by, Action.ADD_STUDY)
    return asking.candidates(typed.raw, typed.given)


def chosen(typed: Typed, identifier: Identifier) -> Typed:
    """Return the typed reference with the identifier of the work that a person chose for it."""
    return replace(typed, given=_named(typed.given, identifier))


def _identified(line: str, found: Identifier) -> Typed:
    return Typed(line, CitedAs.Form.IDENTIFIER, _named(WorkRecord(source="given"), found))


def _pasted(text: str) -> Typed:
    found = classify(text)
    return _identified(text, found) if found else Typed(text, CitedAs.Form.PASTED, parse_pasted(text).record)


def _named(record: WorkRecord, identifier: Identifier) -> WorkRecord:
    match identifier.scheme:
        case Scheme.PMID:
            return replace(record, pmid=identifier.value)
        case Scheme.DOI:
            return replace(record, doi=identifier.value)
        case Scheme.PMCID:
            return replace(record, pmcid=identifier.value)
