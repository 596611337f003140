"""Small faults for the engine: mutmut's operators, a few for NumPy, and a fair sample of them.

Used by scripts/mutation/__main__.py, in its own environment. A mutant is one small change of one
function: "+" for "−", a number plus one, an argument left out, a transpose forgotten. It is never
written to a file: `put_in` compiles the changed source and gives the running functions its code.
"""

from __future__ import annotations

import difflib
import functools
import gc
import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

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
NEVER_CALLS = {"len", "isinstance"}  # as mutmut: without their arguments every test fails


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
OPERATORS: list[Any] = [*mutation_operators, *NUMPY]


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change of one function; `lines` are those of the statement that is changed."""

    module: str
    function: str
    number: int
    lines: range
    default: bool
    path: Path
    tree: cst.Module
    before: cst.CSTNode
    after: cst.CSTNode

    @property
    def name(self) -> str:
        """As results are listed."""
        return f"{self.module}.{self.function} {self.number}"

    def source(self) -> str:
        """Return the module with the change."""
        changed = self.tree.deep_replace(self.before, self.after)
        assert isinstance(changed, cst.Module)
        return changed.code

    def difference(self) -> list[str]:
        """Return the lines taken out and put in, with their signs."""
        pair = (self.tree.code.splitlines(), self.source().splitlines())
        found = difflib.unified_diff(*pair, n=0, lineterm="")
        return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]

    def fingerprint(self) -> str:
        """Return what tells this change from every other, whatever stands around it."""
        return hashlib.sha256("\n".join([self.name, *self.difference()]).encode()).hexdigest()[:12]


class Collector(cst.CSTVisitor):
    """Walks through one module and keeps every mutant of its functions.

    Left alone: annotations, decorators, docstrings, what is said when an error is raised (its
    wording is no arithmetic; the conditions before it are changed), and constants of modules and
    classes, as mutmut does.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: str, path: Path, tree: cst.Module) -> None:
        super().__init__()
        self.module, self.path, self.tree = module, path, tree
        self.mutants: list[Mutant] = []
        self.names: list[str] = []
        self.functions: list[cst.FunctionDef] = []
        self.lines: list[range] = []
        self.defaults = 0
        self.count: Counter[str] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Make the mutants of a node, and say whether to look inside."""
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Raise | cst.Import | cst.Assert):
            return False
        called = node.func if isinstance(node, cst.Call) else None
        if isinstance(called, cst.Name) and called.value in NEVER_CALLS:
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self.names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self.functions.append(node)
        if isinstance(node, cst.BaseStatement):
            self.lines.append(self._lines(node))
        self.defaults += isinstance(node, cst.Parameters)
        if self.functions:
            self._make(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        """Forget what has been left behind."""
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self.names.pop()
        if isinstance(original_node, cst.FunctionDef):
            self.functions.pop()
        if isinstance(original_node, cst.BaseStatement):
            self.lines.pop()
        self.defaults -= isinstance(original_node, cst.Parameters)

    def _lines(self, node: cst.BaseStatement) -> range:
        """Return a statement's lines; of one with a body the lines of its head."""
        span = self.get_metadata(PositionProvider, node)
        body = getattr(node, "body", None)
        inner = getattr(body, "body", ())
        last = span.end.line
        if isinstance(body, cst.IndentedBlock) and inner:
            inside = self.get_metadata(PositionProvider, inner[0]).start.line
            last = max(span.start.line, inside - 1)
        return range(span.start.line, last + 1)

    def _make(self, node: cst.CSTNode) -> None:
        outer = self.functions[0]
        if isinstance(node, cst.FunctionDef) or node is outer.params:
            return
        function = ".".join(self.names)
        for kind, operator in OPERATORS:
            if not isinstance(node, kind):
                continue
            for after in operator(node):
                self.count[function] += 1
                self.mutants.append(
                    Mutant(
                        module=self.module,
                        function=function,
                        number=self.count[function],
                        lines=self.lines[-1],
                        default=bool(self.defaults),
                        path=self.path,
                        tree=self.tree,
                        before=node,
                        after=after,
                    )
                )


