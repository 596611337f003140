"""The visitor's settings: kept per visitor, read from the link, written to the address bar.

The only module that touches `st.session_state` and `st.query_params`. The main script calls
`open_page` before any widget exists; pages read with `get`, widgets write through `widget_args`.

The address bar changes only after the visitor changed something, so the browser's Back never
lands in a loop: a link without a query stands for the page's defaults. Python notes a change in
the address itself; what a page is entered with is noted by the browser (`frame.show_address`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rnn_views.links import codec
from rnn_views.links.codec import Settings
from rnn_views.visit_record import Value

Reported = TypeVar("Reported")
TYPED_AT_MOST = 10_000
"""Characters that a field takes: more than any page reads, and far less than stops a connection."""
_STORE = "unrolled"
_BY_BROWSER = ("update",)
"""What the browser notes in the address by itself while a run goes on, so that a reload knows it.

It is not something the visitor asked for: the run itself says how far it has come.
"""

MOST_NEWS = 16
"""Changes that wait for the browser: it takes each page's as it is drawn."""


@dataclass
class _Store:
    """What one visitor's session remembers."""

    page: str | None = None
    entering: bool = False
    query: dict[str, list[str]] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    changed: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Value] = field(default_factory=dict)
    news: list[tuple[int, str, Value | None]] = field(default_factory=list)
    told: bool = False


_here = threading.local()


def _store() -> _Store:
    """Return what the visitor of this run has; the session's state is asked once a run."""
    run = get_script_run_ctx()
    if run is None or getattr(_here, "run", None) is not run:
        if _STORE not in st.session_state:
            st.session_state[_STORE] = _Store()
        _here.run, _here.store = run, st.session_state[_STORE]
    found: _Store = _here.store
    return found


def yield_to_pending_rerun() -> None:
    """End the run of the script here if the visitor asked for another: for loops that draw seldom.

    Streamlit looks whenever its state is asked, and at each `st` call.
    """
    _ = _STORE in st.session_state


def _arrived() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def open_page(page: str) -> Settings:
    """Take over what the address bar says for `page`, or what the visitor left there before.

    Coming to a page by the menu, without a query, restores the visitor's own settings; a link, or
    the browser's Back and Forward, defines every setting again.
    """
    store, query = _store(), _arrived()
    presenting = store.page is not None and get(store.page).present
    store.entering, store.page = store.page != page, page
    if store.entering and not query and page in store.settings and not _went_in_history():
        store.rejected = ()
        store.changed = store.settings[page] != codec.defaults(page)
    elif store.entering or _url_changed(query, store.query):
        store.settings[page], store.rejected = codec.read(page, query)
        store.changed = False
    if store.entering and "present" not in query and store.settings[page].present != presenting:
        store.settings[page] = replace(store.settings[page], present=presenting)
        store.changed = True
    store.query = query
    if store.changed and not store.entering:
        _write()
    return store.settings[page]


def _url_changed(query: Mapping[str, list[str]], known: Mapping[str, list[str]]) -> bool:
    """Return whether the address asks for something that was not written there by the page."""
    if _went_in_history():
        return query != known
    asked, was = (
        {name: value for name, value in one.items() if name not in _BY_BROWSER}
        for one in (query, known)
    )
    return asked != was


def _went_in_history() -> bool:
    """Return whether this run answers the browser's Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _write() -> None:
    """Write the page's settings to the address bar, unless it says so already.

    Never on the run that enters a page, nor on one that follows at its heels: Streamlit's browser
    half notes the query at once, but the page's path only when the page has been drawn, so the
    query would be noted as a visit to the page before.
    """
    store = _store()
    assert store.page is not None
    query = codec.write(store.page, store.settings[store.page])
    store.changed = False
    if {name: [text] for name, text in query.items()} != store.query:
        store.query = {name: [text] for name, text in query.items()}
        st.query_params.from_dict(query)


def has_pending_url_update() -> bool:
    """Return whether the address bar has still to learn the settings of the page."""
    return _store().changed


def is_first_run_of_page() -> bool:
    """Return whether this run is the one that enters the page."""
    return _store().entering


def current_page() -> str:
    """Return the url path of the page that is being drawn."""
    return _store().page or ""


def get(page: str | None = None) -> Settings:
    """Return the visitor's settings on `page` (by default the one that is being drawn)."""
    store = _store()
    page = (store.page or "") if page is None else page
    return store.settings.get(page) or codec.defaults(page)


