"""mutmut with operators for NumPy, on a sample: started by scripts/mutation.py in its environment.

mutmut changes operators, numbers, arguments and assignments. Most of an engine's arithmetic is in
calls, so that a few more changes are added here: np.add for np.subtract and the like, a transpose
left out, the two sides of a matrix product exchanged.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable
from typing import Any

import libcst as cst
import mutmut.__main__ as mutmut
from mutmut.mutation.mutators import mutation_operators
from mutmut.runners.harness import PytestRunner
from mutmut.state import state

PAIRS = [
    ("add", "subtract"),
    ("multiply", "divide"),
    ("maximum", "minimum"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("sum", "prod"),
    ("cumsum", "cumprod"),
    ("tanh", "sin"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("sqrt", "cbrt"),
]
OTHER = {**dict(PAIRS), **{right: left for left, right in PAIRS}}
ALIASES = {"add", "subtract", "multiply", "divide", "tanh"}  # as in add, multiply = np.add, …


def other_function(node: cst.Attribute) -> Iterable[cst.Attribute]:
    """np.add → np.subtract, x.max → x.min, …"""
    other = OTHER.get(node.attr.value)
    if other is not None:
        yield node.with_changes(attr=cst.Name(other))


def other_alias(node: cst.Call) -> Iterable[cst.Call]:
    """add(…) → np.subtract(…), where loops call NumPy by a local name."""
    if isinstance(node.func, cst.Name) and node.func.value in ALIASES:
        other = cst.Attribute(cst.Name("np"), cst.Name(OTHER[node.func.value]))
        yield node.with_changes(func=other)


def without_transpose(node: cst.Attribute) -> Iterable[cst.BaseExpression]:
    """W.T → W."""
    if node.attr.value == "T":
        yield node.value


def other_order(node: cst.BinaryOperation) -> Iterable[cst.BinaryOperation]:
    """a @ b → b @ a."""
    if isinstance(node.operator, cst.MatrixMultiply):
        lpar, rpar = [cst.LeftParen()], [cst.RightParen()]
        left, right = (side.with_changes(lpar=lpar, rpar=rpar) for side in (node.right, node.left))
        yield node.with_changes(left=left, right=right)


NUMPY: list[Any] = [
    (cst.Attribute, other_function),
    (cst.Call, other_alias),
    (cst.Attribute, without_transpose),
    (cst.BinaryOperation, other_order),
]


def sampled(seed: int, most: int) -> Any:
    """Wrap mutmut's list of mutants: of each module a random sample of at most so many."""
    complete = mutmut.collect_source_file_mutation_data

    def collect(**options: Any) -> Any:
        found, data = complete(**options)
        chosen = []
        for path in sorted({str(entry[0].path) for entry in found}):
            held = sorted((e for e in found if str(e[0].path) == path), key=lambda e: e[1])
            chosen += random.Random(f"{seed} {path}").sample(held, min(most, len(held)))
        return chosen, data

    return collect


def quick_tests_first(runner: PytestRunner, *, mutant_name: str | None, tests: Any) -> int:
    """Run a mutant's tests in the order of their durations, until one fails."""
    ordered = sorted(tests, key=lambda test: (state().duration_by_test.get(test, 0.0), test))
    return plain_run(runner, mutant_name=mutant_name, tests=ordered)


if __name__ == "__main__":
    children, seed, most = (int(word) for word in sys.argv[1:4])
    mutation_operators.extend(NUMPY)
    mutmut.collect_source_file_mutation_data = sampled(seed, most)
    plain_run = PytestRunner.run_tests
    PytestRunner.run_tests = quick_tests_first
    mutmut._run((), children)
