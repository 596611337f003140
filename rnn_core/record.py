"""Records that can travel: copied, pickled and sent to another process, and read-only there too."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Key = TypeVar("Key")
Value = TypeVar("Value")


class ReadOnly(Mapping[Key, Value]):
    """A mapping that cannot be written to, and that can be copied and pickled.

    ``types.MappingProxyType`` is neither copied nor pickled by Python.

    Examples
    --------
    >>> import pickle
    >>> gates = ReadOnly({"r": np.zeros(2)})
    >>> again = pickle.loads(pickle.dumps(gates))
    >>> list(again), again["r"].flags.writeable
    (['r'], False)
    """

    __slots__ = ("_held",)
    _held: dict[Key, Value]

    def __init__(self, held: Mapping[Key, Value]) -> None:
        object.__setattr__(self, "_held", dict(held))

    def __getitem__(self, key: Key) -> Value:
        return self._held[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: object) -> bool:
        return key in self._held

    # As fast as a dict's own: a backward pass asks at every time step.
    def items(self) -> ItemsView[Key, Value]:
        """Return the pairs of the mapping."""
        return self._held.items()

    def keys(self) -> KeysView[Key]:
        """Return its keys."""
        return self._held.keys()

    def values(self) -> ValuesView[Value]:
        """Return its values."""
        return self._held.values()

    def __repr__(self) -> str:
        return f"ReadOnly({self._held!r})"

    def __or__(self, other: Mapping[Key, Value]) -> dict[Key, Value]:
        return {**self._held, **other}

    def __ror__(self, other: Mapping[Key, Value]) -> dict[Key, Value]:
        return {**other, **self._held}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} cannot be set: the mapping is read-only")

    def __getstate__(self) -> dict[Key, Value]:
        return dict(self._held)

    def __setstate__(self, state: dict[Key, Value]) -> None:
        _lock_arrays(state)
        object.__setattr__(self, "_held", state)


class Record:
    """A frozen dataclass whose arrays stay read-only when it is copied or pickled."""

    __slots__ = ()

    def __setstate__(self, state: dict[str, Any]) -> None:
        _lock_arrays(state)
        self.__dict__.update(state)


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make an array the engine has just made read-only, without a copy."""
    array.flags.writeable = False
    return array


def read_only_copy(array: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return the array itself where nobody can write to it, else a read-only copy."""
    held = np.asarray(array)
    base = held.base
    writable_below = base is not None and getattr(getattr(base, "flags", None), "writeable", True)
    return read_only(held.copy()) if held.flags.writeable or writable_below else held


def _lock_arrays(held: object) -> None:
    """Make arrays read-only, in dicts, lists and tuples too."""
    if isinstance(held, np.ndarray):
        read_only(held)
    elif isinstance(held, dict):
        for value in held.values():
            _lock_arrays(value)
    elif isinstance(held, list | tuple):
        for value in held:
            _lock_arrays(value)
