"""Grading as work, in a browser: from an empty claim to the worked example, coded by one person, reviewed by another."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from evidence.appraisal import AMSTAR2_ITEMS, ROB2_DOMAINS
from tests.browser.test_journey import Desk, call_verb, identity
from tools.running import ROOT, Site

CLAIM = "worked-example"
GOLDEN = json.loads((ROOT / "tests/data/vectors/engine.jsonl").read_text(encoding="utf-8").splitlines()[0])
DOSSIER: dict[str, Any] = GOLDEN["dossier"]
ROB2 = {f"rob2_{domain}": "low" for domain in ROB2_DOMAINS}
AMSTAR2 = {f"amstar2_{item}": "yes" for item in AMSTAR2_ITEMS}

# What was printed, from which the dossier's values follow; the harm of REDOXS alone is coded against its numbers.
FINDINGS: dict[str, dict[str, str]] = {
    "abbasi2024": {
        "outcome_en": "Gut permeability", "design": "sr_rct", "measure": "WMD", "better": "lower",
        "estimate": "-0.00", "ci_low": "-0.04", "ci_high": "0.03", "n": "352", "quality_tool": "AMSTAR-2",
        **AMSTAR2, "amstar2_1": "no", "amstar2_3": "no", "directness_population": "partial",
        "directness_intervention": "direct", "directness_outcome": "direct",
    },
    "zhou2019": {
        "outcome_en": "Symptoms", "design": "rct", "measure": "RR", "better": "higher", "estimate": "13.8",
        "ci_low": "4.6", "ci_high": "41.7", "n": "106", "quality_tool": "RoB 2", **ROB2,
        "rob2_deviations": "some_concerns", "arms-0-label_en": "Glutamine", "arms-0-n": "54", "arms-0-events": "43",
        "arms-1-label_en": "Placebo", "arms-1-n": "52", "arms-1-events": "3", "directness_population": "partial",
        "directness_intervention": "direct", "directness_outcome": "partial",
    },
    "heyland2013": {
        "outcome_en": "Death by day 28", "design": "rct", "measure": "OR", "better": "lower", "estimate": "1.28",
        "ci_low": "1.00", "ci_high": "1.64", "p": "0.05", "alpha": "0.044", "n": "1223", "quality_tool": "RoB 2",
        **ROB2, "direction": "harm", "direction_reason_en": "Deaths in hospital were significantly more frequent.",
        "directness_population": "indirect", "directness_intervention": "partial", "directness_outcome": "indirect",
    },
}  # fmt: skip
SECOND = """
from django.contrib.auth.models import Group, User
made = User.objects.create_user("checker", password="a second pair of eyes", is_staff=True)
made.groups.set([Group.objects.get(name="evidence_reviewer")])
"""


def pick(desk: Desk, name: str, wanted: str) -> None:
    """Choose the one option that a search for `wanted` finds, whatever it is called."""
    desk.page.locator(f"#id_{name} + .select2").click()
    desk.page.locator(".select2-search__field").last.fill(wanted)
    expect(desk.page.locator(".select2-results__option[aria-selected]")).to_have_count(1)
    desk.page.locator(".select2-results__option[aria-selected]").click()


def open_all(desk: Desk) -> None:
    """Open what is folded, so that a person could type there."""
    folded = desk.page.locator("details:not([open]) > summary:visible")
    while folded.count():
        folded.first.click()


def code_finding(desk: Desk, claim: str, citekey: str) -> None:
    """Code one finding on its page, seeing what follows from the numbers before it is saved."""
    desk.open(f"evidence/finding/add/?claim={claim}")
    pick(desk, "study", citekey)
    open_all(desk)
    desk.fill(**FINDINGS[citekey])
    derived = desk.page.locator("[data-derived=direction]")
    expect(derived).to_have_text("Benefit" if citekey == "zhou2019" else "No significant difference")
    expected = "High" if citekey == "heyland2013" else "Moderate"
    expect(desk.page.locator("[data-derived=quality]")).to_have_text(expected)
    desk.save()


def code_beside(desk: Desk, claim: str) -> None:
    """Code what stands beside the studies: positions on their pages, the rest inside the claim's."""
    for row in DOSSIER["positions"]:
        desk.open(f"evidence/position/add/?claim={claim}")
        pick(desk, "authority", row["id"])
        open_all(desk)
        reason = "" if row["relevance"] == "direct" else "It speaks of another illness."
        desk.fill(stance=row["stance"], relevance=row["relevance"], relevance_reason_en=reason)
        desk.save()
    desk.open(f"evidence/claim/{claim}/change/")
    open_all(desk)
    desk.fill(safety=DOSSIER["safety"], safety_reason_en="More deaths in intensive care.")
    for number, (question, answer) in enumerate(DOSSIER["mechanism"].items()):
        desk.add_row("mechanism")
        desk.fill(**{f"mechanism-{number}-question": question, f"mechanism-{number}-answer": answer})
    desk.add_row("benchmarks")
    desk.fill(**{"benchmarks-0-code": "b0", "benchmarks-0-source_en": "Examine", "benchmarks-0-grade": "D"})
    desk.add_row("rechecks")
    desk.fill(
        **{
            "rechecks-0-code": "r0", "rechecks-0-verdict": "mixed", "rechecks-0-kind": "model",
            "rechecks-0-reader_en": "A language model", "rechecks-0-done_on": "2026-11-20",
        }
    )  # fmt: skip
    desk.save()


