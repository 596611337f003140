"""Is this gradient right? One weight's, held against the loss itself."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from rnn_core.analysis.gradient_verdict import AGREE, DIFFER
from rnn_core.analysis.weight_gradcheck import Loss, WeightGradcheck, probe_weight, relative_error
from rnn_core.network import Network, NetworkGradients
from rnn_views.figures.update.gradcheck import gradient_error
from rnn_views.number_format import format_number, format_setting
from rnn_views.turns import measuring
from rnn_views.ui.state import settings
from rnn_views.ui.update.fit_settings import fit_weight, weights_of
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.figures import show_figure
from rnn_views.verdicts.training import CHECK, judge_check, judge_step_sizes
from rnn_views.verdicts.verdict import Verdict

STEP: Final = 1e-5
"""The step ε of the difference that is quoted; the figure shows the others."""
KEPT: Final = {
    "sum": "Their sum",
    "last": "The last step’s only",
    "mean": "Their mean",
}


def show_check(network: Network, gradients: NetworkGradients, loss: Loss) -> None:
    """Let the visitor pick a weight; hold its gradient against differences of the loss.

    Parameters
    ----------
    network : Network
    gradients : NetworkGradients
        Of ``loss``, or what is taken for them.
    loss : function of a Network
    """
    segment, name, place = choose_weight(network, gradients)
    with measuring():
        probe = probe_weight(network, gradients, loss, name, place, segment=segment)
    label = f"{name}[{' → '.join(str(index + 1) for index in place)}]"
    show_shares(probe, label, gradients.segments[segment].truncate is not None)
    if is_unused(probe):
        st.info(explain_zero(probe, label), icon=":material/info:")
        return
    if len(probe.by_step) > 1:
        ask_why_summed(probe, label)
    ask_step_size(probe, label)


def is_unused(probe: WeightGradcheck) -> bool:
    """Return whether the gradient is exactly 0 and the loss does not move either."""
    return probe.analytic == 0.0 and probe.complex_step == 0.0


def explain_zero(probe: WeightGradcheck, label: str) -> str:
    """Return why a gradient is exactly 0, so that there is nothing to compare."""
    if probe.by_step.any():
        return f"The shares of d{label} cancel exactly. The loss does not change with this weight."
    row = {
        "W_xh": "Its input is 0 at every step (a word that is not read, or a black pixel)",
        "W_hh": "Its state is 0 at every step that the loss can be sent back to",
        "W_hy": "No loss reaches this output, or the state it reads is 0",
    }.get(probe.name, "No loss reaches it")
    return (
        f"d{label} is exactly **0**. {row}, or the gradient that arrives is 0. "
        "Moving this weight does not move the loss, so every ε gives 0."
    )


def ask_why_summed(probe: WeightGradcheck, label: str) -> None:
    """Let the visitor predict whether the check notices a missing sum, then try all three."""
    guess, reveal = controls.ask(
        "last-only",
        f"**Why are the shares summed? Predict.** Suppose d{label} kept the share of the last step "
        "only. Would the check notice?",
        CHECK,
        about=asked_of(probe, label),
    )
    if guess is None:
        return
    with reveal:
        controls.show_verdict(guess, judge_last(probe))
        kept = st.segmented_control(
            "Of the shares of all steps, keep",
            list(KEPT),
            format_func=KEPT.__getitem__,
            default="last",
            required=True,
            key="kept-shares",
        )
        describe_kept(probe, label, str(kept))


def judge_last(probe: WeightGradcheck) -> Verdict:
    """Say whether the gradient check notices that only the last step's share is kept."""
    last = float(probe.by_step[-1])
    error = float(relative_error(last, np.array([probe.differences.value]))[0])
    return judge_check(error, probe.judge(last))


def asked_of(probe: WeightGradcheck, label: str) -> str:
    """Return the weight a question is about, with its value and gradient."""
    return f"{label} {probe.weight:.9g} {probe.analytic:.9g}"


