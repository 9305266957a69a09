"""The seven steps of a trail in words. A step carries codes and numbers only; its sentences are made here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.words.codes import label, layers_named, lowered, meaning
from articles.words.numbers import joined, percent, weight
from evidence.engine import Tables

UNGRADED = "U"
Step = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One step as the page tells it: what it does, how it came out in a word or two, and why."""

    title: str
    result: str
    text: str


@dataclass(frozen=True)
class Trail:
    """What the sentences need beside the steps: the version's numbers, the type of claim, the weight by side.

    `shares` are the parts of the human evidence, by weight, with benefit and with none or harm, each in 0..1.
    """

    steps: tuple[Step, ...]
    tables: Tables
    claim_type: str
    shares: tuple[Decimal, Decimal]

    @property
    def is_physiology(self) -> bool:
        return self.claim_type == "physiology"

    def told(self) -> list[Told]:
        """Tell all seven steps, in their order."""
        return [self._tell(step) for step in self.steps]

    def _tell(self, step: Step) -> Told:
        result, sentences = _TELLERS[step["step"]](step, self)
        return Told(str(TITLES[step["step"]]), result, joined(sentences))


TITLES = {
    "compute_raw_score": gettext_lazy("Work out the score"),
    "tier_from_score": gettext_lazy("Find the tier"),
    "apply_hec_rules": gettext_lazy("Ask the best reviews"),
    "tier_strict_requirement_check": gettext_lazy("Check what the tier demands"),
    "apply_safety_cap": gettext_lazy("Apply the safety cap"),
    "detect_disputes": gettext_lazy("Look for disputes"),
    "decide_status": gettext_lazy("Decide the status"),
}
Outcome = tuple[str, list[str]]


def score(step: Step, trail: Trail) -> Outcome:
    """Step 1: the weighted mean of the layers present, or why there is none."""
    params = step["params"]
    if step["outcome"] == "insufficient":
        return _("no score"), list(_why_no_score(params, trail))
    missing = (
        _("Without input, and so without weight: %(layers)s.") % {"layers": layers_named(params["missing"])}
        if params["missing"]
        else _("No layer that counts was missing.")
    )
    return params["score"], [_sum(params), missing]


def _sum(params: Mapping[str, Any]) -> str:
    terms = " + ".join(f"{value} × {weight(Decimal(share))}" for _layer, value, share in params["terms"])
    present = sum((Decimal(share) for _layer, _value, share in params["terms"]), Decimal(0))
    if present == 1:
        text = _("Each layer times its weight, added up: %(terms)s gives %(score)s, cut and never rounded.")
    else:
        text = _(
            "Each layer times its weight, added up and divided by the weights present: "
            "(%(terms)s) / %(present)s gives %(score)s, cut and never rounded."
        )
    return text % {"terms": terms, "present": weight(present), "score": params["score"]}


def _why_no_score(params: Mapping[str, Any], trail: Trail) -> Iterator[str]:
    if "L2" in params["missing"]:
        yield _("The human studies together weigh %(mass)s; at least %(least)s is needed for a score.") % {
            "mass": weight(Decimal(params["mass"])),
            "least": weight(trail.tables.least_mass),
        }
    if Decimal(params["present_weight"]) < trail.tables.least_present:
        yield _("The layers with input carry %(present)s of the weight; at least %(least)s is needed.") % {
            "present": weight(Decimal(params["present_weight"])),
            "least": weight(trail.tables.least_present),
        }
    yield _("Without input: %(layers)s.") % {"layers": layers_named(params["missing"])}


def tier(step: Step, trail: Trail) -> Outcome:
    """Step 2: the band in which the uncut score lies."""
    letter = step["params"]["tier"]
    if step["outcome"] == "insufficient":
        return letter, [
            _("Without a score there is no tier. U says that too little is known; it is not a low score.")
        ]
    low, high = band(letter, trail.tables)
    names = {"tier": letter, "low": weight(low), "high": weight(high)}
    if high == 1:
        return letter, [_("%(tier)s begins at %(low)s, and the score reaches it.") % names]
    if low == 0:
        return letter, [_("%(tier)s is everything below %(high)s, and the score lies there.") % names]
    return letter, [
        _("%(tier)s begins at %(low)s and ends below %(high)s, and the score lies between.") % names
    ]


