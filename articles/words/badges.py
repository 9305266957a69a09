"""The badge of checked citations in words, and what each source says of a work. Counting is evidence/badge.py's."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.words.codes import Words, label
from evidence.badge import Badge

# What stands against works, as the badge counts them: "1 corrected".
STANDINGS: Words = {
    "corrected": gettext_lazy("%(number)s corrected"),
    "newer_version_exists": gettext_lazy("%(number)s with a newer version"),
    "preprint": gettext_lazy("%(number)s not yet reviewed by peers"),
    "concern": gettext_lazy("%(number)s under an expression of concern"),
    "replaced": gettext_lazy("%(number)s retracted and replaced"),
    "retracted": gettext_lazy("%(number)s retracted"),
    "withdrawn": gettext_lazy("%(number)s withdrawn"),
}
# Why a source says nothing of a work, by the state of its answer. An absence is never "clean".
SILENCES: Words = {
    "absent": gettext_lazy("knows no such work"),
    "elsewhere": gettext_lazy("not listed"),
    "unavailable": gettext_lazy("did not answer"),
    "not_asked": gettext_lazy("not asked"),
}


def counted(badge: Badge, day: str) -> list[str]:
    """Say the counts, one part each; `day` is that of `checked_at`, as the page writes dates.

    Demonstration replies are named first and never called a check.
    """
    parts = [*_recorded(badge), *_asked(badge)]
    parts += [STANDINGS[status.value] % {"number": number} for status, number in badge.standings]
    if badge.mended:
        parts.append(_("%(number)s mended from the record") % {"number": badge.mended})
    if badge.asked and day:
        parts.append(_("checked %(day)s") % {"day": day})
    return [str(part) for part in parts]


def _recorded(badge: Badge) -> Iterator[str]:
    if badge.recorded:
        yield _("Demonstration replies, not asked of PubMed")
        counts = {"number": badge.compared, "works": badge.recorded}
        yield _("%(number)s of %(works)s compared") % counts


def _asked(badge: Badge) -> Iterator[str]:
    if badge.asked:
        exist = ngettext(
            "%(number)s of %(works)s identifier exists", "%(number)s of %(works)s identifiers exist", badge.asked
        )  # fmt: skip
        match = ngettext(
            "%(number)s of %(works)s record matches", "%(number)s of %(works)s records match", badge.asked
        )  # fmt: skip
        yield exist % {"number": badge.exist, "works": badge.asked}
        yield match % {"number": badge.match, "works": badge.asked}


def said(standing: str) -> str:
    """Say what a source says of a work's standing."""
    if standing == "not_listed":
        return str(SILENCES["elsewhere"])
    return _("no notice against it") if standing == "current" else label("standing", standing)


def silent(state: str) -> str:
    """Say why a source says nothing."""
    return str(SILENCES[state])


def answered(outcome: str, standing: str) -> str:
    """Say what the services answered in one check, whatever anybody had cited: a comparison may be of a draft."""
    if outcome in {"not_found", "notice_cited", "not_checkable_now", "preprint_superseded"}:
        return label("outcome", outcome)
    return said(standing)
