"""One study per work, whatever route its record comes by."""

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.refusal import Refused
from evidence.models import Study, StudyRecord
from evidence.models.base import AppendOnlyError
from evidence.sources.plain import from_plain
from evidence.sources.records import WorkRecord
from evidence.verbs import intake
from tests import factories

pytestmark = pytest.mark.django_db
FILE = StudyRecord.Origin.PUBMED_FILE


def test_the_same_record_twice_is_one_study(now: datetime) -> None:
    people = factories.desk()
    first, added = intake.add(factories.record(), origin=FILE, by=people.writer, now=now)
    second, again = intake.add(factories.record(), origin=FILE, by=people.writer, now=now)
    assert (first.pk, added, again) == (second.pk, "added", "unchanged")
    assert first.records.count() == 1


def test_a_newer_record_is_a_new_version_of_the_same_study(now: datetime) -> None:
    work = factories.record(doi="10.1136/gutjnl-2017-315136")
    study = factories.study(work, now=now)
    same, result = intake.add(factories.retracted(work), origin=FILE, by=factories.desk().writer, now=now)
    assert (same.pk, result) == (study.pk, "updated")
    assert same.standing == "retracted"
    assert [row.number for row in same.records.all()] == [2, 1]
    assert same.record is not None
    assert from_plain(WorkRecord, same.record.content) == factories.retracted(work)


def test_identifiers_that_name_two_studies_are_refused_with_both_named(now: datetime) -> None:
    factories.study(factories.record("111", doi=""), now=now)
    factories.study(factories.record("222", doi="10.1/b", title="Other", year=2020), now=now)
    with pytest.raises(Refused, match=r"zhou2019.*zhou2020"):
        factories.study(factories.record("111", doi="10.1/b"), now=now)


def test_two_papers_of_one_author_and_year_get_keys_of_their_own(now: datetime) -> None:
    keys = [
        factories.study(factories.record(str(pmid), title=f"Paper {pmid}"), now=now).citekey
        for pmid in (1, 2, 3)
    ]
    assert keys == ["zhou2019", "zhou2019b", "zhou2019c"]


def test_a_translator_adds_no_study(now: datetime) -> None:
    with pytest.raises(PermissionDenied):
        factories.study(now=now, by=factories.desk().translator)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("key", "zhou2019"),
        ("pmid", "30108163"),
        ("doi", "10.1136/GUTJNL-2017-315136"),
        ("pmcid", "PMC9549483"),
    ],
)
def test_a_study_is_found_by_any_name_it_bears(now: datetime, kind: str, value: str) -> None:
    study = factories.study(factories.record(doi="10.1136/gutjnl-2017-315136", pmcid="PMC9549483"), now=now)
    assert intake.find(kind, value) == study


@pytest.mark.parametrize(("kind", "value"), [("key", "nobody1900"), ("pmid", "not a number"), ("tag", "x")])
def test_what_names_no_study_finds_none(kind: str, value: str) -> None:
    assert intake.find(kind, value) is None


def test_a_record_once_stored_is_never_rewritten(now: datetime) -> None:
    study = factories.study(now=now)
    with pytest.raises(AppendOnlyError):
        study.records.update(sha256="0" * 64)
    with pytest.raises(AppendOnlyError):
        study.records.get().save()
    with pytest.raises(AppendOnlyError):
        study.records.get().delete()


def test_many_records_at_once_become_what_each_alone_would(now: datetime) -> None:
    works = [factories.record(str(pmid), title=f"Paper {pmid}", doi=f"10.1/{pmid}") for pmid in range(1, 6)]
    alone = [intake.add(work, origin=FILE, by=factories.desk().writer, now=now)[0] for work in works[:2]]
    results = intake.keep_many(
        [(alone[0], works[0]), (alone[1], factories.retracted(works[1]))]
        + [(Study(added_at=now), work) for work in works[2:]],
        origin=FILE,
        by=factories.desk().writer,
        now=now,
    )
    assert results == ["unchanged", "updated", "added", "added", "added"]
    assert list(Study.objects.order_by("pk").values_list("citekey", flat=True)) == [
        "zhou2019", "zhou2019b", "zhou2019c", "zhou2019d", "zhou2019e",
    ]  # fmt: skip
    assert [study.record.sha256 for study in Study.objects.order_by("pk") if study.record] == [
        work.sha256 for work in (works[0], factories.retracted(works[1]), *works[2:])
    ]
    assert Study.objects.get(pk=alone[1].pk).standing == "retracted"
    assert list(alone[1].history.values_list("history_type", flat=True)) == ["~", "+"]  # type: ignore[attr-defined]
    assert {row.history_user for row in alone[1].history.all()} == {factories.desk().writer}  # type: ignore[attr-defined]


def test_a_work_without_any_identifier_is_known_by_its_record(now: datetime) -> None:
    work = factories.record("", title="Grey literature")
    study = Study(added_at=now)
    intake.keep(study, work, origin=StudyRecord.Origin.REFERENCE_FILE, by=factories.desk().writer, now=now)
    study.refresh_from_db()
    assert study.record is not None
    assert study.record.sha256 == work.sha256
    assert (study.pmid, study.doi, study.pmcid) == (None, None, None)
