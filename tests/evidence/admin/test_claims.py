"""Coding a claim, writing its texts, proposing its grade: through verbs, once each, losing nothing typed."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from config.rights import Role
from evidence.models import Authority, Claim, ClaimEvent, Finding, GradeSnapshot
from evidence.verbs import coding, review, texts
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(now: datetime) -> Claim:
    """A claim with one finding and a current grade."""
    return factories.graded_claim(now=now)


@pytest.fixture
def coder() -> User:
    """Somebody who codes."""
    return factories.desk().reviewer


def _change(claim: Claim) -> str:
    return reverse("admin:evidence_claim_change", args=[claim.pk])


def _touches(claim: Claim) -> int:
    return ClaimEvent.objects.filter(claim=claim, kind=ClaimEvent.Kind.CODED).count()


def test_saving_an_untouched_claim_leaves_no_touch(claim: Claim, coder: User) -> None:
    client, before = signed_in(coder), ClaimEvent.objects.count()
    response = client.post(_change(claim), form_of(client, _change(claim)))
    assert response.status_code == 302
    assert ClaimEvent.objects.count() == before


def test_changing_one_finding_touches_once(claim: Claim, coder: User) -> None:
    client, before = signed_in(coder), _touches(claim)
    typed = form_of(client, _change(claim)) | {"findings-0-n": "401"}
    assert client.post(_change(claim), typed).status_code == 302
    assert claim.findings.get().n == 401
    assert claim.findings.get().coded_by == coder
    assert _touches(claim) == before + 1


def test_a_row_can_be_added_and_one_taken_out_in_one_save(claim: Claim, coder: User) -> None:
    client = signed_in(coder)
    typed = form_of(client, _change(claim)) | {
        "benchmarks-TOTAL_FORMS": "1",
        "benchmarks-0-code": "examine",
        "benchmarks-0-source_en": "Examine",
        "benchmarks-0-grade": "C",
        "mechanism-0-DELETE": "on",
    }
    assert client.post(_change(claim), typed).status_code == 302
    assert claim.benchmarks.get().grade == "C"
    assert not claim.mechanism.exists()


def test_a_direction_against_the_numbers_is_refused_beside_its_row_and_nothing_is_lost(
    claim: Claim, coder: User
) -> None:
    client, before = signed_in(coder), ClaimEvent.objects.count()
    typed = form_of(client, _change(claim)) | {
        "findings-0-direction": "harm",
        "findings-0-summary_en": "What I typed.",
        "intervention_en": "Also typed",
    }
    response = client.post(_change(claim), typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Say why, or take the derived value" in page
    assert "Nothing was saved" in page
    assert "What I typed." in page
    assert "Also typed" in page
    assert ClaimEvent.objects.count() == before
    assert Claim.objects.get(pk=claim.pk).intervention_en == ""


def test_direction_and_precision_left_empty_are_taken_from_the_numbers(coder: User, now: datetime) -> None:
    claim, study = factories.claim(now=now), factories.study(now=now)
    client, url = signed_in(coder), reverse("admin:evidence_finding_add")
    typed = form_of(client, url) | {
        "claim": claim.pk,
        "study": study.pk,
        "outcome_en": "Response",
        "design": "rct",
        "measure": "RR",
        "better": "higher",
        "estimate": "2.0",
        "ci_low": "1.5",
        "ci_high": "2.6",
        "n": "400",
        "directness_population": "direct",
        "directness_intervention": "direct",
        "directness_outcome": "direct",
    }
    assert client.post(url, typed).status_code == 302
    finding = Finding.objects.get()
    assert (finding.direction, finding.precision) == ("benefit", "adequate")
    assert finding.coded_by == coder


def test_a_review_names_the_studies_it_pools(claim: Claim, coder: User, now: datetime) -> None:
    pooled = factories.study(factories.record("222"), now=now)
    finding = claim.findings.get()
    client, url = signed_in(coder), reverse("admin:evidence_finding_change", args=[finding.pk])
    assert client.post(url, form_of(client, url) | {"pooled": [pooled.pk]}).status_code == 302
    assert list(finding.includes.all()) == [pooled]
    assert form_of(client, url)["pooled"] == [str(pooled.pk)]


def test_contradictory_numbers_are_named_beside_the_finding(claim: Claim, coder: User, now: datetime) -> None:
    study = factories.study(factories.record("222"), now=now)
    factories.finding(claim, study, now=now, estimate="2.5")
    page = signed_in(coder).get(_change(claim)).content.decode()
    assert "The estimate is not in the middle of its interval." in page
    assert '<b data-derived="direction">Benefit</b>' in page


def test_findings_are_taken_out_through_the_verb_in_bulk_too(claim: Claim, coder: User) -> None:
    client, before = signed_in(coder), _touches(claim)
    chosen = {"action": "delete_selected", "_selected_action": [claim.findings.get().pk], "post": "yes"}
    client.post(reverse("admin:evidence_finding_changelist"), chosen)
    assert not claim.findings.exists()
    assert _touches(claim) == before + 1


def test_a_writer_words_a_claim_but_neither_codes_nor_sets_its_safety(claim: Claim) -> None:
    client = signed_in(factories.desk().writer)
    typed = form_of(client, _change(claim))
    assert not any(name.startswith("findings-0-n") for name in typed)
    client.post(
        _change(claim),
        typed | {"intervention_en": "Glutamine, 15 g", "safety": "serious", "findings-0-n": "9"},
    )
    claim.refresh_from_db()
    assert (claim.intervention_en, claim.safety) == ("Glutamine, 15 g", None)
    assert claim.findings.get().n == 400


def test_a_safety_level_without_its_reason_is_refused_with_what_was_typed(claim: Claim, coder: User) -> None:
    client = signed_in(coder)
    typed = form_of(client, _change(claim)) | {"safety": "caution", "population_en": "Adults with IBS-D"}
    page = client.post(_change(claim), typed).content.decode()
    assert "a safety level needs its written reason" in page
    assert "Adults with IBS-D" in page


def test_renaming_a_body_touches_the_claims_it_speaks_of(claim: Claim, coder: User) -> None:
    body, before = Authority.objects.get(), _touches(claim)
    client, url = signed_in(coder), reverse("admin:evidence_authority_change", args=[body.pk])
    client.post(url, form_of(client, url) | {"name_en": "Cleveland Clinic Foundation"})
    assert _touches(claim) == before + 1


# Texts ------------------------------------------------------------------------------------------------


def _text(claim: Claim, language: str = "en") -> str:
    return reverse("admin:evidence_claim_text", args=[claim.pk, language])


def test_a_text_is_saved_as_a_new_revision(claim: Claim) -> None:
    client = signed_in(factories.desk().writer)
    typed = form_of(client, _text(claim)) | {"statement": "Glutamine eases some symptoms."}
    assert client.post(_text(claim), typed).status_code == 302
    newest = texts.latest(claim, "en")
    assert newest is not None
    assert (newest.number, newest.statement) == (2, "Glutamine eases some symptoms.")


def test_a_translator_writes_only_the_own_language(claim: Claim) -> None:
    client = signed_in(factories.desk().translator)
    typed = form_of(client, _text(claim, "zh-hant")) | {"statement": "麩醯胺酸緩解部分症狀。"}
    assert client.post(_text(claim, "zh-hant"), typed).status_code == 302
    mine = {**form_of(client, _text(claim)), "statement": "My English words stay here."}
    page = client.post(_text(claim), mine).content.decode()
    assert "language:en" in page
    assert "My English words stay here." in page


def test_a_text_saved_after_a_colleague_shows_both_and_loses_neither(claim: Claim) -> None:
    writer, editor = signed_in(factories.desk().writer), signed_in(factories.desk().editor)
    opened = form_of(writer, _text(claim))
    editor.post(_text(claim), form_of(editor, _text(claim)) | {"summary": "One trial found a large effect."})
    mine = opened | {"summary": "One trial found a small benefit."}
    response = writer.post(_text(claim), mine)
    page = response.content.decode()
    assert "A colleague saved in the meantime" in page
    assert "One trial found a large effect." in page
    assert "One trial found a small benefit." in page
    assert '<del class="gone">large effect</del>' in page
    assert '<ins class="new">small benefit</ins>' in page
    newest = texts.latest(claim, "en")
    assert newest is not None
    assert newest.summary == "One trial found a large effect."
    # Having seen both, the writer saves knowingly.
    again = writer.post(_text(claim), mine | {"seen_number": response.context["form"].data["seen_number"]})
    assert again.status_code == 302


def test_texts_are_approved_by_somebody_who_wrote_none(claim: Claim, now: datetime) -> None:
    words: dict[str, Any] = dict.fromkeys(texts.FIELDS, "Better said.")
    texts.write(claim, "en", by=factories.desk().reviewer, now=now, **words)
    url = reverse("admin:evidence_claim_review_texts", args=[claim.pk])
    author, other = signed_in(factories.desk().reviewer), signed_in(factories.desk().second_reviewer)
    refused = author.post(url, form_of(author, url) | {"remark": "Mine is good"}).content.decode()
    assert "You wrote one of these texts" in refused
    assert "Mine is good" in refused
    assert other.post(url, form_of(other, url)).status_code == 302
    assert not review.unapproved_texts(claim)


# Proposing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.MANAGING])
def test_those_whom_the_matrix_names_propose_and_land_on_the_review(role: Role, claim: Claim) -> None:
    client, url = (
        signed_in(factories.user("proposer", role)),
        reverse("admin:evidence_claim_propose", args=[claim.pk]),
    )
    response = client.post(
        url, form_of(client, url) | {"trigger": "recoded", "reason_en": "Coded with care."}
    )
    proposal = claim.grades.get(state=GradeSnapshot.State.PROPOSED)
    assert response["Location"] == reverse("admin:evidence_gradesnapshot_review", args=[proposal.pk])
    assert proposal.reason_en == "Coded with care."


@pytest.mark.parametrize("role", [Role.WRITER, Role.TRANSLATOR, Role.ADMIN])
def test_the_others_are_refused_and_keep_their_reason(role: Role, claim: Claim) -> None:
    client, url = (
        signed_in(factories.user("other", role)),
        reverse("admin:evidence_claim_propose", args=[claim.pk]),
    )
    page = client.post(url, {"trigger": "recoded", "reason_en": "Please grade this."}).content.decode()
    assert "may not propose grade" in page
    assert "Please grade this." in page
    assert claim.grades.count() == 1


# The verbs behind -------------------------------------------------------------------------------------


def test_the_verb_keeps_a_coded_row_with_its_claim(claim: Claim, coder: User, now: datetime) -> None:
    finding = claim.findings.get()
    finding.claim = factories.claim("another-claim", now=now)
    with pytest.raises(Exception, match="stays with its claim"):
        coding.save(finding, by=coder, now=now)


def test_the_verb_keeps_the_code_of_a_claim(claim: Claim, coder: User, now: datetime) -> None:
    claim.code = "CLM-gut-other-outcome-002"
    with pytest.raises(Exception, match="carry this code"):
        coding.save_claim(claim, by=coder, now=now)


@pytest.mark.parametrize("arms", [{"n": 1}, ["54"], [{"n": "54"}]])
def test_the_verb_refuses_arms_that_are_no_arms(arms: Any, claim: Claim, coder: User, now: datetime) -> None:
    finding = claim.findings.get()
    finding.arms = arms
    with pytest.raises(Exception, match="Arms are a list"):
        coding.save(finding, by=coder, now=now)


def test_the_verb_names_the_field_of_a_number_that_is_none(claim: Claim, coder: User, now: datetime) -> None:
    finding = claim.findings.get()
    finding.estimate = "two"
    with pytest.raises(Exception, match="estimate"):
        coding.save(finding, by=coder, now=now)


def test_whoever_brings_a_new_record_of_a_weighed_study_does_not_approve(claim: Claim, now: datetime) -> None:
    second = factories.desk().second_reviewer
    factories.study(factories.retracted(factories.record()), now=now, by=second)
    snapshot = factories.proposed(claim, now=now, trigger="status_changed")
    with pytest.raises(Exception, match="Another person decides"):
        factories.approved(snapshot, now=now, by=second)
