"""Names of people and groups as reference formats write them: `Family, Given, Suffix`, and back."""

import re
from collections.abc import Iterable

from evidence.sources.records import Author
from evidence.sources.wording import tidy

SUFFIXES = frozenset({"Jr", "Jr.", "Sr", "Sr.", "1st", "2nd", "3rd", "4th", "5th", "II", "III", "IV"})
_ET_AL = frozenset({"et al", "et al.", "others", "and others"})
_INITIALS = re.compile(r"[A-Z]{1,4}")


def initials_of(given: str) -> str:
    """Return `IJ` for `Iain J.`, `JP` for `Jean-Paul`; two or three capitals are initials already."""
    word = given.replace(".", "").strip()
    if word.isalpha() and word.isupper() and 2 <= len(word) <= 3:
        return word
    return "".join(part[0].upper() for part in re.split(r"[\s.\-\u2010]+", given) if part)


def name_in(text: str) -> Author:
    """Read `Family, Given, Suffix`; without a comma it is one word of a person, or a group."""
    parts = [tidy(part) for part in text.split(",", 2)]
    if len(parts) == 1:
        return Author(collective=parts[0])
    return person(family=parts[0], given=parts[1], suffix=parts[2] if len(parts) == 3 else "")


def medline_name(text: str) -> Author:
    """Read `Haghighat Lari MM Jr`, as MEDLINE prints a person; without initials it is a family name."""
    words = tidy(text).split()
    suffix = words.pop() if len(words) > 2 and words[-1] in SUFFIXES else ""
    initials = words.pop() if len(words) > 1 and _INITIALS.fullmatch(words[-1]) else ""
    return Author(family=" ".join(words), initials=initials, suffix=suffix)


def person(*, family: str, given: str, suffix: str = "") -> Author:
    """Return a person; a suffix that stands behind the given name is told from it."""
    words = given.split()
    if not suffix and words and words[-1] in SUFFIXES:
        given, suffix = " ".join(words[:-1]), words[-1]
    if not family:
        family, given = given, ""
    return Author(family=family, given=given, initials=initials_of(given), suffix=suffix)


def inverted(author: Author) -> str:
    """Write `Family, Given, Suffix`; a person without a given name keeps the comma, a group has none."""
    if author.collective:
        return author.collective
    name = f"{author.family}, {author.given}".rstrip(" ")
    return f"{name}, {author.suffix}" if author.suffix else name


def carried_names(authors: Iterable[Author], *, commas_in_groups: bool = True) -> tuple[Author, ...]:
    """Return the names as a format with `Family, Given` carries them: valid ones, initials from the given name.

    RIS cannot tell a group's comma from a person's (`commas_in_groups=False`): it becomes a space.
    """
    carried = (_carried(author, commas_in_groups=commas_in_groups) for author in authors if author.valid)
    return tuple(author for author in carried if author.family or author.collective)


def without_et_al(authors: Iterable[Author]) -> tuple[tuple[Author, ...], bool]:
    """Take "et al." out of a list of names; False says that it stood there."""
    held = tuple(authors)
    named = tuple(author for author in held if _words(author).lower() not in _ET_AL)
    return named, len(named) == len(held)


def _carried(author: Author, *, commas_in_groups: bool) -> Author:
    if author.collective:
        group = tidy(author.collective)
        return Author(collective=group if commas_in_groups else _part(group))
    given = _part(author.given) or _part(author.initials)
    return person(family=_part(author.family), given=given, suffix=_part(author.suffix))


def _part(text: str) -> str:
    return tidy(text.replace(",", " "))


def _words(author: Author) -> str:
    return author.collective or " ".join(filter(None, (author.given, author.family)))
