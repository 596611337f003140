"""What a browser keeps for its visitor, as it comes back: small, plain, and never trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

MOST: Final = 300
LONGEST: Final = 1_000
"""Characters of a name, or of a text."""

Value = str | bool | tuple[str, ...]
"""What can be remembered."""


def read_record(given: object) -> dict[str, Value]:
    """Return the entries that can be used, the newest last; what is not understood is left out.

    >>> read_record([["prediction unroll swap", "yes"], ["a", 1], "b", ["c", True, 3]])
    {'prediction unroll swap': 'yes'}
    """
    record: dict[str, Value] = {}
    for entry in given[-MOST:] if isinstance(given, list | tuple) else ():
        if not isinstance(entry, list | tuple) or len(entry) != 2:
            continue
        name, value = entry[0], read_value(entry[1])
        if _is_text(name) and value is not None:
            record[name] = value
    return record


def read_value(given: object) -> Value | None:
    """Return a remembered value, or None where it is none.

    >>> read_value(["a", "b"]), read_value(False), read_value(3.0), read_value("x" * 1_001)
    (('a', 'b'), False, None, None)
    """
    if isinstance(given, bool):
        return given
    if isinstance(given, list | tuple):
        texts = tuple(one for one in given if _is_text(one))
        return texts if len(texts) == len(given) <= MOST else None
    return given if isinstance(given, str) and _is_text(given) else None


def read_update(message: Mapping[str, object], page: str) -> str | None:
    """Return the update in the address of `page`, as text; None where there is none.

    >>> read_update({"path": "/train", "search": "?v=1&update=3424"}, "train")
    '3424'
    >>> read_update({"path": "/compare", "search": "?v=1&update=3424"}, "train")
    """
    path, search = message.get("path"), message.get("search")
    if not isinstance(path, str) or not isinstance(search, str) or len(search) > 20_000:
        return None
    if not path.endswith(f"/{page}"):
        return None
    try:
        found = parse_qs(search.removeprefix("?"), max_num_fields=200).get("update")
    except ValueError:
        return None
    return found[-1] if found else None


def _is_text(given: object) -> bool:
    return isinstance(given, str) and len(given) <= LONGEST
