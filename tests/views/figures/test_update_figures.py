"""Figures of one update: which losses reach which uses, and the losses by way of feeding."""

import numpy as np
import pytest

from rnn_core.analysis.loss_attribution import attribute_losses
from rnn_core.generation.teacher_forcing import run_partly_taught
from rnn_core.tasks import TASKS
from rnn_core.training.batch_update import update_on_batch
from rnn_views.figures.update.batch_losses import batch_losses
from rnn_views.figures.update.loss_attribution import loss_reach
from rnn_views.figures.update.teacher_forcing import feeding_losses
from rnn_views.number_format import format_number
from tests.support import sample_readings as samples


@pytest.mark.parametrize("truncate", [None, 1, 2])
def test_the_map_shows_the_engines_shares_and_its_boundaries(truncate: int | None) -> None:
    example_run = samples.SAMPLES["name"]()
    reach = attribute_losses(
        example_run.network, example_run.traces, example_run.targets, truncate=truncate
    )
    figure = loss_reach(reach)
    drawn = np.array(figure.spec["data"][0]["z"], dtype=float)
    assert np.array_equal(np.isnan(drawn), reach.shares == 0)
    alive = reach.shares > 0
    assert 10 ** drawn[alive] == pytest.approx(reach.shares[alive])
    lines = [shape["x0"] + 0.5 for shape in figure.spec["layout"]["shapes"]]
    assert lines == list(reach.boundaries)
    table = figure.table
    assert table.iloc[-1, 2] == reach.shares[-1, reach.scored[-1]]
    assert ("No chunk boundary" in figure.alt) == (truncate is None)


def test_the_lines_are_the_losses_of_each_reading() -> None:
    task = TASKS["french"]
    network, example = task.pretrained(), task.example(0)
    steps = len(example.batch.targets)
    traces = run_partly_taught(network, example.batch.inputs, range(1, steps))
    example_runs = {
        "right words": task.run(network, example, teacher=True),
        "own output": task.record(network, example, traces, ("own",) * (steps - 1)),
    }
    assert set(example_runs["own output"].fed[-1]) == {"data", "own"}
    figure = feeding_losses(example_runs)
    for line in figure.spec["data"]:
        losses = example_runs[line["name"]].losses
        assert line["y"] == pytest.approx(losses[~np.isnan(losses)])
    looks = [(line["line"]["dash"], line["marker"]["symbol"]) for line in figure.spec["data"]]
    assert len(set(looks)) == 2


def test_each_example_of_a_batch_has_its_loss_before_and_after() -> None:
    task = TASKS["sentiment"]
    batch = task.data().train.batch([3, 8, 20])
    update = update_on_batch(task.network(hidden=6), batch, lr=0.05)
    figure = batch_losses(update, 2)
    _, before, after = figure.spec["data"]
    assert before["y"] == update.example_run.losses.tolist()
    assert after["y"] == update.again.losses.tolist()
    assert figure.table["before, nats"].mean() == pytest.approx(update.before)
    assert figure.spec["layout"]["shapes"][0]["x0"] == 1.5
    assert f"{format_number(update.after, 4)} nats" in figure.alt
