"""Frozen dataclasses of numbers and names kept as JSON: one way to write them and to read them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from rnn_core.record import ReadOnly

Kind = TypeVar("Kind")
Reader = Callable[[Any], Any]


def write_records(path: Path, records: Iterable[object]) -> None:
    """Write records as one JSON list, one record to a line."""
    lines = [json.dumps(to_json(record), ensure_ascii=False) for record in records]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def read_records(path: Path, kind: type[Kind]) -> tuple[Kind, ...]:
    """Return the records of a dataclass that ``write_records`` wrote."""
    return tuple(from_json(one, kind) for one in json.loads(path.read_text(encoding="utf-8")))


def to_json(value: Any) -> Any:
    """Return a record, or what a record holds, as JSON can hold it; NaN becomes null."""
    if is_dataclass(value):
        return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: to_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def from_json(value: Any, kind: type[Kind]) -> Kind:
    """Return what ``to_json`` was given, by the types of the fields of its dataclass.

    Lists become tuples and mappings read-only where the fields say so, and null becomes NaN in a
    field that holds a float and nothing else.

    Examples
    --------
    >>> from rnn_core.training.snapshots import Divergence
    >>> plain = to_json(Divergence(3, "decoder", "h", 2))
    >>> plain
    {'update': 3, 'segment': 'decoder', 'array': 'h', 'step': 2}
    >>> from_json(plain, Divergence)
    Divergence(update=3, segment='decoder', array='h', step=2)
    """
    wanted: Any = kind
    made: Kind = _reader(wanted)(value)
    return made


@cache
def _reader(kind: Any) -> Reader:
    """Return what reads values of one type."""
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _record_reader(kind)
    if kind is float:
        return lambda value: math.nan if value is None else value
    if origin is tuple and inner[-1] is ...:
        one = _reader(inner[0])
        return tuple if one is _same else lambda value: tuple(map(one, value))
    if origin is tuple:
        each = [_reader(item) for item in inner]
        return lambda value: tuple(read(v) for read, v in zip(each, value, strict=True))
    if origin is Mapping or origin is dict:
        held, one = ReadOnly if origin is Mapping else dict, _reader(inner[1])
        return lambda value: held({name: one(v) for name, v in value.items()})
    if origin is UnionType and NoneType in inner:
        (other,) = (item for item in inner if item is not NoneType)
        one = _reader(other)
        return lambda value: None if value is None else one(value)
    return _same


def _record_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = {one.name: _reader(hints[one.name]) for one in fields(kind)}
    return lambda plain: kind(**{name: readers[name](value) for name, value in plain.items()})


def _same(value: Any) -> Any:
    return value
