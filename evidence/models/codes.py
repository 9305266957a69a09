"""The engine's codes with their words, as choices for forms and pages. A test keeps them equal to the engine's tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Design(models.TextChoices):
    """How a study was done."""

    SR_RCT = "sr_rct", _("Systematic review of randomised trials")
    RCT = "rct", _("Randomised controlled trial")
    SR_OBS = "sr_obs", _("Systematic review of observational studies")
    NRSI = "nrsi", _("Non-randomised study of an intervention")
    COHORT = "cohort", _("Cohort study")
    CASE_CONTROL = "case_control", _("Case-control study")
    CROSS_SECTIONAL = "cross_sectional", _("Cross-sectional study")
    CASE_SERIES = "case_series", _("Case series")
    PRECLINICAL = "preclinical", _("Preclinical study")
    NARRATIVE = "narrative", _("Narrative review")
    GUIDELINE = "guideline", _("Guideline")


class Quality(models.TextChoices):
    """Overall result of AMSTAR-2 or RoB 2."""

    HIGH = "high", _("High")
    MODERATE = "moderate", _("Moderate")
    UNRATED = "unrated", _("Unrated")
    LOW = "low", _("Low")
    CRITICALLY_LOW = "critically_low", _("Critically low")


class Precision(models.TextChoices):
    """How imprecise the estimate is."""

    ADEQUATE = "adequate", _("Adequate")
    SERIOUS = "serious", _("Seriously imprecise")
    VERY_SERIOUS = "very_serious", _("Very seriously imprecise")


class Directness(models.TextChoices):
    """How near population, intervention and outcome are to the claim's."""

    DIRECT = "direct", _("Direct")
    PARTIAL = "partial", _("Partly direct")
    INDIRECT = "indirect", _("Indirect")


class Direction(models.TextChoices):
    """Which way the result points."""

    BENEFIT = "benefit", _("Benefit")
    MIXED = "mixed", _("Mixed")
    NSD = "nsd", _("No significant difference")
    NO_EFFECT = "no_effect", _("No effect")
    HARM = "harm", _("Harm")


