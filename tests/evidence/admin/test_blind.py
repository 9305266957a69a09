"""The blind reader's screen: the question and the studies, and not a word of what others made of them."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from config.rights import Role
from evidence.models import BlindReading, Claim
from evidence.verbs import coding
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(now: datetime) -> Claim:
    claim = factories.graded_claim(now=now)
    finding = claim.findings.get()
    finding.summary_en, finding.quote = "A summary of the coder.", "A quote of the coder."
    coding.save(finding, by=factories.desk().reviewer, now=now)
    return claim


@pytest.fixture
def reader(db: None) -> User:
    return factories.user("blind", Role.REVIEWER)


def screen(claim: Claim) -> str:
    return reverse("admin:evidence_blindreading_read", args=[claim.pk])


def read(claim: Claim, reader: User, **typed: Any) -> Any:
    client = signed_in(reader)
    key = f"{claim.findings.get().study_id}-1"
    answers = {
        f"{key}-direction": "nsd",
        f"{key}-quality": "moderate",
        f"{key}-precision": "serious",
        f"{key}-directness": "partial",
        "verdict": "leans_against",
        "attests": "on",
    }
    return client.post(screen(claim), form_of(client, screen(claim)) | answers | typed, follow=True)


def test_it_shows_question_and_study_and_hides_coding_layers_and_grade(claim: Claim, reader: User) -> None:
    response = signed_in(reader).get(screen(claim))
    page = response.content.decode()
    shown = page[page.index('id="content-main"') : page.index("</form>", page.index('id="content-main"'))]
    assert "Glutamine eases symptoms." in shown
    assert "A trial of glutamine" in shown
    for hidden in (
        "A summary of the coder.",
        "A quote of the coder.",
        "Cleveland",
        "One good trial says so",
        "400",
    ):
        assert hidden not in shown
    assert f"/evidence/claim/{claim.pk}/" not in shown
    assert shown.count(" selected") == shown.count('value="" selected')


def test_a_reading_is_handed_in_and_becomes_a_recheck(claim: Claim, reader: User) -> None:
    response = read(claim, reader, remark="One small trial.")
    assert "Your blind reading is kept" in response.content.decode()
    reading = BlindReading.objects.get()
    assert (reading.verdict, reading.codings.get().direction, reading.remark) == (
        "leans_against",
        "nsd",
        "One small trial.",
    )
    assert claim.rechecks.get().verdict == "leans_against"


def test_without_the_readers_word_nothing_is_taken_and_nothing_is_lost(claim: Claim, reader: User) -> None:
    response = read(claim, reader, attests="", remark="Typed already.")
    page = response.content.decode()
    assert "have not seen this claim" in page
    assert "Typed already." in page
    assert not BlindReading.objects.exists()


def test_whoever_coded_the_claim_gets_no_screen(claim: Claim) -> None:
    client = signed_in(factories.desk().reviewer)
    page = client.get(screen(claim))
    assert "You worked on this claim" in page.content.decode()
    assert page.context["studies"] == []
    assert client.post(screen(claim), {"verdict": "mixed", "attests": "on"}).status_code == 403
    assert not BlindReading.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_other_roles_get_no_screen(role: Role, claim: Claim) -> None:
    client = signed_in(factories.user(f"an-{role.value}", role))
    assert "may not blind recheck" in client.get(screen(claim)).content.decode()


def test_a_superuser_without_a_role_gets_no_screen(claim: Claim) -> None:
    client = signed_in(factories.desk().superuser)
    assert "may not blind recheck" in client.get(screen(claim)).content.decode()


def test_only_claims_without_a_trace_of_the_reader_are_offered(claim: Claim, reader: User) -> None:
    offer = reverse("admin:evidence_blindreading_offer")
    assert "Glutamine eases symptoms." in signed_in(reader).get(offer).content.decode()
    assert "Glutamine eases symptoms." not in signed_in(factories.desk().reviewer).get(offer).content.decode()
    read(claim, reader)
    assert "Glutamine eases symptoms." not in signed_in(reader).get(offer).content.decode()
