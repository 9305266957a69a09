"""Codes in words: labels where the models have them, and what a code means where a label does not say enough."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.words.numbers import listed
from evidence.models import Finding, GradeOverride, GradeSnapshot, LiveNotice, Outcome, Study, StudyRecord
from evidence.models import codes as coded

Words = Mapping[str, Promise]

# The choices whose codes reach a page, by the name templates ask for them.
CHOICES: Mapping[str, type[TextChoices]] = {
    "agreement": coded.Agreement,
    "answer": coded.Answer,
    "benchmark": coded.BenchmarkGrade,
    "better": coded.Better,
    "certainty": coded.Certainty,
    "design": coded.Design,
    "direction": coded.Direction,
    "directness": coded.Directness,
    "funding": Finding.Funding,
    "grade": coded.ReaderGrade,
    "layer": coded.Layer,
    "measure": coded.Measure,
    "notice": LiveNotice.Kind,
    "origin": StudyRecord.Origin,
    "outcome": Outcome,
    "override_reason": GradeOverride.Reason,
    "precision": coded.Precision,
    "quality": coded.Quality,
    "question": coded.Question,
    "recheck": coded.RecheckVerdict,
    "relevance": coded.Relevance,
    "role": coded.FindingRole,
    "route": Finding.Route,
    "stance": coded.Stance,
    "standing": Study.Standing,
    "state": coded.State,
    "status": coded.Status,
    "trigger": GradeSnapshot.Trigger,
}

SAFETY: Words = {"none": _("No concern"), "caution": _("Caution"), "serious": _("Serious")}
FLAGS: Words = {"contested": _("Contested"), "harm_signal": _("Harm signal")}
CLAIM_TYPES: Words = {
    "intervention": _("Does it work? A claim about an intervention"),
    "physiology": _("How does the body work? A claim about physiology"),
}

GRADES: Words = {
    "strong": _("Several sound sources agree that it works."),
    "moderate": _("Sound evidence says that it works; more would make it certain."),
    "emerging": _("A first sound result says that it works."),
    "weak": _("Too thin or too divided to rely on. Weak is not against."),
    "unsupported": _("Hardly tested: too little is known for a grade."),
    "against": _("Tested and failed, or found to harm."),
}
STATUSES: Words = {
    "established": _("The evidence settles it."),
    "supported": _("The evidence supports it."),
    "preliminary": _("The first sound evidence supports it."),
    "unproven": _("There is evidence, and it proves nothing yet."),
    "not_supported": _("It was tested, and the tests found no benefit."),
    "harmful": _("Sound evidence, or a serious safety concern, says that it harms."),
    "disputed": _("Sound evidence stands on both sides."),
    "insufficient": _("Too little is known to say anything."),
}
TIERS: Words = {
    "S": _("the highest tier"),
    "A": _("the second tier"),
    "B": _("the third tier"),
    "C": _("the fourth tier"),
    "D": _("the lowest tier"),
    "U": _("not scored: too little is known"),
}
LEVELS: Words = {
    "E1": _("Two or more sound reviews of randomised trials, all pointing one way"),
    "E2": _("One sound review of randomised trials, and a sound trial that points the same way"),
    "E3": _("At least one sound review of randomised trials, standing alone or contradicted"),
    "E4": _("Randomised trials or reviews of them, none of them a sound review"),
    "E5": _("Observational studies in people only"),
    "E6": _("Mechanism only"),
    "E7": _("No evidence recorded"),
}
HEC: Words = {
    "positive": _("Sound reviews found benefit"),
    "conflict": _("Sound reviews contradict one another"),
    "null": _("Sound reviews found no difference"),
    "harm": _("Sound reviews found harm"),
    "none": _("No sound review decides"),
    "not_applicable": _("Does not apply"),
}
LEFT_OUT: Words = {
    "not_yet_checked": _("Its record has not been checked yet."),
    "notice_cited": _("It is itself a notice about another work, not a study."),
    "wrong_work": _("Its record is that of another work than the one cited."),
    "not_found": _("No work was found under the identifier it is cited by."),
}
SOURCE_ROLES: Words = {
    "finding": _("weighed as a finding"),
    "mechanism": _("read for the mechanism"),
    "background": _("read as background"),
}
READERS: Words = {"person": _("A person"), "model": _("A language model")}
TOOLS: Words = {"AMSTAR-2": _("by AMSTAR-2"), "RoB 2": _("by RoB 2"), "none": _("without an instrument")}

MEANINGS: Mapping[str, Words] = {
    "certainty": {
        "high": _("Further studies are unlikely to change it."),
        "moderate": _("Further studies may change it."),
        "low": _("Further studies will probably change it."),
        "very_low": _("We know very little."),
    },
    "claim_type": CLAIM_TYPES,
    "flag": FLAGS,
    "grade": GRADES,
    "hec": HEC,
    "left_out": LEFT_OUT,
    "level": LEVELS,
    "reader": READERS,
    "safety": SAFETY,
    "source_role": SOURCE_ROLES,
    "status": STATUSES,
    "tier": TIERS,
    "tool": TOOLS,
}


def label(kind: str, code: str) -> str:
    """Return the label of a code; raise ValueError for a code that nobody has worded, so that none slips through."""
    return str(CHOICES[kind](code).label)


def meaning(kind: str, code: str) -> str:
    """Return what a code means, as a phrase or a sentence; raise ValueError for a code that nobody has worded."""
    if code not in MEANINGS[kind]:
        raise ValueError(f"{kind}: no words for {code!r}")
    return str(MEANINGS[kind][code])


def lowered(text: str) -> str:
    """Return a label for use inside a line: its first letter small, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def layers_named(layers: list[str]) -> str:
    """Name layers with their codes: Human studies (L2), Mechanism (L3)."""
    return listed(_("%(name)s (%(code)s)") % {"name": label("layer", code), "code": code} for code in layers)
