"""Every right that concerns grades, for every role and for a superuser without one, by every way that leads to it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from config.rights import Action, Role, may
from evidence.models import Claim, GradeOverride, GradeSnapshot
from evidence.verbs import checking, coding, grading, overriding, rechecking, review, trail
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db

Act = Callable[[User, Claim, datetime], object]
REASON = "The one trial was stopped early, and its registered outcome was another one."


@pytest.fixture(params=[*Role, "superuser"])
def person(request: pytest.FixtureRequest) -> User:
    """Somebody new with one role, or a superuser with none: they have touched nothing."""
    if request.param == "superuser":
        return factories.user("root", is_superuser=True)
    return factories.user(f"new-{request.param.value}", request.param)


@pytest.fixture
def claim(now: datetime) -> Claim:
    """A graded claim with an open proposal, both of others."""
    made = factories.graded_claim(now=now)
    factories.proposed(made, now=now, trigger="recoded")
    return made


def _post(person: User, url: str, data: dict[str, Any]) -> Any:
    return signed_in(person).post(url, data)


# Each way, and how to see that it led somewhere -----------------------------------------------------------------


def code_by_verb(person: User, claim: Claim, now: datetime) -> None:
    finding = claim.findings.get()
    finding.n = 999
    coding.save(finding, by=person, now=now)


def code_by_form(person: User, claim: Claim, now: datetime) -> None:
    client, url = signed_in(person), reverse("admin:evidence_finding_change", args=[claim.findings.get().pk])
    client.post(url, form_of(client, url) | {"n": "999"})


def code_by_bulk_action(person: User, claim: Claim, now: datetime) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [claim.findings.get().pk], "post": "yes"}
    _post(person, reverse("admin:evidence_finding_changelist"), chosen)


def code_by_import(person: User, claim: Claim, now: datetime) -> None:
    table = f"claim,study,n\n{claim.code},{claim.findings.get().study.citekey},999\n"
    client = signed_in(person)
    file = SimpleUploadedFile("rows.csv", table.encode())
    shown = client.post(reverse("admin:evidence_finding_import"), {"format": "0", "import_file": file})
    if shown.status_code == 200:
        form = shown.context["confirm_form"]
        client.post(reverse("admin:evidence_finding_process_import"), form.initial)


def coded(claim: Claim) -> bool:
    return not claim.findings.exists() or claim.findings.get().n == 999


def check_by_verb(person: User, claim: Claim, now: datetime) -> None:
    finding = claim.findings.get()
    checking.check(finding, by=person, now=now, seen=coding.bytes_sha256(finding))


def check_by_form(person: User, claim: Claim, now: datetime) -> None:
    finding = claim.findings.get()
    url = reverse("admin:evidence_finding_check", args=[finding.pk])
    _post(person, url, {"seen": coding.bytes_sha256(finding)})


def checked(claim: Claim) -> bool:
    return checking.standing_check(claim.findings.get()) is not None


def _blind(claim: Claim) -> dict[str, dict[str, str]]:
    same = {"direction": "nsd", "quality": "high", "precision": "adequate", "directness": "direct"}
    return {slot.key: same for slot in rechecking.slots(claim)}


def read_blind_by_verb(person: User, claim: Claim, now: datetime) -> None:
    rechecking.submit(claim, by=person, now=now, attests=True, verdict="mixed", codings=_blind(claim))


def read_blind_by_form(person: User, claim: Claim, now: datetime) -> None:
    values = {f"{key}-{name}": value for key, row in _blind(claim).items() for name, value in row.items()}
    url = reverse("admin:evidence_blindreading_read", args=[claim.pk])
    _post(person, url, values | {"verdict": "mixed", "attests": "on"})


def read_blind(claim: Claim) -> bool:
    return claim.rechecks.exists()


def propose_by_verb(person: User, claim: Claim, now: datetime) -> None:
    grading.propose(claim, by=person, now=now, trigger=GradeSnapshot.Trigger.RECODED)


def propose_by_form(person: User, claim: Claim, now: datetime) -> None:
    _post(person, reverse("admin:evidence_claim_propose", args=[claim.pk]), {"trigger": "recoded"})


def proposed(claim: Claim) -> bool:
    return claim.grades.count() == 3


def approve_by_verb(person: User, claim: Claim, now: datetime) -> None:
    factories.approved(claim.grades.get(state="proposed"), now=now, by=person)


def approve_by_form(person: User, claim: Claim, now: datetime) -> None:
    url = reverse("admin:evidence_gradesnapshot_review", args=[claim.grades.get(state="proposed").pk])
    seen = signed_in(person).get(url).context["seen"]
    _post(person, url, {"seen": seen, "approve": "1"})


def approve_by_bulk_action(person: User, claim: Claim, now: datetime) -> None:
    snapshot = claim.grades.get(state="proposed")
    seen = trail.fingerprint(review.manifest(snapshot))
    chosen = {"action": "approve_selected", "_selected_action": [snapshot.pk], "confirmed": "1"}
    _post(person, reverse("admin:evidence_gradesnapshot_changelist"), chosen | {f"seen_{snapshot.pk}": seen})


def approved(claim: Claim) -> bool:
    return claim.grades.get(number=2).state == "current"


def _asked(claim: Claim) -> GradeOverride:
    day = timezone.now().date() + timedelta(days=30)
    return overriding.ask(
        claim.grades.get(state="proposed"),
        by=factories.user("asker", Role.MANAGING),
        now=timezone.now(),
        reader_grade="weak",
        reason_code=GradeOverride.Reason.OUTSIDE,
        reason_en=REASON,
        expires_on=day,
    )


def second_by_verb(person: User, claim: Claim, now: datetime) -> None:
    override = _asked(claim)
    seen = trail.fingerprint(review.override_manifest(override))
    review.second_override(override, by=person, now=timezone.now(), seen=seen)


def second_by_form(person: User, claim: Claim, now: datetime) -> None:
    override = _asked(claim)
    url = reverse("admin:evidence_gradesnapshot_review", args=[override.snapshot_id])
    seen = trail.fingerprint(review.override_manifest(override))
    _post(person, url, {"seen_override": seen, "second_override": "1"})


def overridden(claim: Claim) -> bool:
    return GradeOverride.objects.standing().exists()


WAYS: list[tuple[Action, Act, Callable[[Claim], bool]]] = [
    (Action.CODE_EVIDENCE, code_by_verb, coded),
    (Action.CODE_EVIDENCE, code_by_form, coded),
    (Action.CODE_EVIDENCE, code_by_bulk_action, coded),
    (Action.CODE_EVIDENCE, code_by_import, coded),
    (Action.CODE_EVIDENCE, check_by_verb, checked),
    (Action.CODE_EVIDENCE, check_by_form, checked),
    (Action.BLIND_RECHECK, read_blind_by_verb, read_blind),
    (Action.BLIND_RECHECK, read_blind_by_form, read_blind),
    (Action.PROPOSE_GRADE, propose_by_verb, proposed),
    (Action.PROPOSE_GRADE, propose_by_form, proposed),
    (Action.APPROVE_GRADE, approve_by_verb, approved),
    (Action.APPROVE_GRADE, approve_by_form, approved),
    (Action.APPROVE_GRADE, approve_by_bulk_action, approved),
    (Action.APPROVE_GRADE, second_by_verb, overridden),
    (Action.APPROVE_GRADE, second_by_form, overridden),
]


@pytest.mark.parametrize("way", WAYS, ids=[act.__name__ for _, act, _ in WAYS])
def test_each_way_is_open_to_those_the_matrix_names_and_to_nobody_else(
    way: tuple[Action, Act, Callable[[Claim], bool]], person: User, claim: Claim, now: datetime
) -> None:
    action, act, happened = way
    try:
        act(person, claim, now)
    except PermissionDenied:
        assert not may(person, action)
    assert happened(Claim.objects.get(pk=claim.pk)) is may(person, action)
