"""What can be wrong with a text: a code, its place, and words for the editor who has to mend it.

The words are looked up when they are read, so that they speak the editor's language and not the article's.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop


class ProblemCode(StrEnum):
    """The renderer's vocabulary of faults; the publish gate refuses or warns by these codes."""

    CITE_UNKNOWN = "cite_unknown"
    CITE_MALFORMED = "cite_malformed"
    DIRECTIVE_UNKNOWN = "directive_unknown"
    DIRECTIVE_UNCLOSED = "directive_unclosed"
    DIRECTIVE_NOT_OPEN = "directive_not_open"
    DIRECTIVE_EMPTY = "directive_empty"
    HEADING_TOO_HIGH = "heading_too_high"
    HEADING_SKIPPED = "heading_skipped"
    HEADING_EMPTY = "heading_empty"
    TK_LEFT = "tk_left"
    RAW_HTML = "raw_html"
    LINK_REFUSED = "link_refused"
    IMAGE_INLINE = "image_inline"
    STATS_ROW_MALFORMED = "stats_row_malformed"
    STATS_ROW_UNCITED = "stats_row_uncited"
    QUOTE_UNATTRIBUTED = "quote_unattributed"
    FIGURE_KEY_MALFORMED = "figure_key_malformed"
    FIGURE_INCOMPLETE = "figure_incomplete"
    NESTED_TOO_DEEP = "nested_too_deep"
    USED_HOW_ROW_MALFORMED = "used_how_row_malformed"
    USED_HOW_ROW_UNCITED = "used_how_row_uncited"


_WORDS: dict[ProblemCode, tuple[str, str]] = {
    ProblemCode.CITE_UNKNOWN: (
        gettext_noop("No study is known as “%(detail)s”."),
        gettext_noop("Add the study, or correct the key."),
    ),
    ProblemCode.CITE_MALFORMED: (
        gettext_noop("“%(detail)s” looks like a citation and cannot be read as one."),
        gettext_noop("Write [@key], and put a semicolon between several: [@key; @pmid:30108163]."),
    ),
    ProblemCode.DIRECTIVE_UNKNOWN: (
        gettext_noop("There is no block called “%(detail)s”."),
        gettext_noop("Use callout, stats, quote, figure or used-how."),
    ),
    ProblemCode.DIRECTIVE_UNCLOSED: (
        gettext_noop("The block “%(detail)s” is never closed."),
        gettext_noop("Put ::: on a line of its own where the block ends."),
    ),
    ProblemCode.DIRECTIVE_NOT_OPEN: (
        gettext_noop("This ::: closes no block."),
        gettext_noop("Remove it, or open the block above it."),
    ),
    ProblemCode.DIRECTIVE_EMPTY: (
        gettext_noop("The block “%(detail)s” holds nothing to show."),
        gettext_noop("Fill it, or remove it."),
    ),
    ProblemCode.HEADING_TOO_HIGH: (
        gettext_noop("The heading “%(detail)s” is too high for this part of the page."),
        gettext_noop("Begin with ## in the body and with ### in the other parts."),
    ),
    ProblemCode.HEADING_SKIPPED: (
        gettext_noop("The heading “%(detail)s” skips a level."),
        gettext_noop("Go down one level at a time: ## before ###, ### before ####."),
    ),
    ProblemCode.HEADING_EMPTY: (
        gettext_noop("This heading has no words."),
        gettext_noop("Write the heading, or remove its line."),
    ),
    ProblemCode.TK_LEFT: (
        gettext_noop("A TK still stands here."),
        gettext_noop("Fill in what was to come."),
    ),
    ProblemCode.RAW_HTML: (
        gettext_noop("HTML such as “%(detail)s” is shown to readers as it is typed."),
        gettext_noop("Use Markdown or one of the blocks; write \\< for a plain less-than sign."),
    ),
    ProblemCode.LINK_REFUSED: (
        gettext_noop("The link to “%(detail)s” is not shown as a link."),
        gettext_noop("Link to http, https or mailto, or to a path on this site that begins with / or #."),
    ),
    ProblemCode.IMAGE_INLINE: (
        gettext_noop("The picture “%(detail)s” is shown as its alternative text only."),
        gettext_noop("Use a figure block, which carries caption, credit and licence."),
    ),
    ProblemCode.STATS_ROW_MALFORMED: (
        gettext_noop("“%(detail)s” is not a row of stat cards."),
        gettext_noop("Write: - number | what it counts | [@key]"),
    ),
    ProblemCode.STATS_ROW_UNCITED: (
        gettext_noop("The number “%(detail)s” names no source."),
        gettext_noop("Put the citation behind it: - number | what it counts | [@key]"),
    ),
    ProblemCode.QUOTE_UNATTRIBUTED: (
        gettext_noop("The quote does not say whose words these are."),
        gettext_noop("End it with a line: -- who, where [@key]. Words of the article itself need none."),
    ),
    ProblemCode.FIGURE_KEY_MALFORMED: (
        gettext_noop("“%(detail)s” is not the key of a picture."),
        gettext_noop("Name a picture or a plate: ::: figure image-key, or ::: figure plate:gut"),
    ),
    ProblemCode.FIGURE_INCOMPLETE: (
        gettext_noop("The figure lacks: %(detail)s."),
        gettext_noop(
            "Add a caption and the lines “alt:” and “credit:”; “alt: decorative” if it says nothing."
        ),
    ),
    ProblemCode.NESTED_TOO_DEEP: (
        gettext_noop("Lists or quotes are nested too deep here; what is deeper is not shown."),
        gettext_noop("Use fewer levels."),
    ),
    ProblemCode.USED_HOW_ROW_MALFORMED: (
        gettext_noop("“%(detail)s” is not a row of this table."),
        gettext_noop("Write: - dose | for whom | what the evidence says | [@key]"),
    ),
    ProblemCode.USED_HOW_ROW_UNCITED: (
        gettext_noop("The use “%(detail)s” names no source."),
        gettext_noop("Put the citation behind it: - dose | for whom | what the evidence says | [@key]"),
    ),
}


@dataclass(frozen=True)
class Problem:
    """One fault at one line (counted from 1) of one segment; `detail` is the piece of text it is about."""

    code: ProblemCode
    segment: str
    line: int
    detail: str = ""

    @property
    def what(self) -> str:
        """Say what is wrong, in the language of whoever reads it now."""
        return gettext(_WORDS[self.code][0]) % {"detail": self.detail}

    @property
    def way_out(self) -> str:
        """Say how to mend it, in the language of whoever reads it now."""
        return gettext(_WORDS[self.code][1])


@dataclass
class Findings:
    """What parsing one segment has to report; travels in the parser's environment."""

    segment: str
    block_line: int = 0
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: ProblemCode, line: int, detail: str = "") -> None:
        """Record a fault; `line` counts from 0, as the parser counts."""
        shown = detail if len(detail) <= 80 else f"{detail[:79]}…"
        self.problems.append(Problem(code, self.segment, line + 1, shown))
