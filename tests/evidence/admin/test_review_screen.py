"""One screen for a decision: what changed, who checked, where readers agree, and an override that two people carry."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.rights import Role
from evidence.models import GradeOverride, GradeSnapshot, LiveNotice
from evidence.verbs import checking, coding, rechecking
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db

REASON = "The one trial was stopped early, and its registered outcome was another one."


@pytest.fixture
def proposal(now: datetime) -> GradeSnapshot:
    """A graded claim, recoded by the reviewer, who proposed it."""
    claim = factories.graded_claim(now=now)
    factories.finding(claim, factories.study(factories.record("222"), now=now), now=now, n=500)
    return factories.proposed(claim, now=now, trigger="recoded")


def page_of(snapshot: GradeSnapshot) -> str:
    return reverse("admin:evidence_gradesnapshot_review", args=[snapshot.pk])


def press(user: User, snapshot: GradeSnapshot, button: str, **typed: str) -> Any:
    client = signed_in(user)
    sent = form_of(client, page_of(snapshot)) | {button: "1"} | typed
    return client.post(page_of(snapshot), sent, follow=True)


def ask(user: User, snapshot: GradeSnapshot, **typed: str) -> Any:
    values = {
        "reader_grade": "weak",
        "reason_code": "outside",
        "reason_en": REASON,
        "expires_on": (timezone.now().date() + timedelta(days=60)).isoformat(),
    }
    return press(user, snapshot, "ask_override", **values | typed)


def test_it_shows_what_changed_in_the_evidence_field_by_field(proposal: GradeSnapshot, now: datetime) -> None:
    finding = proposal.claim.findings.get(study__citekey="zhou2019")
    finding.quality = "low"
    coding.save(finding, by=factories.desk().reviewer, now=now)
    again = factories.proposed(proposal.claim, now=now, trigger="recoded")
    context = signed_in(factories.desk().managing).get(page_of(again)).context
    told = [
        (row["name"], row["field"], row["before"], row["after"]) for row in context["evidence_differences"]
    ]
    assert ("Zhou 2019", "quality", "High", "Low") in told
    assert any(row[3] == "New" for row in told)


def test_it_shows_what_stands_beside_the_studies_and_who_checked(
    proposal: GradeSnapshot, now: datetime
) -> None:
    finding = proposal.claim.findings.get(study__citekey="zhou2019")
    second = factories.desk().second_reviewer
    checking.check(finding, by=second, now=now, seen=coding.bytes_sha256(finding))
    page = signed_in(factories.desk().managing).get(page_of(proposal)).content.decode()
    assert "Cleveland Clinic" in page
    assert "Does it act on a plausible target?" in page
    assert '<span class="state state-approved">second</span>' in page
    assert "Coding checked" in page


def test_it_shows_both_readers_and_how_far_they_agree(proposal: GradeSnapshot, now: datetime) -> None:
    same = {"direction": "nsd", "quality": "high", "precision": "adequate", "directness": "direct"}
    claim = proposal.claim
    codings = {slot.key: same for slot in rechecking.slots(claim)}
    reader = factories.user("blind", Role.REVIEWER)
    rechecking.submit(claim, by=reader, now=now, attests=True, verdict="mixed", codings=codings)
    again = factories.proposed(claim, now=now, trigger="recoded")
    page = signed_in(factories.desk().managing).get(page_of(again)).content.decode()
    assert "Read blind by blind" in page
    assert "blind: No significant difference" in page
    assert "0 of 2" in page
    assert "2 of 2" in page


def test_the_screen_costs_under_thirty_queries_for_twenty_findings(
    proposal: GradeSnapshot, now: datetime
) -> None:
    for pmid in range(300, 318):
        work = factories.study(factories.record(str(pmid), title=f"T{pmid}"), now=now)
        factories.finding(proposal.claim, work, now=now)
    same = {"direction": "nsd", "quality": "high", "precision": "adequate", "directness": "direct"}
    codings = {slot.key: same for slot in rechecking.slots(proposal.claim)}
    reader = factories.user("blind", Role.REVIEWER)
    rechecking.submit(proposal.claim, by=reader, now=now, attests=True, verdict="mixed", codings=codings)
    again = factories.proposed(proposal.claim, now=now, trigger="recoded")
    ask(factories.desk().second_reviewer, again)
    client = signed_in(factories.desk().managing)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_of(again)).status_code == 200
    assert len(queries) < 30


# Overriding ------------------------------------------------------------------------------------------------


def test_one_asks_another_seconds_and_both_stand(proposal: GradeSnapshot) -> None:
    ask(factories.desk().second_reviewer, proposal)
    override = GradeOverride.objects.get()
    assert override.state == "asked"
    press(factories.desk().managing, proposal, "second_override")
    override.refresh_from_db()
    proposal.refresh_from_db()
    assert (override.state, proposal.state) == ("standing", "current")
    assert LiveNotice.objects.standing().filter(kind="overridden", override=override).exists()


def test_the_asker_is_refused_in_words(proposal: GradeSnapshot) -> None:
    ask(factories.desk().second_reviewer, proposal)
    page = press(factories.desk().second_reviewer, proposal, "second_override").content.decode()
    assert "You asked for this override. Another person seconds it." in page
    assert GradeOverride.objects.get().state == "asked"


def test_whoever_coded_is_refused_in_words(proposal: GradeSnapshot) -> None:
    ask(factories.desk().second_reviewer, proposal)
    page = press(factories.desk().reviewer, proposal, "second_override").content.decode()
    assert "Another person decides" in page


def test_a_short_reason_is_refused_and_what_was_typed_is_kept(proposal: GradeSnapshot) -> None:
    page = ask(factories.desk().managing, proposal, reason_en="Because.", reader_grade="against")
    assert "at least 40 characters" in page.content.decode()
    assert page.context["override_form"]["reason_en"].value() == "Because."
    assert page.context["override_form"]["reader_grade"].value() == "against"
    assert not GradeOverride.objects.exists()


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR, Role.TRANSLATOR, Role.ADMIN])
def test_other_roles_neither_ask_nor_second_by_the_form(role: Role, proposal: GradeSnapshot) -> None:
    other = factories.user(f"an-{role.value}", role)
    assert "may not approve grade" in ask(other, proposal).content.decode()
    ask(factories.desk().second_reviewer, proposal)
    seen = signed_in(factories.desk().managing).get(page_of(proposal)).context["override"]["seen"]
    page = press(other, proposal, "second_override", seen_override=seen).content.decode()
    assert "may not approve grade" in page
    assert GradeOverride.objects.get().state == "asked"


def test_a_superuser_without_a_role_neither_asks_nor_seconds(proposal: GradeSnapshot) -> None:
    root = factories.desk().superuser
    assert "may not approve grade" in ask(root, proposal).content.decode()
    ask(factories.desk().second_reviewer, proposal)
    seen = signed_in(factories.desk().managing).get(page_of(proposal)).context["override"]["seen"]
    page = press(root, proposal, "second_override", seen_override=seen).content.decode()
    assert "may not approve grade" in page


def test_an_override_is_declined_or_ended_by_whoever_may_decide(proposal: GradeSnapshot) -> None:
    ask(factories.desk().second_reviewer, proposal)
    press(factories.desk().managing, proposal, "decline_override")
    assert GradeOverride.objects.get().state == "declined"


def test_a_waiting_override_is_on_the_desk_of_another_and_named_before_a_bulk_approval(
    proposal: GradeSnapshot,
) -> None:
    ask(factories.desk().second_reviewer, proposal)
    managing, asker = signed_in(factories.desk().managing), signed_in(factories.desk().second_reviewer)
    assert "Override asked for by second" in managing.get(reverse("admin:index")).content.decode()
    assert "Override asked for by second" not in asker.get(reverse("admin:index")).content.decode()
    chosen = {"action": "approve_selected", "_selected_action": [proposal.pk]}
    page = managing.post(reverse("admin:evidence_gradesnapshot_changelist"), chosen).content.decode()
    assert "declines the override" in page


# Two engines -------------------------------------------------------------------------------------------------


def test_two_engines_are_compared_over_every_current_grade(now: datetime) -> None:
    factories.graded_claim(now=now)
    client = signed_in(factories.desk().editor)
    context = client.get(
        reverse("admin:evidence_gradesnapshot_compare"), {"before": "1.0", "after": "1.1"}
    ).context
    assert context["report"].total == 1
    assert sum(context["report"].moves.values()) == 1
    same = client.get(
        reverse("admin:evidence_gradesnapshot_compare"), {"before": "1.1", "after": "1.1"}
    ).context
    assert (same["differing"], same["rows"]) == (0, [])
    assert client.get(reverse("admin:evidence_gradesnapshot_compare"), {"before": "9.9"}).status_code == 200
