"""Findings and positions come and go as tables: row by row through the verb, into proposals and no further."""

import csv
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.rights import Role
from evidence.models import Claim, ClaimEvent, Finding, GradeSnapshot, Position, Study
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db

NUMBERS = "measure,better,estimate,ci_low,ci_high,n"
HEAD = f"claim,study,outcome_en,design,{NUMBERS},directness_population,directness_intervention,directness_outcome"


@pytest.fixture
def claim(now: datetime) -> Claim:
    claim = factories.graded_claim(now=now)
    factories.study(factories.record("222", title="A second trial"), now=now)
    return claim


@pytest.fixture
def client(claim: Claim) -> Client:
    return signed_in(factories.desk().reviewer)


def line(
    claim: Claim, study: str = "zhou2019a", estimate: str = "1.0", ci: str = "0.8,1.25", more: str = ""
) -> str:
    return f"{claim.code},{study},Response,rct,RR,higher,{estimate},{ci},320,direct,direct,partial{more}"


def preview(client: Client, table: str, of: str = "finding") -> Any:
    file = SimpleUploadedFile("rows.csv", table.encode(), content_type="text/csv")
    return client.post(reverse(f"admin:evidence_{of}_import"), {"format": "0", "import_file": file})


def take(client: Client, table: str, of: str = "finding") -> Any:
    shown = preview(client, table, of)
    assert "confirm_form" in shown.context, (
        shown.context["result"].base_errors or shown.context["result"].row_errors()
    )
    form = shown.context["confirm_form"]
    return client.post(reverse(f"admin:evidence_{of}_process_import"), form.initial, follow=True)


def second() -> str:
    return Study.objects.get(pmid="222").citekey


def test_a_preview_writes_nothing(claim: Claim, client: Client) -> None:
    before = ClaimEvent.objects.count()
    assert preview(client, f"{HEAD}\n{line(claim, second())}\n").context["result"].valid_rows()
    assert (Finding.objects.count(), ClaimEvent.objects.count()) == (1, before)


def test_an_imported_finding_is_derived_touched_and_proposed_and_readers_see_nothing(
    claim: Claim, client: Client
) -> None:
    take(client, f"{HEAD}\n{line(claim, second())}\n")
    finding = Finding.objects.get(study__pmid="222")
    assert (finding.direction, finding.precision, finding.quality) == ("nsd", "adequate", "unrated")
    assert finding.coded_by == factories.desk().reviewer
    proposal = claim.grades.get(state="proposed")
    assert (proposal.trigger, proposal.proposed_by) == ("new_finding", factories.desk().reviewer)
    assert GradeSnapshot.objects.current().get(claim=claim).number == 1


def test_whoever_imported_does_not_approve(claim: Claim, client: Client, now: datetime) -> None:
    take(client, f"{HEAD}\n{line(claim, second())}\n")
    with pytest.raises(Exception, match="Another person decides"):
        factories.approved(claim.grades.get(state="proposed"), now=now, by=factories.desk().reviewer)


@pytest.mark.parametrize(
    ("study", "change", "field"),
    [
        ("nobody1999", {}, "study"),
        (None, {"estimate": "two"}, "estimate"),
        (None, {"ci": "0.8,"}, ""),
        (None, {"more": ",sure"}, "direction"),
    ],
)
def test_a_row_that_does_not_hold_names_its_field_and_nothing_of_the_table_is_taken(
    claim: Claim, client: Client, study: str | None, change: dict[str, str], field: str
) -> None:
    good, bad = line(claim, second()), line(claim, study or second(), **change)
    head = HEAD + (",direction" if "more" in change else "")
    shown = preview(client, f"{head}\n{good}\n{bad}\n")
    assert "confirm_form" not in shown.context
    [invalid] = shown.context["result"].invalid_rows
    assert invalid.number == 2
    if field:
        assert field in invalid.field_specific_errors
    assert Finding.objects.count() == 1


def test_a_column_nobody_knows_is_named(claim: Claim, client: Client) -> None:
    page = preview(client, f"{HEAD},reader_grade\n{line(claim, second())},strong\n").content.decode()
    assert "columns nobody knows here: reader_grade" in page
    assert "lacks the column study" in preview(client, "claim\nx\n").content.decode()


def test_a_direction_against_the_numbers_needs_its_reason_in_a_table_too(
    claim: Claim, client: Client
) -> None:
    shown = preview(client, f"{HEAD},direction\n{line(claim, second(), more=',benefit')}\n")
    assert "direction_reason_en" in shown.context["result"].invalid_rows[0].field_specific_errors


@pytest.mark.parametrize("of", ["finding", "position"])
def test_an_export_comes_back_unchanged_and_proposes_nothing(of: str, claim: Claim, client: Client) -> None:
    before = ClaimEvent.objects.count()
    url = reverse(f"admin:evidence_{of}_export")
    table = client.post(url, form_of(client, url) | {"format": "0"}).content.decode()
    assert len(list(csv.DictReader(StringIO(table)))) == 1
    shown = preview(client, table, of)
    assert not shown.context["result"].has_validation_errors(), shown.context["result"].invalid_rows
    take(client, table, of)
    assert ClaimEvent.objects.count() == before
    assert not claim.grades.filter(state="proposed").exists()


def test_an_imported_position_is_proposed_as_well(claim: Claim, client: Client, now: datetime) -> None:
    factories.authority("efsa", now=now, layer="L4")
    head = "claim,authority,stance,relevance,relevance_reason_en,issued_on"
    take(client, f"{head}\n{claim.code},efsa,against,related,It speaks of athletes.,2024-03-01\n", "position")
    assert str(Position.objects.get(authority__code="efsa").issued_on) == "2024-03-01"
    assert claim.grades.filter(state="proposed").exists()


@pytest.mark.parametrize("of", ["finding", "position"])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_only_evidence_reviewers_import_codings(role: Role, of: str, claim: Claim) -> None:
    client = signed_in(factories.user(f"an-{role.value}", role))
    assert client.get(reverse(f"admin:evidence_{of}_import")).status_code == 403
    assert client.get(reverse(f"admin:evidence_{of}_export")).status_code == 200


@pytest.mark.parametrize("of", ["finding", "position"])
def test_a_superuser_without_a_role_imports_no_codings(of: str, claim: Claim) -> None:
    client = signed_in(factories.desk().superuser)
    assert client.get(reverse(f"admin:evidence_{of}_import")).status_code == 403
