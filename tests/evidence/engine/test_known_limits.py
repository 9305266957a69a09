"""Where two laws of monotony give way to the rule of absorption, as the specification's own numbers have it.

A review that takes in trials of another colour (mixed, or not significant) removes their weight, which had
held the mean near the middle. The laws in `test_laws` leave out exactly the cases where a mixed or not
significant finding changes weight; these show, one by one, why.
"""

from dataclasses import replace
from decimal import Decimal

from evidence.engine import Dossier, Finding, grade
from tests.evidence.engine.cases import claim, trial
from tests.evidence.engine.dossiers import with_added

POOLED = ("m0", "m1", "m2", "m3", "m4", "m5")


def scores(dossier: Dossier, added: Finding) -> tuple[Decimal, Decimal]:
    """Give the scores without and with the finding."""
    before, after = grade(dossier, "1.1"), grade(with_added(dossier, added), "1.1")
    return Decimal(str(before.score)), Decimal(str(after.score))


def test_a_review_of_benefit_that_pools_mixed_trials_lays_the_harm_beside_them_bare() -> None:
    harms = [trial(f"h{index}", "harm") for index in range(4)]
    mixed = [trial(name, "mixed", directness="partial") for name in POOLED]
    review = replace(trial("review", "benefit"), design="sr_obs", includes=POOLED)
    before, after = scores(claim(*harms, *mixed), review)
    assert after < before


def test_a_review_without_effect_that_pools_mixed_trials_lays_the_benefit_beside_them_bare() -> None:
    benefits = [trial(f"b{index}", "benefit") for index in range(4)]
    mixed = [trial(name, "mixed", directness="partial") for name in POOLED]
    review = replace(trial("review", "no_effect"), design="sr_obs", includes=POOLED)
    before, after = scores(claim(*benefits, *mixed), review)
    assert after > before


def test_a_trial_without_effect_counts_as_not_significant_once_such_a_review_pools_it() -> None:
    harms = [trial(f"h{index}", "harm") for index in range(4)]
    pooled = [trial(name, "nsd", directness="partial") for name in POOLED[:2]]
    review = replace(trial("review", "nsd"), design="sr_obs", includes=(*POOLED, "added"))
    before, after = scores(claim(*harms, *pooled, review), trial("added", "no_effect", directness="partial"))
    assert after > before
