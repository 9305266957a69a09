"""The difference between two texts word by word, as parts that a template marks up. Pure; Chinese goes by characters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
# A word takes the space behind it along, or the spaces would be the commonest words of all.
_WORD = re.compile(rf"[{_CHINESE}]|[^\W{_CHINESE}]+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text that both have (`same`), only the older (`gone`) or only the newer (`new`)."""

    kind: str
    text: str


def word_diff(old: str, new: str) -> list[Part]:
    """Return the parts in reading order; without the `new` ones they spell `old`, without the `gone` ones `new`."""
    return list(_parts(_WORD.findall(old), _WORD.findall(new)))


def _parts(old: list[str], new: list[str]) -> Iterator[Part]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Part("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Part("gone", "".join(old[a:b]))
        if d > c:
            yield Part("new", "".join(new[c:d]))
