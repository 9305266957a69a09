"""The instrument at the head of a grade: the score on its axis, and beside it the readings kept apart from it."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.drawing.limb import limb
from articles.views.exhibits.graded import Graded, tier_bands
from articles.words import effects
from articles.words.codes import label, lowered, meaning
from articles.words.numbers import joined, listed, weight


@dataclass(frozen=True)
class Reading:
    """One read-out: what it is, what it says, and a line beneath."""

    title: str
    value: str
    note: str


@dataclass(frozen=True)
class Instrument:
    """The picture of the score and the grade in words; size and certainty are never mixed into the grade."""

    picture: SafeString
    tier: str
    grade: str
    headline: str
    flags: tuple[str, ...]
    readings: tuple[Reading, ...]


def instrument(graded: Graded) -> Instrument:
    """Make the head of a grade's page."""
    verdict = graded.verdict
    status = label("status", verdict["status"])
    tier = _("Tier %(tier)s, %(status)s") % {"tier": verdict["tier"], "status": lowered(status)}
    return Instrument(
        picture=_picture(graded),
        tier=verdict["tier"],
        grade=verdict["reader_grade"],
        headline=tier,
        flags=tuple(graded.flags),
        readings=tuple(read(graded) for read in (_status, _certainty, _agreement, _level, _size, _safety)),
    )


def _picture(graded: Graded) -> SafeString:
    bands = tier_bands(graded.tables)
    borders = _("From left to right: %(borders)s.") % {
        "borders": listed(f"{one.tier} {weight(one.low)}" for one in bands)
    }
    if graded.score is None:
        said = [_("Not scored: too little is known."), borders]
    else:
        names = {"score": graded.score_text, "tier": graded.verdict["tier"]}
        said = [_("The score is %(score)s; the tier is %(tier)s.") % names, borders]
    return limb(
        graded.score,
        bounds=bands,
        tier=graded.verdict["tier"],
        printed=graded.score_text or _("Not scored"),
        caption=_("Score") if graded.score_text else _("too little is known"),
        title=_("The score on its axis, from D to S"),
        desc=joined(said),
    )


def _status(graded: Graded) -> Reading:
    status = graded.verdict["status"]
    return Reading(_("Status"), label("status", status), meaning("status", status))


def _certainty(graded: Graded) -> Reading:
    certainty = graded.verdict["certainty"]
    if certainty is None:
        return Reading(_("Certainty"), _("Not rated"), _("No human study carries weight."))
    return Reading(_("Certainty"), label("certainty", certainty), meaning("certainty", certainty))


def _agreement(graded: Graded) -> Reading:
    agreement = graded.verdict["agreement"]
    if agreement is None:
        return Reading(_("Agreement between layers"), _("Not measured"), _("There is no score to agree on."))
    word = label("agreement", agreement)
    if graded.is_contested:
        word = _("%(agreement)s; contested") % {"agreement": word}
    return Reading(_("Agreement between layers"), graded.agreement_text, word)


def _level(graded: Graded) -> Reading:
    level = graded.verdict["evidence_level"]
    direction = graded.level_direction or _("no human studies")
    return Reading(_("Evidence level"), f"{level} · {direction}", meaning("level", level))


def _size(graded: Graded) -> Reading:
    """The effect of the heaviest finding that states one: how large, apart from how sure."""
    stated = (row for row in graded.heaviest_first if row["role"] == "efficacy" and effects.estimate(row))
    finding = next((row for row in stated if graded.weights.get(row["id"])), None)
    if finding is None:
        return Reading(
            _("Size of effect"), _("Not stated"), _("No weighing study states its effect as a number.")
        )
    note = _(" · ").join(filter(None, [effects.interval(finding), finding["short_name"]]))
    return Reading(_("Size of effect"), effects.estimate(finding), note)


def _safety(graded: Graded) -> Reading:
    safety = graded.dossier["safety"]
    if safety is None:
        return Reading(_("Safety"), _("Not assessed"), _("Nobody has judged how safe it is."))
    return Reading(
        _("Safety"), meaning("safety", safety), _("Judged apart; it acts by rule and is never averaged.")
    )
