"""Figures show exactly the records they are given, and say so in words, tables and files."""

from __future__ import annotations

import csv
import io
from math import log10, nan

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from rnn_core.baselines.feedforward_training import FeedForwardTrainer
from rnn_core.tasks import TASKS, ExampleRun, backward
from rnn_core.training.trainer import Progress, Trainer
from rnn_views import colour_names
from rnn_views.figures.comparison.model_ranking import ModelScore, model_ranking
from rnn_views.figures.figure import Figure, write_csv
from rnn_views.figures.training.gradient_norm import gradient_norm
from rnn_views.figures.training.loss import loss_curve
from rnn_views.figures.training.metric import metric_curve
from rnn_views.figures.training.run_curves import HUES, RunCurves, run_of, thin_out
from rnn_views.figures.training.stacked import training_curves
from rnn_views.figures.update.gradient_by_step import gradient_reach
from rnn_views.figures.update.step_losses import step_losses
from rnn_views.figures.update.weight_step import MOST_ROWS, weight_step
from rnn_views.number_format import format_number
from rnn_views.theme import DARK, LIGHT, contrast

HISTORY = (
    Progress(10, 30, 0, 0.1, 2.0, None, 5.0),
    Progress(20, 30, 1, 0.2, 1.0, 0.5, 0.4, validation_loss=1.2),
    Progress(30, 30, 2, 0.3, 0.5, 0.75, 0.1, validation_loss=0.8),
)
RUN = RunCurves(
    "RNN",
    loss=tuple((one.update, one.loss) for one in HISTORY),
    gradient_norm=tuple((one.update, one.gradient_norm) for one in HISTORY),
    validation_loss=((20, 1.2), (30, 0.8)),
    metric=((20, 0.5), (30, 0.75)),
)
OTHER = RunCurves("feed-forward", "feed-forward", loss=((10, 2.5), (30, 2.0)), metric=((30, 0.25),))
MODELS = (
    ModelScore("recurrent network", "all", 0.9, 100, "rnn"),
    ModelScore("feed-forward", "one step", 0.5, 101, "feed-forward"),
    ModelScore("bag", "all, no order", 0.95, None),
)


def read(key: str, hidden: int = 5) -> ExampleRun:
    task = TASKS[key]
    return backward(task.run(task.network(hidden=hidden), task.example(0), teacher=True))


def draw(figure: Figure) -> go.Figure:
    """Let Plotly validate the plain dict."""
    return go.Figure(figure.spec)


def test_a_run_keeps_every_report() -> None:
    assert RUN.loss == ((10, 2.0), (20, 1.0), (30, 0.5))
    assert RUN.gradient_norm == ((10, 5.0), (20, 0.4), (30, 0.1))
    assert RUN.validation_loss == ((20, 1.2), (30, 0.8))
    assert RUN.metric == ((20, 0.5), (30, 0.75))


def test_a_run_before_its_first_update_has_no_points() -> None:
    curves = run_of("RNN", "rnn", Trainer(TASKS["digits"]))
    assert curves.loss == curves.gradient_norm == curves.metric == curves.training_metric == ()


def test_loss_curve_draws_both_splits_of_each_run() -> None:
    figure = loss_curve([RUN, OTHER], updates=30)
    names = [trace.name for trace in draw(figure).data]
    assert names == ["RNN, training", "RNN, validation", "feed-forward, training"]
    assert list(figure.spec["data"][1]["y"]) == [1.2, 0.8]
    assert figure.spec["layout"]["xaxis"]["range"] == pytest.approx([0, 30.6])
    assert "RNN, training: 2 at update 10, 0.5 at update 30." in figure.alt
    assert len(figure.table) == 3 + 2 + 2


def test_networks_wear_the_hue_of_the_weight_that_sets_them_apart() -> None:
    colours = [line["line"]["color"] for line in loss_curve([RUN, OTHER]).spec["data"]]
    assert colours == [colour_names.W_HH, colour_names.W_HH, colour_names.W_XH]


