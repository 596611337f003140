"""The prepared extremes as a page tells them: what differs, what is asked, what the run came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf, isfinite, isnan
from typing import Any, Final

import numpy as np
import pandas as pd

from rnn_core.failure_modes.recordings import (
    SEEDS,
    WRITTEN,
    FailureModeRecord,
    load_last,
    load_records,
)
from rnn_core.failure_modes.runs import FAILURE_MODES, RUNS, FailureMode, reach_of, reach_ratio
from rnn_core.network import Network
from rnn_core.tasks import Task
from rnn_core.training.trainer import Trainer
from rnn_core.unroll import forward
from rnn_views.figures.training.metric import show_metric
from rnn_views.figures.training.run_curves import Points, RunCurves
from rnn_views.number_format import format_number, format_percent, format_setting
from rnn_views.verdicts.verdict import Verdict, unknown

SHORT: Final = {
    "low": "Too low",
    "high": "Too high",
    "exploding": "Exploding",
    "vanishing": "Vanishing",
    "over-fitted": "Over-fitted",
    "well": "Well trained",
}
TITLES: Final = {
    "low": "Learning rate too low",
    "high": "Learning rate too high",
    "exploding": "Exploding, without clipping",
    "vanishing": "Vanishing gradients",
    "over-fitted": "Over-fitted",
    "well": "Well trained",
}
LOSSES: Final = {
    "learns": "Both fall and stay low",
    "still": "Both hardly move",
    "wild": "They jump up, and nothing is learned",
    "breaks": "They grow until numbers overflow",
    "apart": "Training falls, held-out rises",
}
"""What the two losses of a run can do: `OUTCOMES` in words."""
REACHED: Final = {
    "more": "More than ten times as much as at the last",
    "same": "A tenth to ten times as much",
    "less": "A millionth to a tenth of it",
    "tiny": "Less than a millionth of it",
}
"""How much of a gradient can come to the first step: `REACHES` in words."""
ASKS_REACH: Final = ("vanishing",)
"""Where the gradient is asked for, not the losses, and those whose reach is shown."""
SHOWS_REACH: Final = ("exploding", "vanishing")
SATURATED: Final = 0.99
THIS: Final = "this run"


@dataclass(frozen=True)
class FailureModeCase:
    """One prepared run and its twin.

    Attributes
    ----------
    extreme : FailureMode
    record : FailureModeRecord
        Of seed 0.
    twin : FailureModeRecord or None
    """

    extreme: FailureMode
    record: FailureModeRecord
    twin: FailureModeRecord | None

    @property
    def key(self) -> str:
        """Of `FAILURE_MODES`."""
        return self.extreme.key

    @property
    def metric(self) -> str:
        """What the task is measured by."""
        return self.extreme.subject.metric

    @property
    def options(self) -> Mapping[str, str]:
        """What can be predicted."""
        return REACHED if self.key in ASKS_REACH else LOSSES

    @property
    def truth(self) -> str:
        """Which of the options came true, by the record's numbers; "" where none did."""
        if self.key in ASKS_REACH:
            return reach_of(self.record.reach_before)
        return self.record.outcome

    @property
    def verdict(self) -> Verdict:
        """Which of the answers came true, in words."""
        if self.truth:
            return Verdict((self.options[self.truth],))
        if self.key in ASKS_REACH and isnan(reach_ratio(self.record.reach_before)):
            return unknown("the gradient at the last step is 0 or not finite")
        losses = self.record.losses[-1], self.record.held_out_losses[-1]
        ends = " and ".join(format_number(loss, 3) for loss in losses)
        return Verdict((), f"{ends} at the end")


def case_of(key: str) -> FailureModeCase:
    """Return a prepared run with its records.

    >>> case_of("high").truth, case_of("vanishing").truth
    ('wild', 'tiny')
    """
    extreme, records = FAILURE_MODES[key], load_records()
    twin = records[extreme.twin, 0] if extreme.twin else None
    return FailureModeCase(extreme, records[key, 0], twin)


