"""What each item of an import is beside what is known here and beside the items before it. Nothing is written here.

PubMed's own records become versions of studies; the items of other files are citations that somebody made of works.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q

from evidence import matching
from evidence.models import ReferenceImport, ReferenceImportRow, Study, StudyRecord
from evidence.sources.dates import PartialDate
from evidence.sources.plain import to_plain
from evidence.sources.problems import ParseProblem
from evidence.sources.pubmed import DeletedRecord, Parsed
from evidence.sources.records import WorkRecord
from evidence.verbs import citations, intake
from evidence.verbs.intake import IDENTIFIERS

Kind = ReferenceImportRow.Kind
Row = ReferenceImportRow
PUBMEDS = frozenset({"pubmed", "nbib"})


@dataclass
class Judged:
    """One item of the file: its row, not yet written, and the record it holds if it could be read."""

    row: ReferenceImportRow
    record: WorkRecord | None = None

    @property
    def is_pubmeds(self) -> bool:
        """Whether the item is a record of PubMed's, not somebody's citation."""
        return self.record is not None and is_pubmeds(self.record)


@dataclass
class _Known:
    """What stands here, and earlier in the file, that the items of one batch may be."""

    named: Mapping[int, list[Study]]
    titled: Mapping[str, list[Study]]
    kept: Mapping[int, list[Any]]
    withdrawn: Mapping[str, Study]
    before: dict[tuple[str, str], Row]
    before_by_title: dict[str, list[Row]]
    decided: Mapping[int, Row]


def is_pubmeds(record: WorkRecord) -> bool:
    """Say whether a record is PubMed's own: an NBIB file can come from elsewhere, and then has no PMID."""
    return record.source in PUBMEDS and bool(record.pmid)


def judge(of: ReferenceImport, items: Sequence[tuple[int, Parsed]]) -> list[Judged]:
    """Say of each numbered item of a file what it is. The items must follow those that have rows already."""
    known = _known(of, items)
    return [_judge(of, ordinal, item, known) for ordinal, item in items]


def _judge(of: ReferenceImport, ordinal: int, item: Parsed, known: _Known) -> Judged:
    row = Row(reference_import=of, ordinal=ordinal)
    if isinstance(item, ParseProblem):
        row.kind, row.reason = Kind.REFUSED, item.code
        row.pmid = item.pmid[:10]
        row.details = {name: value for name, value in asdict(item).items() if value and name != "code"}
        return Judged(row)
    if isinstance(item, DeletedRecord):
        row.kind, row.reason, row.pmid = Kind.REFUSED, "withdrawn", item.pmid
        row.study = known.withdrawn.get(item.pmid)
        return Judged(row)
    _describe(row, item)
    if wrong := intake.faults(item):
        _say(
            row, Kind.REFUSED, "fields", said="; ".join(f"{name}: {' '.join(s)}" for name, s in wrong.items())
        )
        return Judged(row)
    _place(row, item, known)
    _recall(row, known.decided.get(ordinal))
    _remember(row, known)
    return Judged(row, item)


def _describe(row: Row, record: WorkRecord) -> None:
    row.title = record.title or record.vernacular_title
    row.year, row.sha256 = record.year, record.sha256
    row.pmid, row.doi, row.pmcid = record.pmid, record.doi, record.pmcid
    if is_pubmeds(record):
        row.edition = _edition(record.pmid_version, record.revised)
    else:
        row.title_key = matching.title_key(row.title)


def _say(row: Row, kind: str, reason: str, study: Study | None = None, /, **details: Any) -> None:
    row.kind, row.reason, row.study = kind, reason, study
    row.details = details | ({"study": study.citekey} if study else {})


def _place(row: Row, record: WorkRecord, known: _Known) -> None:
    """Decide the kind of a readable record: by its identifiers first, by its title only where they name nothing."""
    studies = known.named[row.ordinal]
    twins = _twins(row, known)
    named = {study.citekey for study in studies} | {
        twin.study.citekey if twin.study else f"#{twin.ordinal}" for twin in twins.values()
        if twin.study or not studies
    }  # fmt: skip
    if len(named) > 1:
        return _say(row, Kind.REFUSED, "two_works", studies=", ".join(sorted(named)))
    twin = next(iter(twins.values()), None)
    study = studies[0] if studies else None
    if is_pubmeds(record):
        return _place_pubmeds(row, record, study, twin, known)
    return _place_citation(row, record, study, twin, known)


