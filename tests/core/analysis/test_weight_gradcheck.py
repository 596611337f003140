"""One weight under the gradient check."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn_core as rc
from rnn_core.analysis.weight_gradcheck import probe_weight
from rnn_core.network import Batch, Network, NetworkGradients, loss_of, run
from tests.support import sample_readings as samples

READINGS = ["sentence", "gru", "lstm", "caption", "translation", "translation-lstm"]


def batch_loss(batch: Batch):
    return lambda network: loss_of(run(network, batch.inputs, batch.lengths), batch.targets)[0]


@settings(max_examples=25)
@given(data=st.data(), sample=st.sampled_from(READINGS))
def test_a_right_gradient_agrees_best_between_coarse_and_fine(data, sample) -> None:
    example_run = samples.SAMPLES[sample]()
    segment = data.draw(st.integers(0, len(example_run.traces) - 1))
    arrays = example_run.network.segments[segment].params.arrays()
    name = data.draw(st.sampled_from([n for n, array in arrays.items() if array.size]))
    place = tuple(data.draw(st.integers(0, size - 1)) for size in arrays[name].shape)
    loss = batch_loss(example_run.example.batch)
    probe = probe_weight(
        example_run.network, example_run.gradients, loss, name, place, segment=segment
    )
    assert probe.weight == arrays[name][place]
    assert probe.by_step.sum() == pytest.approx(probe.analytic, rel=1e-9, abs=1e-12)
    if abs(probe.analytic) > 1e-6:
        assert probe.errors.min() < 1e-6
        assert probe.errors[-1] > probe.errors.min()
    else:
        assert np.abs(probe.numeric[3:6] - probe.analytic).max() < 1e-9


def test_the_last_step_alone_is_found_wrong() -> None:
    example_run = samples.SAMPLES["sentence"]()
    grads = example_run.gradients.segments[0]
    last = replace(grads.total, W_hh=grads.by_step.W_hh[-1])
    wrong = NetworkGradients((Wrong(last, grads.by_step),), (None,))
    row, column = np.unravel_index(np.abs(grads.total.W_hh - last.W_hh).argmax(), last.W_hh.shape)
    loss = batch_loss(example_run.example.batch)
    probe = probe_weight(example_run.network, wrong, loss, "W_hh", (int(row), int(column)))
    assert probe.errors.min() > 1e-2


class Wrong:
    """Gradients of which only the last step was kept."""

    def __init__(self, total, by_step) -> None:
        self.total, self.by_step = total, by_step


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"name": "W_no"}, "the weights are"),
        ({"place": (0, 3)}, r"place is \(0, 3\) but W_hh has shape \(3, 3\)"),
        ({"place": (0,)}, r"place is \(0,\)"),
        ({"place": (-1, 0)}, r"place is \(-1, 0\)"),
        ({"segment": 1}, "segment is 1 but there are 1"),
        ({"steps": ()}, "numbers > 0"),
        ({"steps": (0.0,)}, "numbers > 0"),
        ({"steps": (float("nan"),)}, "numbers > 0"),
        ({"dtype": np.float32}, "float32 but a gradient check needs float64"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(message: dict, words: str) -> None:
    example_run = samples.SAMPLES["name"]()
    asked = {"name": "W_hh", "place": (0, 0), "dtype": np.float64, **message}
    params = rc.init("rnn", inputs=27, hidden=3, outputs=27, dtype=asked.pop("dtype"))
    one = replace(example_run.network.segments[0], params=params)
    network = Network(example_run.network.topology, (one,))
    name, place = asked.pop("name"), asked.pop("place")
    with pytest.raises(ValueError, match=words):
        probe_weight(network, example_run.gradients, lambda _: 0.0, name, place, **asked)


@pytest.mark.parametrize("sample", READINGS)
def test_the_step_along_the_imaginary_axis_is_at_the_weight_itself(sample) -> None:
    """At another weight the slope would be another: the weight looked at is far from zero."""
    example_run = samples.SAMPLES[sample]()
    loss = batch_loss(example_run.example.batch)
    W = example_run.network.segments[0].params.W_hh
    place = tuple(int(i) for i in np.unravel_index(np.abs(W).argmax(), W.shape))
    probe = probe_weight(example_run.network, example_run.gradients, loss, "W_hh", place)
    assert abs(probe.weight) > 0.1
    assert probe.complex_step == pytest.approx(probe.analytic, rel=1e-9)
