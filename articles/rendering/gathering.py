"""What the publish gate has to know of the blocks in a text: numbers, uses, figures and quotes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token

from articles.rendering.plain import block_text
from articles.rendering.problems import Findings, ProblemCode
from articles.rendering.records import Figure, StatRow


@dataclass
class Gathered:
    """The numbers and figures of one article, in reading order."""

    stat_rows: list[StatRow] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def gather(self, tokens: list[Token], findings: Findings, *, everything: str) -> None:
        """Read one numbered segment, reporting what names no source.

        `everything` is the text of the whole article, among which a pull quote finds its own words.
        """
        for row, inside in _within(tokens, "stat_row"):
            self._add_stat(row, inside, findings)
        for row, inside in _within(tokens, "tr"):
            if row.meta.get("use") and not _work_ids(inside):
                findings.report(ProblemCode.USED_HOW_ROW_UNCITED, row.meta["line"], _first(inside))
        for quote, inside in _within(tokens, "quote"):
            words = block_text(inside)
            if words and not quote.meta["attributed"] and everything.count(words) < 2:
                findings.report(ProblemCode.QUOTE_UNATTRIBUTED, quote.meta["line"])
        for token in tokens:
            if token.type == "figure_frame":
                self.figures.append(Figure(**token.meta, segment=findings.segment))

    def _add_stat(self, row: Token, inside: list[Token], findings: Findings) -> None:
        label, value = (block_text([token], with_cites=False) for token in inside if token.type == "inline")
        line: int = row.meta["line"]
        work_ids = _work_ids(inside)
        if not work_ids:
            findings.report(ProblemCode.STATS_ROW_UNCITED, line, value)
        self.stat_rows.append(StatRow(value, label, work_ids, findings.segment, line + 1))


def _within(tokens: list[Token], kind: str) -> Iterator[tuple[Token, list[Token]]]:
    """Yield each opening token of a kind with the tokens up to its closing one."""
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.type == f"{kind}_open":
            opened.append(index)
        elif token.type == f"{kind}_close":
            start = opened.pop()
            yield tokens[start], tokens[start + 1 : index]


def _work_ids(tokens: list[Token]) -> tuple[str, ...]:
    cites = [child for token in tokens for child in token.children or () if child.type == "cite"]
    places = [place for cite in cites for place in cite.meta["places"]]
    return tuple(dict.fromkeys(place.work_id for place in places if place.work_id))


def _first(tokens: list[Token]) -> str:
    return next(block_text([token], with_cites=False) for token in tokens if token.type == "inline")
