"""People and groups in NBIB, where FAU, AU and CN stand in the order of the printed names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from evidence.sources.names import (
    SUFFIXES,
    carried_names,
    initials_of,
    inverted,
    medline_name,
    name_in,
    without_et_al,
)
from evidence.sources.records import Author
from evidence.sources.wording import tidy

# The tags of the name in full, of the short name and of a group.
AUTHORS = ("FAU", "AU", "CN")
EDITORS = ("FED", "ED", "")
# An affiliation behind one of these belongs to an editor or an investigator.
_OTHERS = frozenset({"FED", "ED", "FIR", "IR"})
_ORCID = re.compile(r"ORCID: ?(?:https?://orcid\.org/)?([\dXx-]+)")


def mapped(authors: Iterable[Author]) -> tuple[Author, ...]:
    """Return the names as NBIB carries them: with initials of their own, affiliations and ORCID."""
    held = [author for author in authors if author.valid and carried_names([author])]
    return tuple(_mapped(author) for author in held)


def mapped_editors(editors: Iterable[Author]) -> tuple[Author, ...]:
    """Return editors as NBIB carries them: names alone, and a group as if it were a family."""
    named = carried_names(editors, commas_in_groups=False)
    people = (Author(family=held.collective) if held.collective else held for held in named)
    return tuple(_mapped(replace(held, initials="")) for held in people)


def read(fields: Iterable[Sequence[str]], tags: tuple[str, str, str]) -> tuple[tuple[Author, ...], bool]:
    """Return the people and groups under these tags, and whether the list is complete."""
    full, short, group = tags
    found: list[Author] = []
    awaiting = describing = False
    for tag, value in fields:
        if tag == full:
            found.append(name_in(value if "," in value else f"{value},"))
        elif tag == short and awaiting:
            found[-1] = replace(found[-1], initials=_initials(tidy(value), found[-1]))
        elif tag == short:
            found.append(name_in(value) if "," in value else medline_name(value))
        elif group and tag == group:
            found.append(Author(collective=tidy(value)))
        elif found and describing:
            found[-1] = _described(found[-1], tag, value)
        awaiting = tag == full
        describing = tags == AUTHORS and (tag in tags or (describing and tag not in _OTHERS))
    return without_et_al(author for author in found if author.family or author.collective)


def lines(authors: Iterable[Author], tags: tuple[str, str, str]) -> Iterator[tuple[str, str]]:
    """Yield tags and values for names, each followed by its affiliations and ORCID."""
    full, short, group = tags
    for author in authors:
        if author.collective:
            yield group, author.collective
        else:
            yield full, _full(author)
            yield short, " ".join(filter(None, (author.family, author.initials, author.suffix)))
        yield from (("AD", place) for place in author.affiliations)
        if author.orcid:
            yield "AUID", f"ORCID: {author.orcid}"


def _mapped(author: Author) -> Author:
    (name,) = carried_names([author])
    initials = re.sub(r"[\s.,]", "", tidy(author.initials)) or initials_of(name.given)
    return replace(
        name,
        initials=initials if name.given else "",
        orcid=found[1] if (found := _ORCID.fullmatch(f"ORCID: {tidy(author.orcid)}")) else "",
        affiliations=tuple(filter(None, map(tidy, author.affiliations))),
    )


def _full(author: Author) -> str:
    if author.given and author.suffix in SUFFIXES and author.given.split()[-1] not in SUFFIXES:
        return f"{author.family}, {author.given} {author.suffix}"
    return inverted(author)


def _initials(short: str, person: Author) -> str:
    rest = short.removeprefix(person.family).strip()
    return rest.removesuffix(person.suffix).strip() if person.suffix else rest


def _described(author: Author, tag: str, value: str) -> Author:
    if tag == "AD" and (place := tidy(value)):
        return replace(author, affiliations=(*author.affiliations, place))
    if tag == "AUID" and (found := _ORCID.match(tidy(value))):
        return replace(author, orcid=found[1])
    return author