def test_what_is_not_finite_is_a_gap_that_is_named() -> None:
    lost = RunCurves("RNN", loss=((1, 2.0), (2, nan), (3, nan)))
    figure = loss_curve([lost])
    assert figure.spec["data"][0]["y"] == [2.0, None, None]
    assert "Not a finite number from update 2 on." in figure.alt


def test_no_points_yet_is_still_a_figure() -> None:
    figure = training_curves([RunCurves("RNN")], "accuracy", target=0.9, updates=50)
    draw(figure)
    assert "nothing yet" in figure.alt
    assert figure.table.empty


def test_metric_curve_has_the_target_as_a_rule() -> None:
    figure = metric_curve([RUN], "accuracy", target=0.94)
    draw(figure)
    assert figure.spec["layout"]["shapes"][0]["y0"] == 0.94
    assert "The target is 94.0\u00a0%." in figure.alt


def test_gradient_norm_is_logarithmic_and_says_where_clipping_begins() -> None:
    figure = gradient_norm([RUN], clip=0.3)
    draw(figure)
    layout = figure.spec["layout"]
    assert layout["yaxis"]["type"] == "log"
    assert layout["shapes"][0]["y0"] == 0.3
    assert layout["annotations"][0]["y"] == log10(0.3)


def test_panels_stand_one_above_the_other_and_lose_nothing() -> None:
    figure = training_curves([RUN, OTHER], "accuracy", target=0.9, clip=1.0, updates=30)
    drawn = draw(figure)
    axes = {trace.yaxis for trace in drawn.data}
    assert axes == {"y", "y2", "y3"}
    tops = [drawn.layout[f"yaxis{n}"].domain for n in ("", "2", "3")]
    assert tops[0][0] > tops[1][1] > tops[1][0] > tops[2][1]
    points = sum(len(trace.x) for trace in drawn.data)
    assert points == len(figure.table) == 7 + 3 + 3
    assert set(figure.table["what"]) == {
        "training loss in nats",
        "validation loss in nats",
        "validation accuracy",
        "gradient norm before clipping",
    }


def test_long_runs_are_thinned_to_means() -> None:
    points = tuple((n, float(n)) for n in range(1, 1001))
    thin = thin_out(points, most=100)
    assert len(thin) == 100
    assert thin[0] == (10, 5.5)
    assert thin[-1] == (1000, 995.5)


def test_curves_of_real_runs() -> None:
    task = TASKS["digit-rows"]
    ours, theirs = Trainer(task, epochs=1), FeedForwardTrainer(task, epochs=1)
    for trainer in (ours, theirs):
        while not trainer.done:
            trainer.run(seconds=60, max_updates=10)
    runs = [run_of("RNN", "rnn", ours), run_of("other", "feed-forward", theirs)]
    table = training_curves(runs, task.metric).table
    last = table[(table["run"] == "RNN") & (table["what"] == "validation accuracy")].iloc[-1]
    assert last["value"] == ours.evaluate("validation")
    assert last["update"] == ours.schedule.updates


@pytest.mark.parametrize("key", ["sentiment", "french", "names"])
def test_gradient_reach_shows_the_norms_of_both_parts(key: str) -> None:
    example_run = read(key)
    assert example_run.gradients is not None
    figure = gradient_reach(example_run)
    draw(figure)
    table = figure.table
    steps = sum(trace.steps for trace in example_run.traces)
    assert list(table["t"]) == list(range(1, steps + 1))
    last = example_run.gradients.segments[-1]
    assert table["own output"].iloc[-1] == pytest.approx(np.linalg.norm(last.dh_local[-1]))
    first = example_run.gradients.segments[0]
    assert table["future"].iloc[0] == pytest.approx(np.linalg.norm(first.dh_recurrent[1]))
    # Nothing comes from the future at the very end, and a logarithmic axis has no zero.
    assert table["future"].iloc[-1] == 0
    assert figure.spec["data"][1]["y"][-1] is None


def test_gradient_reach_needs_gradients() -> None:
    task = TASKS["names"]
    with pytest.raises(ValueError, match="no gradients"):
        gradient_reach(task.run(task.network(), task.example(0)))