def ask_step_size(probe: WeightGradcheck, label: str) -> None:
    """Let the visitor predict which step size is best, then show the error of each."""
    sizes = {format_setting(size): size for size in (0.1, STEP, 1e-12)}
    guess, reveal = controls.ask(
        "step-size",
        "**Predict.** With which ε does the difference come closest to the gradient?",
        list(sizes),
        about=asked_of(probe, label),
    )
    if guess is None:
        return
    with reveal:
        errors = dict(zip(probe.steps.tolist(), probe.errors.tolist(), strict=True))
        told = {
            name: errors[min(errors, key=lambda e: abs(np.log(e / size)))]
            for name, size in sizes.items()
        }
        controls.show_verdict(guess, judge_step_sizes(told))
    show_figure(gradient_error(probe, label), key="figure-check")
    st.caption(explain_steps(probe))


def explain_steps(probe: WeightGradcheck) -> str:
    """Return what the curve over ε shows, with this weight's own figures."""
    best = int(np.argmin(probe.errors))
    lowest = (
        f"Here the smallest error is {format_number(probe.errors[best], 1)}, at ε = "
        f"{format_number(probe.steps[best], 1)}."
    )
    ending = {
        AGREE: "Rounding hides a small gradient sooner than a large one. A wrong gradient keeps "
        "its error at every ε.",
        DIFFER: "That is more than curve and rounding explain, so this gradient is not the slope "
        "of the loss.",
    }.get(probe.verdict, "At every ε the error bar is too large for a verdict.")
    return (
        "With a coarse step the curve of the loss counts, with a fine step rounding does. "
        f"{lowest} {ending} The complex step takes no difference, so it has no such limit."
    )


def choose_weight(
    network: Network, gradients: NetworkGradients
) -> tuple[int, str, tuple[int, ...]]:
    """Offer every weight of the network; return the chosen one's segment, name and place from 0."""
    owners = [segment.ports.name for segment in network.segments]
    fit_weight(network)
    offered, chosen = weights_of(network), settings.get()
    index, name, shape = offered[chosen.weight]
    place = (chosen.row, chosen.column)[: len(shape)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="weight-row"):
        controls.choose("weight", "Weight", list(offered), names=_names(offered, owners))
        labels = ("Row", "Column") if len(shape) > 1 else ("Entry",)
        for setting, label, size in zip(("row", "column"), labels, shape, strict=False):
            controls.choose(setting, label, range(1, size + 1))
        largest = largest_entry(getattr(gradients.segments[index].total, name))
        st.button("The largest", key="largest-entry", **settings.on_click_set(**largest))
    st.caption("Or click an entry in the picture: on the plate, in the ledger, in the update.")
    return index, name, tuple(number - 1 for number in place)


def largest_entry(gradient: np.ndarray) -> dict[str, object]:
    """Return the settings that point to the entry with the largest gradient."""
    place = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    return {name: int(at) + 1 for name, at in zip(("row", "column"), place, strict=False)}


def _names(
    offered: dict[str, tuple[int, str, tuple[int, ...]]], owners: list[str]
) -> dict[str, str]:
    """Return each weight as it is read, with its owner where there are two segments."""
    if len(owners) == 1:
        return {key: name for key, (_, name, _) in offered.items()}
    return {key: f"{owners[index]}’s {name}" for key, (index, name, _) in offered.items()}


