"""Streamlit's browser half, with an index page of our own."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from streamlit import file_util

from rnn_views.ui.shell.assets import ASSETS, asset_url, browser_assets
from serving.addresses import START as START_PAGE
from serving.first_paint import head_start, start_page
from serving.static_files import SCRIPTS

DESCRIPTION = (
    "See a recurrent neural network think, one time step at a time, "
    "and learn, one gradient at a time."
)
# Without this, the browser half looks for its server below each page's path first: two failed
# requests, logged as errors, on every deep link.
START = (
    "window.__streamlit = "
    "{ ...window.__streamlit, BACKEND_BASE_URL: new URL('./', document.baseURI).href }"
)
HEAD_START = '<link rel="shortcut icon"'
ICON = ASSETS / "frame" / "icon.png"
STYLE = "frame/streamlit.css"
PAGE = "frame/page.js"
CONNECTION = "frame/connection.js"  # says what is wrong where the app cannot connect
PICTURE = "chain/"
SLANTED = "Source Sans, slanted"
UPRIGHT = "media/SourceSansVF-Upright.*.woff2"
_FOLDER = tempfile.TemporaryDirectory(prefix="unrolled-")  # removed when the process ends


def install_index_page() -> Path:
    """Make Streamlit serve our index page and icon; return the folder they are served from.

    Streamlit's scripts stay where they are: `StaticFiles` serves them.
    """
    theirs = Path(file_util.get_static_dir())
    index = own_index((theirs / "index.html").read_text(encoding="utf-8"), _links())
    ours = Path(_FOLDER.name)
    (ours / "index.html").write_text(index, encoding="utf-8")
    Path(f"{ours}{START_PAGE}").write_text(start_page(index), encoding="utf-8")
    (ours / "favicon.png").write_bytes(ICON.read_bytes())
    file_util.get_static_dir = lambda: str(ours)
    return ours


def own_index(index: str, links: str) -> str:
    """Return Streamlit's index page under our name, with a word for those without JavaScript.

    Parameters
    ----------
    index
        The page as Streamlit ships it. What a release words differently stays as it is.
    links
        What to add to its head.
    """
    changes = (
        (r"<title>.*?</title>", f"<title>Unrolled</title>\n    {_meta()}"),
        (r"<!--\s+Machine-readable.*?-->\s*<link rel=\"service-desc\"[^>]*>\s*", ""),
        (r"<script>(\s*)window\.prerenderReady", rf"<script>\1{START}\1window.prerenderReady"),
        (r"</head>", f"{links}\n  </head>"),
        (
            r"<noscript>.*?</noscript>",
            "<noscript><p>Unrolled draws its pictures with JavaScript. "
            "Please switch it on for this page.</p></noscript>",
        ),
    )
    for pattern, replacement in changes:
        index = re.sub(pattern, replacement, index, count=1, flags=re.DOTALL)
    # After the encoding and the size of the window, before all that loads. A script holds
    # backslashes, so it is no pattern to fill in.
    return index.replace(HEAD_START, f"{head_start()}\n    {HEAD_START}", 1)


def _links() -> str:
    """Link our style sheet and script, and the picture's modules ahead of their turn.

    They import one another five deep; asked for one after the other they would come late.
    """
    modules = [
        name for name in browser_assets() if name.startswith(PICTURE) and name.endswith(".js")
    ]
    return "\n    ".join(
        (
            f'<link rel="stylesheet" href="./{asset_url(STYLE)}" />',
            f'<script type="module" src="./{asset_url(PAGE)}"></script>',
            f'<script src="./{asset_url(CONNECTION)}" defer></script>',
            *(f'<link rel="modulepreload" href="./{asset_url(name)}" />' for name in modules),
            *_slant(),
        )
    )


def _slant() -> Iterator[str]:
    """Yield the style with which browsers slant the text font for a few words in italics.

    Streamlit's italic font is 138 kB more. A family without italics is slanted by the browser.
    """
    for file in SCRIPTS.glob(UPRIGHT):
        yield (
            f'<style>@font-face {{ font-family: "{SLANTED}"; font-weight: 100 900; '
            f'src: url("./static/{file.relative_to(SCRIPTS).as_posix()}") format("woff2"); }}\n'
            f'    :root .stMarkdown em {{ font-family: "{SLANTED}", sans-serif; }}</style>'
        )


def _meta() -> str:
    return f'<meta name="description" content="{DESCRIPTION}" />'
