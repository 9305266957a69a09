"""Coding a finding on its page: derived values and lint beside their fields, arms as rows, answers that give the quality,
and a second reader's check.
"""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.rights import Role
from evidence.appraisal import AMSTAR2_ITEMS, ROB2_DOMAINS
from evidence.models import ClaimEvent, Finding
from evidence.verbs import checking
from tests import factories
from tests.admin_pages import form_of, signed_in

pytestmark = pytest.mark.django_db

ROB2_LOW = {f"rob2_{domain}": "low" for domain in ROB2_DOMAINS}


@pytest.fixture
def finding(now: datetime) -> Finding:
    return factories.graded_claim(now=now).findings.get()


@pytest.fixture
def client(finding: Finding) -> Client:
    return signed_in(factories.desk().reviewer)


def change(finding: Finding) -> str:
    return reverse("admin:evidence_finding_change", args=[finding.pk])


def save(client: Client, finding: Finding, **typed: Any) -> Any:
    return client.post(change(finding), form_of(client, change(finding)) | typed)


# Derived ------------------------------------------------------------------------------------------------


def ask(client: Client, **typed: Any) -> Any:
    numbers = {
        "measure": "RR",
        "better": "higher",
        "estimate": "2.0",
        "ci_low": "1.5",
        "ci_high": "2.6",
        "n": "400",
    }
    return client.post(reverse("admin:evidence_finding_derive"), numbers | typed)


def test_the_page_asks_what_follows_while_one_types(client: Client) -> None:
    answer = ask(client).json()
    assert answer["derived"]["direction"] == {"code": "benefit", "label": "Benefit"}
    assert answer["derived"]["precision"] == {"code": "adequate", "label": "Adequate"}
    assert answer["lint"] == {}


def test_a_contradiction_stands_beside_the_field_that_caused_it(client: Client) -> None:
    assert list(ask(client, estimate="2.5").json()["lint"]) == ["estimate"]
    assert list(ask(client, ci_low="3.0").json()["lint"]) == ["ci_low"]
    assert list(ask(client, p="0.4").json()["lint"]) == ["p"]
    arms = {"arms-0-n": "100", "arms-1-n": "200"}
    assert list(ask(client, **arms).json()["lint"]) == ["n"]
    assert list(ask(client, **{"arms-0-n": "54", "arms-0-percent": "12.1"}).json()["lint"]) == ["arms"]


def test_what_is_no_number_is_said_and_nothing_is_derived(client: Client) -> None:
    answer = ask(client, estimate="two").json()
    assert answer["derived"] == {}
    assert list(answer["unreadable"]) == ["estimate"]


def test_the_answers_of_a_tool_give_the_quality_while_one_types(client: Client) -> None:
    assert ask(client, quality_tool="RoB 2", **ROB2_LOW).json()["derived"]["quality"]["code"] == "high"
    assert "quality" not in ask(client, quality_tool="RoB 2", rob2_missing="low").json()["derived"]


def test_asking_stores_nothing_and_takes_a_post(client: Client) -> None:
    before = Finding.objects.count()
    ask(client)
    assert Finding.objects.count() == before
    assert client.get(reverse("admin:evidence_finding_derive")).status_code == 405


# Saving without the script --------------------------------------------------------------------------------


def test_an_untouched_save_of_a_whole_coding_is_no_touch(client: Client, finding: Finding) -> None:
    typed = {"arms-0-label_en": "Glutamine", "arms-0-n": "200", "arms-0-events": "120"}
    save(client, finding, quality="", quality_tool="RoB 2", **ROB2_LOW, **typed)
    before = ClaimEvent.objects.count()
    assert save(client, finding).status_code == 302
    assert ClaimEvent.objects.count() == before


def test_arms_are_typed_as_rows(client: Client, finding: Finding) -> None:
    typed = {
        "arms-0-label_en": "Glutamine", "arms-0-n": "54", "arms-0-events": "43", "arms-0-percent": "79.6 %",
        "arms-1-label_en": "Placebo", "arms-1-label_zh_hant": "安慰劑", "arms-1-n": "52",
    }  # fmt: skip
    assert save(client, finding, **typed).status_code == 302
    assert Finding.objects.get().arms == [
        {"label_en": "Glutamine", "label_zh_hant": "", "n": 54, "events": 43, "percent": "79.6"},
        {"label_en": "Placebo", "label_zh_hant": "安慰劑", "n": 52},
    ]


