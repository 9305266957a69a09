"""One study per work, whatever route its record comes by; a broken file keeps what was good."""

import io
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


def test_a_file_cut_short_keeps_its_good_records_and_says_where_it_broke(now: datetime) -> None:
    good = (factories.PUBMED / min(p.name for p in factories.PUBMED.glob("*.xml"))).read_bytes()
    head, _sep, _tail = good.rpartition(b"</PubmedArticleSet>")
    report = intake.add_from_pubmed(
        io.BytesIO(head + b"<PubmedArticle><Medl"), origin=FILE, by=factories.desk().writer, now=now
    )
    assert report.kept >= 1
    assert Study.objects.count() == report.kept
    assert report.problems[-1].line > 1
    assert report.problems[-1].way_out


def test_a_web_page_in_place_of_xml_is_named_as_such(now: datetime) -> None:
    report = intake.add_from_pubmed(
        io.BytesIO(b"<html><body>Busy</body></html>"), origin=FILE, by=factories.desk().writer, now=now
    )
    assert (report.kept, report.problems[0].code) == (0, "html")


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
