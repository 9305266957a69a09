"""One article from Markdown to what readers get: parse each segment, number the citations, write it out."""

import re
from dataclasses import dataclass
from functools import cache

from django.utils import translation
from markdown_it import MarkdownIt
from markdown_it.token import Token

from articles.rendering.chinese import count_words, emphasis_rule, reading_minutes
from articles.rendering.cites import cite_rule
from articles.rendering.directives import directive_rule
from articles.rendering.gathering import Gathered
from articles.rendering.headings import Headings
from articles.rendering.inline import html_rule, language_rule, parse_inlines
from articles.rendering.links import apply_link_policy
from articles.rendering.numbering import Numbering
from articles.rendering.plain import block_text
from articles.rendering.problems import Findings, Problem, ProblemCode
from articles.rendering.records import Rendered, Resolver, Source
from articles.rendering.sanitising import sanitised
from articles.rendering.tables import settle_tables
from articles.rendering.web import WebRenderer

# Raise it with every change that alters the HTML of an unchanged text: editions keep it beside their HTML.
RENDERER_VERSION = "1"

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TK = re.compile(r"(?<![A-Za-z0-9])(?:TK)+(?![A-Za-z0-9])")

_DEEPEST = 50
_INTERRUPTED = ["paragraph", "reference", "blockquote", "list"]


class _Grammar(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # the parser's own name
        """Parse every address as a link, so that the policy can report the refused ones with their line."""
        return True


@dataclass
class _Segment:
    name: str
    tokens: list[Token]
    findings: Findings


def render(source: Source, resolve: Resolver, language: str) -> Rendered:
    """Render an article in one language (a Django code: en, zh-hant).

    Raises nothing over what an editor typed: every fault becomes a problem with its line, and its text
    stays readable. The same source and answers of `resolve` give the same result, byte for byte.
    """
    with translation.override(language):
        headings, numbering = Headings(), Numbering(resolve)
        segments = [_parse(name, text, headings) for name, text in source.segments()]
        for segment in segments:
            numbering.number(segment.tokens, segment.findings)
        text = {segment.name: block_text(segment.tokens) for segment in segments}
        gathered = Gathered()
        for segment in segments:
            gathered.gather(segment.tokens, segment.findings, everything="\n".join(text.values()))
        characters, words = _count(segments)
        return Rendered(
            html={segment.name: _html(segment) for segment in segments},
            text=text,
            references=numbering.references(),
            headings=tuple(headings.found),
            stat_rows=tuple(gathered.stat_rows),
            figures=tuple(gathered.figures),
            problems=tuple(problem for segment in segments for problem in _problems(segment)),
            words=characters + words,
            reading_minutes=reading_minutes(characters, words),
        )


def to_text(rendered: Rendered) -> str:
    """Give the whole article as plain text, for search and descriptions; citations read [4]."""
    return "\n\n".join(text for text in rendered.text.values() if text)


@cache
def _parser() -> _Grammar:
    """Build the grammar: CommonMark 0.31.2 and tables, no typed HTML, and the rules of this package."""
    options = {"html": False, "xhtmlOut": False, "maxNesting": _DEEPEST}
    md = _Grammar("commonmark", options, renderer_cls=WebRenderer)
    md.enable("table")
    md.core.ruler.at("inline", parse_inlines)
    md.inline.ruler.at("emphasis", emphasis_rule)
    md.inline.ruler.before("link", "language", language_rule)
    md.inline.ruler.after("link", "cite", cite_rule)
    md.inline.ruler.before("html_inline", "typed_html", html_rule)
    md.block.ruler.before("fence", "directive", directive_rule, {"alt": _INTERRUPTED})
    return md


def _parse(name: str, text: str, headings: Headings) -> _Segment:
    findings = Findings(name)
    text = _UNPRINTABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    for line, typed in enumerate(text.split("\n")):
        if _TK.search(typed):
            findings.report(ProblemCode.TK_LEFT, line, typed.strip())
    tokens = _parser().parse(text, {"findings": findings})
    deepest = max(tokens, key=lambda token: token.level, default=None)
    if deepest and deepest.level >= _DEEPEST - 1:
        findings.report(ProblemCode.NESTED_TOO_DEEP, deepest.map[0] if deepest.map else 0)
    apply_link_policy(tokens, findings)
    tokens = headings.apply(tokens, findings)
    settle_tables(tokens)
    return _Segment(name, tokens, findings)


def _html(segment: _Segment) -> str:
    md = _parser()
    return sanitised(md.renderer.render(segment.tokens, md.options, {}))


def _count(segments: list[_Segment]) -> tuple[int, int]:
    return count_words("\n".join(block_text(segment.tokens, with_cites=False) for segment in segments))


def _problems(segment: _Segment) -> list[Problem]:
    return sorted(segment.findings.problems, key=lambda problem: problem.line)
