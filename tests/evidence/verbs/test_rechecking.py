"""A second reader codes the studies without seeing the first coding; their verdict is layer L11, their agreement shown."""

import json
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from config.refusal import Refused
from config.rights import Role
from evidence.models import BlindReading, Claim, ClaimEvent
from evidence.verbs import agreement, checking, coding, rechecking, trail
from tests import factories

pytestmark = pytest.mark.django_db

SAME = {"direction": "benefit", "quality": "high", "precision": "adequate", "directness": "direct"}


@pytest.fixture
def claim(now: datetime) -> Claim:
    return factories.graded_claim(now=now)


@pytest.fixture
def reader(db: None) -> User:
    return factories.user("blind", Role.REVIEWER)


def read(claim: Claim, by: User, now: datetime, **given: Any) -> BlindReading:
    codings = {slot.key: SAME for slot in rechecking.slots(claim)}
    values: dict[str, Any] = {"attests": True, "verdict": "supports", "codings": codings}
    return rechecking.submit(claim, by=by, now=now, **values | given)


def test_the_verdict_becomes_layer_eleven_of_the_next_proposal(
    claim: Claim, reader: User, now: datetime
) -> None:
    read(claim, reader, now)
    recheck = claim.rechecks.get()
    assert (recheck.code, recheck.verdict, recheck.kind, recheck.reader_en) == (
        "blind-1",
        "supports",
        "person",
        "blind",
    )
    snapshot = factories.proposed(claim, now=now, trigger="recoded")
    assert json.loads(snapshot.verdict_json)["layers"]["L11"] == "0.90"


def test_the_blind_coding_is_kept_apart_and_changes_no_finding(
    claim: Claim, reader: User, now: datetime
) -> None:
    before = coding.bytes_sha256(claim.findings.get())
    key = rechecking.slots(claim)[0].key
    reading = read(claim, reader, now, codings={key: SAME | {"direction": "nsd"}})
    assert reading.codings.get().direction == "nsd"
    assert coding.bytes_sha256(claim.findings.get()) == before


@pytest.mark.parametrize("kind", ["coder", "checker", "writer of texts", "approver"])
def test_whoever_left_a_trace_on_the_claim_has_seen_it(kind: str, claim: Claim, now: datetime) -> None:
    by = factories.user("seen-it", Role.REVIEWER, Role.MANAGING)
    finding = claim.findings.get()
    if kind == "coder":
        finding.n = 401
        coding.save(finding, by=by, now=now)
    elif kind == "checker":
        checking.check(finding, by=by, now=now, seen=coding.bytes_sha256(finding))
    elif kind == "writer of texts":
        factories.words(claim, now=now, by=by, summary="Another summary.")
    else:
        factories.approved(factories.proposed(claim, now=now, trigger="recoded"), now=now, by=by)
    with pytest.raises(PermissionDenied, match="You worked on this claim"):
        read(claim, by, now)


def test_nobody_reads_blind_twice(claim: Claim, reader: User, now: datetime) -> None:
    read(claim, reader, now)
    with pytest.raises(PermissionDenied, match="You worked on this claim"):
        read(claim, reader, now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_other_roles_do_not_read_blind(role: Role, claim: Claim, now: datetime) -> None:
    with pytest.raises(PermissionDenied, match="takes one of these roles"):
        read(claim, factories.user(f"an-{role.value}", role), now)


def test_a_superuser_without_a_role_does_not_read_blind(claim: Claim, now: datetime) -> None:
    with pytest.raises(PermissionDenied):
        read(claim, factories.desk().superuser, now)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"attests": False}, "have not seen this claim"),
        ({"codings": {}}, "studies changed"),
    ],
)
def test_a_reading_that_is_not_blind_or_not_whole_is_refused(
    given: dict[str, Any], said: str, claim: Claim, reader: User, now: datetime
) -> None:
    with pytest.raises(Refused, match=said):
        read(claim, reader, now, **given)
    assert not BlindReading.objects.exists()
    assert not claim.rechecks.exists()


def test_a_verdict_that_does_not_exist_is_refused(claim: Claim, reader: User, now: datetime) -> None:
    with pytest.raises(ValidationError):
        read(claim, reader, now, verdict="perhaps")


def test_a_claim_without_studies_has_nothing_to_read(reader: User, now: datetime) -> None:
    with pytest.raises(Refused, match="No study is coded"):
        read(factories.claim("empty-claim-here", now=now), reader, now)


def test_the_blind_reader_has_touched_the_claim_and_does_not_decide(
    claim: Claim, reader: User, now: datetime
) -> None:
    read(claim, reader, now)
    assert reader.pk in trail.contributors(claim)
    kinds = list(ClaimEvent.objects.filter(by=reader).values_list("kind", flat=True))
    assert kinds == ["rechecked", "coded"]


def test_the_agreement_of_both_readers_is_counted_value_by_value(
    claim: Claim, reader: User, now: datetime
) -> None:
    other = factories.study(factories.record("222"), now=now)
    factories.finding(claim, other, now=now, direction="nsd", estimate="1.0", ci_low="0.8", ci_high="1.25")
    codings = {slot.key: SAME for slot in rechecking.slots(claim)}
    read(claim, reader, now, codings=codings)
    snapshot = factories.proposed(claim, now=now, trigger="new_finding")
    [compared] = agreement.comparisons(snapshot)
    assert compared.by_value["direction"].share == Fraction(1, 2)
    assert compared.by_value["quality"].share == 1
    assert sorted(row.differs for row in compared.rows) == [(), ("direction",)]
