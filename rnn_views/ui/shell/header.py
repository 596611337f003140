"""What every page has around it: heading, the way to copy its link, and notices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import streamlit as st

from rnn_views.ui.shell.assets import asset_url
from rnn_views.ui.state import settings

TEXTS = Path(__file__).parents[3] / "assets" / "text"
ASSETS = Path(__file__).parents[3] / "assets" / "frame"

_COPY_LINK = st.components.v2.component(
    "copy_link",
    css=(ASSETS / "copy_link.css").read_text(encoding="utf-8"),
    js=(ASSETS / "copy_link.js").read_text(encoding="utf-8"),
)

_PRESENTER = st.components.v2.component(
    "presenter", js=(ASSETS / "presenter.js").read_text(encoding="utf-8")
)

_ADDRESS = st.components.v2.component(
    "address", js=(ASSETS / "address.js").read_text(encoding="utf-8")
)


def show_heading(title: str, lead: str) -> None:
    """Show a page's title, its one sentence and "Copy link", on one row where there is room.

    In presenter mode the sentence goes, and the row is low: what is shown stands higher.
    """
    present = settings.get().present
    key = "heading-presenting" if present else "heading"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        st.title(title, anchor=False, width="content")
        if present:
            st.space("stretch")
        else:
            st.markdown(lead, width="stretch")
        show_present()
        show_copy_link()


def show_present() -> None:
    """Show the button that starts or ends presenter mode."""
    present = settings.get().present
    st.button(
        "End presenting" if present else "Present",
        help="The picture comes first, with less around it. A clicker’s keys, PageUp and PageDown, "
        "step it wherever the focus is, then lead to the next page. Esc ends it.",
        width="content",
        key="end-presenting" if present else "present",
        **settings.on_click_set(present=not present),
    )
    if present:
        data = {"script": asset_url("chain/interaction/presenter.js")}
        _PRESENTER(key="presenter", data=data, width="content", height="content")


def show_copy_link() -> None:
    """Show a button that copies the link to this screen, to the very step one looks at."""
    query = urlencode(dict(settings.query()))
    _COPY_LINK(key="copy-link", data={"query": query}, width="content", height="content")


def show_address() -> None:
    """Let the browser write the settings a page was entered with to the address."""
    data = {"page": settings.current_page(), "query": urlencode(dict(settings.query()))}
    _ADDRESS(key="address", data=data, height="content")


def show_rejected(most: int = 12) -> None:
    """Name to the visitor what a link asked for that could not be used."""
    with st.container(key="rejected"):
        sentences = settings.rejected()
        lines = [escape(sentence) for sentence in sentences[:most]]
        if len(sentences) > most:
            lines.append(f"{len(sentences) - most} more parts of the link are ignored as well.")
        if lines:
            st.warning("  \n".join(lines), icon=":material/link_off:")
            st.space("xsmall")


PIECE = re.compile(r"[^\s“”‘’«»]+")
LINKED = re.compile(r"://|www\.|@", re.IGNORECASE)
"""In what Markdown makes a link by itself, however it is escaped; `as_code` shows it as it is."""


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it as it is written, and makes no link of it.

    >>> escape("*now* <b>")
    '\\\\*now\\\\* \\\\<b\\\\>'
    >>> escape("ask “www.example.org” *now*")
    'ask “`www.example.org`” \\\\*now\\\\*'
    """
    plain = " ".join(text.split())
    if not LINKED.search(plain):
        return escape_marks(plain)
    return PIECE.sub(
        lambda piece: (as_code if LINKED.search(piece[0]) else escape_marks)(piece[0]), plain
    )


def escape_marks(text: str) -> str:
    """Return `text` with a backslash before every character that Markdown might read as a mark."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def as_code(text: str) -> str:
    """Return `text` as a code span, in which Markdown reads nothing.

    >>> as_code("a@b"), as_code("`a`@b")
    ('`a@b`', '`` `a`@b ``')
    """
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    blank = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def show_text(story: str, section: str) -> None:
    """Show one section of a page's prose, `assets/text/<story>.md` under `## <section>`."""
    st.markdown(prose(story)[section])


@cache
def prose(story: str) -> Mapping[str, str]:
    """Return the sections of a page's prose by their headings."""
    text = (TEXTS / f"{story}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    sections = zip(parts[1::2], parts[2::2], strict=True)
    return MappingProxyType({name.strip(): body.strip() for name, body in sections})
