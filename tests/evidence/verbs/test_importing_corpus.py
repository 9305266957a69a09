"""Real files imported whole, and again: the bulk file of PubMed's, and reference lists out of other people's programs."""

import io
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest

from evidence.models import CitedAs, Study, StudyRecord
from evidence.sources.pubmed import read_pubmed
from evidence.sources.records import WorkRecord
from evidence.verbs import intake
from tests import factories
from tests.evidence.corpus import shared_data
from tests.evidence.importers import imported

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]
BULK = "bulk/pubmed21n1298_A.xml.gz"
LISTS = (
    "references/ris/*.ris",
    "references/csl_json/*.json",
    "references/bibtex/*.bib",
    "references/nbib/*.nbib",
)


def test_three_thousand_records_import_whole_and_twice_without_a_duplicate(now: datetime) -> None:
    content = (shared_data() / BULK).read_bytes()
    first = imported(content, now=now)
    # One PMID stands there in two versions, and 20 are withdrawn.
    assert first.counts == {"new": 2999, "changed": 1, "refused": 20}
    assert set(first.rows.filter(kind="refused").values_list("reason", flat=True)) == {"withdrawn"}
    assert (Study.objects.count(), StudyRecord.objects.count()) == (2999, 3000)
    again = imported(content, now=now)
    assert again.counts == {"unchanged": 2999, "older": 1, "refused": 20}
    assert (Study.objects.count(), StudyRecord.objects.count()) == (2999, 3000)


def test_every_reference_list_imports_and_twice_adds_nothing(now: datetime) -> None:
    paths = [path for pattern in LISTS for path in sorted(shared_data().glob(pattern)) if _is_list(path)]
    assert len(paths) > 20
    for path in paths:
        first = imported(path.read_bytes(), now=now)
        assert first.state == "done", path.name
        held = (Study.objects.count(), CitedAs.objects.count(), StudyRecord.objects.count())
        again = imported(path.read_bytes(), now=now)
        assert held == (Study.objects.count(), CitedAs.objects.count(), StudyRecord.objects.count()), (
            path.name
        )
        assert "new" not in again.counts, path.name


def test_one_by_one_and_in_batches_come_to_the_same(now: datetime) -> None:
    with (shared_data() / BULK).open("rb") as stream:
        records = [item for item in islice(read_pubmed(stream), 300) if isinstance(item, WorkRecord)]
    by = factories.desk().writer
    for record in records[:150]:
        intake.add(record, origin=StudyRecord.Origin.PUBMED_FILE, by=by, now=now)
    alone = _stored()
    Study.history.all().delete()  # type: ignore[attr-defined]
    Study.objects.update(record=None)
    StudyRecord.objects.all()._raw_delete("default")
    Study.objects.all().delete()
    intake.keep_many(
        [(Study(added_at=now), record) for record in records[:150]],
        origin=StudyRecord.Origin.PUBMED_FILE,
        by=by,
        now=now,
    )
    assert _stored() == alone


def _stored() -> list[tuple[object, ...]]:
    fields = [
        *intake.COPIED,
        "added_at",
        "record__number",
        "record__sha256",
        "record__content",
        "record__origin",
    ]
    return list(Study.objects.order_by("pk").values_list(*fields))


def _is_list(path: Path) -> bool:
    return not path.name.endswith(".expected.json") and bool(io.BytesIO(path.read_bytes()).read(1))
