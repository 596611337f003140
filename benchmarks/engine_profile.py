"""Show where the time of one training step goes: every NumPy call of it, with its count and cost.

    python benchmarks/engine.py --profile --rows 2,3 --seconds 4

For this once the engine's arrays are of a class that writes down what is called on them. Each call
is then repeated by itself on arrays of the same shapes, gaps and numbers, in turn with the whole
step (and PyTorch's, where it is installed); processor time, lower quartiles. What is left of the
step's time is Python between the calls, and memory that is no longer in the nearest cache. The
floor is what must be computed whatever surrounds it: matrix products, tanh and exp.

In the table ᵀ marks a transposed array and * one with gaps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, ClassVar
from unittest import mock

import numpy as np

from rnn_core.fast.network import RUN

METHODS = ("dot", "take", "argmax", "max", "min", "sum")
FLOOR = ("product", "tanh", "exp")
# Long enough for a step to warm the caches again, short enough to bear with neighbours; a call by
# itself warms at once.
STEP_BLOCK, CALL_BLOCK = 0.008, 0.002
LEAST_SHARE = 0.01
Step = Callable[[], Any]


class Recorded(np.ndarray[Any, Any]):
    """An array that writes down in ``calls`` what is called on it: a kind, and a call to repeat."""

    calls: ClassVar[list[tuple[str, Step]]] = []

    def __array_ufunc__(self, ufunc: Any, method: str, *given: Any, **named: Any) -> Any:
        out = named.pop("out", (None,))[0]
        inputs = [plain(value) for value in given]
        kind = "product" if ufunc is np.matmul else ufunc.__name__
        self.note(kind, getattr(ufunc, method), *inputs, *([] if out is None else [out]), **named)
        result = getattr(ufunc, method)(*inputs, out=plain(out), **named)
        return result if out is None else out

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, np.ndarray):
            self.note("put", np.put, self, key, value)
        else:
            self.note("copy", np.copyto, plain(self)[key], value)
        plain(self)[key] = plain(value)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, np.ndarray):
            self.note("take", np.ndarray.take, self, key)
        return super().__getitem__(key)

    def note(self, kind: str, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Write a call down, on copies, so that repeating it changes nothing."""
        copies = [twin(plain(arg)) for arg in args]
        shapes = " · ".join(spell(arg) for arg in copies if isinstance(arg, np.ndarray))
        Recorded.calls.append((f"{kind} {shapes}", partial(function, *copies, **named)))


def _recorded_method(name: str) -> Callable[..., Any]:
    original = getattr(np.ndarray, name)

    def method(self: Recorded, *args: Any, **named: Any) -> Any:
        self.note("product" if name == "dot" else name, original, self, *args, **named)
        return original(plain(self), *(plain(arg) for arg in args), **named)

    return method


for _name in METHODS:
    setattr(Recorded, _name, _recorded_method(_name))


def plain(value: Any) -> Any:
    """Return an array that records nothing."""
    return value.view(np.ndarray) if isinstance(value, Recorded) else value


def twin(value: Any) -> Any:
    """Return a copy of an array with its gaps, as far from a cache line as it was."""
    if not isinstance(value, np.ndarray):
        return value
    extent = sum((n - 1) * s for n, s in zip(value.shape, value.strides, strict=True))
    raw = np.zeros(extent + value.itemsize + 64, np.uint8)
    start = (value.ctypes.data - raw.ctypes.data) % 64
    memory = raw[start : start + extent + value.itemsize].view(value.dtype)
    copy = np.lib.stride_tricks.as_strided(memory, value.shape, value.strides)
    copy[...] = value
    return copy


def spell(array: Any) -> str:
    """Return the shape, with a mark where the memory has gaps or is transposed."""
    shape = "×".join(map(str, array.shape)) or "1"
    if array.flags.c_contiguous:
        return shape
    return shape + ("ᵀ" if array.T.flags.c_contiguous else "*")


def record(make: Callable[[], Step]) -> list[tuple[str, Step]]:
    """Return the calls of one step, in order."""

    def recorded(maker: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **named: maker(*args, **named).view(Recorded)

    makers = {name: recorded(getattr(np, name)) for name in ("zeros", "ones", "arange")}
    with ExitStack() as patched:
        for name, maker in makers.items():
            patched.enter_context(mock.patch.object(np, name, maker))
        step = make()
        step()
        Recorded.calls.clear()
        step()
    return list(Recorded.calls)


def time_in_turn(steps: list[Step], calls: list[Step], seconds: float) -> list[float]:
    """Return the lower quartile of each one's processor time in µs, taken in blocks in turn."""
    now = time.process_time
    runs = [*steps, *calls]
    blocks = [STEP_BLOCK] * len(steps) + [CALL_BLOCK] * len(calls)
    counts = []
    for run, block in zip(runs, blocks, strict=True):
        run()
        start = now()
        run()
        counts.append(max(1, round(block / (now() - start))))
    taken: list[list[float]] = [[] for _ in runs]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken[0]) < 8:
        for run, count, times in zip(runs, counts, taken, strict=True):
            start = now()
            for _ in range(count):
                run()
            times.append((now() - start) / count * 1e6)
    return [float(np.quantile(times, 0.25)) for times in taken]


def profile(ours: Callable[[], Step], theirs: Step | None, goal: float, seconds: float) -> str:
    """Return one row's calls as a table, dearest first, and the floor beside what is wanted."""
    groups: dict[str, list[Step]] = {}
    for label, call in record(ours):
        groups.setdefault(label, []).append(call)
    steps = [ours(), *([theirs] if theirs else [])]
    # Calls take as long as in the engine only with the engine's buffer.
    with np.errstate(all="ignore"):
        np.setbufsize(RUN)
        total, *rest = time_in_turn(steps, [same[0] for same in groups.values()], seconds)
    each = dict(zip(groups, rest[len(steps) - 1 :], strict=True))
    costs = {label: len(groups[label]) * each[label] for label in groups}
    table = _table(total, {label: (len(groups[label]), each[label]) for label in groups})
    floor = sum(cost for label, cost in costs.items() if label.split()[0] in FLOOR)
    said = f"A step takes {total:.0f} µs, its products, tanh and exp alone {floor:.0f}"
    if theirs:
        said += (
            f"; PyTorch takes {rest[0]:.0f}: {rest[0] / total:.2f} times the step and "
            f"{rest[0] / floor:.2f} times these. The goal, {goal:g} times, is {rest[0] / goal:.0f}"
        )
    return f"{table}\n\n{said}."


def _table(total: float, found: dict[str, tuple[int, float]]) -> str:
    """Return the calls in Markdown, dearest first; the cheapest together."""
    lines = ["| call on | × | µs each | µs | share |", "|---|---|---|---|---|"]
    spent, few, little = 0.0, 0, 0.0
    for label, (count, each) in sorted(found.items(), key=lambda item: -item[1][0] * item[1][1]):
        cost = count * each
        spent += cost
        if cost < LEAST_SHARE * total:
            few, little = few + count, little + cost
            continue
        lines.append(f"| {label} | {count} | {each:.2f} | {cost:.0f} | {cost / total:.0%} |")
    calls, rest = sum(count for count, _ in found.values()), total - spent
    lines.append(
        f"| {few} calls that take little | {few} | | {little:.0f} | {little / total:.0%} |"
    )
    lines.append(f"| between the {calls} calls | | | {rest:.0f} | {rest / total:.0%} |")
    return "\n".join(lines)
