"""Who may open and change what at the desk's evidence pages, by the matrix alone."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from config.rights import Action, Role, may
from evidence.models import ClaimEvent, GradeSnapshot
from tests import factories
from tests.admin_pages import signed_in

LISTS = (
    "study", "studyrecord", "claim", "finding", "gradesnapshot", "authority", "claimevent", "claimtext",
    "reviewdecision", "livenotice",
)  # fmt: skip
READ_ONLY = (
    "studyrecord",
    "gradesnapshot",
    "claimevent",
    "claimtext",
    "reviewdecision",
    "livenotice",
    "study",
)
# Which action opens the form that adds a row.
ADDS = {"claim": Action.CODE_EVIDENCE, "finding": Action.CODE_EVIDENCE, "authority": Action.CODE_EVIDENCE}

pytestmark = pytest.mark.django_db


@pytest.fixture(params=list(Role))
def member(request: pytest.FixtureRequest) -> User:
    """Somebody with one role."""
    return factories.user(f"a-{request.param.value}", request.param)


@pytest.mark.parametrize("table", LISTS)
def test_every_list_opens_for_every_role(table: str, member: User, now: datetime) -> None:
    factories.graded_claim(now=now)
    response = signed_in(member).get(reverse(f"admin:evidence_{table}_changelist"))
    assert response.status_code == 200


@pytest.mark.parametrize("table", LISTS)
def test_nobody_without_a_role_opens_a_list(table: str) -> None:
    response = signed_in(factories.user("nobody")).get(reverse(f"admin:evidence_{table}_changelist"))
    assert response.status_code == 302
    assert reverse("admin:login") in response["Location"]


@pytest.mark.parametrize("table", LISTS)
def test_forms_that_add_open_by_the_matrix(table: str, member: User) -> None:
    response = signed_in(member).get(reverse(f"admin:evidence_{table}_add"))
    allowed = table in ADDS and may(member, ADDS[table])
    assert response.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("table", LISTS)
def test_a_superuser_without_a_role_looks_and_adds_nothing(table: str) -> None:
    client = signed_in(factories.desk().superuser)
    assert client.get(reverse(f"admin:evidence_{table}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:evidence_{table}_add")).status_code == 403


def test_every_page_of_a_claim_opens_for_every_role(member: User, now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    client = signed_in(member)
    pages = [
        reverse("admin:evidence_claim_change", args=[claim.pk]),
        reverse("admin:evidence_claim_history", args=[claim.pk]),
        reverse("admin:evidence_claim_text", args=[claim.pk, "en"]),
        reverse("admin:evidence_claim_text", args=[claim.pk, "zh-hant"]),
        reverse("admin:evidence_claim_review_texts", args=[claim.pk]),
        reverse("admin:evidence_claim_propose", args=[claim.pk]),
        reverse("admin:evidence_gradesnapshot_change", args=[claim.grades.get().pk]),
        reverse("admin:evidence_finding_change", args=[claim.findings.get().pk]),
        reverse("admin:evidence_study_change", args=[claim.findings.get().study_id]),
        reverse("admin:evidence_study_history", args=[claim.findings.get().study_id]),
        reverse("admin:evidence_claimevent_change", args=[claim.events.earliest("id").pk]),
    ]
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


@pytest.mark.parametrize("table", READ_ONLY)
def test_what_is_written_once_has_no_form_and_no_way_to_delete(table: str, now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    rows: dict[str, Any] = {
        "studyrecord": claim.findings.get().study.record,
        "study": claim.findings.get().study,
        "gradesnapshot": claim.grades.get(),
        "claimevent": claim.events.first(),
        "claimtext": claim.texts.first(),
        "reviewdecision": claim.decisions.first(),
        "livenotice": factories.notice(claim, now=now),
    }
    row = rows[table]
    for user in (factories.desk().managing, factories.desk().reviewer, factories.desk().superuser):
        client = signed_in(user)
        assert client.post(reverse(f"admin:evidence_{table}_delete", args=[row.pk])).status_code == 403
        if table != "gradesnapshot":
            assert client.post(reverse(f"admin:evidence_{table}_change", args=[row.pk])).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_only_evidence_reviewers_code_through_the_form(role: Role, now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    before = ClaimEvent.objects.count()
    finding = claim.findings.get()
    client = signed_in(factories.user(f"not-{role.value}", role))
    response = client.post(
        reverse("admin:evidence_finding_change", args=[finding.pk]), {"outcome_en": "Mine"}
    )
    assert response.status_code == 403
    assert ClaimEvent.objects.count() == before


def test_a_superuser_without_a_role_proposes_and_decides_nothing(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    snapshot = factories.proposed(claim, now=now, trigger="recoded")
    client = signed_in(factories.desk().superuser)
    url = reverse("admin:evidence_gradesnapshot_review", args=[snapshot.pk])
    seen = client.get(url).context["seen"]
    response = client.post(url, {"seen": seen, "remark": "Fine", "approve": "1"})
    assert "may not approve grade" in response.content.decode()
    client.post(reverse("admin:evidence_claim_propose", args=[claim.pk]), {"trigger": "recoded"})
    snapshot.refresh_from_db()
    assert snapshot.state == GradeSnapshot.State.PROPOSED
    assert claim.grades.count() == 2


def test_a_superuser_without_a_role_saves_no_claim(now: datetime) -> None:
    claim = factories.graded_claim(now=now)
    client = signed_in(factories.desk().superuser)
    assert client.post(reverse("admin:evidence_claim_change", args=[claim.pk]), {}).status_code == 403
