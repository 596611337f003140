"""A decoder fed the right words at some steps and its own output at the others."""

import numpy as np
import pytest

from rnn_core.generation.teacher_forcing import feed_own_output, run_partly_taught
from rnn_core.tasks import TASKS


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("own", [set(), {1}, {2}, {1, 3}, {1, 2, 3}])
def test_it_is_what_a_batch_in_training_is_fed(cell: str, own: set[int]) -> None:
    task = TASKS["french"]
    network = task.network(cell)
    example = next(e for e in map(task.example, range(50)) if len(e.batch.targets) >= 4)
    traces = run_partly_taught(network, example.batch.inputs, own)
    taught = np.ones(example.batch.inputs[-1].shape, bool)
    taught[list(own)] = False
    fed = feed_own_output(network, example.batch, taught).inputs[-1]
    assert np.array_equal(traces[-1].tokens, fed)
    for t in own:
        assert traces[-1].tokens[t, 0] == traces[-1].logits[t - 1, 0].argmax()


@pytest.mark.parametrize("own", [{0}, {99}])
def test_a_step_without_an_output_before_it_is_refused(own: set[int]) -> None:
    task = TASKS["french"]
    with pytest.raises(ValueError, match="own holds step"):
        run_partly_taught(task.network(), task.example(0).batch.inputs, own)