def test_step_losses_shows_every_scored_step_twice() -> None:
    task = TASKS["french"]
    before, after = read("french"), read("french", hidden=6)
    figure = step_losses(before, after)
    draw(figure)
    assert list(figure.table["before, nats"]) == pytest.approx(list(before.losses))
    assert list(figure.table["after, nats"]) == pytest.approx(list(after.losses))
    assert list(figure.table["target"]) == list(before.example.target)
    assert f"{format_number(before.loss, 4)} to {format_number(after.loss, 4)}" in figure.alt
    encoder_steps = before.traces[0].steps
    assert figure.table["t"].iloc[0] == encoder_steps + 1
    with pytest.raises(ValueError, match="same targets"):
        step_losses(before, backward(task.run(task.network(), task.example(1), teacher=True)))


def test_weight_step_adds_up() -> None:
    rng = np.random.default_rng(0)
    old, step = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)) * 0.01
    figure = weight_step("W_hh", old, old + step)
    draw(figure)
    table = figure.table
    assert np.allclose(table["old"] + table["step"], table["new"])
    assert len(table) == 12
    maps = figure.spec["data"]
    assert maps[0]["zmax"] == maps[2]["zmax"] > maps[1]["zmax"]
    assert "12 of 12 weights" in figure.alt


def test_weight_step_of_a_wide_matrix_shows_the_rows_that_moved_most() -> None:
    old = np.zeros((200, 3))
    new = old.copy()
    new[[5, 190]] = 1.0
    figure = weight_step("W_xh", old, new)
    rows = set(figure.table["row"])
    assert len(rows) == MOST_ROWS
    assert {"6", "191"} <= rows
    assert f"{MOST_ROWS} of 200 rows" in figure.alt
    with pytest.raises(ValueError, match="equal matrices"):
        weight_step("W_xh", old, new[:5])


def test_contenders_stand_best_first_whichever_way_is_better() -> None:
    figure = model_ranking(MODELS, "accuracy", target=0.94, guess=0.75)
    drawn = draw(figure)
    assert list(figure.table["model"]) == ["bag", "recurrent network", "feed-forward"]
    assert list(drawn.data[0].y) == ["feed-forward", "recurrent network", "bag"]
    assert list(drawn.data[0].marker.color) == [
        HUES["feed-forward"],
        HUES["rnn"],
        HUES["baseline"],
    ]
    assert list(drawn.data[1].x) == [0.75]
    assert list(drawn.data[1].y) == ["feed-forward"]
    assert "You guessed 75.0\u00a0%" in figure.alt
    reverse = model_ranking(MODELS, "nats per character", better="lower")
    assert reverse.table["model"].iloc[0] == "feed-forward"


def test_every_figure_has_words_and_a_table() -> None:
    for figure in (
        loss_curve([RUN]),
        gradient_reach(read("digits")),
        model_ranking(MODELS, "accuracy"),
    ):
        assert len(figure.alt) > 30
        assert not figure.table.empty
        assert figure.csv().startswith(b"\xef\xbb\xbf")


def test_a_file_is_safe_to_open_in_a_spreadsheet() -> None:
    table = pd.DataFrame(
        {
            "=cmd": ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "fine, really", 'a "b"'],
            "value": [-1.5, 0, 1, 2, 3, 4, 5, nan],
        }
    )
    rows = list(csv.reader(io.StringIO(write_csv(table).decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=cmd", "value"]
    for cell in (row[0] for row in rows[1:7]):
        assert cell.startswith("'")
    assert rows[7][0] == "fine, really"
    assert rows[8][0] == 'a "b"'
    assert float(rows[1][1]) == -1.5


@pytest.mark.parametrize("name", ["W_XH", "W_HH", "W_HY", "NEGATIVE", "POSITIVE", "GRAD_NEGATIVE"])
def test_ink_stands_out_in_both_themes(name: str) -> None:
    for palette in (LIGHT, DARK):
        assert contrast(getattr(colour_names, name), palette.background) >= 3
