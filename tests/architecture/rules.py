"""The house rules as functions from source text to breaches, so that they can be tested too."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

STANDARD = frozenset(sys.stdlib_module_names)
# Who may import what besides the standard library and itself; the longest matching room counts.
ROOMS = {
    "rnn_core": {"numpy"},
    "rnn_views": {"numpy", "rnn_core", "plotly", "pandas"},
    "rnn_views/ui": {"numpy", "rnn_core", "rnn_views", "plotly", "pandas", "streamlit"},
    "pages": {"rnn_core", "rnn_views", "streamlit"},
    "serving": {"rnn_core", "rnn_views", "starlette", "streamlit"},
}
IMPORTERS = ("__import__", "import_module", "importlib.import_module")
MADE_BY_SCRIPT = re.compile(r"""(createElement|html)\(["'](input|textarea)["']""")
SHORT = re.compile(
    r"""maxLength|maxlength:|readOnly|"readonly"|type: "(number|range|checkbox|radio)\""""
)
# The modules that may touch what Streamlit keeps for a visitor; the first keeps the settings.
KEEPER = PurePosixPath("rnn_views/ui/state/settings.py")
KEEPERS = (KEEPER, PurePosixPath("rnn_views/ui/state/late_actions.py"))


def import_breaches(path: str, source: str) -> Iterator[str]:
    """Name every import that the file's room does not allow."""
    place = PurePosixPath(path)
    room = max((r for r in ROOMS if place.is_relative_to(r)), key=len, default=None)
    if room is None:
        return
    for line, module in _imports(source, place):
        top = module.split(".")[0]
        allowed = top in STANDARD or top in ROOMS[room] or top == room.split("/")[0]
        if top == "pages":
            yield f"{path}:{line} imports a page"
        elif not allowed:
            yield f"{path}:{line} imports {module}; {room} may not"
        elif room == "rnn_views" and module.startswith("rnn_views.ui"):
            yield f"{path}:{line} imports {module}; only rnn_views/ui knows Streamlit"


def _imports(source: str, place: PurePosixPath) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = [*place.parent.parts[: len(place.parent.parts) - node.level + 1]]
            stem = ".".join([*(parts if node.level else ()), *filter(None, [node.module])])
            # `from rnn_views import ui` imports rnn_views.ui
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in IMPORTERS:
            yield from (
                (node.lineno, str(a.value)) for a in node.args if isinstance(a, ast.Constant)
            )


def state_breaches(path: str, source: str) -> Iterator[str]:
    """Name every use of the visitor's state outside the module that keeps it."""
    if PurePosixPath(path) in KEEPERS or not path.startswith(("rnn_views", "pages", "rnn_core")):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("session_state", "query_params"):
            yield f"{path}:{node.lineno} touches {node.attr}; that is {KEEPER}'s"


def page_breaches(path: str, source: str) -> Iterator[str]:
    """Name everything in a page script that belongs elsewhere."""
    if not path.startswith("pages/"):
        return
    for node in ast.walk(ast.parse(source)):
        for what in _page_faults(node):
            yield f"{path}:{getattr(node, 'lineno', 0)} {what}"


def _page_faults(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and _name(node).startswith("go."):
        yield "builds a figure (go.)"
    if isinstance(node, ast.Attribute) and _name(node) == "st.html":
        yield "writes raw HTML (st.html)"
    if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
        yield "writes raw HTML (unsafe_allow_html)"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_colour(node.value):
        yield f"names a colour ({node.value})"
    if isinstance(node, ast.ClassDef):
        yield f"defines a class ({node.name})"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield "computes with arrays (@)"


TEXT_FIELDS = ("text_input", "text_area", "chat_input", "data_editor", "file_uploader")


def length_breaches(path: str, source: str) -> Iterator[str]:
    """Name every field for text that takes a text of any length.

    A paste of some megabytes goes over the connection that carries the page, and stops it.
    """
    if not path.startswith(("rnn_views", "pages")):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func).split(".")[-1] in TEXT_FIELDS:
            typed = any(
                word.arg is None
                and isinstance(word.value, ast.Call)
                and _name(word.value.func) == "settings.text_args"
                for word in node.keywords
            )
            if not typed and "max_chars" not in [word.arg for word in node.keywords]:
                yield f"{path}:{node.lineno} takes a text of any length (max_chars)"


def script_length_breaches(path: str, source: str) -> Iterator[str]:
    """Name every field for text that a script makes without a length."""
    for found in MADE_BY_SCRIPT.finditer(source):
        rest = source[found.end() :][:400]
        short = SHORT.search(rest)
        if not short:
            line = source.count("\n", 0, found.start()) + 1
            yield f"{path}:{line} makes a field without a length (maxLength)"


def html_breaches(path: str, source: str) -> Iterator[str]:
    """Name every place in rnn_views where unsafe HTML is switched on."""
    if not path.startswith("rnn_views"):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            yield f"{path}:{node.value.lineno} writes raw HTML (unsafe_allow_html)"


def _is_colour(text: str) -> bool:
    digits = text.removeprefix("#")
    hexadecimal = all(digit in "0123456789abcdefABCDEF" for digit in digits)
    return text.startswith("#") and len(digits) in (3, 4, 6, 8) and hexadecimal


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


# The verbs that replace what was named to the visitor before: for what a visitor does.
ACTS = ("put",)
DRAWN_FROM = ("pages/", "rnn_views/ui/main.py")


def act_breaches(sources: Mapping[str, str]) -> Iterator[str]:
    """Name every way in which drawing a page comes to `settings.put`.

    Parameters
    ----------
    sources
        Texts of the files by their paths.

    A function that is handed over (`on_click=stop`) is called when the visitor acts; one that is
    called (`stop(run)`) acts when its caller does. What is at the top of a page's script is
    drawn, and so is everything that it calls, step by step.
    """
    calls = {path: _Calls(path, source) for path, source in sources.items()}
    defined = {(path, name) for path, found in calls.items() for name in found.bodies}
    open_ways = [((path, ""), ()) for path in sources if path.startswith(DRAWN_FROM)]
    seen = set()
    while open_ways:
        place, way = open_ways.pop()
        if place in seen:
            continue
        seen.add(place)
        path, function = place
        way = (*way, f"{path}:{function or 'the script'}")
        for line, where, name in calls[path].bodies[function]:
            if where == str(KEEPER) and name in ACTS:
                yield f"{path}:{line} draws by settings.{name}: {' > '.join(way)}"
            elif (where, name) in defined and where != str(KEEPER):
                open_ways.append(((where, name), way))


class _Calls:
    """Who calls whom in one file: (line, file, function) for each function's body."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.modules: dict[str, str] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self.bodies: dict[str, list[tuple[int, str, str]]] = {"": []}
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    name, file = alias.asname or alias.name, node.module.replace(".", "/")
                    self.modules[name] = f"{file}/{alias.name}.py"
                    self.names[name] = (f"{file}.py", alias.name)
        self._read(tree.body, "")

    def _read(self, body: Iterable[ast.AST], owner: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.bodies.setdefault(node.name, [])
                self._read([*node.decorator_list, *_defaults(node)], owner)
                self._read(node.body, node.name)
            elif isinstance(node, ast.Lambda):
                self._read([], owner)  # handed over: it is called when the visitor acts
            else:
                if isinstance(node, ast.Call):
                    self._note(node, owner)
                self._read(ast.iter_child_nodes(node), owner)

    def _note(self, node: ast.Call, owner: str) -> None:
        call = node.func
        if isinstance(call, ast.Name):
            where, name = self.names.get(call.id, (self.path, call.id))
            self.bodies[owner].append((node.lineno, where, name))
        elif isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name):
            # A method may be called by any name: those of the file's own classes count.
            where = self.modules.get(call.value.id, self.path)
            self.bodies[owner].append((node.lineno, where, call.attr))
        elif isinstance(call, ast.Attribute):
            self.bodies[owner].append((node.lineno, self.path, call.attr))


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    return [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