def mutants_of(path: Path) -> list[Mutant]:
    """Return every mutant of a module that can be compiled."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text()))
    place = path.with_suffix("").parts
    inside = place[len(place) - place[::-1].index("rnn_core") :]
    collector = Collector("/".join(inside), path, wrapper.module)
    wrapper.visit(collector)
    return collector.mutants


def spread(mutants: list[Mutant], seed: int) -> list[Mutant]:
    """Return the mutants in a random order of which every beginning is a fair sample.

    Each module is shuffled for itself and dealt out evenly, so that of the first n mutants every
    module has its share.
    """
    by_module: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_module.setdefault(mutant.module, []).append(mutant)
    dealt: list[tuple[float, str, Mutant]] = []
    for module, held in by_module.items():
        rng = random.Random(f"{seed} {module}")
        rng.shuffle(held)
        start = rng.random()
        dealt += [((i + start) / len(held), module, mutant) for i, mutant in enumerate(held)]
    return [mutant for _, _, mutant in sorted(dealt, key=lambda item: item[:2])]


def put_in(mutant: Mutant) -> bool:
    """Give the functions that are alive the mutant's code; false if nothing differs.

    Raises SyntaxError or ValueError where the change cannot be made so.
    """
    plain = dict(codes_of(compile(mutant.tree.code, str(mutant.path), "exec")))
    broken = dict(codes_of(compile(mutant.source(), str(mutant.path), "exec")))
    changed = {name for name, code in broken.items() if not same(code, plain.get(name))}
    defaults = fresh_defaults(mutant) if mutant.default else {}
    for function in [found for found in gc.get_objects() if isinstance(found, FunctionType)]:
        code = function.__code__
        if code.co_filename == str(mutant.path) and code.co_qualname in changed:
            function.__code__ = broken[code.co_qualname]
        if mutant.default and code.co_filename == str(mutant.path):
            new = defaults.get(code.co_qualname)
            if new is not None:
                function.__defaults__, function.__kwdefaults__ = new
    forget_caches()
    return bool(changed) or mutant.default


def codes_of(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """Yield the code of each function inside, by its qualified name."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant.co_qualname, constant
            yield from codes_of(constant)


def same(one: CodeType, other: CodeType | None) -> bool:
    """Tell whether two functions do the same, wherever their lines stand."""
    if other is None or one.co_code != other.co_code:
        return False
    pairs = zip(one.co_consts, other.co_consts, strict=False)
    return (
        (one.co_names, one.co_varnames, one.co_freevars)
        == (other.co_names, other.co_varnames, other.co_freevars)
        and len(one.co_consts) == len(other.co_consts)
        and all(
            same(a, b)
            if isinstance(a, CodeType) and isinstance(b, CodeType)
            else type(a) is type(b) and repr(a) == repr(b)
            for a, b in pairs
        )
    )


def fresh_defaults(mutant: Mutant) -> dict[str, tuple[Any, Any]]:
    """Return the default arguments of the mutant's functions, by running its module once."""
    space: dict[str, Any] = {"__name__": f"mutant_{mutant.module}", "__package__": "rnn_core"}
    before = {id(found) for found in gc.get_objects() if isinstance(found, FunctionType)}
    try:
        exec(compile(mutant.source(), str(mutant.path), "exec"), space)
    except Exception as error:  # a default that cannot even be evaluated
        raise ValueError("the module cannot be imported with this default") from error
    return {
        found.__code__.co_qualname: (found.__defaults__, found.__kwdefaults__)
        for found in gc.get_objects()
        if isinstance(found, FunctionType)
        and id(found) not in before
        and found.__code__.co_filename == str(mutant.path)
    }


def forget_caches() -> None:
    """Empty what the engine and the tests remember from before."""
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper):
            module = getattr(found, "__module__", "") or ""
            if module.startswith(("rnn_core", "tests", "test_")):
                found.cache_clear()
