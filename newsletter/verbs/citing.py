"""Which works a line of the brief may cite, and how they are printed: the one door for every citation in mail.

Numbering them over an issue is contents.py's; printing a record is evidence's.
"""

import json
from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from articles.verbs import citing_rules
from evidence import citing as printing
from evidence.models import GradeSnapshot, LiveNotice, Study
from evidence.sources.plain import PlainError, from_plain
from evidence.sources.records import WorkRecord

Standing = Study.Standing
FALLEN = frozenset({Standing.RETRACTED, Standing.REPLACED, Standing.WITHDRAWN})
MARKED = FALLEN | {Standing.CONCERN}
MOST_WORKS = 5  # a line is a pointer; the page behind it lists every work


def with_records() -> QuerySet[Study]:
    """Return studies with what `citation_problem` and `printed` read, in two queries for any number."""
    return (
        Study.objects.select_related("record", "verification").prefetch_related("notices").order_by("citekey")
    )


def citation_problem(study: Study, *, fallen: bool = False) -> str | None:
    """Say why a line may not cite this work, or None. Every check of a citation in the brief is made here.

    `fallen` is for a line that tells of the work's own fall: it may, and must, cite what was retracted.
    """
    key = {"key": study.citekey}
    if study.record is None:
        return _("@%(key)s: its record has not arrived yet.") % key
    if not _matches(study):
        return _("@%(key)s: its record does not match the work it is cited for.") % key
    if study.is_notice:
        return _("@%(key)s is a notice, not a study. Cite the work itself.") % key
    match = citing_rules.match_of(study)
    if match in citing_rules.BLOCKING:
        return _("@%(key)s: %(outcome)s. Look at its check.") % {**key, "outcome": match.label}
    if not fallen and standing(study) in FALLEN:
        return _("@%(key)s: %(standing)s.") % {**key, "standing": standing(study).label}
    return None


def standing(study: Study) -> Study.Standing:
    """Return what has become of a work by its record or by a standing notice, whichever says worse."""
    notices = study.notices.all()
    if any(one.kind == LiveNotice.Kind.RETRACTED and one.until is None for one in notices):
        return Standing.RETRACTED if study.standing not in FALLEN else Standing(study.standing)
    return Standing(study.standing)


def printed(study: Study) -> str:
    """Return the reference as AMA prints it, with a mark in the active language where the work has fallen."""
    if study.record is None:
        raise ValueError(f"{study.citekey} has no record: citation_problem should have refused it")
    text = printing.reference_text(from_plain(WorkRecord, study.record.content))
    return f"{text} [{standing(study).label}]" if standing(study) in MARKED else text


def chosen(citekeys: Iterable[str], *, fallen: bool = False) -> tuple[Study, ...]:
    """Return the first few of these works that may be cited; where none may, the first, so that it is seen."""
    wanted = list(dict.fromkeys(citekeys))
    known = {study.citekey: study for study in with_records().filter(citekey__in=wanted)}
    found = [known[key] for key in wanted if key in known]
    good = [study for study in found if citation_problem(study, fallen=fallen) is None]
    return tuple(good[:MOST_WORKS] or found[:1])


def works_of(snapshot: GradeSnapshot, *, before: GradeSnapshot | None = None) -> tuple[Study, ...]:
    """Return the works a grade rests on: what is new since `before` first, then the heaviest.

    Where a work's fall caused the grade, that work is cited too.
    """
    older = _keys(before.exhibits["findings"]) if before else None
    weights: dict[str, str] = json.loads(snapshot.verdict_json)["weights"]

    def rank(finding: dict[str, str]) -> tuple[bool, bool, float]:
        new = older is not None and finding["citekey"] not in older
        return (
            not (is_about_a_fall(snapshot) and finding["standing"] in MARKED),
            not new,
            -float(weights.get(finding["id"], "0")),
        )

    weighed = [finding["citekey"] for finding in sorted(snapshot.exhibits["findings"], key=rank)]
    beside = [row["citekey"] for row in snapshot.exhibits["sources"]]
    return chosen([*weighed, *beside], fallen=is_about_a_fall(snapshot))


def is_about_a_fall(snapshot: GradeSnapshot | None) -> bool:
    """Say whether a grade was made because a cited work changed its status."""
    return snapshot is not None and snapshot.trigger == GradeSnapshot.Trigger.STATUS_CHANGED


def _keys(rows: Collection[dict[str, str]]) -> set[str]:
    return {row["citekey"] for row in rows}


def _matches(study: Study) -> bool:
    """Say whether the record is this work's own and unchanged since it arrived."""
    record = study.record
    if record is None or record.study_id != study.pk:
        return False
    try:
        work = from_plain(WorkRecord, record.content)
    except PlainError:
        return False
    named = [(study.pmid, work.pmid), (study.doi, work.doi), (study.pmcid, work.pmcid)]
    return work.sha256 == record.sha256 and not any(ours and its and ours != its for ours, its in named)
