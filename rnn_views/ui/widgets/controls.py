"""Widgets that show and change one setting, and questions that ask for a prediction first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rnn_views.number_format import format_setting
from rnn_views.ui.shell import reveal
from rnn_views.ui.shell.header import escape
from rnn_views.ui.state import settings
from rnn_views.verdicts.verdict import Verdict, describe_verdict

CELLS = {"rnn": "Vanilla", "gru": "GRU", "lstm": "LSTM"}
WEIGHTS = {"untrained": "Untrained", "trained": "Trained"}


def segmented(
    name: str,
    label: str,
    options: Mapping[Any, str],
    *,
    also: Callable[[Any], Mapping[str, object]] | None = None,
    hide_label: bool = False,
) -> Any:
    """Offer a few values of the setting `name` side by side; return the one that is chosen."""
    present = getattr(settings.get(), name)
    st.segmented_control(
        label,
        list(options),
        format_func=lambda value: options[value],
        default=present if present in options else None,
        required=True,
        label_visibility="collapsed" if hide_label else "visible",
        **settings.widget_args(name, also=also),
    )
    return present


def choose(
    name: str,
    label: str,
    options: Sequence[Any],
    *,
    names: Mapping[Any, str] | None = None,
    typed: bool = False,
) -> Any:
    """Offer many values of the setting `name` in a list, the present one always among them.

    With `typed` a visitor may type another one; what cannot be used is named, and changes nothing.
    """
    present = getattr(settings.get(), name)
    offered = list(options) if present in options else [present, *options]
    st.selectbox(
        label,
        offered,
        index=offered.index(present),
        accept_new_options=typed,
        # A fuzzy filter would offer 0.05 to somebody who types 0.5.
        filter_mode="prefix",
        format_func=lambda value: (names or {}).get(value) or name_value(value),
        placeholder=(names or {}).get(None),  # None counts as nothing chosen, and has a name here
        **settings.widget_args(name),
    )
    return present


def name_value(value: object) -> str:
    """Return a value of a setting as a list shows it, whether chosen or typed.

    >>> name_value(0.00003), name_value("sentiment"), name_value(16)
    ('3 · 10⁻⁵', 'sentiment', '16')
    """
    return format_setting(value) if isinstance(value, float) else str(value)


def toggle(name: str, label: str, *, help: str | None = None) -> bool:
    """Offer the setting `name` as on or off."""
    present = bool(getattr(settings.get(), name))
    st.toggle(label, present, help=help, **settings.widget_args(name))
    return present


def ask(
    name: str,
    question: str,
    options: Sequence[str] | Mapping[str, str],
    *,
    beside: bool | tuple[int, int] = False,
    setting: str = "",
    about: str = "",
    view: str = "",
    onward: Callable[[], None] | None = None,
) -> tuple[str | None, DeltaGenerator]:
    """Ask for a prediction; return it once it is made, and the place for what really happens.

    The answer stays hidden until the visitor has committed to one; both stay in sight afterwards.
    The place is below the question, or beside it. Where options have names, the name is returned;
    with `setting` the prediction is that setting, so that a link carries it. `view` is the key of
    the container to bring into view with the answer, by default question and answer alone.
    `beside` may give the shares of the width; `onward` draws a button more once it is answered.

    `about` names all that decides the truth (task, sequence, network, seed): a prediction belongs
    to the question as it was asked. When one of these changes, the question is asked again.
    """
    names = options if isinstance(options, Mapping) else dict(zip(options, options, strict=True))
    kept = kept_name(name, about)
    guess: str | None = getattr(settings.get(), setting) if setting else settings.remembered(kept)
    guess = guess if guess in names else None

    def choose(option: str | None) -> dict[str, Any]:
        change = (
            settings.on_click_set(**{setting: option or ""})
            if setting
            else settings.remembering(kept, option)
        )
        return reveal.revealing(change, view or f"ask-{name}", glow=False)

    with st.container(border=True, key=f"ask-{name}"):
        if beside:
            asking, answering = st.columns(2 if beside is True else beside, gap="medium")
            place = answering.container(gap="xsmall")
        else:
            asking, place = st.container(), st.container()
    with asking:
        st.markdown(question)
        with st.container(horizontal=True, key=f"options-{name}"):
            for number, (option, label) in enumerate(names.items()):
                st.button(
                    label,
                    key=f"ask-{name}-{number}",
                    type="primary" if option == guess else "secondary",
                    disabled=guess is not None and option != guess,
                    **choose(option),
                )
            if guess is not None:
                st.button(
                    "Ask me again",
                    key=f"ask-{name}-again",
                    type="tertiary",
                    **choose(None),
                )
                if onward is not None:
                    onward()
    return guess, place


def kept_name(name: str, about: str = "") -> str:
    """Return the name under which the prediction of a question on this page is kept.

    It is the same in every session: page, question, and what the question is about.
    """
    return " ".join(filter(None, ("prediction", settings.current_page(), name, about)))


def focus_button(name: str, label: str, picture: str, *, part: str = "", **view: Any) -> None:
    """Offer to set a picture: a sentence of the text that points to what to look at.

    Parameters
    ----------
    name, label : str
        Key and text of the button.
    picture : str
        Key of the picture, which is brought into view.
    part : str
        CSS selector of what is meant in the picture.
    view : dict
        Where the picture goes, as `show_chain` takes it.
    """
    st.button(
        label,
        icon=":material/visibility:",
        type="tertiary",
        key=name,
        **reveal.revealing(settings.on_click_view(**view), picture, part),
    )


def show_verdict(guess: str, verdict: Verdict) -> None:
    """Say whether a prediction came true, and what is true where it did not."""
    told = escape(describe_verdict(guess, verdict))
    if verdict.hit(guess):
        st.success(told, icon=":material/check:")
    else:
        st.info(told, icon=":material/lightbulb:")


def slider(name: str, label: str, stops: Sequence[float]) -> float:
    """Offer the stops of a scale for the setting `name`, the present value always among them."""
    present: float = getattr(settings.get(), name)
    st.select_slider(
        label,
        sorted({*stops, present}),
        present,
        format_func=format_setting,
        **settings.widget_args(name),
    )
    return present
