"""The words a line gets before any editor reads it, in both languages, from what is published. It changes nothing.

The grades themselves are no part of a line's text: mail and archive set them beside it.
"""

from collections.abc import Callable, Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Edition
from articles.words.codes import label, lowered, meaning
from articles.words.numbers import joined, listed
from evidence.models import Claim, ClaimText, GradeSnapshot, Study
from evidence.models.base import LANGUAGES, in_language
from evidence.models.claims import LANGUAGE_CHOICES
from evidence.verbs import texts
from evidence.words import FIELDS
from newsletter.models import IssueLine, IssueText

Kind = IssueLine.Kind
Said = dict[str, str]  # by language


def in_both(say: Callable[[str], str]) -> Said:
    """Return what `say` says in each language, that language being the active one."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = say(language)
    return said


def statement(claim: Claim) -> Said:
    """Return the approved sentence of a claim; empty where a language has none, for an editor to write."""
    return {language: text.statement if text else "" for language, text in _approved(claim).items()}


def why_graded(snapshot: GradeSnapshot) -> Said:
    """Return the approved line on why a claim stands where it stands; else what its grade means."""
    approved = _approved(snapshot.claim)

    def say(language: str) -> str:
        text = approved[language]
        return text.verdict_line if text else meaning("grade", snapshot.reader_grade)

    return in_both(say)


def why_regraded(before: GradeSnapshot, since: Sequence[GradeSnapshot]) -> Said:
    """Return the reasons of every grade since `before`, oldest first, and what moved where the grade did not."""
    newest = since[-1]

    def say(language: str) -> str:
        reasons = [in_language(one, "reason", language) for one in since]
        if not any(reasons):
            trigger = label("trigger", newest.trigger)
            reasons = [_("Graded again: %(trigger)s.") % {"trigger": lowered(trigger)}]
        return joined([_moved(before, newest), *dict.fromkeys(reasons)])

    return in_both(say)


def _moved(before: GradeSnapshot, after: GradeSnapshot) -> str:
    """Say what moved beneath a grade that stayed; nothing where the grade itself tells it."""
    if before.reader_grade != after.reader_grade:
        return ""
    if before.status != after.status:
        names = {"old": label("status", before.status), "new": label("status", after.status)}
        return _("The grade stays; its status went from “%(old)s” to “%(new)s”.") % names
    return _("The grade stays; its tier went from %(old)s to %(new)s.") % {
        "old": before.tier, "new": after.tier,
    }  # fmt: skip


def retraction(study: Study) -> Said:
    """Say that a work was retracted."""
    names = {"study": str(study), "journal": study.journal}
    return in_both(
        lambda _language: (
            (_("%(study)s, published in %(journal)s, was retracted.") if study.journal else _("%(study)s was retracted."))
            % names
        )
    )  # fmt: skip


def mended(study: Study, fields: Sequence[str]) -> Said:
    """Say that the reference to a work was mended, and in which fields it had differed from the record."""

    def say(_language: str) -> str:
        names = {"study": str(study), "fields": listed(str(FIELDS[name]) for name in fields)}
        told = _("The reference to %(study)s was mended: %(fields)s.")
        return (told if fields else _("The reference to %(study)s was mended.")) % names

    return in_both(say)


def why_retracted(claims: Sequence[Claim]) -> Said:
    """Say which claims rest on a retracted work; nothing where none does."""
    stated = [statement(claim) for claim in claims]

    def say(language: str) -> str:
        found = [one[language] for one in stated if one[language]]
        return joined([_("We cite it for:"), *found]) if found else ""

    return in_both(say)


def edition(new: Mapping[str, Edition], shown: Mapping[str, Edition]) -> Said:
    """Return the headline in each language; where only another language has news, say so.

    `new` are the editions that are news, `shown` those a reader of each language is led to.
    """
    news = next(iter(new.values()))

    def say(language: str) -> str:
        if language in new:
            return new[language].headline
        names = {"language": str(dict(LANGUAGE_CHOICES)[news.language])}
        if language in shown:
            return _("%(headline)s (what is new is in %(language)s)") % {
                **names, "headline": shown[language].headline,
            }  # fmt: skip
        names["hub"] = in_language(news.topic, "title", language)
        return _("%(hub)s: an article, so far only in %(language)s") % names

    return in_both(say)


def why_edition(new: Mapping[str, Edition]) -> Said:
    """Return the change note of a later edition, or what the first one is about."""

    def say(language: str) -> str:
        if language not in new:
            return ""
        note, number = new[language].note, new[language].number
        if number == "1.0":
            return str(new[language].content["dek"])
        return joined([_("Edition %(number)s.") % {"number": number}, note])

    return in_both(say)


def subject(kind: str, language: str, text: str, *, was: str, now: str) -> str:
    """Return a subject for an issue whose strongest line this is, cut to what a subject may hold."""
    with translation.override(language):
        if text and kind == Kind.REGRADE and was and was != now:
            names = {"old": label("grade", was), "new": label("grade", now), "statement": text}
            text = _("From %(old)s to %(new)s: %(statement)s") % names
    most = IssueText._meta.get_field("subject").max_length or 0
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _approved(claim: Claim) -> dict[str, ClaimText | None]:
    return {language: texts.latest_approved(claim, language) for language in LANGUAGES}
