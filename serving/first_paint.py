"""What our index page does before Streamlit draws: title, background, guard of translations."""

import json
from collections.abc import Iterator

from streamlit import config

from rnn_views.ui.shell.assets import ASSETS, asset_url
from rnn_views.ui.shell.navigation import page_titles

SCRIPT = ASSETS / "frame" / "first_paint.js"
STYLES = ("frame/marks.css", "frame/phone.css")
MODULES = ("frame/translation.js", "frame/page_theme.js", "frame/tables.js")
THEME_COLOURS = ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor")
START_MARK = '<html lang="en" data-start>'
"""How the page begins that is served for the root of the app, and for nothing else."""


def head_start() -> str:
    """Return what comes first in the head of our index page: scripts, then styles.

    Modules run in the order of their tags, so ours run before Streamlit's.
    """
    return "\n    ".join((*_backgrounds(), _script(), *_modules(), *_styles()))


def start_page(index: str) -> str:
    """Return the index page for the root of the app, which has to end with a slash."""
    return index.replace('<html lang="en">', START_MARK, 1)


def _backgrounds() -> Iterator[str]:
    """Yield the style of the document before the app is there: the same colours, from the start."""
    light, dark = (
        f"color-scheme: {theme}; background: {config.get_option(f'theme.{theme}.backgroundColor')};"
        for theme in ("light", "dark")
    )
    yield (
        f"<style>:root {{ {light} }}\n"
        f"    @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f'    :root[data-theme="light"] {{ {light} }}\n'
        f'    :root[data-theme="dark"] {{ {dark} }}</style>'
    )


def _script() -> str:
    # Inline: the browser would paint while it fetched a file.
    settings = json.dumps({"titles": page_titles(), "themes": _themes()}, ensure_ascii=True)
    return f"<script>{SCRIPT.read_text(encoding='utf-8')}firstPaint({settings})</script>"


def _themes() -> dict[str, dict[str, str]]:
    """Return the colours of both themes, which Streamlit has from the server only later."""
    return {
        f"{theme.upper()}_THEME": {
            name: config.get_option(f"theme.{theme}.{name}") for name in THEME_COLOURS
        }
        for theme in ("light", "dark")
    }


def _modules() -> Iterator[str]:
    for name in MODULES:
        yield f'<script type="module" src="./{asset_url(name)}"></script>'


def _styles() -> Iterator[str]:
    for name in STYLES:
        yield f'<link rel="stylesheet" href="./{asset_url(name)}" />'
