"""Which file imports which, in Python and in JavaScript, and the circles in such a graph."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

Graph = Mapping[str, set[str]]
JS_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")


def file_graph(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the files that each file imports.

    Parameters
    ----------
    sources
        Texts of .py and .js files by their paths from the root.
    """
    return {
        path: set(_python(path, text, sources) if path.endswith(".py") else _script(path, text))
        for path, text in sources.items()
    }


def _python(path: str, text: str, sources: Mapping[str, str]) -> Iterator[str]:
    def find(module: str) -> str | None:
        stem = module.replace(".", "/")
        return next((f for f in (f"{stem}.py", f"{stem}/__init__.py") if f in sources), None)

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = [find(f"{node.module}.{alias.name}") for alias in node.names]
            yield from (file for file in named if file)
            package = find(node.module)
            if package and None in named and package != path:
                yield package
        elif isinstance(node, ast.Import):
            yield from (file for alias in node.names if (file := find(alias.name)))


def _script(path: str, text: str) -> Iterator[str]:
    for found in JS_IMPORT.finditer(text):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), found[1]))


def folder_graphs(files: Graph) -> dict[str, dict[str, set[str]]]:
    """Return for each folder which of its files and folders imports which other.

    A package's own `__init__.py` may offer all that is in it, so it is left out there.
    """
    graphs: dict[str, dict[str, set[str]]] = {}
    for path, targets in files.items():
        for target in targets:
            for depth in range(path.count("/") + 1):
                above, below = path.split("/")[:depth], target.split("/")
                if below[:depth] != above or len(below) <= depth:
                    break
                here, there = path.split("/")[depth], below[depth]
                if here != there and "__init__.py" not in (here, there):
                    graphs.setdefault("/".join(above), {}).setdefault(here, set()).add(there)
    return graphs


def find_circle(graph: Graph) -> list[str]:
    """Return one circle of imports, or nothing.

    >>> find_circle({"a": {"b"}, "b": {"c"}, "c": set()})
    []
    >>> find_circle({"a": {"b"}, "b": {"a"}})
    ['a', 'b', 'a']
    """
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
