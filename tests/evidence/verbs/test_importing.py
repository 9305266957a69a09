"""Importing references: what a file would do is shown first, then exactly that is done, and twice adds nothing."""

import gzip
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from config.refusal import Refused
from config.rights import Role
from evidence import tasks
from evidence.models import CitedAs, ReferenceImport, Study, StudyRecord
from evidence.sources.dates import PartialDate
from evidence.verbs import import_applying, import_running, importing
from tests import factories
from tests.evidence.importers import FULL, finish, imported, nbib, previewed, ris, told

pytestmark = pytest.mark.django_db
FILES = sorted(path.name for path in factories.PUBMED.glob("*.xml"))


@pytest.mark.parametrize("name", FILES)
def test_a_preview_writes_no_study_and_the_import_does_what_it_showed(name: str, now: datetime) -> None:
    of = previewed((factories.PUBMED / name).read_bytes(), now=now)
    assert (of.state, Study.objects.count()) == ("previewed", 0)
    finish(of, now=now)
    assert of.state == "done"
    assert of.results.get("added", 0) == of.counts.get("new", 0) == Study.objects.count()


def test_the_same_file_again_changes_nothing(now: datetime) -> None:
    imported(FULL, now=now)
    again = imported(FULL, now=now)
    assert told(again) == [("unchanged", "same_record")]
    assert (Study.objects.count(), StudyRecord.objects.count()) == (1, 1)


def test_what_is_added_is_checked_next(now: datetime) -> None:
    imported(FULL, now=now)
    assert Study.objects.due(now).count() == 1


def test_a_record_older_than_the_one_held_is_left_alone(now: datetime) -> None:
    held = factories.study(
        factories.record(revised=PartialDate(year=2024, month=5, day=1)), now=now, asked=False
    )
    older = nbib(factories.record(revised=PartialDate(year=2023, month=1, day=1), title="An older title"))
    assert told(imported(older, now=now)) == [("older", "older")]
    assert Study.objects.get(pk=held.pk).title == held.title


def test_a_file_revised_before_pubmed_was_asked_is_left_alone(now: datetime) -> None:
    factories.study(now=now, asked=False)
    held = factories.study(now=now)
    factories.checked(held, factories.answered(factories.record(title="As PubMed has it now")), now=now)
    row = ("older", "asked_since")
    assert told(imported(nbib(factories.record(title="As it was")), now=now)) == [row]


def test_a_record_that_a_study_awaits_comes_with_a_file(now: datetime) -> None:
    study = factories.announced("7", now=now)
    of = imported(FULL, now=now)
    study.refresh_from_db()
    assert told(of) == [("changed", "awaited")]
    assert (of.results, study.record_id is not None) == ({"updated": 1}, True)


def test_a_reference_list_announces_its_works_and_keeps_each_citation_as_given(now: datetime) -> None:
    of = imported(
        ris(factories.record("1"), factories.record("", doi="10.1136/b", title="Another work")), now=now
    )
    assert of.results == {"added": 2}
    assert Study.objects.awaiting_record().count() == 2
    assert set(CitedAs.objects.values_list("form", flat=True)) == {"ris"}
    assert Study.objects.due(now).count() == 2


def test_a_reference_list_never_changes_what_pubmed_said_and_its_citation_is_checked(now: datetime) -> None:
    held = factories.study(factories.record(doi="10.1136/real"), now=now)
    of = imported(ris(factories.record(doi="10.1136/printed", title="Another title")), now=now)
    assert told(of) == [("duplicate", "known")]
    assert of.results == {"cited": 1}
    study = Study.objects.get()
    assert (study.title, study.doi) == (held.title, "10.1136/real")
    factories.checked(study, factories.answered(factories.record(doi="10.1136/real")), now=now)
    assert Study.objects.get().outcome != "verified"


