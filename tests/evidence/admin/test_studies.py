"""Adding studies at the desk: from PubMed files, whole and broken, and from tables of identifiers."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evidence.models import Study, StudyRecord
from evidence.verbs import dossiers
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db
FULL = "made_up_full_record.xml"
FILES = sorted(path.name for path in factories.PUBMED.glob("*.xml"))


def _upload(client: Client, content: bytes, name: str = "answer.xml") -> Any:
    return client.post(reverse("admin:add_from_pubmed"), {"file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("name", FILES)
def test_a_pubmed_file_is_added_and_the_page_lists_what_was_kept(name: str) -> None:
    response = _upload(signed_in(factories.desk().writer), (factories.PUBMED / name).read_bytes(), name)
    report = response.context["report"]
    assert report.kept == Study.objects.count()
    assert report.kept or report.problems
    page = response.content.decode()
    assert all(study.citekey in page for study in report.added)


def test_the_same_file_again_changes_nothing() -> None:
    client = signed_in(factories.desk().writer)
    content = (factories.PUBMED / FULL).read_bytes()
    _upload(client, content)
    again = _upload(client, content).context["report"]
    assert (len(again.added), len(again.updated), len(again.unchanged)) == (0, 0, 1)
    assert StudyRecord.objects.count() == 1


def test_a_broken_file_keeps_what_was_good_and_says_where_why_and_the_way_out() -> None:
    whole = (factories.PUBMED / FULL).read_text()
    broken = (
        whole.replace("<PubmedArticle>", "<PubmedArticleSet><PubmedArticle>")
        + "<PubmedArticle><MedlineCitation><PM"
    )
    response = _upload(signed_in(factories.desk().writer), broken.encode())
    page = response.content.decode()
    assert Study.objects.get().pmid == "7"
    assert "breaks off or is malformed" in page
    assert "get the rest anew" in page
    assert "line " in page


def test_what_is_no_xml_is_refused_with_the_way_out() -> None:
    page = _upload(
        signed_in(factories.desk().writer), b"<!doctype html><p>Too many requests"
    ).content.decode()
    assert "web page, not PubMed XML" in page
    assert "retmode=xml" in page
    assert not Study.objects.exists()


def test_a_file_too_large_is_refused_naming_both_sizes(settings: Any) -> None:
    settings.PUBMED_UPLOAD_MAX_BYTES = 1024
    page = _upload(signed_in(factories.desk().writer), b"x" * 2048).content.decode()
    assert "2.0\xa0KB" in page
    assert "1.0\xa0KB" in page
    assert "Split the export" in page


@pytest.mark.parametrize("who", ["translator", "superuser"])
def test_whoever_may_not_add_studies_is_told_so_and_adds_none(who: str) -> None:
    client = signed_in(getattr(factories.desk(), who))
    page = _upload(client, (factories.PUBMED / FULL).read_bytes()).content.decode()
    assert "may not add study" in page
    assert not Study.objects.exists()


def test_the_record_is_shown_to_read_with_abstract_and_links(now: datetime) -> None:
    study = factories.study_from_file(FULL, now=now)
    page = (
        signed_in(factories.desk().writer)
        .get(reverse("admin:evidence_study_change", args=[study.pk]))
        .content.decode()
    )
    assert f"https://pubmed.ncbi.nlm.nih.gov/{study.pmid}/" in page
    assert "Abstract, for editors only" in page
    assert study.record is not None
    assert study.record.sha256[:12] in page


# Tables of identifiers ------------------------------------------------------------------------------------


def _preview(client: Client, table: str) -> Any:
    file = SimpleUploadedFile("works.csv", table.encode(), content_type="text/csv")
    return client.post(reverse("admin:evidence_study_import"), {"format": "0", "import_file": file})


def _confirm(client: Client, preview: Any) -> Any:
    form = preview.context["confirm_form"]
    return client.post(reverse("admin:evidence_study_process_import"), form.initial, follow=True)


def test_a_table_of_identifiers_announces_works_that_await_their_record(now: datetime) -> None:
    known = factories.study(now=now)
    client = signed_in(factories.desk().writer)
    preview = _preview(client, f"pmid,doi\n{known.pmid},\n39397201,\n,10.1136/GUTJNL-2017-315136\n")
    assert Study.objects.count() == 1
    _confirm(client, preview)
    assert set(Study.objects.awaiting_record().values_list("pmid", "doi")) == {
        ("39397201", None),
        (None, "10.1136/gutjnl-2017-315136"),
    }
    assert Study.objects.get(pk=known.pk).title == known.title


def test_a_work_that_awaits_its_record_is_left_out_of_dossiers(now: datetime) -> None:
    client = signed_in(factories.desk().reviewer)
    _confirm(client, _preview(client, "pmid\n39397201\n"))
    claim = factories.claim(now=now)
    factories.finding(claim, Study.objects.get(), now=now)
    built = dossiers.build(claim)
    assert built.dossier["findings"] == []
    assert built.left_out[0]["reason"] == "not_yet_checked"


def test_a_row_that_cannot_be_read_names_row_field_and_reason_and_nothing_is_imported() -> None:
    client = signed_in(factories.desk().writer)
    preview = _preview(client, "pmid,doi\n39397201,\nnot a pmid,\n")
    assert "confirm_form" not in preview.context
    invalid = preview.context["result"].invalid_rows[0]
    assert invalid.number == 2
    assert "pmid" in invalid.field_specific_errors
    assert not Study.objects.exists()


def test_a_row_that_contradicts_a_known_work_is_refused(now: datetime) -> None:
    factories.study(factories.record(doi="10.1136/real"), now=now)
    preview = _preview(signed_in(factories.desk().writer), "pmid,doi\n30108163,10.1136/other\n")
    assert "10.1136/real" in str(preview.context["result"].invalid_rows[0].field_specific_errors["doi"])


def test_a_row_without_any_identifier_says_what_is_missing() -> None:
    preview = _preview(signed_in(factories.desk().writer), "pmid,title\n,A title\n")
    assert "PMID, a DOI or a PMCID" in preview.content.decode()


@pytest.mark.parametrize("who", ["translator", "superuser"])
def test_only_those_who_add_studies_import(who: str) -> None:
    assert (
        signed_in(getattr(factories.desk(), who)).get(reverse("admin:evidence_study_import")).status_code
        == 403
    )


def test_an_export_escapes_formulas_and_comes_back_unchanged(now: datetime) -> None:
    factories.study(factories.record(title="=HYPERLINK(1)"), now=now)
    client = signed_in(factories.desk().writer)
    url = reverse("admin:evidence_study_export")
    sent = client.post(url, {**form_of(client, url), "format": "0"})
    row = next(csv.DictReader(StringIO(sent.content.decode())))
    assert not row["title"].startswith("=")
    assert row["pmid"] == "30108163"
    preview = _preview(client, sent.content.decode())
    assert preview.context["result"].totals["skip"] == 1


def test_an_export_is_offered_as_a_workbook_too(now: datetime) -> None:
    factories.study(now=now)
    sent = signed_in(factories.desk().writer).post(reverse("admin:evidence_study_export"), {"format": "1"})
    assert BytesIO(sent.content).read(2) == b"PK"