def test_an_arm_that_cannot_be_read_is_named_and_kept(client: Client, finding: Finding) -> None:
    page = save(client, finding, **{"arms-1-label_en": "Placebo", "arms-1-n": "fifty"}).content.decode()
    assert "Arm 1, “People”: write a number as printed" in page
    assert 'value="fifty"' in page


def test_answers_give_the_quality_whatever_was_chosen(client: Client, finding: Finding) -> None:
    answers = ROB2_LOW | {"rob2_selection": "some_concerns"}
    assert save(client, finding, quality="low", quality_tool="RoB 2", **answers).status_code == 302
    stored = Finding.objects.get()
    assert stored.quality == "moderate"
    assert stored.appraisal["selection"] == "some_concerns"
    assert form_of(client, change(finding))["rob2_selection"] == "some_concerns"


def test_a_question_left_open_is_named_beside_itself_and_the_others_are_kept(
    client: Client, finding: Finding
) -> None:
    answers = {f"amstar2_{item}": "yes" for item in AMSTAR2_ITEMS if item != "7"}
    page = save(client, finding, quality_tool="AMSTAR-2", **answers)
    errors = page.context["adminform"].form.errors
    assert list(errors) == ["amstar2_7"]
    assert "once every question is answered" in str(errors)
    assert page.context["adminform"].form["amstar2_8"].value() == "yes"


def test_a_finding_inside_its_claims_page_keeps_its_answers(client: Client, finding: Finding) -> None:
    save(client, finding, quality_tool="RoB 2", **ROB2_LOW)
    url = reverse("admin:evidence_claim_change", args=[finding.claim_id])
    assert client.post(url, form_of(client, url) | {"findings-0-n": "401"}).status_code == 302
    stored = Finding.objects.get()
    assert (stored.n, stored.appraisal["missing"]) == (401, "low")


def test_the_lint_of_a_refused_form_stands_beside_the_field(client: Client, finding: Finding) -> None:
    page = save(client, finding, estimate="2.5", direction="harm").content.decode()
    assert "Say why, or take the derived value" in page
    assert 'data-lint="estimate"><span>The estimate is not in the middle of its interval.</span>' in page


# The check --------------------------------------------------------------------------------------------------


def check_page(finding: Finding) -> str:
    return reverse("admin:evidence_finding_check", args=[finding.pk])


def press(user: User, finding: Finding) -> str:
    client = signed_in(user)
    typed = form_of(client, check_page(finding))
    return client.post(check_page(finding), typed, follow=True).content.decode()


def test_another_reviewer_checks_it_on_a_page_that_shows_it_whole(finding: Finding) -> None:
    page = signed_in(factories.desk().second_reviewer).get(check_page(finding)).content.decode()
    assert "Risk ratio" in page
    assert "The coding is checked." in press(factories.desk().second_reviewer, finding)
    assert checking.standing_check(finding) is not None
    page = signed_in(factories.desk().writer).get(change(finding)).content.decode()
    assert "Checked by second" in page


def test_whoever_coded_it_is_refused_in_words(finding: Finding) -> None:
    assert "You coded this finding. Another person checks it." in press(factories.desk().reviewer, finding)
    assert checking.standing_check(finding) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REVIEWER])
def test_other_roles_look_and_do_not_check(role: Role, finding: Finding) -> None:
    client = signed_in(factories.user(f"an-{role.value}", role))
    assert "Your roles do not check codings." in client.get(check_page(finding)).content.decode()
    seen = client.get(check_page(finding)).context["seen"]
    assert "may not code evidence" in client.post(check_page(finding), {"seen": seen}).content.decode()
    assert checking.standing_check(finding) is None


def test_a_superuser_without_a_role_does_not_check(finding: Finding) -> None:
    client = signed_in(factories.desk().superuser)
    seen = client.get(check_page(finding)).context["seen"]
    assert "may not code evidence" in client.post(check_page(finding), {"seen": seen}).content.decode()


def test_the_list_says_which_codings_wait_for_a_check(finding: Finding) -> None:
    page = signed_in(factories.desk().writer).get(reverse("admin:evidence_finding_changelist"))
    assert "Not checked" in page.content.decode()
