"""Editors may hold another grade than the engine's: two of them, with a reason, for a while, while the evidence stands."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from config.refusal import Refused
from config.rights import Role
from evidence.models import Claim, GradeOverride, GradeSnapshot, LiveNotice, Study
from evidence.verbs import coding, grading, overriding, review, trail
from tests import factories

pytestmark = pytest.mark.django_db

REASON = "The one trial was stopped early, and its registered outcome was another one."


@pytest.fixture
def claim(now: datetime) -> Claim:
    return factories.graded_claim(now=now)


@pytest.fixture
def proposal(claim: Claim, now: datetime) -> GradeSnapshot:
    return factories.proposed(claim, now=now, trigger="recoded")


def ask(snapshot: GradeSnapshot, now: datetime, by: User | None = None, **given: Any) -> GradeOverride:
    values: dict[str, Any] = {
        "reader_grade": "weak",
        "reason_code": GradeOverride.Reason.OUTSIDE,
        "reason_en": REASON,
        "expires_on": now.date() + timedelta(days=90),
    }
    return overriding.ask(snapshot, by=by or factories.desk().second_reviewer, now=now, **values | given)


def second(override: GradeOverride, now: datetime, by: User | None = None) -> GradeOverride:
    seen = trail.fingerprint(review.override_manifest(override))
    return review.second_override(override, by=by or factories.desk().managing, now=now, seen=seen)


def notice() -> LiveNotice | None:
    return LiveNotice.objects.standing().filter(kind="overridden").first()


def test_nothing_shows_before_a_second_person_agrees(proposal: GradeSnapshot, now: datetime) -> None:
    override = ask(proposal, now)
    assert override.state == "asked"
    assert notice() is None
    assert GradeSnapshot.objects.current().get().number == 1


def test_a_second_person_approves_verdict_and_override_together(
    proposal: GradeSnapshot, now: datetime
) -> None:
    override = second(ask(proposal, now), now)
    proposal.refresh_from_db()
    assert (override.state, proposal.state) == ("standing", "current")
    shown = notice()
    assert shown is not None
    assert shown.override == override
    assert proposal.reader_grade != "weak"


def test_a_current_grade_is_overridden_and_stays_current(claim: Claim, now: datetime) -> None:
    current = claim.grades.get()
    second(ask(current, now), now)
    assert GradeSnapshot.objects.current().get() == current
    assert notice() is not None


def test_the_asker_does_not_second_it(proposal: GradeSnapshot, now: datetime) -> None:
    override = ask(proposal, now)
    with pytest.raises(PermissionDenied, match="You asked for this override"):
        second(override, now, factories.desk().second_reviewer)


def test_whoever_coded_the_claim_does_not_second_it(proposal: GradeSnapshot, now: datetime) -> None:
    factories.finding(proposal.claim, factories.study(factories.record("222"), now=now), now=now)
    again = factories.proposed(proposal.claim, now=now, by=factories.desk().editor, trigger="recoded")
    override = ask(again, now)
    with pytest.raises(PermissionDenied, match="Another person decides"):
        second(override, now, factories.desk().reviewer)


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR, Role.TRANSLATOR, Role.ADMIN])
def test_other_roles_neither_ask_nor_second(role: Role, proposal: GradeSnapshot, now: datetime) -> None:
    other = factories.user(f"an-{role.value}", role)
    with pytest.raises(PermissionDenied):
        ask(proposal, now, other)
    override = ask(proposal, now)
    with pytest.raises(PermissionDenied):
        second(override, now, other)
    with pytest.raises(PermissionDenied):
        overriding.decline(override, by=other, now=now)


def test_a_superuser_without_a_role_overrides_nothing(proposal: GradeSnapshot, now: datetime) -> None:
    root = factories.desk().superuser
    with pytest.raises(PermissionDenied):
        ask(proposal, now, root)
    override = ask(proposal, now)
    with pytest.raises(PermissionDenied):
        second(override, now, root)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason_en": "Too short."}, "at least 40 characters"),
        ({"reason_en": " " * 60}, "at least 40 characters"),
        ({"expires_on": date(2027, 11, 1)}, "within 180 days"),
        ({"expires_on": date(2026, 11, 22)}, "a day after today"),
        ({"reader_grade": ""}, "what the engine says already"),
    ],
)
def test_an_override_without_reason_term_or_difference_is_refused(
    given: dict[str, Any], said: str, proposal: GradeSnapshot, now: datetime
) -> None:
    with pytest.raises(Refused, match=said):
        ask(proposal, now, **given)
    assert not GradeOverride.objects.exists()


def test_the_engines_own_grade_is_no_override(proposal: GradeSnapshot, now: datetime) -> None:
    with pytest.raises(Refused, match="what the engine says already"):
        ask(proposal, now, reader_grade=proposal.reader_grade, status=proposal.status)


def test_a_grade_that_does_not_exist_is_refused(proposal: GradeSnapshot, now: datetime) -> None:
    with pytest.raises(ValidationError):
        ask(proposal, now, reader_grade="excellent")


def test_what_was_not_on_the_screen_is_not_seconded(proposal: GradeSnapshot, now: datetime) -> None:
    override = ask(proposal, now)
    with pytest.raises(Refused, match="changed after this page was opened"):
        review.second_override(override, by=factories.desk().managing, now=now, seen="0" * 64)


def test_a_claim_has_one_open_override(proposal: GradeSnapshot, now: datetime) -> None:
    ask(proposal, now)
    with pytest.raises(Refused, match="open override already"):
        ask(proposal, now, reader_grade="against")


def test_approving_the_verdict_alone_declines_the_override(proposal: GradeSnapshot, now: datetime) -> None:
    override = ask(proposal, now)
    factories.approved(proposal, now=now)
    override.refresh_from_db()
    assert override.state == "declined"
    assert notice() is None


def test_it_is_void_once_a_finding_changes(proposal: GradeSnapshot, now: datetime) -> None:
    override = second(ask(proposal, now), now)
    finding = proposal.claim.findings.get()
    finding.quality = "low"
    coding.save(finding, by=factories.desk().reviewer, now=now)
    override.refresh_from_db()
    assert (override.state, override.ended_by) == ("void", None)
    assert notice() is None


def test_words_alone_do_not_end_it(proposal: GradeSnapshot, now: datetime) -> None:
    override = second(ask(proposal, now), now)
    finding = proposal.claim.findings.get()
    finding.summary_en = "Said better."
    coding.save(finding, by=factories.desk().reviewer, now=now)
    override.refresh_from_db()
    assert override.state == "standing"


def test_a_retraction_ends_it_by_the_clock(proposal: GradeSnapshot, now: datetime) -> None:
    override = second(ask(proposal, now), now)
    Study.objects.update(standing="retracted")
    assert overriding.sweep(now=now) == 1
    override.refresh_from_db()
    assert override.state == "void"


def test_on_its_day_the_engines_verdict_stands_alone_again(proposal: GradeSnapshot, now: datetime) -> None:
    override = second(ask(proposal, now), now)
    assert overriding.sweep(now=now + timedelta(days=89)) == 0
    assert overriding.sweep(now=now + timedelta(days=90)) == 1
    assert overriding.sweep(now=now + timedelta(days=90)) == 0
    override.refresh_from_db()
    assert override.state == "expired"
    assert notice() is None
    assert GradeSnapshot.objects.current().get() == proposal


def test_a_newer_proposal_ends_the_override_that_waited(proposal: GradeSnapshot, now: datetime) -> None:
    override = ask(proposal, now)
    grading.propose(
        proposal.claim, by=factories.desk().editor, now=now, trigger=GradeSnapshot.Trigger.RECODED
    )
    override.refresh_from_db()
    assert override.state == "void"
    with pytest.raises(Refused, match="decided or replaced"):
        second(GradeOverride.objects.get(), now)


def test_an_override_that_stands_can_be_ended_by_hand(claim: Claim, now: datetime) -> None:
    override = second(ask(claim.grades.get(), now), now)
    overriding.decline(override, by=factories.desk().managing, now=now)
    assert notice() is None
    with pytest.raises(Refused, match="has ended already"):
        overriding.decline(override, by=factories.desk().managing, now=now)
