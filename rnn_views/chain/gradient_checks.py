"""What the gradient check says of summed shares, of the last one and of their mean."""

from __future__ import annotations

from typing import Any

from rnn_core.analysis.aggregation import check_rules
from rnn_core.analysis.weight_gradcheck import Loss
from rnn_core.network import Network, loss_of, run
from rnn_core.tasks import ExampleRun
from rnn_core.training.batch_pass import BatchRun


def loss_like(example_run: ExampleRun | BatchRun) -> Loss:
    """Return the loss of a reading as a function of the network: same input, start and flags."""
    first = example_run.traces[0]
    c0 = None if first.c is None else first.c[0]
    inputs = [trace.x for trace in example_run.traces]
    lengths = [trace.lengths for trace in example_run.traces]

    def loss(network: Network) -> complex:
        traces = run(network, inputs, lengths, h0=first.h[0], c0=c0)
        return loss_of(traces, example_run.targets)[0]

    return loss


def pack_checks(example_run: ExampleRun | BatchRun) -> list[dict[str, Any]]:
    """Return for each segment, by weight, the slope of the loss and what each rule says of it.

    A weight whose gradient is zero or lost in rounding, or whose W_hh is untied, has no entry.

    Parameters
    ----------
    example_run : ExampleRun or BatchRun
        With gradients. Of a batch the loss is the mean over it, and so are the shares.
    """
    loss = loss_like(example_run)
    assert example_run.gradients is not None
    packed: list[dict[str, Any]] = []
    for index, segment in enumerate(example_run.network.segments):
        named: dict[str, Any] = {}
        lengths = example_run.steps_of(index) if isinstance(example_run, BatchRun) else None
        for name in ("W_xh", "W_hh", "W_hy"):
            array = getattr(segment.params, name)
            if not array.size or (name == "W_hh" and segment.copies is not None):
                continue
            found = check_rules(
                example_run.network, example_run.gradients, loss, name, index, lengths
            )
            if found is not None:
                named[name] = {
                    "slope": found.slope,
                    "claimed": found.claimed,
                    "errors": found.errors,
                    "passes": found.passes,
                }
        packed.append(named)
    return packed
