"""Plain text as LaTeX and back, for the values of BibTeX; pylatexenc knows the accents and the macros."""

import re

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.latexwalker import LatexWalkerError

from evidence.sources.wording import tidy

_SIGNS = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
}  # fmt: skip
_ESCAPED = re.compile("|".join(map(re.escape, _SIGNS)))
# LaTeX joins these into one sign unless something stands between them.
_JOINED = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=[?!])(?=`)")
_SPEAKS_LATEX = re.compile(r"[\\{}$~^]|--|``|''|[?!]`")
# Many programs leave these bare; LaTeX would take the rest of the line, or a column, away.
_BARE = re.compile(r"(?<!\\)([%&#])")


def escaped(text: str) -> str:
    """Return LaTeX that prints the text; letters outside ASCII stay themselves (UTF-8)."""
    return _JOINED.sub("{}", _ESCAPED.sub(lambda sign: _SIGNS[sign[0]], text))


def unescaped(latex: str) -> str:
    """Return the plain text of a value: accents composed, markup and braces taken away, on one line.

    What cannot be read as LaTeX is kept as it stands.
    """
    if not _SPEAKS_LATEX.search(latex):
        return tidy(re.sub(r"\\([%&#])", r"\1", latex))
    try:
        return tidy(_READER.latex_to_text(_BARE.sub(r"\\\1", latex)))
    except (LatexWalkerError, RecursionError, ValueError, IndexError, AttributeError):
        return tidy(latex)


def _reader() -> LatexNodes2Text:
    known = get_default_latex_context_db()
    macros = [
        MacroTextSpec("url", simplify_repl="%s"),
        MacroTextSpec("textasciicircum", simplify_repl="^"),
        MacroTextSpec("textbraceleft", simplify_repl="{"),
        MacroTextSpec("textbraceright", simplify_repl="}"),
    ]
    known.add_context_category("bibtex", prepend=True, macros=macros)
    return LatexNodes2Text(latex_context=known, math_mode="text")


_READER = _reader()