def band(letter: str, tables: Tables) -> tuple[Decimal, Decimal]:
    """Return where a tier begins and where the next better one does (1 for the best)."""
    letters = list(tables.tiers)
    place = letters.index(letter)
    return tables.tiers[letter], tables.tiers[letters[place - 1]] if place else Decimal(1)


def reviews(step: Step, trail: Trail) -> Outcome:
    """Step 3: what sound reviews of randomised trials do to the tier. A null review is never counted as positive."""
    params, outcome = step["params"], step["outcome"]
    result = lowered(meaning("hec", outcome))
    if outcome == "not_applicable":
        return result, [
            _no_tier(params) or _("This rule is for claims about interventions, not about physiology.")
        ]
    counted = _(
        "Of sound reviews of randomised trials, %(positive)s found benefit, %(null)s no difference and %(harm)s harm."
    ) % {name: params[name] for name in ("positive", "null", "harm")}
    return result, [counted, _rule_of_reviews(outcome, params["positive"], trail.tables), _move(params)]


def _rule_of_reviews(outcome: str, positive: int, tables: Tables) -> str:
    needed = {"count": tables.hec_floor_reviews, "tier": tables.hec_floor}
    cap = {"tier": tables.hec_caps.get(outcome, "")}
    if outcome == "positive" and positive >= tables.hec_floor_reviews:
        return _("%(count)s or more with benefit hold the tier at %(tier)s or better.") % needed
    texts = {
        "positive": _("It takes %(count)s with benefit to hold the tier at %(tier)s or better.") % needed,
        "conflict": _("They contradict one another, so the tier may not rise above %(tier)s.") % cap,
        "null": _("That is never counted as support: the tier may not rise above %(tier)s.") % cap,
        "harm": _("Harm without benefit: the tier may not rise above %(tier)s.") % cap,
        "none": _("They decide nothing."),
    }
    return texts[outcome]


def demands(step: Step, trail: Trail) -> Outcome:
    """Step 4: the proof of benefit that each of the upper tiers asks for."""
    params = step["params"]
    if step["outcome"] == "not_applicable":
        return _("does not apply"), [_no_tier(params)]
    result = _("met") if step["outcome"] == "met" else _("not met")
    if trail.is_physiology:
        cap = _("A claim about physiology may not rise above %(tier)s.") % {
            "tier": trail.tables.physiology_cap
        }
        return result, [cap, _move(params)]
    if params["before"] not in demanded(trail.tables):
        return result, [
            _("%(tier)s asks for no proof of benefit, so there was nothing to fail.")
            % {"tier": params["before"]}
        ]
    return result, [demanded(trail.tables)[params["before"]], _move(params)]


def demanded(tables: Tables) -> dict[str, str]:
    """Say what S, A and B each demand; C and D demand nothing."""
    trial = {"people": tables.small_trial}
    return {
        "S": _(
            "S asks for two sound reviews with benefit, or for one and sound trials by two research groups."
        ),
        "A": _("A asks for one sound review with benefit, or for sound trials by two research groups."),
        "B": _(
            "B asks for one sound review with benefit or one sound trial with more than %(people)s people."
        )
        % trial,
    }


def safety(step: Step, trail: Trail) -> Outcome:
    """Step 5: what is seriously unsafe stands no higher than the cap."""
    params, cap = step["params"], {"tier": trail.tables.safety_cap}
    if step["outcome"] == "not_applicable":
        return _("does not apply"), [
            _no_tier(params) or _("Only a serious safety rating caps the tier, and there is none.")
        ]
    rule = _("Safety is rated serious, so the tier may not stand above %(tier)s.") % cap
    return _("capped") if step["outcome"] == "capped" else _("within the cap"), [rule, _move(params)]