def put(page: str | None = None, **changes: object) -> Settings:
    """Change settings of `page` as the visitor asks; a value that cannot be used is named.

    It changes nothing then. For callbacks only, as it replaces what was named before: a page that
    has to adjust a setting while it is drawn calls `fit`, a run that has moved calls `note`.
    """
    store = _store()
    page = current_page() if page is None else page
    settings, rejected = get(page), []
    for name, value in changes.items():
        if name not in codec.PAGES[page]:
            raise ValueError(f"the page {page!r} has no setting {name!r}")
        try:
            settings = replace(settings, **{name: codec.field_of(page, name).check(value)})
        except ValueError:
            rejected.append(codec.explain(page, settings, name, value))
    store.rejected = tuple(rejected)
    store.changed = store.changed or settings != get(page)
    store.settings[page] = settings
    return settings


def query(page: str | None = None) -> Mapping[str, str]:
    """Return the query of a link to `page` as it is now, every setting spelt out."""
    page = current_page() if page is None else page
    return codec.write(page, get(page))


def rejected() -> tuple[str, ...]:
    """Return a sentence for each part of the link, or of a change, that could not be used."""
    return _store().rejected


def reject(sentence: str) -> None:
    """Add a sentence to name something that only the page could find out to be unusable."""
    store = _store()
    if sentence not in store.rejected:
        store.rejected += (sentence,)


def fit(name: str, value: object, why: str) -> Any:
    """Set a setting to what can be shown here, and name the change to the visitor.

    For what a page finds out while it is drawn: a row beyond the matrix, say. What was named
    before stays named. Nothing happens where the setting has the value already.

    Parameters
    ----------
    name : str
        The setting.
    value : object
        What is used instead of its present value.
    why : str
        What is accepted here, as the end of "… cannot be used: ".

    Returns
    -------
    object
        The value as the setting's own type.

    Raises
    ------
    ValueError
        If the setting itself does not accept the value.
    """
    store, page, settings = _store(), current_page(), get()
    fitted, present = codec.field_of(page, name).check(value), getattr(settings, name)
    if fitted != present:
        store.settings[page] = replace(settings, **{name: fitted})
        store.changed = True
        reject(codec.refuse(name, present, why, fitted))
    return fitted


def note(update: int) -> None:
    """Write down the update a run has come to; nobody asked for it, so nothing is named."""
    store, page, settings = _store(), current_page(), get()
    if settings.update != update:
        store.settings[page] = replace(settings, update=update)
        store.changed = True


def widget_args(
    name: str, *, also: Callable[[Any], Mapping[str, object]] | None = None
) -> dict[str, Any]:
    """Return key and on_change for a widget that shows and changes the setting `name`.

    `also` says which settings change with it, such as the example when the task changes.

    The value is sent in every run. A browser that draws a widget late, because its popover was
    closed, knows only what the last run sent: without a value it would show nothing chosen.
    Give the widget the same value as its default. The browser falls back on the default when it
    draws the widget again in another place, and would write that to the address.
    """
    page = current_page()
    key = f"{page or 'start'}-{name}"
    st.session_state[key] = getattr(get(page), name)
    return {"key": key, "on_change": _take, "args": (page, name, key, also)}


def _take(
    page: str, name: str, key: str, also: Callable[[Any], Mapping[str, object]] | None
) -> None:
    value = st.session_state[key]
    if value is not None or codec.write_value(getattr(codec.defaults(page), name)) == "auto":
        put(page, **{name: value, **(also(value) if also else {})})


def on_click_set(**changes: object) -> dict[str, Any]:
    """Return on_click for a button that changes settings of the page that is being drawn."""
    return {"on_click": put, "args": (current_page(),), "kwargs": changes}