def question_of(case: FailureModeCase) -> str:
    """Return what is to be predicted."""
    if case.key in ASKS_REACH:
        return (
            "**Predict.** Before the first update the loss at the end of the longest sentences is "
            f"sent back, {len(case.record.reach_before) - 1} steps, to the first word. How much of "
            "the gradient arrives there?"
        )
    return (
        f"**Predict.** What will the training loss and the held-out loss do in "
        f"{case.record.planned:,} updates?"
    )


def settings_for(extreme: FailureMode) -> dict[str, Any]:
    """Return the settings of the page Training that make this very run."""
    changes = {name: inf if value is None else value for name, value in extreme.changes.items()}
    return {"task": extreme.task, "cell": "rnn", "seed": 0, "optimizer": "adam", **changes}


def difference_of(case: FailureModeCase) -> str:
    """Return what the twin has otherwise, as a legend says it.

    >>> difference_of(case_of("high")), difference_of(case_of("exploding"))
    ('with learning rate 0.005', 'clipped at norm 1')
    """
    twin = RUNS[case.extreme.twin] if case.extreme.twin else None
    if twin is None:
        return ""
    mine, other = (one.begin(0).recipe for one in (case.extreme, twin))
    if mine.lr != other.lr:
        return f"with learning rate {format_setting(other.lr)}"
    if mine.clip != other.clip:
        return f"clipped at norm {format_setting(other.clip)}"
    if mine.factor != other.factor:
        return f"with W_hh × {format_setting(other.factor)}"
    size = twin.subject.data().train.size if isinstance(twin.subject, Task) else 0
    return f"with all {size:,} examples"


def curves_of(name: str, hue: str, record: FailureModeRecord) -> RunCurves:
    """Return a record as the curves of a run."""

    def over(updates: tuple[int, ...], values: tuple[float, ...]) -> Points:
        return tuple(zip(updates, values, strict=False))

    return RunCurves(
        name=name,
        hue=hue,
        loss=over(record.updates, record.losses),
        gradient_norm=over(record.updates, record.gradient_norms),
        validation_loss=over(record.held_out_updates, record.held_out_losses),
        metric=over(record.held_out_updates, record.metric),
        training_metric=over(record.held_out_updates, record.training_metric),
    )


def describe_course(case: FailureModeCase) -> str:
    """Return in words what the run came to, beside its twin."""
    now, twin = case.record, case.twin
    told = (
        f"After {now.made:,} updates the training loss is **{format_number(now.losses[-1], 3)}**, "
        f"the held-out loss **{format_number(now.held_out_losses[-1], 3)}**"
    )
    if now.explosion is not None:
        told = (
            f"The untrained network’s loss is {format_number(now.untrained, 3)}; after {now.made} "
            "updates it is "
            f"**{format_number(now.losses[-1])}**, and update {now.explosion.update} cannot be "
            "made: "
            "numbers overflow"
        )
    lowest = int(np.nanargmin(now.held_out_losses))
    if now.outcome == "apart":
        told += (
            f", after **{format_number(now.held_out_losses[lowest], 3)}** at update "
            f"{now.held_out_updates[lowest]:,}"
        )
    told += f". Test {case.metric}: **{format_result(now.result, case.metric)}**"
    if twin is not None:
        told += f"; {difference_of(case)}, **{format_result(twin.result, case.metric)}**"
    return f"{told}."


def format_result(value: float, metric: str) -> str:
    """Return a result as it is read; very large ones as powers."""
    if isnan(value):
        return "not a number"
    return format_number(value, 3) if abs(value) >= 1e4 else show_metric(value, metric)