def test_a_reference_list_twice_keeps_its_citations_once(now: datetime) -> None:
    content = ris(factories.record(), factories.record("", title="Without any identifier"))
    imported(content, now=now)
    again = imported(content, now=now)
    assert told(again) == [("unchanged", "citation_kept")] * 2
    assert (Study.objects.count(), CitedAs.objects.count()) == (2, 2)


def test_the_same_work_twice_in_one_file_is_named_by_its_row(now: datetime) -> None:
    one, other = (
        factories.record(doi="10.1136/a"),
        factories.record("", doi="10.1136/a", title="Cited otherwise"),
    )
    of = imported(ris(one, other), now=now)
    assert told(of) == [("new", ""), ("duplicate", "row")]
    assert of.rows.get(ordinal=2).details["row"] == 1
    assert (Study.objects.count(), CitedAs.objects.count()) == (1, 2)


def test_a_newer_version_further_down_the_file_wins(now: datetime) -> None:
    first = FULL[FULL.index(b"<PubmedArticle>") :]
    second = first.replace(b"<Year>2020</Year>", b"<Year>2021</Year>").replace(b">T.<", b">Second version<")
    both = b"<PubmedArticleSet>" + first + second + b"</PubmedArticleSet>"
    of = previewed(both, now=now)
    assert told(of) == [("new", ""), ("changed", "newer_than_row")]
    finish(of, now=now)
    assert Study.objects.get().title == "Second version"
    assert told(imported(both, now=now)) == [("older", "older"), ("unchanged", "same_record")]


def test_identifiers_that_name_two_studies_are_refused_naming_both(now: datetime) -> None:
    factories.study(factories.record("111"), now=now)
    factories.study(factories.record("222", doi="10.1136/b", title="Other", year=2020), now=now)
    of = imported(ris(factories.record("111", doi="10.1136/b")), now=now)
    assert told(of) == [("refused", "two_works")]
    assert of.rows.get().details["studies"] == "zhou2019, zhou2020"
    assert not CitedAs.objects.exists()


def test_one_doi_under_two_pmids_is_refused(now: datetime) -> None:
    of = imported(
        nbib(factories.record("1", doi="10.1136/a"), factories.record("2", doi="10.1136/a")), now=now
    )
    assert told(of)[1] == ("refused", "other_pmid")
    assert Study.objects.count() == 1


# Works that are perhaps known -----------------------------------------------------------------------------


def _resembling(now: datetime) -> tuple[Study, ReferenceImport]:
    held = factories.study(factories.record(doi="10.1136/gutjnl-2017-315136"), now=now)
    return held, previewed(ris(factories.record("", doi="10.1136/gutjnl-2018-316406", year=2018)), now=now)


def test_the_same_title_under_another_doi_is_offered_and_left_out_unless_decided(now: datetime) -> None:
    held, of = _resembling(now)
    assert told(of) == [("perhaps", "title")]
    assert of.rows.get().study == held
    finish(of, now=now)
    assert (Study.objects.count(), CitedAs.objects.count()) == (1, 0)


def test_said_to_be_the_same_work_it_is_kept_as_a_citation_that_the_check_compares(now: datetime) -> None:
    held, of = _resembling(now)
    importing.decide(of, {1: "same"}, by=of.by)
    finish(of, now=now)
    assert (Study.objects.count(), CitedAs.objects.get().study) == (1, held)
    assert Study.objects.get().doi == "10.1136/gutjnl-2017-315136"


def test_said_to_be_a_new_one_it_is_added(now: datetime) -> None:
    held, of = _resembling(now)
    importing.decide(of, {1: "new"}, by=of.by)
    finish(of, now=now)
    added = Study.objects.exclude(pk=held.pk).get()
    assert (added.doi, of.rows.get().study) == ("10.1136/gutjnl-2018-316406", added)


def test_the_same_title_years_apart_is_another_work(now: datetime) -> None:
    factories.study(now=now)
    assert told(previewed(ris(factories.record("", doi="10.1136/x", year=2012)), now=now)) == [("new", "")]


