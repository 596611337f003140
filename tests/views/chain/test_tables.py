"""The tables say what the traces say."""

from dataclasses import replace

import numpy as np
import pytest

from rnn_views.chain import tables
from tests.support import sample_readings as samples


def test_states_go_on_over_the_hand_over():
    example_run = samples.translation()
    table = tables.table_states(example_run)
    assert list(table.index) == list(range(9))
    assert list(table["segment"][1:]) == ["encoder"] * 3 + ["decoder"] * 5
    units = table[[f"h[{unit}]" for unit in range(1, 25)]].to_numpy()
    np.testing.assert_array_equal(units[4:], example_run.traces[1].h[1:, 0])
    assert list(table["fed"][4:]) == ["data", "own", "own", "target", "own"]


@pytest.mark.parametrize("step", [1, 3, 4, 8])
def test_addends_add_up(step):
    table = tables.table_addends(samples.translation(), step)
    np.testing.assert_allclose(table["from_x"] + table["from_h"] + table["b_h"], table["a"])
    np.testing.assert_allclose(np.tanh(table["a"]), table["h"])


@pytest.mark.parametrize("step", [0, 9, -1])
def test_a_step_that_is_not_there_is_refused(step):
    with pytest.raises(ValueError, match="1…8 is expected"):
        tables.table_addends(samples.translation(), step)


def test_outputs_stand_where_ports_say_something():
    example_run = samples.sentence()
    table = tables.table_outputs(example_run)
    assert list(table.index) == [5]
    assert table["loss"].iloc[0] == pytest.approx(example_run.loss)
    assert table["p(negative)"].iloc[0] == pytest.approx(np.exp(-example_run.loss))
    assert len(tables.table_outputs(samples.translation())) == 5


def test_gradients_are_the_engines():
    example_run = samples.sentence()
    table = tables.table_gradients(example_run)
    norms = np.linalg.norm(example_run.gradients.segments[0].dh_recurrent[:, 0], axis=1)
    np.testing.assert_allclose(table["‖from the future‖"], norms)
    with pytest.raises(ValueError, match="no gradients"):
        tables.table_gradients(replace(example_run, gradients=None))