def describe_facts(case: FailureModeCase) -> str:
    """Return one more measured number that shows why, in a sentence; "" where there is none."""
    match case.key:
        case "low" | "high":
            return _tell_moved(case)
        case "exploding":
            grown, (before, after) = reach_ratio(case.record.reach_before), first_throw(case.key)
            return (
                f"Before training, the gradient at the first of {len(case.record.reach_before)} "
                f"steps is **{grown:,.0f} times** that at the last. One update takes the states "
                f"beyond ±{SATURATED} from {format_percent(before, 0)} to "
                f"**{format_percent(after, 0)}** "
                "of all."
            )
        case "vanishing":
            assert case.twin is not None
            mine, other = (reach_ratio(one.reach_before) for one in (case.record, case.twin))
            return (
                f"Before training, the first word gets **{format_number(mine)}** of the gradient "
                "of "
                f"the last step; {difference_of(case)}, {format_number(other)} of it."
            )
        case "over-fitted":
            return _tell_copies(case)
    return ""


def _tell_copies(case: FailureModeCase) -> str:
    trainer = case.extreme.begin(0)
    assert isinstance(trainer, Trainer)
    letters = int((trainer.schedule.train.targets >= 0).sum())
    assert case.twin is not None
    return (
        f"It has **{trainer.network.size:,}** weights and **{letters:,}** letters to learn from. "
        f"Of {WRITTEN} names that it makes up, **{case.record.copied}** are among those it learned "
        f"from, letter for letter; {difference_of(case)}, {case.twin.copied}."
    )


def _tell_moved(case: FailureModeCase) -> str:
    mine, other = moved(case.key), moved(case.extreme.twin)
    told = (
        f"On average a weight moved by **{format_number(mine)}**; {difference_of(case)}, by "
        f"{format_number(other)}."
    )
    if case.key == "high":
        told += (
            f" At the end **{format_percent(saturation(case.extreme, load_last(case.key)), 0)}** "
            "of "
            f"the states lie beyond ±{SATURATED}, where tanh is flat."
        )
    return told


@cache
def moved(key: str) -> float:
    """Return the mean distance of a weight from where it began, in the recorded run."""
    first, last = (one.segments[0].params for one in (RUNS[key].begin(0).network, load_last(key)))
    apart = [
        np.abs(getattr(last, name) - getattr(first, name)).ravel()
        for name in ("W_xh", "W_hh", "W_hy")
    ]
    return float(np.concatenate(apart).mean())


@cache
def first_throw(key: str) -> tuple[float, float]:
    """Return which share of the states is saturated before the first update, and after it."""
    trainer = RUNS[key].begin(0)
    before = saturation(RUNS[key], trainer.network)
    trainer.update()
    return before, saturation(RUNS[key], trainer.network)


def saturation(extreme: FailureMode, network: Network) -> float:
    """Return the share of states beyond ±0.99, on the sequences of the run's first update."""
    batch = extreme.begin(0).schedule.batch(0)
    trace = forward(network.segments[0].params, batch.inputs[0])
    return float((np.abs(trace.h[1:]) > SATURATED).mean())


def seeds_table(case: FailureModeCase) -> pd.DataFrame:
    """Return how the run ended from each seed."""
    records = [load_records()[case.key, seed] for seed in range(SEEDS)]
    broke = any(one.explosion is not None for one in records)
    rows = []
    for one in records:
        row = {
            "seed": f"{one.seed}",
            "untrained": format_number(one.untrained, 3),
            "training, end": format_number(one.losses[-1], 3),
            "held-out, lowest": format_number(float(np.nanmin(one.held_out_losses)), 3),
            "held-out, end": format_number(one.held_out_losses[-1], 3),
            f"test {case.metric}": format_result(one.result, case.metric),
        }
        if broke:
            row["overflow"] = "none" if one.explosion is None else f"update {one.explosion.update}"
        rows.append(row)
    return pd.DataFrame(rows)


def shown_updates(case: FailureModeCase) -> int:
    """Return how many updates the axis has: a run that broke early is not squeezed by its twin."""
    return min(case.record.planned, 3 * case.record.made)


def finite_reach(values: tuple[float, ...]) -> list[float | None]:
    """Return norms as a logarithmic axis can show them: a gap for 0 and for what is not finite."""
    return [value if isfinite(value) and value > 0 else None for value in values]
