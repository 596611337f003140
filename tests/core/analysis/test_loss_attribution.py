"""Which uses of a weight each loss reaches, with chunk boundaries and without."""

import numpy as np
import pytest

from rnn_core.analysis.loss_attribution import attribute_losses
from rnn_core.network import backpropagate, loss_of
from tests.support import sample_readings as samples

READINGS = ["name", "translation", "translation-gru", "translation-lstm", "lstm"]


@pytest.mark.parametrize("sample", READINGS)
@pytest.mark.parametrize("truncate", [None, 1, 2, 3, 99])
def test_a_loss_reaches_its_own_chunk_and_no_further(sample: str, truncate: int | None) -> None:
    example_run = samples.SAMPLES[sample]()
    reach = attribute_losses(
        example_run.network, example_run.traces, example_run.targets, "b_h", truncate=truncate
    )
    starts = (0, *reach.boundaries)
    for s, row in zip(reach.scored, reach.shares, strict=True):
        begin = max(start for start in starts if start <= s)
        used = np.flatnonzero(row)
        assert used.max() == s
        # A chunk that begins with the decoder's first step goes on into the encoder's last chunk.
        first = example_run.traces[0].steps if len(example_run.traces) > 1 else 0
        if begin >= first > 0 or not first:
            assert used.min() >= (begin if begin > first or not first else 0)
        assert row[s + 1 :].sum() == 0


@pytest.mark.parametrize("sample", ["translation", "translation-lstm", "name"])
@pytest.mark.parametrize("truncate", [None, 2])
def test_one_scored_step_alone_is_the_whole_gradient(sample: str, truncate: int | None) -> None:
    example_run = samples.SAMPLES[sample]()
    targets = np.array(example_run.targets)
    targets[:-1] = -1
    targets[-1] = 1
    reach = attribute_losses(example_run.network, example_run.traces, targets, truncate=truncate)
    dlogits = loss_of(example_run.traces, targets)[1]
    gradients = backpropagate(example_run.network, example_run.traces, dlogits, truncate)
    norms = [
        np.linalg.norm(one, axis=(1, 2))
        for part in gradients.segments
        for one in [part.by_step.W_hh]
    ]
    assert reach.shares[0] == pytest.approx(np.concatenate(norms))


def test_an_unknown_weight_is_refused() -> None:
    example_run = samples.SAMPLES["name"]()
    with pytest.raises(ValueError, match="W_hy"):
        attribute_losses(example_run.network, example_run.traces, example_run.targets, "W_hy")


def test_the_record_tells_its_chunk_length_and_knows_three_weights() -> None:
    example_run = samples.SAMPLES["name"]()
    given = (example_run.network, example_run.traces, example_run.targets)
    for name in ("W_xh", "W_hh", "b_h"):
        reach = attribute_losses(*given, name, truncate=2)
        assert (reach.name, reach.truncate) == (name, 2)
    with pytest.raises(ValueError, match=r"name is 'W_hy'.*'W_xh', 'W_hh', 'b_h'"):
        attribute_losses(*given, "W_hy")