def session_set(name: str, thing: object) -> None:
    """Keep an object (a trainer, a guess) for this visitor, until the session ends."""
    _store().kept[name] = thing


def session_get(name: str, default: Any = None) -> Any:
    """Return what `session_set` kept under `name`, or `default`."""
    return _store().kept.get(name, default)


def on_click_session(name: str, thing: object) -> dict[str, Any]:
    """Return on_click for a button that keeps `thing` under `name`."""
    return {"on_click": session_set, "args": (name, thing)}


def remember(name: str, value: Value | None) -> None:
    """Keep a small thing for this visitor beyond the session: their browser keeps it.

    None takes it away. `rnn_views.ui.visit` brings it to the browser and back.
    """
    store = _store()
    if store.memory.get(name) == value:
        return
    store.memory.pop(name, None)
    if value is not None:
        store.memory[name] = value
    serial = store.news[-1][0] + 1 if store.news else 1
    store.news = [*store.news[-MOST_NEWS + 1 :], (serial, name, value)]


def remembered(name: str, default: Any = None) -> Any:
    """Return what `remember` kept under `name`, in this session or an earlier one."""
    return _store().memory.get(name, default)


def remembering(name: str, value: Value | None) -> dict[str, Any]:
    """Return on_click for a button that remembers `value` under `name`; None forgets it."""
    return {"on_click": remember, "args": (name, value)}


def recalled(name: str, key: str, options: Sequence[str]) -> dict[str, Any]:
    """Return key and on_change for a widget that shows and changes what is remembered."""
    value = remembered(name) if remembered(name) in options else None
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return {
        "key": key,
        "on_change": lambda: remember(name, st.session_state[key]),
    }


def restore(record: Mapping[str, Value], serial: int) -> None:
    """Take over what the visitor's browser keeps; its newest change of ours is `serial`."""
    store = _store()
    store.told = True
    store.memory = dict(record)
    for number, name, value in store.news:
        if number > serial:
            store.memory.pop(name, None)
            if value is not None:
                store.memory[name] = value


def news() -> tuple[bool, list[tuple[int, str, Value | None]]]:
    """Return whether the browser has sent its record, and the latest changes it is to keep."""
    store = _store()
    return store.told, store.news


def on_click_view(**view: object) -> dict[str, Any]:
    """Return on_click for a button that sets where the page's picture is looked at."""
    return {"on_click": _look, "args": (current_page(), view)}


def _look(page: str, view: Mapping[str, object]) -> None:
    # Counted, so that the same button acts again after the visitor has gone elsewhere.
    session_set(
        f"view {page}", {**view, "request": session_get(f"view {page}", {}).get("request", 0) + 1}
    )


def view() -> Mapping[str, object]:
    """Return where the page last asked its picture to go; nothing at first."""
    found: Mapping[str, object] = session_get(f"view {current_page()}", {})
    return found


def text_args(name: str, shown: str, *, change: Callable[[str], None]) -> dict[str, Any]:
    """Return key, length and on_change for a text field whose raw text is the visitor's own.

    The field shows `shown`, and shows it again when that changes; in between what the visitor
    typed stays in it, whether it could be used or not. `change` is called with what was typed.
    """
    page = current_page()
    key = f"{page or 'start'}-typed-{name}"
    if key not in st.session_state or session_get(key) != shown:
        st.session_state[key] = shown
        session_set(key, shown)
    return {
        "key": key,
        "max_chars": TYPED_AT_MOST,
        "on_change": lambda: change(st.session_state[key] or ""),
    }


def component_value(key: str, name: str, read: Callable[[object], Reported]) -> Reported | None:
    """Return what a component reported under `name`, for use in its callback.

    Parameters
    ----------
    read : callable
        Returns the value as it is to be used; raises ValueError for one of another shape
        (`rnn_views.component_values`). That one is named to the visitor, and is None here.
    """
    state = st.session_state.get(key)
    value = state.get(name) if isinstance(state, Mapping) else getattr(state, name, None)
    if value is None:
        return None
    try:
        return read(value)
    except ValueError as problem:
        reject(f"What the page sent as “{name}” cannot be used: {problem}. Nothing is changed.")
        return None
