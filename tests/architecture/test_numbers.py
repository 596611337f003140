"""Numbers reach the screen through rnn_views/number_format.py: 10⁻⁵, −0.5, 97.0 %, all alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rnn_views import number_format

ROOT = Path(__file__).resolve().parents[2]
FORMATTER = "rnn_views/number_format.py"
SHORT = re.compile(r"[geEG%]$")
"""Formats that write 1e-05, or a percent sign of their own."""
FIELD = re.compile(r"\{[^{}]*:[^{}]*[geEG%]\}")
PERCENT = re.compile(r"(\d|\}| )%(?![{\w(])")
NOT_SHOWN = {
    "rnn_views/edits/edit.py": "an edit in an address, read again with float",
    "rnn_views/links/fields.py": "a number in an address, read again with float",
    "rnn_views/ui/update/gradcheck.py": "what a prediction is about, a key that nobody reads",
    "rnn_views/ui/widgets/figures.py": "numbers rounded for their way to the browser",
    "rnn_views/chain/weight_images.py": "numbers rounded for their way to the browser",
    "rnn_views/chain/still.py": "coordinates of a drawing",
    "rnn_views/figures/log_axis.py": "numbers rounded so that ticks are equal",
}


def find_documentation(tree: ast.AST) -> set[int]:
    """Return the ids of the constants that stand alone: docstrings."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def find_formats(source: str) -> Iterator[str]:
    """Yield the places of a module that format a number with :g, :e or :%."""
    tree = ast.parse(source)
    documented = find_documentation(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec)[2:-1]
            if SHORT.search(spec):
                yield f"{node.lineno}: {ast.unparse(node.value)}:{spec}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            shown = id(node) not in documented and "%{" not in node.value  # Plotly's own formats
            if shown and FIELD.search(node.value):
                yield f"{node.lineno}: {node.value}"


def find_percents(source: str) -> Iterator[str]:
    """Yield texts with a percent sign on its own, or one that a line break may part."""
    tree = ast.parse(source)
    documented = find_documentation(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(v.value) if isinstance(v, ast.Constant) else "}" for v in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in documented else node.value
        else:
            continue
        if PERCENT.search(text) and "%{" not in text and "<svg" not in text:
            yield f"{node.lineno}: {text}"


def modules() -> list[Path]:
    return sorted([*(ROOT / "rnn_views").rglob("*.py"), *(ROOT / "pages").glob("*.py")])


def test_numbers_on_screen_are_written_by_one_module() -> None:
    wrong, needed = [], set()
    for path in modules():
        name = path.relative_to(ROOT).as_posix()
        found = list(find_formats(path.read_text(encoding="utf-8")))
        if found and name in NOT_SHOWN:
            needed.add(name)
        elif name != FORMATTER:
            wrong += [f"{name}:{one}" for one in found]
    assert not wrong, "use format_number, format_setting or format_percent:\n" + "\n".join(wrong)
    assert needed == set(NOT_SHOWN), "a reason that nothing needs any more"


def test_a_percent_sign_has_a_blank_that_does_not_break() -> None:
    wrong = [
        f"{path.relative_to(ROOT).as_posix()}:{one}"
        for path in [*modules(), *sorted((ROOT / "rnn_core" / "tasks").rglob("*.py"))]
        for one in find_percents(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, "use format_percent, or a no-break space:\n" + "\n".join(wrong)


def test_a_percent_sign_in_prose_has_one_too() -> None:
    wrong = [
        f"{path.name}: {found}"
        for path in sorted((ROOT / "assets" / "text").glob("*.md"))
        for found in re.findall(r".{20}\d ?%", path.read_text(encoding="utf-8"))
    ]
    assert not wrong


@pytest.mark.parametrize(
    "source",
    [
        'f"{x:.3g}"',
        'f"{x:g} nats"',
        'f"{x[0]:.1e}"',
        'f"{x:.1%}"',
        'f"{x:,.4g}"',
        '"{:.1%}".format',
    ],
)
def test_a_format_of_its_own_is_found(source: str) -> None:
    assert list(find_formats(source))


@pytest.mark.parametrize("source", ['f"{x:,}"', 'f"{x:.2f}"', 'f"{format_number(x, 3)}"'])
def test_other_formats_are_left_alone(source: str) -> None:
    assert not list(find_formats(source))


def test_percents_are_found() -> None:
    assert list(find_percents('f"{x} %"'))
    assert list(find_percents('x = "about 97%"'))
    assert not list(find_percents('f"{format_percent(x)} of them"'))


def test_small_large_and_negative_numbers_read_alike() -> None:
    assert number_format.format_number(1e-5) == number_format.format_setting(1e-5) == "10⁻⁵"
    for say in (number_format.format_number, number_format.format_setting):
        assert say(-0.25) == "−0.25"
    assert number_format.format_percent(-0.25) == "−25.0\u00a0%"
    assert number_format.format_fixed(-0.25, 2) == "−0.25"