def test_two_works_of_one_title_in_one_file_are_offered_too(now: datetime) -> None:
    of = previewed(ris(factories.record("1"), factories.record("", doi="10.1136/x")), now=now)
    assert told(of) == [("new", ""), ("perhaps", "title_of_row")]
    importing.decide(of, {2: "same"}, by=of.by)
    finish(of, now=now)
    assert (Study.objects.count(), CitedAs.objects.filter(study__pmid="1").count()) == (1, 2)


def test_a_record_that_contradicts_a_work_cannot_be_said_to_be_it(now: datetime) -> None:
    factories.study(factories.record("", doi="10.1136/preprint"), now=now, asked=False)
    of = previewed(nbib(factories.record("5", doi="10.1136/published")), now=now)
    assert told(of) == [("perhaps", "title")]
    with pytest.raises(Refused, match="these are two works"):
        importing.decide(of, {1: "same"}, by=of.by)


def test_a_row_that_asks_for_no_decision_takes_none(now: datetime) -> None:
    of = previewed(FULL, now=now)
    with pytest.raises(Refused, match="Row 1 asks for no decision"):
        importing.decide(of, {1: "same"}, by=of.by)


# Broken and hostile files ---------------------------------------------------------------------------------


def test_a_file_cut_short_gives_what_was_good_and_says_where_it_broke(now: datetime) -> None:
    broken = FULL.replace(b"<PubmedArticle>", b"<PubmedArticleSet><PubmedArticle>") + b"<PubmedArticle><Medl"
    of = imported(broken, now=now)
    assert told(of) == [("new", ""), ("refused", "broken_xml")]
    assert of.rows.get(ordinal=2).details["line"] > 1
    assert Study.objects.get().pmid == "7"


