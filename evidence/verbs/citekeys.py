"""Cite keys that nobody bears yet, for one work or for many at once. What a key is made of is evidence/citing.py's."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evidence.models import Study

LONGEST_STEM = 50
_AFTER_EVERY_SLUG = "\uffff"


def free_citekey(wanted: str) -> str:
    """Return `wanted`, or with the first free letter or number behind it (zhou2019, zhou2019b, … zhou2019-27)."""
    return free_citekeys([wanted])[0]


def free_citekeys(wanted: Sequence[str]) -> list[str]:
    """Return a free key for each that is wanted, all different; one query more for each that is borne already."""
    stems = [key[:LONGEST_STEM] for key in wanted]
    taken = set(Study.objects.filter(citekey__in=stems).values_list("citekey", flat=True))
    crowded = taken | {stem for stem, times in Counter(stems).items() if times > 1}
    taken |= set(_beginning_with(crowded))
    free = []
    for stem in stems:
        free.append(next(key for key in _keys(stem) if key not in taken))
        taken.add(free[-1])
    return free


def _beginning_with(stems: set[str]) -> Iterator[str]:
    # Ranges, since SQLite's LIKE takes no index; one at a time, since many in one OR make it read the whole table.
    for stem in sorted(stems):
        within = Study.objects.filter(citekey__gte=stem, citekey__lt=stem + _AFTER_EVERY_SLUG)
        yield from within.order_by().values_list("citekey", flat=True)


def _keys(stem: str) -> Iterator[str]:
    yield stem
    if re.search(r"\d$", stem):
        yield from (f"{stem}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")
    yield from (f"{stem}-{number}" for number in itertools.count(2))