@pytest.fixture(scope="module")
def proposed(site: Site, browser: Browser) -> str:
    """The worked example, coded from an empty claim by one person and proposed; the address of its review."""
    reviewer = Desk(browser, site, "reviewer")
    reviewer.open("evidence/claim/add/")
    reviewer.fill(
        code="CLM-gut-permeability-glutamine-901", slug=CLAIM, claim_type="intervention", topic="gut",
        searched_through="2026-11-20", next_check="2027-05-20",
    )  # fmt: skip
    reviewer.page.locator("[name=_continue]").click()
    claim = identity(reviewer.page)
    for citekey in FINDINGS:
        code_finding(reviewer, claim, citekey)
    code_beside(reviewer, claim)
    reviewer.open(f"evidence/claim/{claim}/texts/en/")
    reviewer.fill(
        statement="Glutamine mends the gut wall.", verdict_line="Too divided to rely on.",
        summary="Pooled trials show no change.", why="One trial says yes.",
    )  # fmt: skip
    reviewer.press("Save as a new revision")
    reviewer.open(f"evidence/claim/{claim}/propose/")
    reviewer.press("Grade today's evidence and propose")
    return reviewer.page.url


def test_a_finding_is_checked_by_another_and_the_review_says_so(
    site: Site, browser: Browser, proposed: str
) -> None:
    call_verb(site, SECOND)
    checker = Desk(browser, site, "checker", "a second pair of eyes")
    checker.open(f"evidence/finding/?q={CLAIM}")
    checker.page.locator("#result_list tbody th a").first.click()
    checker.page.get_by_role("link", name="Check the coding").click()
    checker.press("I read the study, and this coding is right")
    checker.is_told("The coding is checked.")
    checker.page.goto(proposed)
    expect(checker.page.locator(".findings .state-approved")).to_have_count(1)


def test_another_reviews_it_and_readers_see_the_worked_example(
    site: Site, browser: Browser, proposed: str
) -> None:
    managing = Desk(browser, site, "managing")
    managing.page.goto(proposed)
    expect(managing.page.locator(".layer-bar")).to_have_count(7)
    managing.press("Approve and show it to readers")
    expect(managing.page.locator(".state-current").first).to_be_visible()

    # The golden dossier is older than a correction of one work, which weighs the same and changes the hash alone.
    verdict = {name: value for name, value in GOLDEN["verdicts"]["1.1"].items() if name != "dossier_sha256"}
    reader = browser.new_page()
    reader.goto(f"{site.address}/claims/{CLAIM}/")
    expect(reader.locator("h1")).to_have_text("Glutamine mends the gut wall.")
    expect(reader.locator("main")).to_contain_text("Too divided to rely on.")
    expect(reader.locator("main")).to_contain_text("Deaths in hospital were significantly more frequent.")
    told = reader.request.get(f"{site.address}/claims/{CLAIM}/grades/1/verdict.json").json()
    assert {name: told[name] for name in verdict} == verdict
    assert re.search(verdict["score"][:4], reader.locator("main").inner_text())


def test_two_people_override_it_and_readers_see_both(site: Site, browser: Browser, proposed: str) -> None:
    reason = "The trial that found harm gave glutamine by vein to people in intensive care, not to the well."
    managing = Desk(browser, site, "managing")
    managing.page.goto(proposed)
    open_all(managing)
    managing.fill(reader_grade="unsupported", reason_code="outside", reason_en=reason)
    managing.press("Ask a second person to agree")
    managing.press("Second it and show both to readers")
    managing.is_told("Another person seconds it.")

    checker = Desk(browser, site, "checker", "a second pair of eyes")
    checker.page.goto(proposed)
    checker.press("Second it and show both to readers")
    checker.is_told("Decided")
    reader = browser.new_page()
    reader.goto(f"{site.address}/claims/{CLAIM}/")
    expect(reader.locator("main")).to_contain_text("Engine and editors differ")
    expect(reader.locator("main")).to_contain_text(reason)