def show_shares(probe: WeightGradcheck, label: str, truncated: bool) -> None:
    """Say what backpropagation gives, what the loss itself says, and whether they agree."""
    numeric = float(probe.numeric[np.isclose(probe.steps, STEP)][0])
    shares = " + ".join(format_number(share, 4) for share in probe.by_step[:8]).replace("+ −", "− ")
    more = f" + … ({len(probe.by_step)} steps)" if len(probe.by_step) > 8 else ""
    cards = st.grid(3, min_column_width=200, gap="small", border=True, key="check-cards")
    with cards.cell():
        st.markdown("**By backpropagation**")
        st.markdown(f"d{label} = {shares}{more} = **{format_number(probe.analytic, 8)}**")
    with cards.cell():
        st.markdown("**By moving the weight**")
        told = (
            f"**{format_number(numeric, 8)}** with ε = 10⁻⁵, w = {format_number(probe.weight, 4)}"
        )
        st.markdown(f"(L(w + ε) − L(w − ε)) / 2ε = {told}")
        exact = f"Im L(w + iε) / ε = **{format_number(probe.complex_step, 8)}** with ε = 10⁻²⁰"
        st.markdown(f"Complex step: {exact}")
    with cards.cell():
        st.markdown("**Relative error**")
        st.markdown(f"Central difference: {describe_error(probe, numeric)}")
        exact_error = relative_error(probe.analytic, np.array([probe.complex_step]))[0]
        st.markdown(f"Complex step: **{format_number(exact_error)}**.")
        st.markdown(describe_verdict(probe))
        if truncated and probe.verdict == DIFFER:
            st.caption(
                "Chunk boundaries leave out what crosses them: a truncated gradient is not the "
                "slope of the loss, on purpose."
            )


def describe_error(probe: WeightGradcheck, numeric: float) -> str:
    """Return the error of the difference that is quoted, and how much of it says nothing."""
    error = float(relative_error(probe.analytic, np.array([numeric]))[0])
    size = max(abs(probe.analytic), abs(numeric))
    bar = float(probe.bars[np.isclose(probe.steps, STEP)][0])
    if not size:
        return f"**{format_number(error)}**."
    return (
        f"**{format_number(error)}**; curve and rounding of the loss explain up to "
        f"{format_number(bar / size, 1)}."
    )


def describe_verdict(probe: WeightGradcheck) -> str:
    """Return in words whether the two agree."""
    if is_unused(probe):
        return "Both are exactly **0**, so they agree."
    bar = probe.differences.bar
    return {
        AGREE: "So **they agree**.",
        DIFFER: "So **they do not agree**: at the best ε the gap is "
        f"{format_number(abs(probe.analytic - probe.differences.value))}, and the error bar "
        f"{format_number(bar)}.",
    }.get(
        probe.verdict,
        f"**No verdict**: even the smallest error bar, {format_number(bar)}, is too large beside "
        "this "
        "gradient.",
    )


def describe_kept(probe: WeightGradcheck, label: str, kept: str) -> None:
    """Say what the check finds when the shares are not summed."""
    value = {
        "sum": probe.analytic,
        "last": float(probe.by_step[-1]),
        "mean": probe.analytic / len(probe.by_step),
    }[kept]
    error = float(relative_error(value, np.array([probe.differences.value]))[0])
    verdict = {AGREE: "passes", DIFFER: "**fails**"}.get(
        probe.judge(value), "cannot decide, because the error bar is too large"
    )
    st.markdown(
        f"{KEPT[kept]}: d{label} = {format_number(value, 6)}. At the best ε the relative error is "
        f"{format_number(error)}: "
        f"the check {verdict}. {explain_sum(probe)}"
    )


def explain_sum(probe: WeightGradcheck) -> str:
    """Return why the sum is right, by the steps that really have a share."""
    used, steps = np.flatnonzero(probe.by_step), len(probe.by_step)
    if len(used) > 1:
        steps_named = "every step" if len(used) == steps else f"{len(used)} of {steps} steps"
        return (
            f"The weight acts on the loss at {steps_named}. Moving it moves all these uses at "
            "once, so the loss itself adds their shares up."
        )
    which = "the last step" if used[0] == steps - 1 else f"step {used[0] + 1}"
    return (
        f"Only {which} has a share here. The other steps add nothing, so the sum is that one share."
    )