def _place_pubmeds(
    row: Row, record: WorkRecord, study: Study | None, twin: Row | None, known: _Known
) -> None:
    other = (study and study.pmid) or (twin and twin.pmid)
    if other and other != record.pmid:
        return _say(row, Kind.REFUSED, "other_pmid", study, other=other)
    if twin is not None and row.edition <= twin.edition:
        row.twin = _root(twin)
        return _say(row, Kind.DUPLICATE, "row", study or twin.study, row=row.twin)
    if study is not None:
        return _beside_held(row, record, study)
    if twin is not None:
        row.twin = _root(twin)
        return _say(row, Kind.CHANGED, "newer_than_row", twin.study, row=row.twin)
    alike = [
        held for held in _alike(record, known)
        if held.pmid is None
    ]  # fmt: skip
    if alike:
        return _say(row, Kind.PERHAPS, "title", alike[0])
    return _say(row, Kind.NEW, "")


def _beside_held(row: Row, record: WorkRecord, study: Study) -> None:
    """Compare PubMed's record with the one held; what is as new or newer is left alone."""
    held = study.record
    if held is None:
        return _say(row, Kind.CHANGED, "awaited", study)
    kind, reason = _newer_or_older(row, record, held)
    return _say(row, kind, reason, study, asked=held.received_at.date().isoformat())


def _newer_or_older(row: Row, record: WorkRecord, held: StudyRecord) -> tuple[Kind, str]:
    if held.sha256 == row.sha256:
        return Kind.UNCHANGED, "same_record"
    if held.content["source"] not in PUBMEDS:
        return Kind.CHANGED, "better_source"
    edition = _edition_held(held)
    if row.edition < edition:
        return Kind.OLDER, "older"
    asked = held.received_at.date().isoformat() if held.origin == StudyRecord.Origin.PUBMED else ""
    if (record.revised.iso if record.revised else "") < asked:
        return Kind.OLDER, "asked_since"
    # The same version in the two forms PubMed exports: XML says more than NBIB.
    if row.edition == edition and (record.source, held.content["source"]) == ("nbib", "pubmed"):
        return Kind.UNCHANGED, "same_edition"
    return Kind.CHANGED, "newer"


def _place_citation(
    row: Row, record: WorkRecord, study: Study | None, twin: Row | None, known: _Known
) -> None:
    given = to_plain(citations.given_of(record))
    if twin is not None:
        row.twin = _root(twin)
        return _say(row, Kind.DUPLICATE, "row", study or twin.study, row=row.twin)
    if study is not None and given in known.kept[study.pk]:
        return _say(row, Kind.UNCHANGED, "citation_kept", study)
    if study is not None:
        return _say(row, Kind.DUPLICATE, "known", study)
    return _place_by_title(row, record, given, known)


def _place_by_title(row: Row, record: WorkRecord, given: Any, known: _Known) -> None:
    alike = _alike(record, known)
    for held in alike:
        if given in known.kept[held.pk] or (held.record and held.record.sha256 == row.sha256):
            return _say(row, Kind.UNCHANGED, "citation_kept", held)
    before = [twin for twin in known.before_by_title.get(row.title_key, ()) if _close(row.year, twin.year)]
    same = next((twin for twin in before if twin.sha256 == row.sha256), None)
    if same is not None:
        row.twin = _root(same)
        return _say(row, Kind.DUPLICATE, "row", same.study, row=row.twin)
    if alike:
        return _say(row, Kind.PERHAPS, "title", alike[0])
    if before:
        row.twin = _root(before[0])
        return _say(row, Kind.PERHAPS, "title_of_row", before[0].study, row=row.twin)
    return _say(row, Kind.NEW, "")


