"""The rows of an Evidence Radar and its dial: an edition's pinned claims, with what stands about them today."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.drawing.dial import Blip, dial
from articles.drawing.frame import grade_mark
from articles.views.frozen import Note
from articles.views.standing import Regraded, Standing
from evidence.models.codes import ReaderGrade


@dataclass(frozen=True)
class Row:
    """One claim of the Radar: its grade as pinned, its flags of then and of today."""

    number: int
    slug: str
    statement: str
    grade: str
    cites: int
    year: int | None
    flags: tuple[str, ...]
    regraded: Regraded | None


def rows(claims: Sequence[dict[str, Any]], today: Standing) -> list[Row]:
    """Return the Radar's rows in their order."""
    return [
        Row(
            number=number,
            slug=claim["slug"],
            statement=claim["statement"],
            grade=claim["grade"],
            cites=claim["cites"],
            year=claim["newest_year"],
            flags=(*claim["flags"], *today.notices(claim["code"])),
            regraded=today.regraded(claim["code"], pinned=claim["snapshot"], grade=claim["grade"]),
        )
        for number, claim in enumerate(claims, start=1)
    ]


def grade_word(grade: str) -> str:
    """Return a grade's word in the page's language."""
    return str(ReaderGrade(grade).label)


def ring_names() -> dict[str, str]:
    """Return the word of every grade, for the rings of a dial."""
    return {grade.value: str(grade.label) for grade in ReaderGrade}


def picture(shown: Sequence[Row]) -> SafeString:
    """Draw the dial; its description says what the list beside it says."""
    title = ngettext(
        "%(count)s claim on the Evidence Radar", "%(count)s claims on the Evidence Radar", len(shown)
    )
    lines = [
        _("%(number)s, %(grade)s: %(statement)s")
        % {"number": row.number, "grade": grade_word(row.grade), "statement": row.statement}
        for row in shown
    ]
    return dial(
        [Blip(row.number, row.grade) for row in shown],
        rings=ring_names(),
        title=title % {"count": len(shown)},
        desc=" ".join([_("Six rings, the firmest evidence in the middle."), *lines]),
    )


def notes(
    claims: Sequence[dict[str, Any]], shown: Sequence[Row], references: Sequence[dict[str, Any]]
) -> list[Note]:
    """Return a note on each claim for the margin of the text, with the references it rests on."""
    numbers = {reference["citekey"]: reference["number"] for reference in references}
    return [
        Note(frozenset(numbers[key] for key in claim["works"] if key in numbers), _note(row))
        for claim, row in zip(claims, shown, strict=True)
    ]


def _note(row: Row) -> SafeString:
    return format_html(
        '<div class="side claimnote" role="note">{}<p><a href="#claim-{}">{}</a></p></div>',
        grade_mark(row.grade, grade_word(row.grade)),
        row.number,
        row.statement,
    )
