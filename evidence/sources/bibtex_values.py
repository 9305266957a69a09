"""The raw values of BibTeX fields: strings resolved, pieces joined by `#`, braces and quotes taken away.

bibtexparser resolves a string that stands alone; a concatenation it leaves as it is.
"""

import re
from collections.abc import Iterable, Mapping

from bibtexparser.model import Entry, String

Fields = dict[str, str]

# A comma forgotten between two fields makes the second look like a part of the first.
_FORGOTTEN_COMMA = re.compile(r"\}\s*\n\s*\w[\w-]*\s*=\s*[{\"].*", re.DOTALL)


def strings_of(strings: Iterable[String]) -> dict[str, str]:
    """Return what each string stands for; one may be made of those before it. Case does not count."""
    known: dict[str, str] = {}
    for string in strings:
        known[string.key.lower()] = resolved(str(string.value), known)
    return known


def fields_of(entry: Entry, strings: Mapping[str, str]) -> Fields:
    """Return an entry's fields by their names in lower case; of two of one name the first counts."""
    fields: Fields = {}
    for field in entry.fields:
        raw = _FORGOTTEN_COMMA.sub("}", str(field.value))
        fields.setdefault(field.key.lower(), resolved(raw, strings))
    return fields


def resolved(raw: str, strings: Mapping[str, str]) -> str:
    """Return the text of a value: its pieces between `#`, a string's name standing for the string."""
    return "".join(_piece(piece.strip(), strings) for piece in _pieces(raw))


def _piece(piece: str, strings: Mapping[str, str]) -> str:
    if len(piece) > 1 and piece[0] + piece[-1] in ("{}", '""'):
        return piece[1:-1]
    return strings.get(piece.lower(), piece)


def _pieces(raw: str) -> list[str]:
    """Split at each `#` outside braces and quotes."""
    pieces, depth, quoted, begun = [], 0, False, 0
    for at, sign in enumerate(raw):
        depth += (sign == "{") - (sign == "}")
        if sign == '"' and depth == 0:
            quoted = not quoted
        elif sign == "#" and depth <= 0 and not quoted:
            pieces.append(raw[begun:at])
            begun = at + 1
    return [*pieces, raw[begun:]]
