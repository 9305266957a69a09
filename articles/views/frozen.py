"""From an edition's stored HTML to what a page shows: pictures, links to headings, notes on claims in the margin.

The stored HTML itself is never changed. Making it is the renderer's work, keeping it the edition's.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from articles.drawing.gut import gut
from articles.drawing.night import night
from articles.drawing.people import Arm, people
from articles.rendering import place_pictures
from articles.views.frame import worded

_HEADING = re.compile(
    r'<h(?P<level>[23])(?P<attributes>[^>]* id="(?P<id>s-[^"]+)"[^>]*)>(?P<text>.*?)</h(?P=level)>'
)
_SECTION = re.compile(r"(?=<h2[ >])")
_CITED = re.compile(r'data-n="(\d+)"')


@dataclass(frozen=True)
class Note:
    """A claim's note for the margin: the numbers of the references it rests on, and its markup."""

    references: frozenset[int]
    html: SafeString


def segment(content: dict[str, Any], name: str, notes: Sequence[Note] = ()) -> SafeString:
    """Return one segment of an edition as a page shows it: with pictures, linked headings and margin notes."""
    stored = place_pictures(content["html"][name], _draughtsman(content["figures"]))
    with_notes = _with_notes(_HEADING.sub(_linked, stored), list(notes))
    # The one place where stored HTML becomes markup again. It is safe because the renderer made it from Markdown
    # without raw HTML, nh3 reduced it to our own tags and attributes, and an edition cannot be changed afterwards;
    # what is added here was built by format_html.
    return mark_safe(with_notes)  # noqa: S308


def _linked(heading: re.Match[str]) -> str:
    label = _("Link to this section")
    anchor = format_html('<a class="anchor" href="#{}" aria-label="{}">#</a>', heading["id"], label)
    return f"<h{heading['level']}{heading['attributes']}>{heading['text']}{anchor}</h{heading['level']}>"


def _with_notes(html: str, notes: list[Note]) -> str:
    """Put at most one note in each section: the claim that rests on most of what the section cites."""
    sections = _SECTION.split(html)
    for place, section in enumerate(sections):
        cited = {int(number) for number in _CITED.findall(section)}
        best = max(notes, key=lambda note: _share(note, cited), default=None)
        if best is not None and _share(best, cited) > 0 and "<p>" in section:
            sections[place] = section.replace("<p>", f"{best.html}<p>", 1)
            notes.remove(best)
    return "".join(sections)


def _share(note: Note, cited: set[int]) -> float:
    return len(note.references & cited) / len(note.references) if note.references else 0.0


def _draughtsman(figures: dict[str, Any]) -> Callable[[str, str], str | None]:
    """Return what draws a figure by its key; a key without drawing keeps its frame and its hidden words."""

    def draw(key: str, alt: str) -> str | None:
        if key in figures:
            # Its words stand visibly above the marks, so the alternative text would only say them twice.
            return people([_arm(arm) for arm in figures[key]["arms"]])
        if key == "plate:gut":
            return gut(title=alt, prefix="figure-gut")
        return night(title=alt, prefix="figure-night") if key == "plate:night" else None

    return draw


def _arm(arm: dict[str, Any]) -> Arm:
    printed = _("%(events)s of %(people)s") % {"events": arm["events"], "people": arm["n"]}
    return Arm(worded(arm["label"]).text, hits=arm["events"], total=arm["n"], printed=printed)