def disputes(step: Step, trail: Trail) -> Outcome:
    """Step 6: what stands against what. Disputes change status and agreement, never the tier."""
    hard, soft = step["params"]["hard"], step["params"]["soft"]
    result = _("%(hard)s hard, %(soft)s soft") % {"hard": len(hard), "soft": len(soft)}
    if step["outcome"] == "none":
        return result, [_("Nothing of weight stands against anything else.")]
    found = [dispute(code, trail.tables) for code in (*hard, *soft)]
    if "HD1" in hard:
        benefit, against = (percent(share) for share in trail.shares)
        shares = _("Here %(benefit)s of the weight shows benefit and %(against)s none or harm.")
        found.insert(1, shares % {"benefit": benefit, "against": against})
    return result, [*found, _("Disputes change the status and the agreement, never the tier.")]


def dispute(code: str, tables: Tables) -> str:
    """Explain one dispute code by the version's own numbers."""
    numbers = {
        "share": percent(tables.dispute_share),
        "spread": weight(tables.wide_spread),
        "gap": weight(tables.recheck_gap),
    }
    texts = {
        "HD1": _(
            "Hard: human studies with benefit and those with none or harm each hold %(share)s of the weight or more, "
            "with a study of high or moderate quality on either side."
        ),
        "HD2": _("Hard: sound reviews with benefit stand beside sound reviews with no difference or harm."),
        "HD3": _(
            "Hard: of the regulators that speak to this very claim, one supports it and one is against."
        ),
        "SD1": _("Soft: the layers lie %(spread)s or more apart."),
        "SD2": _(
            "Soft: of the clinical bodies that speak to this very claim, one supports it and one is against."
        ),
        "SD3": _("Soft: the blind re-check differs from the other layers by %(gap)s or more."),
    }
    return texts[code] % numbers


def status(step: Step, _trail: Trail) -> Outcome:
    """Step 7: untested, disputed, and tested-and-failed are three different things."""
    outcome, letter = step["outcome"], {"tier": step["params"]["tier"]}
    texts = {
        "insufficient": _("Too little is known for a tier, so nothing can be said either way."),
        "disputed": _("A hard dispute settles the status, whatever the tier."),
        "not_supported": _(
            "A sound review found no difference, and the certainty is moderate or high: tested and failed."
        )
        if letter["tier"] == "C"
        else _("Tier %(tier)s without sound evidence of harm: tested and failed."),
        "harmful": _("Tier %(tier)s, with sound evidence of harm or a serious safety rating."),
        "unproven": _("Tier %(tier)s without a hard dispute: there is evidence, and it proves nothing yet."),
    }
    reached = _("Tier %(tier)s without a hard dispute reads: %(status)s.") % {
        **letter,
        "status": lowered(label("status", outcome)),
    }
    return lowered(label("status", outcome)), [texts[outcome] % letter if outcome in texts else reached]


def _no_tier(params: Mapping[str, Any]) -> str:
    return _("There is no tier to move.") if params["before"] == UNGRADED else ""


def _move(params: Mapping[str, Any]) -> str:
    if params["before"] == params["after"]:
        return _("The tier stays %(tier)s.") % {"tier": params["after"]}
    names = {"before": params["before"], "after": params["after"]}
    # S sorts after A to D as a letter and stands above them as a tier.
    best_first = "SABCD"
    if best_first.index(names["after"]) < best_first.index(names["before"]):
        return _("The tier rises from %(before)s to %(after)s.") % names
    return _("The tier falls from %(before)s to %(after)s.") % names


_TELLERS: Mapping[str, Callable[[Step, Trail], Outcome]] = {
    "compute_raw_score": score,
    "tier_from_score": tier,
    "apply_hec_rules": reviews,
    "tier_strict_requirement_check": demands,
    "apply_safety_cap": safety,
    "detect_disputes": disputes,
    "decide_status": status,
}
