"""What Markdown does not know about Chinese: emphasis without spaces, wrapped lines, characters as words."""

import math
import re

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WIDE = re.compile(f"[{_HAN}\u3000-\u30ff\uff00-\uffef「」『』《》—…]")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_WORD = re.compile(r"[^\W_]+(?:['’.,/-][^\W_]+)*")


def emphasis_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # called by position
    """Open and close * also where a wide character stands outside it.

    CommonMark 0.31.2 (6.2) decides by spaces and punctuation, so that `**「重點」**是` shows its asterisks;
    Chinese has no spaces, hence a wide neighbour counts as one.
    """
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    end = state.pos + scanned.length
    before, after = state.src[state.pos - 1 : state.pos], state.src[end : end + 1]
    wide = marker == "*" and bool(_WIDE.match(before) or _WIDE.match(after))
    opens = scanned.can_open or (wide and bool(_WIDE.match(before)) and bool(after.strip()))
    closes = scanned.can_close or (wide and bool(_WIDE.match(after)) and bool(before.strip()))
    for _ in range(scanned.length):
        state.push("text", "", 0).content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos = end
    return True


def joins_without_space(tokens: list[Token], index: int) -> bool:
    """Say whether the line break at `index` stands between two wide characters, where no space belongs."""
    if not 0 < index < len(tokens) - 1:
        return False
    before, after = tokens[index - 1].content[-1:], tokens[index + 1].content[:1]
    return bool(_WIDE.match(before) and _WIDE.match(after))


def count_words(text: str) -> tuple[int, int]:
    """Count the Chinese characters and the other words of a text."""
    return len(_HAN_CHARACTER.findall(text)), len(_WORD.findall(_HAN_CHARACTER.sub(" ", text)))


def reading_minutes(characters: int, words: int) -> int:
    """Give whole minutes, rounded up.

    238 words a minute for English non-fiction (Brysbaert, J Mem Lang 2019), 255 characters a minute for
    Chinese (Trauzettel-Klosinski and Dietz, IOVS 2012).
    """
    return math.ceil(characters / 255 + words / 238)