def test_a_damaged_archive_gives_what_could_be_unpacked(now: datetime) -> None:
    works = [factories.record(str(pmid), title=f"Paper {pmid * 7919}") for pmid in range(1, 2000)]
    of = previewed(gzip.compress(nbib(*works), compresslevel=0)[:-2000], now=now)
    assert of.counts["new"] > 300
    assert told(of)[-1] == ("refused", "broken_gzip")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<!doctype html><p>Busy", "web_page"),
        (b"Dear editor, see below.", "unknown_format"),
        (b"\x1f\x8b\x08 no archive", "broken_gzip"),
    ],
)
def test_what_is_no_file_of_references_is_refused_at_once_with_the_way_out(
    content: bytes, code: str, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        importing.begin(io.BytesIO(content), name="x", by=factories.desk().writer, now=now)
    assert (refused.value.code, len(refused.value.details)) == (code, 1)
    assert not ReferenceImport.objects.exists()


@pytest.mark.parametrize("content", [b"[" + b" " * 7000, gzip.compress(b"[" + b" " * 5_000_000)])
def test_a_file_too_large_packed_or_unpacked_is_refused_and_not_kept(
    content: bytes, now: datetime, settings: Any, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    settings.PUBMED_UPLOAD_MAX_BYTES, settings.REFERENCES_UNPACKED_MAX_BYTES = 6000, 60_000
    with pytest.raises(Refused, match="holds more than"):
        importing.begin(io.BytesIO(content), name="bomb.gz", by=factories.desk().writer, now=now)
    assert list(importing.folder().iterdir()) == []


def test_a_file_of_endlessly_many_rows_fails_with_a_reason(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_running, "MOST_ROWS", 1)
    of = previewed(ris(factories.record("1"), factories.record("2")), now=now)
    assert (of.state, of.problem) == ("failed", "too_many_rows")


# Workers --------------------------------------------------------------------------------------------------


def test_two_workers_never_hold_one_import(now: datetime) -> None:
    of = importing.begin(io.BytesIO(FULL), name="x", by=factories.desk().writer, now=now)
    ReferenceImport.objects.filter(pk=of.pk).update(held_by="another", held_until=now + timedelta(minutes=1))
    assert import_running.go_on(of.pk, clock=lambda: now) == "reading"
    assert import_running.go_on(of.pk, clock=lambda: now + timedelta(minutes=2)) == "previewed"


def test_a_killed_worker_s_successor_goes_on_where_it_was(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_running, "BATCH", 2)
    works = [factories.record(str(pmid), title=f"Paper {pmid}") for pmid in range(1, 8)]
    of = previewed(nbib(*works), now=now)
    importing.confirm(of, by=of.by, now=now)
    batches: list[int] = []

    def killed_in_the_third(*args: Any, **kwargs: Any) -> None:
        batches.append(len(batches))
        import_applying.apply(*args, **kwargs)
        if len(batches) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(import_running, "apply", killed_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        import_running.go_on(of.pk, clock=lambda: now)
    assert Study.objects.count() == 4
    later = now + timedelta(minutes=10)
    assert importing.unattended(now=later) == [of.pk]
    assert import_running.go_on(of.pk, clock=lambda: later) == "done"
    of.refresh_from_db()
    assert (Study.objects.count(), of.results, len(batches)) == (7, {"added": 7}, 5)


def test_an_import_that_breaks_off_three_times_at_one_place_fails(now: datetime) -> None:
    of = importing.begin(io.BytesIO(FULL), name="x", by=factories.desk().writer, now=now)
    ReferenceImport.objects.filter(pk=of.pk).update(tries=3)
    assert import_running.go_on(of.pk, clock=lambda: now) == "failed"
    assert ReferenceImport.objects.get().problem == "stopped"


def test_a_task_reads_and_imports_and_the_clock_sends_for_what_nobody_works_on(now: datetime) -> None:
    of = importing.begin(io.BytesIO(FULL), name="x", by=factories.desk().writer, now=now)
    assert tasks.go_on_with_import(of.pk) == "previewed"
    importing.confirm(of, by=of.by, now=now)
    assert tasks.go_on_with_imports() == 1
    assert tasks.go_on_with_import(of.pk) == "done"
    assert tasks.go_on_with_imports() == 0


# Rights, dropping, forgetting -----------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["translator", "superuser"])
def test_whoever_may_not_add_studies_begins_decides_confirms_and_drops_nothing(
    who: str, now: datetime
) -> None:
    of = previewed(FULL, now=now)
    somebody = getattr(factories.desk(), who)
    with pytest.raises(PermissionDenied):
        importing.begin(io.BytesIO(FULL), name="x", by=somebody, now=now)
    with pytest.raises(PermissionDenied):
        importing.decide(of, {1: "new"}, by=somebody)
    with pytest.raises(PermissionDenied):
        importing.confirm(of, by=somebody, now=now)
    with pytest.raises(PermissionDenied):
        importing.drop(of, by=somebody, now=now)


def test_who_lost_the_right_after_confirming_adds_nothing(now: datetime) -> None:
    mei = factories.user("mei", Role.WRITER)
    of = previewed(FULL, now=now, by=mei)
    importing.confirm(of, by=mei, now=now)
    mei.groups.clear()
    assert import_running.go_on(of.pk, clock=lambda: now) == "failed"
    assert not Study.objects.exists()


def test_a_dropped_import_leaves_no_file_and_is_not_confirmed(now: datetime) -> None:
    of = previewed(FULL, now=now)
    importing.drop(of, by=of.by, now=now)
    assert not (importing.folder() / of.stored_as).exists()
    with pytest.raises(Refused, match="Dropped"):
        importing.confirm(of, by=of.by, now=now)


def test_an_import_nobody_confirms_is_dropped_after_a_week_and_its_rows_are_forgotten(now: datetime) -> None:
    of = previewed(FULL, now=now)
    assert importing.forget(now=now + timedelta(days=6)) == 0
    assert importing.forget(now=now + timedelta(days=8)) == 1
    importing.forget(now=now + timedelta(days=16))
    of.refresh_from_db()
    assert (of.state, of.rows.count(), of.counts) == ("dropped", 0, {"new": 1})
