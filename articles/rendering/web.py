"""The HTML renderer for the web: one method a kind of token, everything else as the parser's own does.

What feeds and mail need later is another renderer over the same tokens.
"""

from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from articles.rendering.chinese import joins_without_space
from articles.rendering.cites import cite_html
from articles.rendering.tables import table_opening


class WebRenderer(RendererHTML):
    """Named methods are found by the parser's renderer through the type of a token."""

    def cite(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return cite_html(tokens[idx].meta["places"])

    def softbreak(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return "" if joins_without_space(list(tokens), idx) else "\n"

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.fence(tokens, idx, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return table_opening(tokens[idx])

    def table_close(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return "</table></div>\n"

    def callout_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<div class="callout" role="note">\n'

    def callout_title_open(
        self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        return '<p class="lbl">'

    def stats_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<dl class="stats">\n'

    def quote_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<figure class="pull">\n'

    def figure_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<figure class="fig">\n'

    def figure_frame(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        meta = tokens[idx].meta
        alt = f'<p class="vh">{escape(meta["alt"])}</p>' if meta["alt"] else ""
        return f'<div class="frame" data-figure="{meta["key"]}">{alt}</div>\n'

    def credit_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<p class="credit">'