class State(models.TextChoices):
    """What has become of the work, in the engine's words."""

    CURRENT = "current", _("Current")
    CORRECTED = "corrected", _("Corrected")
    PREPRINT = "preprint", _("Preprint")
    CONCERN = "concern", _("Expression of concern")
    RETRACTED = "retracted", _("Retracted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class FindingRole(models.TextChoices):
    """Whether a finding speaks to efficacy (layer L2) or to safety."""

    EFFICACY = "efficacy", _("Efficacy")
    SAFETY = "safety", _("Safety")


class Measure(models.TextChoices):
    """The effect measure; ratios have the null value 1, differences 0."""

    RR = "RR", _("Risk ratio")
    OR = "OR", _("Odds ratio")
    HR = "HR", _("Hazard ratio")
    MD = "MD", _("Mean difference")
    WMD = "WMD", _("Weighted mean difference")
    SMD = "SMD", _("Standardised mean difference")
    RD = "RD", _("Risk difference")


RATIOS = frozenset({Measure.RR, Measure.OR, Measure.HR})


class Better(models.TextChoices):
    """Whether a higher or a lower value is the benefit."""

    HIGHER = "higher", _("Higher is better")
    LOWER = "lower", _("Lower is better")


class Layer(models.TextChoices):
    """The evidence layers of the engine."""

    L1 = "L1", _("Outside benchmarks")
    L2 = "L2", _("Human studies")
    L3 = "L3", _("Mechanism")
    L4 = "L4", _("Regulators")
    L5 = "L5", _("Clinical bodies")
    L6 = "L6", _("Safety")
    L11 = "L11", _("Blind re-check")


class Stance(models.TextChoices):
    """What a body holds of the claim."""

    SUPPORTIVE = "supportive", _("Supportive")
    QUALIFIED = "qualified", _("Supportive with conditions")
    NEUTRAL = "neutral", _("Neutral")
    CAUTIOUS = "cautious", _("Cautious")
    AGAINST = "against", pgettext_lazy("stance", "Against")


class Relevance(models.TextChoices):
    """How much the position speaks to this claim."""

    DIRECT = "direct", _("Direct")
    RELATED = "related", _("Related")
    OFF_TOPIC = "off_topic", _("Off topic")


class Question(models.TextChoices):
    """The five questions asked of a mechanism."""

    TARGET = "target", _("Does it act on a plausible target?")
    MODEL = "model", _("Does it work in a relevant model?")
    HUMAN_MARKER = "human_marker", _("Does a marker move in people?")
    EXPOSURE = "exposure", _("Does enough of it get there?")
    POPULATION = "population", _("Do the people it is sold to have the problem?")


class Answer(models.TextChoices):
    """An answer to a question of mechanism."""

    YES = "yes", _("Yes")
    PARTIAL = "partial", _("In part")
    NO = "no", _("No")


class BenchmarkGrade(models.TextChoices):
    """The letter an outside grader gives."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    F = "F", "F"


class RecheckVerdict(models.TextChoices):
    """What a blind second reader finds."""

    SUPPORTS = "supports", _("Supports")
    LEANS_SUPPORT = "leans_support", _("Leans towards support")
    MIXED = "mixed", _("Mixed")
    LEANS_AGAINST = "leans_against", _("Leans against")
    AGAINST = "against", pgettext_lazy("re-check", "Against")


class Tier(models.TextChoices):
    """The engine's tiers; U is lack of coverage, never a score band."""

    S = "S", "S"
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    U = "U", "U"


class ReaderGrade(models.TextChoices):
    """The one word readers see. Weak is too thin or divided to rely on; against is tested and failed;
    unsupported is hardly tested.
    """

    STRONG = "strong", _("Strong")
    MODERATE = "moderate", _("Moderate")
    EMERGING = "emerging", _("Emerging")
    WEAK = "weak", _("Weak")
    UNSUPPORTED = "unsupported", _("Unsupported")
    AGAINST = "against", _("Against")


class Status(models.TextChoices):
    """The engine's verdict on a claim's standing."""

    ESTABLISHED = "established", _("Established")
    SUPPORTED = "supported", _("Supported")
    PRELIMINARY = "preliminary", _("Preliminary")
    UNPROVEN = "unproven", _("Unproven")
    NOT_SUPPORTED = "not_supported", _("Not supported")
    HARMFUL = "harmful", _("Harmful")
    DISPUTED = "disputed", _("Disputed")
    INSUFFICIENT = "insufficient", _("Insufficient evidence")


class Certainty(models.TextChoices):
    """GRADE's certainty of the evidence."""

    HIGH = "high", _("High")
    MODERATE = "moderate", _("Moderate")
    LOW = "low", _("Low")
    VERY_LOW = "very_low", _("Very low")


class Agreement(models.TextChoices):
    """How far the layers agree with one another."""

    VERY_CONSISTENT = "very_consistent", _("Very consistent")
    BROADLY_CONSISTENT = "broadly_consistent", _("Broadly consistent")
    MIXED = "mixed", _("Mixed")
    CONFLICTING = "conflicting", _("Conflicting")


class RobDomain(models.TextChoices):
    """The five domains of RoB 2 (Sterne 2019)."""

    RANDOMISATION = "randomisation", _("How people were randomised")
    DEVIATIONS = "deviations", _("Deviations from the intended intervention")
    MISSING = "missing", _("Missing outcome data")
    MEASUREMENT = "measurement", _("How the outcome was measured")
    SELECTION = "selection", _("Selection of the reported result")


class AmstarItem(models.TextChoices):
    """The sixteen items of AMSTAR-2 (Shea 2017), shortened; a star marks the critical ones."""

    PICO = "1", _("1 Question with people, intervention, comparator, outcome")
    PROTOCOL = "2", _("2* Protocol before the review")
    DESIGNS = "3", _("3 Choice of study designs explained")
    SEARCH = "4", _("4* Comprehensive search")
    SELECTED_TWICE = "5", _("5 Studies selected by two people")
    EXTRACTED_TWICE = "6", _("6 Data extracted by two people")
    EXCLUDED = "7", _("7* Excluded studies listed with reasons")
    DESCRIBED = "8", _("8 Included studies described")
    BIAS_RATED = "9", _("9* Risk of bias rated soundly")
    FUNDING = "10", _("10 Funding of the studies reported")
    POOLING = "11", _("11* Suitable methods of pooling")
    BIAS_IN_POOLING = "12", _("12 Influence of bias on the pooled result")
    BIAS_DISCUSSED = "13", _("13* Bias weighed when interpreting")
    HETEROGENEITY = "14", _("14 Heterogeneity explained")
    PUBLICATION_BIAS = "15", _("15* Publication bias looked into")
    CONFLICTS = "16", _("16 Conflicts of interest reported")


class AppraisalAnswer(models.TextChoices):
    """How a question of RoB 2 or AMSTAR-2 may be answered."""

    LOW = "low", pgettext_lazy("risk of bias", "Low risk")
    SOME_CONCERNS = "some_concerns", _("Some concerns")
    HIGH = "high", pgettext_lazy("risk of bias", "High risk")
    YES = "yes", _("Yes")
    PARTIAL_YES = "partial_yes", _("Partly yes")
    NO = "no", _("No")
    NOT_POOLED = "not_pooled", _("Nothing was pooled")