def _recall(row: Row, decided: Row | None) -> None:
    """Keep to what a person decided about this very row, and about which work."""
    if decided is None or row.kind != Kind.PERHAPS:
        return
    row.decision, row.study, row.twin = decided.decision, decided.study, decided.twin


def _remember(row: Row, known: _Known) -> None:
    """Let the items that follow find this one."""
    if row.kind == Kind.REFUSED:
        return
    for name in IDENTIFIERS:
        key = (name, getattr(row, name))
        if key[1] and (key not in known.before or known.before[key].edition < row.edition):
            known.before[key] = row
    if row.title_key:
        known.before_by_title.setdefault(row.title_key, []).append(row)


def _twins(row: Row, known: _Known) -> dict[int, Row]:
    """Return the earlier rows that the identifiers name, one for each work."""
    keys = [(name, getattr(row, name)) for name in IDENTIFIERS]
    found = [known.before[key] for key in keys if key in known.before]
    return {_root(twin): twin for twin in found}


def _root(twin: Row) -> int:
    return twin.twin or twin.ordinal


def _alike(record: WorkRecord, known: _Known) -> list[Study]:
    key = matching.title_key(record.title or record.vernacular_title)
    return [study for study in known.titled.get(key, ()) if _close(record.year, study.year)]


def _close(one: int | None, other: int | None) -> bool:
    """Within a year of each other; a year that is not known contradicts none."""
    return one is None or other is None or abs(one - other) <= 1


def _edition(version: int, revised: PartialDate | None) -> str:
    return f"{version:03d} {revised.iso if revised else ''}"


def _edition_held(held: StudyRecord) -> str:
    revised = held.content.get("revised")
    return _edition(held.content.get("pmid_version", 1), PartialDate(**revised) if revised else None)


def _known(of: ReferenceImport, items: Sequence[tuple[int, Parsed]]) -> _Known:
    """Look up in a few queries whatever the items of one batch may be."""
    records = {ordinal: item for ordinal, item in items if isinstance(item, WorkRecord)}
    named = dict(zip(records, intake.named_by(list(records.values())), strict=True))
    titled = _titled(record for ordinal, record in records.items() if not named[ordinal])
    before, before_by_title = _before(of, items[0][0], records.values())
    cited = [] if all(map(is_pubmeds, records.values())) else [*named.values(), *titled.values()]
    deleted = {item.pmid for _ordinal, item in items if isinstance(item, DeletedRecord)}
    decided = of.rows.filter(ordinal__gte=items[0][0], ordinal__lte=items[-1][0]).exclude(decision="")
    return _Known(
        named=named,
        titled=titled,
        kept=citations.kept_of(study.pk for studies in cited for study in studies),
        withdrawn={study.pmid or "": study for study in Study.objects.filter(pmid__in=deleted)}
        if deleted
        else {},
        before=before,
        before_by_title=before_by_title,
        decided={row.ordinal: row for row in decided.select_related("study")},
    )


def _titled(records: Iterable[WorkRecord]) -> Mapping[str, list[Study]]:
    keys = {matching.title_key(record.title or record.vernacular_title) for record in records} - {""}
    found: dict[str, list[Study]] = defaultdict(list)
    if keys:
        for study in Study.objects.select_related("record").filter(title_key__in=keys).order_by("pk"):
            found[study.title_key].append(study)
    return found


def _before(
    of: ReferenceImport, first: int, records: Iterable[WorkRecord]
) -> tuple[dict[tuple[str, str], Row], dict[str, list[Row]]]:
    """Return the rows before this batch that share an identifier, or the title of a citation, with one of it."""
    same = Q(pk__in=[])
    records = list(records)
    for name in IDENTIFIERS:
        same |= Q(**{f"{name}__in": {getattr(record, name) for record in records} - {""}})
    titles = {record.title or record.vernacular_title for record in records if not is_pubmeds(record)}
    same |= Q(title_key__in={matching.title_key(title) for title in titles} - {""})
    known = _Known({}, {}, {}, {}, {}, {}, {})
    for row in of.rows.filter(same, ordinal__lt=first).select_related("study").order_by("ordinal"):
        _remember(row, known)
    return known.before, known.before_by_title
