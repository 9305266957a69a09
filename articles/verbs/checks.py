"""What an edition keeps of the checks of its works: how each compared, and who accepted a concern, on that day.

A page never reads comparisons from the checks themselves: a later one may compare what a draft cites.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from articles.models import Person
from evidence.models import Acceptance, CitedAs, Study
from evidence.verbs import acceptance, trail

_FIELDS = ("field", "cited", "found", "verdict")


def of_works(studies: Collection[Study]) -> dict[str, dict[str, Any] | None]:
    """Return the newest check of each work by cite key, as plain data; None for a work never checked."""
    pks = [study.pk for study in studies]
    mended = Counter(
        CitedAs.objects.filter(study__in=pks, form=CitedAs.Form.MENDED).values_list("study", flat=True)
    )
    accepted = _accepted(studies)
    return {study.citekey: _check(study, mended[study.pk], accepted[study.pk]) for study in studies}


def rows(compared: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the fields of a comparison, each pair once, however many citations gave it."""
    pairs = dict.fromkeys(tuple(row[name] for name in _FIELDS) for row in compared)
    return [dict(zip(_FIELDS, pair, strict=True)) for pair in pairs]


def _check(study: Study, mended: int, accepted: list[dict[str, Any]]) -> dict[str, Any] | None:
    row = study.verification
    if row is None:
        return None
    return {
        "outcome": row.outcome,
        "match": row.match,
        "standing": row.standing,
        "compared": rows(row.compared),
        "between": rows(row.between),
        "said": row.said,
        "asked": {service: answer["state"] for service, answer in row.asked.items()},
        "recorded": row.recorded,
        "checked_at": row.checked_at.isoformat(),
        "mended": mended,
        "accepted": accepted,
    }


def _accepted(studies: Collection[Study]) -> defaultdict[int, list[dict[str, Any]]]:
    """Return what was accepted of the concerns that stand, by work: the reason, the day and the public name."""
    bound = {
        trail.fingerprint(one): study.pk
        for study in studies
        for one in acceptance.standing_against(study, Acceptance.Kind.CONCERN)
    }
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    given = Acceptance.objects.filter(
        study__in=bound.values(), kind=Acceptance.Kind.CONCERN, bound_to__in=bound
    ).order_by("pk")
    names = {person.user_id: person for person in Person.objects.filter(user__in=given.values("by"))}
    for row in given:
        person = names.get(row.by_id)
        name = {"en": str(person), "zh-hant": person.name_zh_hant} if person else {}
        found[row.study_id].append({"reason": row.reason, "by": name, "on": row.at.date().isoformat()})
    return found
