"""Puts pictures into the frames that rendered figures left for them; drawing them is the caller's work."""

import re
from collections.abc import Callable
from html import unescape

_FRAME = re.compile(
    r'<div class="frame" data-figure="(?P<key>[a-z0-9:_-]+)">(?:<p class="vh">(?P<alt>[^<]*)</p>)?</div>'
)


def place_pictures(html: str, draw: Callable[[str, str], str | None]) -> str:
    """Fill every figure's frame with `draw(key, alt)`, trusted markup that must carry the alt text itself.

    Works on stored HTML. Where `draw` gives None the frame stays, and with it the hidden alt text.
    """

    def fill(match: re.Match[str]) -> str:
        drawn = draw(match["key"], unescape(match["alt"] or ""))
        if drawn is None:
            return match[0]
        return f'<div class="frame" data-figure="{match["key"]}">{drawn}</div>'

    return _FRAME.sub(fill, html)
