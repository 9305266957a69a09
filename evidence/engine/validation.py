"""Reads a dossier from JSON-like data and refuses everything the specification does not name.

When several things are wrong, the first in this order is reported. Of an object: that it is one, a key that
repeats, unknown keys as given, then its keys in the order of the specification (missing, then wrong). Of a
list: that it is one, then its items as given. Bytes and JSON are `codec`'s.
"""

import json
from collections.abc import Iterator
from typing import Final

from evidence.engine import scales
from evidence.engine.dossier import (
    Benchmark,
    Dossier,
    DossierError,
    Finding,
    Mechanism,
    Position,
    Recheck,
)

WHOLE: Final = "dossier"
"""The path of the dossier as a whole, where there is no key to name."""

COUNT_DIGITS: Final = 640
"""Python prints integers of up to 640 digits whatever its settings, so any count can be hashed anywhere."""

COUNT_LIMIT: Final = 10**COUNT_DIGITS
"""The least number that is no count."""

_SHOWN: Final = 60
_KINDS: Final = {dict: "an object", list: "a list", int: "a number", float: "a floating number"}
_DOSSIER_KEYS: Final = (
    "claim_type",
    "findings",
    "positions",
    "mechanism",
    "benchmarks",
    "rechecks",
    "safety",
)
_FINDING_KEYS: Final = (
    "id",
    "design",
    "direction",
    "quality",
    "precision",
    "directness",
    "state",
    "role",
    "group",
    "n",
    "includes",
)


class JsonObject(dict[str, object]):
    """An object as it stood in JSON, with the first key that stood there twice."""

    repeated: str | None = None


def read_dossier(data: object) -> Dossier:
    """Make a dossier of JSON-like data (dict, list, str, int, None).

    Raises DossierError, one line beginning with the path: `findings[2].design: unknown value "rcts"`.
    Source: engine.md, section 1, Validity.
    """
    whole = _Object(data, "", _DOSSIER_KEYS)
    return Dossier(
        claim_type=whole.code("claim_type", scales.CLAIM_TYPES),
        findings=_findings(whole),
        positions=_positions(whole),
        mechanism=_mechanism(whole),
        benchmarks=tuple(
            Benchmark(id=item.id, grade=item.code("grade", scales.BENCHMARK_GRADES))
            for item in whole.records("benchmarks", ("id", "grade"))
        ),
        rechecks=tuple(
            Recheck(id=item.id, verdict=item.code("verdict", scales.RECHECK_VERDICTS))
            for item in whole.records("rechecks", ("id", "verdict"))
        ),
        safety=whole.code_or_null("safety", scales.SAFETIES),
    )


def _findings(whole: "_Object") -> tuple[Finding, ...]:
    return tuple(
        Finding(
            id=item.id,
            design=item.code("design", scales.DESIGNS),
            direction=item.code("direction", scales.DIRECTIONS),
            quality=item.code("quality", scales.QUALITIES),
            precision=item.code("precision", scales.PRECISIONS),
            directness=item.code("directness", scales.DIRECTNESSES),
            state=item.code("state", scales.STATES),
            role=item.code("role", scales.ROLES),
            group=item.text("group"),
            n=item.count("n"),
            includes=item.identifiers("includes"),
        )
        for item in whole.records("findings", _FINDING_KEYS)
    )


def _positions(whole: "_Object") -> tuple[Position, ...]:
    return tuple(
        Position(
            id=item.id,
            layer=item.code("layer", scales.POSITION_LAYERS),
            stance=item.code("stance", scales.STANCES),
            relevance=item.code("relevance", scales.RELEVANCES),
        )
        for item in whole.records("positions", ("id", "layer", "stance", "relevance"))
    )


def _mechanism(whole: "_Object") -> Mechanism:
    answers = _Object(whole.value("mechanism"), "mechanism", scales.MECHANISM_QUESTIONS)
    return Mechanism(
        **{
            question: answers.code(question, scales.MECHANISM_ANSWERS)
            for question in scales.MECHANISM_QUESTIONS
            if question in answers
        }
    )


class _Object:
    """One object of the data and where it stands; each method reads one key or refuses it by its path."""

    def __init__(self, data: object, path: str, keys: tuple[str, ...]) -> None:
        if not isinstance(data, dict):
            raise DossierError(f"{path or WHOLE}: expected an object, not {_shown(data)}")
        self._path = path
        self._data = data
        self.id = ""
        if isinstance(data, JsonObject) and data.repeated is not None:
            raise DossierError(f"{self._at(data.repeated)}: repeated key")
        for key in data:
            if key not in keys:
                raise DossierError(f"{self._at(key)}: unknown key")

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def _at(self, key: object) -> str:
        name = "".join(_visible(character) for character in str(key))
        return f"{self._path}.{name}" if self._path else name

    def value(self, key: str) -> object:
        if key not in self._data:
            raise DossierError(f"{self._at(key)}: missing")
        return self._data[key]

    def code(self, key: str, known: tuple[str, ...]) -> str:
        value = self.value(key)
        if not isinstance(value, str) or value not in known:
            raise DossierError(f"{self._at(key)}: unknown value {_shown(value)}")
        return value

    def code_or_null(self, key: str, known: tuple[str, ...]) -> str | None:
        return None if self.value(key) is None else self.code(key, known)

    def text(self, key: str) -> str:
        value = self.value(key)
        if not isinstance(value, str):
            raise DossierError(f"{self._at(key)}: expected a string, not {_shown(value)}")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise DossierError(f"{self._at(key)}: a string that is not UTF-8")
        return value

    def count(self, key: str) -> int:
        value = self.value(key)
        # bool is an int to Python, but `true` is no number of people.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < COUNT_LIMIT:
            shown = "a number out of range" if type(value) is int else _shown(value)
            raise DossierError(f"{self._at(key)}: expected a whole number of 0 or more, not {shown}")
        return value

    def items(self, key: str) -> Iterator[tuple[str, object]]:
        value = self.value(key)
        if not isinstance(value, list):
            raise DossierError(f"{self._at(key)}: expected a list, not {_shown(value)}")
        for index, item in enumerate(value):
            yield f"{self._at(key)}[{index}]", item

    def identifiers(self, key: str) -> tuple[str, ...]:
        return tuple(_identifier(item, path) for path, item in self.items(key))

    def records(self, key: str, keys: tuple[str, ...]) -> Iterator["_Object"]:
        """Give the objects of a list, each with its `id` read and found unlike those before it."""
        seen: set[str] = set()
        for path, item in self.items(key):
            record = _Object(item, path, keys)
            record.id = _identifier(record.value("id"), f"{path}.id")
            if record.id in seen:
                raise DossierError(f"{path}.id: repeated id {_shown(record.id)}")
            seen.add(record.id)
            yield record


def _identifier(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise DossierError(f"{path}: expected a string, not {_shown(value)}")
    if not value:
        raise DossierError(f"{path}: empty")
    if not value.isascii():
        raise DossierError(f"{path}: not ASCII: {_shown(value)}")
    return value


def _visible(character: str) -> str:
    """Keep a message on one line and printable, whatever a key is made of."""
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _shown(value: object) -> str:
    """Quote a short value; name the kind of anything that could be long, deep or without end."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "another type")
