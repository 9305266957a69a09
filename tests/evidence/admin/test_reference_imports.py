"""Importing references at the desk: a file goes up, a page says what it would do, and a person decides."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.rights import Role
from evidence import tasks
from evidence.models import ReferenceImport, Study
from tests import factories
from tests.admin_pages import signed_in
from tests.evidence.importers import FULL, previewed, ris

pytestmark = pytest.mark.django_db
ADD = "admin:evidence_referenceimport_add"


def _upload(client: Client, content: bytes) -> Any:
    return client.post(reverse(ADD), {"file": SimpleUploadedFile("list.ris", content)}, follow=True)


def _page(of: ReferenceImport) -> str:
    return reverse("admin:evidence_referenceimport_change", args=[of.pk])


def _act(client: Client, of: ReferenceImport, act: str, **decisions: str) -> str:
    address = reverse("admin:evidence_referenceimport_act", args=[of.pk])
    return client.post(address, {"act": act, **decisions}, follow=True).content.decode()


def test_a_file_is_read_shown_confirmed_and_imported(django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(factories.desk().writer)
    with django_capture_on_commit_callbacks() as sent:
        page = _upload(client, FULL).content.decode()
    of = ReferenceImport.objects.get()
    assert len(sent) == 1
    assert "Being read" in page
    assert 'data-refresh="2"' in page
    tasks.go_on_with_import(of.pk)
    shown = client.get(_page(of)).content.decode()
    assert "Import exactly this" in shown
    assert "data-refresh" not in shown
    assert not Study.objects.exists()
    with django_capture_on_commit_callbacks() as sent:
        assert "Being imported" in _act(client, of, "confirm")
    assert len(sent) == 1
    tasks.go_on_with_import(of.pk)
    done = client.get(_page(of)).content.decode()
    assert reverse("admin:evidence_study_change", args=[Study.objects.get().pk]) in done
    assert "studies added" in done


def test_a_work_perhaps_known_is_shown_beside_the_study_and_decided_with_the_import(now: datetime) -> None:
    held = factories.study(now=now)
    of = previewed(ris(factories.record("", doi="10.1136/another")), now=now)
    client = signed_in(factories.desk().writer)
    page = client.get(_page(of)).content.decode()
    assert held.citekey in page
    assert "no identifier says that it is the same work" in page
    assert "Decisions kept" in _act(client, of, "decide", **{"decision-1": "new"})
    _act(client, of, "confirm", **{"decision-1": "same"})
    assert of.rows.get().decision == "same"
    tasks.go_on_with_import(of.pk)
    assert held.cited_as.count() == 1


def test_a_refused_row_says_where_why_and_the_way_out(now: datetime) -> None:
    broken = FULL.replace(b"<PubmedArticle>", b"<PubmedArticleSet><PubmedArticle>") + b"<PubmedArticle><Medl"
    page = signed_in(factories.desk().writer).get(_page(previewed(broken, now=now))).content.decode()
    assert "breaks off or is malformed" in page
    assert "get the rest anew" in page
    assert "line " in page


def test_what_is_no_file_of_references_is_refused_on_the_form_with_the_way_out() -> None:
    page = _upload(signed_in(factories.desk().writer), b"<!doctype html><p>Busy").content.decode()
    assert "The file is a web page." in page
    assert "Download the references themselves" in page
    assert not ReferenceImport.objects.exists()


def test_a_file_too_large_is_refused_on_the_form(settings: Any) -> None:
    settings.PUBMED_UPLOAD_MAX_BYTES = 1024
    page = _upload(signed_in(factories.desk().writer), b"[" * 2048).content.decode()
    assert "holds more than 1.0\xa0KB" in page


def test_words_of_a_file_are_shown_as_words(now: datetime) -> None:
    of = previewed(ris(factories.record(title="<script>alert(1)</script> trial")), now=now)
    page = signed_in(factories.desk().writer).get(_page(of)).content.decode()
    assert "<script>alert" not in page


def test_fifty_rows_of_a_kind_are_shown_and_the_next_are_a_page_away(now: datetime) -> None:
    of = previewed(ris(*(factories.record(str(n), title=f"Paper {n}") for n in range(1, 61))), now=now)
    client = signed_in(factories.desk().writer)
    assert client.get(_page(of)).content.decode().count('class="work"') == 50
    second = client.get(_page(of), {"kind": "new", "page": "2"}).content.decode()
    assert second.count('class="work"') == 10
    assert "Paper 60" in second


def test_a_dropped_import_stays_in_the_list_of_imports(now: datetime) -> None:
    of = previewed(FULL, now=now)
    client = signed_in(factories.desk().writer)
    assert "Nothing was imported" in _act(client, of, "drop")
    assert "Dropped" in client.get(reverse("admin:evidence_referenceimport_changelist")).content.decode()


@pytest.mark.parametrize("role", [Role.TRANSLATOR, Role.ADMIN])
def test_whoever_may_not_add_studies_looks_and_imports_nothing(role: Role, now: datetime) -> None:
    of = previewed(FULL, now=now)
    client = signed_in(factories.user("somebody", role))
    assert client.get(reverse(ADD)).status_code == 403
    page = client.get(_page(of))
    assert page.status_code == 200
    assert "Import exactly this" not in page.content.decode()
    assert "may not add study" in _act(client, of, "confirm")
    of.refresh_from_db()
    assert of.state == "previewed"


def test_the_pages_of_an_import_ask_the_database_a_bounded_number_of_times(
    now: datetime, django_assert_max_num_queries: Any
) -> None:
    of = previewed(ris(*(factories.record(str(n), title=f"Paper {n}") for n in range(1, 61))), now=now)
    client = signed_in(factories.desk().writer)
    client.get(_page(of))
    with django_assert_max_num_queries(12):
        client.get(_page(of))
