"""Studies at the desk: their record to read, and tables of identifiers in and out."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evidence.models import Study
from evidence.verbs import dossiers
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db
FULL = "made_up_full_record.xml"


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
