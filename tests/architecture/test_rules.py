"""The house rules hold, and each of them can be broken."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).parents[2]
SOURCES = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for room in ("rnn_core", "rnn_views", "pages", "serving")
    for file in sorted((ROOT / room).rglob("*.py"))
}
SCRIPTS = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "assets").rglob("*.js"))
}
Rule = Callable[[str, str], Iterator[str]]
RULES: tuple[Rule, ...] = (
    rules.import_breaches,
    rules.state_breaches,
    rules.page_breaches,
    rules.html_breaches,
    rules.length_breaches,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nobody_breaks(rule: Rule) -> None:
    assert len(SOURCES) > 10
    breaches = [breach for path, source in SOURCES.items() for breach in rule(path, source)]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("rnn_core/cells.py", "import pandas"),
        ("rnn_core/cells.py", "from plotly import graph_objects"),
        ("rnn_core/cells.py", "import rnn_views.theme"),
        ("rnn_core/tasks/digits.py", "def load():\n    import streamlit as st"),
        ("rnn_core/cells.py", "import importlib\nimportlib.import_module('torch')"),
        ("rnn_views/chain/payload.py", "import streamlit as st"),
        ("rnn_views/chain/payload.py", "from rnn_views import ui"),
        ("rnn_views/chain/payload.py", "from rnn_views.ui.state.settings import get"),
        ("rnn_views/figures/loss.py", "from ..ui import settings"),
        ("rnn_views/ui/widgets/controls.py", "import starlette"),
        ("rnn_views/ui/widgets/controls.py", "from pages import start"),
        ("pages/start.py", "import plotly.graph_objects as go"),
        ("pages/start.py", "import numpy as np"),
        ("serving/security_headers.py", "import pandas"),
    ],
)
def test_forbidden_imports_are_found(path: str, source: str) -> None:
    assert list(rules.import_breaches(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "rnn_core/cells.py",
            "import numpy as np\nfrom rnn_core.params import Params\nimport math",
        ),
        ("rnn_core/tasks/digits.py", "from ..params import Params"),
        ("rnn_views/chain/payload.py", "import rnn_core as rc\nfrom rnn_views import theme"),
        (
            "rnn_views/ui/widgets/controls.py",
            "import streamlit as st\nfrom rnn_views.ui.state import settings",
        ),
        ("pages/start.py", "import streamlit as st\nfrom rnn_views.ui.widgets import controls"),
        ("scripts/anything.py", "import torch"),
    ],
)
def test_allowed_imports_pass(path: str, source: str) -> None:
    assert not list(rules.import_breaches(path, source))


@pytest.mark.parametrize("path", ["pages/start.py", "rnn_views/ui/widgets/controls.py"])
@pytest.mark.parametrize("source", ["st.session_state['t'] = 3", "st.query_params.clear()"])
def test_foreign_state_is_found(path: str, source: str) -> None:
    assert list(rules.state_breaches(path, source))
    assert not list(rules.state_breaches("rnn_views/ui/state/settings.py", source))


@pytest.mark.parametrize(
    "source",
    [
        "figure = go.Figure()",
        "st.html('<b>bold</b>')",
        "st.markdown(text, unsafe_allow_html=True)",
        "colour = '#1f66b8'",
        "class Settings: pass",
        "h = x @ W",
    ],
)
def test_faults_of_pages_are_found(source: str) -> None:
    assert list(rules.page_breaches("pages/start.py", source))


def test_page_with_hash_text_passes() -> None:
    assert not list(rules.page_breaches("pages/start.py", "st.write('# Title', '#t=3')"))


def test_unsafe_html_is_found() -> None:
    source = "st.markdown(text, unsafe_allow_html=True)"
    assert list(rules.html_breaches("rnn_views/ui/shell/header.py", source))


def test_only_what_a_visitor_does_puts_settings() -> None:
    breaches = list(rules.act_breaches(SOURCES))
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    ("page", "part"),
    [
        ("from rnn_views.ui.state import settings\nsettings.put(row=1)", ""),
        ("from rnn_views.ui.state.settings import put\nput(row=1)", ""),
        ("from rnn_views.ui import part\npart.show()", "def show(): settings.put(row=1)"),
        (
            "from rnn_views.ui.part import show\nwith box:\n    show()",
            "def show():\n    fit()\ndef fit():\n    if bad: settings.put(row=1)",
        ),
        (
            "from rnn_views.ui import part\npart.show()",
            "def show():\n    def draw():\n        settings.put(row=1)\n    draw()",
        ),
        (
            "from rnn_views.ui import part\nst.button(on_click=part.stop)\npart.stop()",
            "def stop(): settings.put(update=0)",
        ),
    ],
)
def test_settings_put_while_drawing_are_found(page: str, part: str) -> None:
    imports = "from rnn_views.ui.state import settings\n"
    sources = {"pages/train.py": page, "rnn_views/ui/part.py": imports + part}
    assert list(rules.act_breaches(sources))


@pytest.mark.parametrize(
    "part",
    [
        "def show(): st.button(on_click=stop)\ndef stop(): settings.put(update=0)",
        "def show(): pick(change=lambda one: settings.put(example=one))",
        "def show():\n    def take(): settings.put(row=1)\n    st.button(on_click=take)",
        "def show(): settings.fit('row', 1, 'there is one')",
        "def show(): cell.put(1)",
    ],
)
def test_settings_put_by_the_visitor_pass(part: str) -> None:
    sources = {
        "pages/train.py": "from rnn_views.ui import part\npart.show()",
        "rnn_views/ui/part.py": "from rnn_views.ui.state import settings\n" + part,
    }
    assert not list(rules.act_breaches(sources))


def test_no_script_makes_a_field_without_a_length() -> None:
    breaches = [
        breach
        for path, source in SCRIPTS.items()
        for breach in rules.script_length_breaches(path, source)
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    "source", ["st.text_input('a')", "place.text_area('a', key='b')", "st.text_input(**other())"]
)
def test_a_field_without_a_length_is_found(source: str) -> None:
    assert list(rules.length_breaches("rnn_views/ui/widgets/controls.py", source))


@pytest.mark.parametrize(
    "source",
    ["st.text_input('a', max_chars=9)", "st.text_input('a', **settings.text_args('b', 'c'))"],
)
def test_a_field_with_a_length_passes(source: str) -> None:
    assert not list(rules.length_breaches("rnn_views/ui/widgets/controls.py", source))


@pytest.mark.parametrize(
    "source",
    [
        'html("input", { type: "text" })',
        "const f = document.createElement('textarea')\nf.value = 1",
    ],
)
def test_a_field_of_a_script_without_a_length_is_found(source: str) -> None:
    assert list(rules.script_length_breaches("assets/chain/edit/edit.js", source))
