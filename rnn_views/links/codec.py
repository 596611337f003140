"""The links that carry a page's settings, as `rnn_views.links.schema` declares them.

A link's query string holds what Python must know to draw a screen again; where the visitor looks
(step, phase, zoom) stands in the fragment and never comes here. `read` never raises: a value that
cannot be used falls back to the page's default and is named in a sentence the visitor can read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from rnn_core.tasks.inputs.text import clean
from rnn_views.links.fields import write_value
from rnn_views.links.schema import (
    BUGS,
    FIELDS,
    GLOBAL,
    PAGES,
    STREAM_KEYS,
    TASK_KEYS,
    WEIGHTS,
    Settings,
    field_of,
    first_suggestion,
)

__all__ = (
    "BUGS",
    "FIELDS",
    "PAGES",
    "STREAM_KEYS",
    "TASK_KEYS",
    "VERSION",
    "WEIGHTS",
    "Settings",
    "defaults",
    "explain",
    "field_of",
    "first_suggestion",
    "read",
    "refuse",
    "shorten",
    "write",
)

VERSION: Final = "1"
OPENS_WITH: Final[Mapping[tuple[str, str, object], Mapping[str, Any]]] = {
    ("memory", "part", "units"): {"source": "sentiment"},
}
"""By page, setting and value: what other settings are then, where a link does not name them.

What a state keeps is seen in words that a network was trained on, not in random numbers.
"""


def defaults(page: str, task: str | None = None) -> Settings:
    """Return the settings with which `page` opens, on a task of its own or on the one named."""
    named = dict(PAGES[page])
    if task is not None:
        named["task"] = task
    for name, value in named.items():
        if callable(value):
            named[name] = value(named["task"])
    return replace(Settings(), **named)


def write(page: str, settings: Settings) -> dict[str, str]:
    """Return the query of a link to this screen: the version, then every setting of the page.

    An empty text is left out where it is the default anyway, and so is presenter mode.
    """
    named = {name: write_value(getattr(settings, name)) for name in PAGES[page]}
    said = {name: text for name, text in named.items() if text or PAGES[page][name]}
    for name, default in GLOBAL.items():
        if getattr(settings, name) == default:
            del said[name]
    return {"v": VERSION, **said}


def read(page: str, query: Mapping[str, Sequence[str]]) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings a link asks for, and a sentence for each part that was rejected."""
    given: dict[str, Any] = {}
    bad: dict[str, str] = {}
    rejected = []
    for name, values in query.items():
        text = values[-1] if values else ""
        known = name == "v" or name in PAGES[page]
        if known and len(set(values)) > 1:
            rejected.append(
                f"This link gives {name} {len(values)} times. The page reads the last one, "
                f"{shorten(text)}."
            )
        if name == "v":
            if text != VERSION:
                rejected.append(
                    f"This link has version {shorten(text)}, this page reads version {VERSION}. "
                    "Settings that it does not know are left at their defaults."
                )
        elif name not in PAGES[page]:
            rejected.append(f"This page has no setting called {shorten(name)}, so it is ignored.")
        else:
            try:
                given[name] = field_of(page, name).check(text)
            except ValueError:
                bad[name] = text
    opened = defaults(page, given.get("task"))
    for (of, name, value), others in OPENS_WITH.items():
        if of == page and given.get(name) == value:
            opened = replace(opened, **others)
    settings = replace(opened, **given)
    return settings, (
        *rejected,
        *(explain(page, settings, name, text) for name, text in bad.items()),
    )


def explain(page: str, settings: Settings, name: str, value: object) -> str:
    """Return the sentence that names a rejected value, what is accepted and what is used."""
    why = f"{name} is {field_of(page, name).accepts}"
    return refuse(name, value, why, getattr(settings, name))


def refuse(name: str, value: object, why: str, used: object) -> str:
    """Return the sentence that names a value that is not used, the reason and what is used.

    >>> refuse("row", 9, "W_hh has 4 rows here", 4)
    'row = “9” cannot be used: W_hh has 4 rows here. The page uses “4”.'
    """
    given, taken = shorten(write_value(value)), shorten(write_value(used) or "nothing")
    return f"{name} = {given} cannot be used: {why}. The page uses {taken}."


def shorten(text: str, longest: int = 40) -> str:
    """Return `text` made plain, in quotation marks, and cut to a length that can be read."""
    plain, cut = clean(text, longest, "text")
    return f"“{plain}…”" if cut else f"“{plain}”"
