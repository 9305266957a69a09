"""Turns frozen records into plain JSON values and back, as an identity, and into canonical bytes.

Values equal to their default are left out, so that a field added later changes no stored hash.
"""

import json
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class PlainError(ValueError):
    """Stored values do not fit the record they are read into; the message names the field."""


def to_plain(value: object) -> Any:
    """Return dicts, lists, strings, integers, booleans and None for a record or part of one."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is tuple:
        return [to_plain(member) for member in cast("tuple[object, ...]", value)]
    if not is_dataclass(kind):
        return value
    return {
        name: to_plain(content)
        for name, default in _defaults(kind)
        if (content := getattr(value, name)) is not default and content != default
    }


def from_plain(kind: type[T], data: object) -> T:
    """Build a record of `kind` from plain values. Raises `PlainError` for what does not fit."""
    return cast("T", _read(kind, data, kind.__name__))


def canonical_bytes(value: object) -> bytes:
    """Return the one byte form of a record: sorted keys, no spaces, ASCII."""
    return json.dumps(to_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode(
        "ascii"
    )


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """The fields of a record with what stands in them when nothing is said; MISSING equals no content."""
    return tuple((field.name, field.default) for field in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(hint: Any, data: object, where: str) -> object:
    if is_dataclass(hint):
        return _read_record(cast("type", hint), data, where)
    if get_origin(hint) is tuple:
        return _read_list(get_args(hint)[0], data, where)
    if get_origin(hint) in (Union, UnionType):
        if data is None:
            return None
        return _read(next(arm for arm in get_args(hint) if arm is not NoneType), data, where)
    # bool is an int to isinstance, but `true` where a year belongs is a broken record.
    if type(data) is not hint:
        raise PlainError(f"{where}: expected {hint.__name__}, found {type(data).__name__}")
    return data


def _read_list(hint: Any, data: object, where: str) -> tuple[object, ...]:
    if not isinstance(data, list | tuple):
        raise PlainError(f"{where}: expected a list, found {type(data).__name__}")
    return tuple(_read(hint, member, f"{where}[{index}]") for index, member in enumerate(data))


def _read_record(kind: type, data: object, where: str) -> object:
    if not isinstance(data, dict):
        raise PlainError(f"{where}: expected an object, found {type(data).__name__}")
    hints = _hints(kind)
    if unknown := sorted(set(map(str, data)) - set(hints)):
        raise PlainError(f"{where}: unknown field {unknown[0]!r}")
    values = {name: _read(hints[name], content, f"{where}.{name}") for name, content in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise PlainError(f"{where}: {error}") from error
