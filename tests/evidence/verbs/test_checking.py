"""What one person coded another checks; the check holds for these bytes and no others."""

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.refusal import Refused
from config.rights import Role
from evidence.models import ClaimEvent, CodingCheck, Finding
from evidence.verbs import checking, coding, trail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(now: datetime) -> Finding:
    return factories.graded_claim(now=now).findings.get()


def check(finding: Finding, now: datetime, name: str = "second", *roles: Role) -> CodingCheck:
    by = factories.user(name, *(roles or (Role.REVIEWER,)))
    return checking.check(finding, by=by, now=now, seen=coding.bytes_sha256(finding))


def test_another_reviewer_checks_a_coding_and_the_trail_says_so(finding: Finding, now: datetime) -> None:
    made = check(finding, now)
    assert checking.standing_check(finding) == made
    event = ClaimEvent.objects.latest("id")
    assert (event.kind, event.by) == ("checked", made.by)


def test_whoever_coded_it_does_not_check_it(finding: Finding, now: datetime) -> None:
    with pytest.raises(PermissionDenied, match="You coded this finding"):
        check(finding, now, "reviewer")


def test_whoever_coded_it_once_does_not_check_it_after_a_colleague_changed_it(
    finding: Finding, now: datetime
) -> None:
    finding.n = 401
    coding.save(finding, by=factories.desk().second_reviewer, now=now)
    with pytest.raises(PermissionDenied, match="You coded this finding"):
        check(finding, now, "reviewer")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_other_roles_do_not_check(role: Role, finding: Finding, now: datetime) -> None:
    with pytest.raises(PermissionDenied, match="takes one of these roles"):
        check(finding, now, role.value, role)


def test_a_superuser_without_a_role_does_not_check(finding: Finding, now: datetime) -> None:
    root = factories.desk().superuser
    with pytest.raises(PermissionDenied):
        checking.check(finding, by=root, now=now, seen=coding.bytes_sha256(finding))


def test_a_check_is_void_once_the_coding_changes(finding: Finding, now: datetime) -> None:
    check(finding, now)
    finding.n = 401
    coding.save(finding, by=factories.desk().reviewer, now=now)
    assert checking.standing_checks([Finding.objects.get()]) == {finding.pk: None}


def test_a_check_is_void_once_the_review_pools_another_study(finding: Finding, now: datetime) -> None:
    check(finding, now)
    pooled = factories.study(factories.record("222"), now=now)
    coding.save(finding, by=factories.desk().reviewer, now=now, includes=[pooled])
    assert checking.standing_check(Finding.objects.get()) is None


def test_an_untouched_save_leaves_the_check_and_the_coder(finding: Finding, now: datetime) -> None:
    made = check(finding, now)
    coding.save(finding, by=factories.desk().second_reviewer, now=now, includes=[])
    again = Finding.objects.get()
    assert again.coded_by == factories.desk().reviewer
    assert checking.standing_check(again) == made


def test_a_check_of_what_was_not_on_the_screen_is_refused(finding: Finding, now: datetime) -> None:
    seen = coding.bytes_sha256(finding)
    finding.n = 401
    coding.save(finding, by=factories.desk().reviewer, now=now)
    with pytest.raises(Refused, match="changed after this page was opened"):
        checking.check(finding, by=factories.desk().second_reviewer, now=now, seen=seen)


def test_the_same_coding_is_checked_once(finding: Finding, now: datetime) -> None:
    check(finding, now)
    with pytest.raises(Refused, match="checked already"):
        check(finding, now, "third")


def test_a_check_is_no_touch_so_its_author_may_still_decide(finding: Finding, now: datetime) -> None:
    made = check(finding, now)
    assert made.by_id not in trail.contributors(finding.claim)
