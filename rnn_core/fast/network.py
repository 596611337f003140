"""A network that trains at speed: forward, loss, BPTT, clipping and optimiser, in place.

The two public steps of ``step.py`` are thin faces of this one class. The traced path
(``unroll.py``, ``network.py``) stays the textbook and is what this one is tested against.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import copy_context
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.buffers import BufferPool
from rnn_core.fast.flat_params import FlatNetwork
from rnn_core.fast.gru import FastGRU
from rnn_core.fast.lstm import FastLSTM
from rnn_core.fast.output import ReadOut
from rnn_core.fast.settings import StepSettings, check_sizes
from rnn_core.fast.small_batch import LARGEST_BATCH, FastExample
from rnn_core.fast.unroll import SAFE, FastUnroll, Workspace
from rnn_core.fast.vanilla import FastVanilla
from rnn_core.input_validation import check_finite, check_input, check_lengths, check_state
from rnn_core.losses import LOSSES
from rnn_core.network import Network, Segment, backpropagate, run
from rnn_core.norms import safe_norm
from rnn_core.optim import clip_by_norm, gradient_norm
from rnn_core.padding import ignore_padding
from rnn_core.params import Array
from rnn_core.trace import NonFiniteError, Overflow
from rnn_core.validation.arguments import check_readable
from rnn_core.validation.values import check_number

FAST_CELLS: dict[str, type[FastUnroll[Any]]] = {
    "rnn": FastVanilla,
    "gru": FastGRU,
    "lstm": FastLSTM,
}
# NumPy copies arrays with gaps through a buffer wherever it holds two runs of them or more; a
# product of one gate of all steps takes less than half as long where it does not.
RUN = 1024


class FastNetwork:
    """The weights of a network in one flat vector, and everything an update needs.

    Attributes
    ----------
    gradient_norm : float
        The joint norm of the last update, before clipping.
    """

    def __init__(
        self, network: Network, steps: Sequence[int], batch: int, settings: StepSettings
    ) -> None:
        self.steps, self.batch = check_sizes(network, steps, batch)
        self.settings = settings
        self.gradient_norm = 0.0
        self._segments = network.segments
        self._expected = [
            (segment, segment.params.inputs, T)
            for segment, T in zip(network.segments, self.steps, strict=True)
        ]
        self._no_lengths: list[Array | None] = [None] * len(network.segments)
        self._flat = FlatNetwork(network, settings.optimizer, settings.dtype)
        pairs = list(zip(self._flat.weights, self._flat.gradients, strict=True))
        self._unrolls: list[FastUnroll[Any]] = [
            FAST_CELLS[network.cell](segment, *pair, BufferPool(settings.dtype))
            for segment, pair in zip(network.segments, pairs, strict=True)
        ]
        self._readout = ReadOut(*pairs[-1], settings.loss, self._unrolls[-1].pool)
        self._example = self._serve_examples()
        # What the last update ran through.
        self._ran: Sequence[FastUnroll[Any] | FastExample] = self._unrolls
        self._safe = SAFE[np.dtype(settings.dtype)]
        for unroll, T in zip(self._unrolls, self.steps, strict=True):
            unroll.space(T, self.batch)
        # Overflow is reported by us. Entering a context that is kept costs a tenth of np.errstate.
        self._quietly = copy_context()
        self._quietly.run(np.seterr, over="ignore", invalid="ignore", divide="ignore")
        self._quietly.run(np.setbufsize, RUN)

    def read(self) -> Network:
        """Return a frozen copy of the network as it is now."""
        return self._flat.read()

    def state(self) -> tuple[Array, ...]:
        """Return copies of the weights and of what the optimiser remembers."""
        return self._flat.vector.copy(), *self._flat.optimizer.state()

    def restore(self, state: tuple[Array, ...]) -> None:
        """Go on from a state as ``state`` gave it."""
        self._flat.vector[...] = state[0]
        self._flat.optimizer.restore(state[1:])

    def _serve_examples(self) -> FastExample | None:
        """Return the way for very small batches, where this network has one."""
        plain = len(self._segments) == 1 and self._segments[0].params.cell == "rnn"
        if not plain or self.settings.truncate is not None:
            return None
        return FastExample(self._segments[0], self._readout)

    def predict(
        self, inputs: Sequence[npt.ArrayLike], lengths: Sequence[npt.ArrayLike | None]
    ) -> Array:
        """Return the logits of the last segment, shape (T, B, C), for any number of sequences."""
        xs, limits = self._check_inputs(inputs, lengths)
        for x, (segment, _, _) in zip(xs, self._expected, strict=True):
            if x.ndim == 3:
                # No gradient will tell: a tanh takes infinity to 1.
                check_finite(f"input of {segment.ports.name}", x)
        size = xs[-1].shape[1]
        parts = []
        for start in range(0, size, self.batch):
            part = slice(start, start + self.batch)
            cut = [None if length is None else length[part] for length in limits]
            space = self._quietly.run(self._run, [x[:, part] for x in xs], cut)[-1]
            z = self._quietly.run(self._readout.logits, space.h_after)
            parts.append(z.reshape(space.steps, space.batch, -1).copy())
        return np.concatenate(parts, axis=1)

    def update(
        self,
        inputs: Sequence[npt.ArrayLike],
        targets: npt.ArrayLike,
        lengths: Sequence[npt.ArrayLike | None],
        h0: npt.ArrayLike | None,
        c0: npt.ArrayLike | None,
        lr: float | None,
    ) -> float:
        """Take one training step; return the loss before it."""
        xs, limits = self._check_inputs(inputs, lengths)
        if xs[-1].shape[1] > self.batch:
            raise ValueError(f"inputs have B={xs[-1].shape[1]} but at most B={self.batch} fits")
        wanted = self._check_targets(targets, xs[-1])
        if limits[-1] is not None:
            wanted = ignore_padding(wanted, limits[-1])
        start = self._check_start(xs[0].shape[1], h0, c0)
        rate = self.settings.lr if lr is None else check_number("lr", lr)
        return self._quietly.run(self._take_step, xs, wanted, limits, *start, rate)

    def _take_step(
        self,
        inputs: Sequence[Array],
        targets: Array,
        lengths: Sequence[Array | None],
        h0: Array | None,
        c0: Array | None,
        lr: float,
    ) -> float:
        flat, settings = self._flat, self.settings
        loss = self._differentiate(inputs, targets, lengths, h0, c0)
        norm = clip_by_norm(flat.gradient, settings.clip)
        if not (isfinite(loss + norm) and self._is_moderate(h0)):
            found = self._find_overflow(inputs, targets, lengths, h0, c0, loss)
            if found is not None:
                raise found
        if settings.weight_decay:
            np.multiply(flat.vector, 1.0 - lr * settings.weight_decay, flat.vector)
        flat.optimizer.update(flat.vector, flat.gradient, lr, norm)
        self.gradient_norm = norm
        return loss

    def _differentiate(
        self,
        inputs: Sequence[Array],
        targets: Array,
        lengths: Sequence[Array | None],
        h0: Array | None,
        c0: Array | None,
    ) -> float:
        """Return the loss; fill the gradients of all weights."""
        x, example = inputs[0], self._example
        if (
            example is not None
            and x.ndim == 3
            and x.shape[1] <= LARGEST_BATCH
            and lengths[0] is None
        ):
            self._ran = (example,)
            return example.differentiate(x, targets, h0)
        self._ran = self._unrolls
        return self._back(self._run(inputs, lengths, h0, c0), targets)

    def _is_moderate(self, h0: Array | None) -> bool:
        """Tell whether no overflow can be hidden behind a finite loss and finite gradients."""
        vector = self._flat.vector
        if not vector.dot(vector) < self._safe:
            return False
        if h0 is not None and not safe_norm(h0) ** 2 < self._safe:
            return False
        return False not in [part.moderate for part in self._ran]

    def _run(
        self,
        inputs: Sequence[Array],
        lengths: Sequence[Array | None],
        h0: Array | None = None,
        c0: Array | None = None,
    ) -> list[Workspace]:
        """Run the segments in a row, each from the last state of the one before."""
        spaces: list[Workspace] = []
        for unroll, x, length in zip(self._unrolls, inputs, lengths, strict=True):
            space = unroll.space(x.shape[0], x.shape[1])
            unroll.run(space, x, h0, c0, length)
            h0, c0 = space.h[-1], None if space.c is None else space.c[-1]
            spaces.append(space)
        return spaces

    def _back(self, spaces: list[Workspace], targets: Array) -> float:
        """Score the last segment and fill all gradients; return the loss."""
        last = spaces[-1]
        only_last = (
            last.steps > 1 and self.settings.loss == "cross_entropy" and _scores_only_last(targets)
        )
        dh_last: Array | None = None
        dc_last: Array | None = None
        if only_last:
            dh_last = last.dh
            loss = self._readout.score(last.h[-1], targets[-1], dh_last)
        else:
            loss = self._readout.score(last.h_after, targets, last.dh_local_rows)
        local = not only_last
        for i in reversed(range(len(spaces))):
            dh_last, dc_last = self._unrolls[i].run_back(
                spaces[i], local, dh_last, dc_last, self.settings.truncate, needs_start=i > 0
            )
            local = False
        return loss

    def _check_inputs(
        self, inputs: Sequence[npt.ArrayLike], lengths: Sequence[npt.ArrayLike | None]
    ) -> tuple[list[Array], list[Array | None]]:
        if len(inputs) != len(self._expected):
            raise ValueError(
                f"inputs are given for {len(inputs)} segments but there are {len(self._expected)}"
            )
        xs: list[Array] = []
        for given, (segment, D, steps) in zip(inputs, self._expected, strict=True):
            try:
                x = np.asarray(given)
            except (ValueError, TypeError, RuntimeError):
                check_readable(f"input of {segment.ports.name}", given)
                raise
            if not _fits(x, D, steps):
                _refuse(x, segment, D, steps)
            xs.append(x)
        if len(xs) > 1:
            self._check_batches(xs)
        if not lengths:
            return xs, self._no_lengths
        return xs, [
            None if n is None else check_lengths(n, *x.shape[:2])
            for n, x in zip(lengths, xs, strict=True)
        ]

    def _check_batches(self, xs: list[Array]) -> None:
        """Refuse segments that are fed different numbers of sequences."""
        for x, segment in zip(xs, self._segments, strict=True):
            if x.shape[1] != xs[-1].shape[1]:
                raise ValueError(
                    f"input of {segment.ports.name} has B={x.shape[1]} but that of "
                    f"{self._segments[-1].ports.name} has B={xs[-1].shape[1]}"
                )

    def _check_targets(self, targets: npt.ArrayLike, x: Array) -> Array:
        """Check shape and kind; the read-out checks the values on its way."""
        try:
            wanted, C = np.asarray(targets), self._readout.classes
        except (ValueError, TypeError, RuntimeError):
            check_readable("targets", targets)
            raise
        if self.settings.loss == "cross_entropy":
            kind = wanted.dtype.kind
            # Without its sign −1 is a huge number, which must not become −1 again.
            known = kind == "i" or (kind == "u" and wanted.max(initial=0) < C)
            good = known and wanted.shape == x.shape[:2]
        else:
            good = wanted.shape == (*x.shape[:2], C) and wanted.dtype.kind == "f"
        if not good:
            # The traced loss has the words for what is wrong.
            LOSSES[self.settings.loss](np.zeros((*x.shape[:2], C)), wanted)
        return wanted

    def _check_start(
        self, batch: int, h0: npt.ArrayLike | None, c0: npt.ArrayLike | None
    ) -> tuple[Array | None, Array | None]:
        if h0 is None and c0 is None:
            return None, None
        first = self._segments[0].params
        if c0 is not None and first.cell != "lstm":
            raise ValueError(f"c0 is given but {first.cell} has no cell state c; only lstm has one")
        shape = (batch, first.hidden)
        states = check_state("h0", h0, shape), check_state("c0", c0, shape)
        for name, state in zip(("h0", "c0"), states, strict=True):
            if state is not None:
                _refuse_complex(name, state)
        return states

    def _find_overflow(
        self,
        inputs: Sequence[Array],
        targets: Array,
        lengths: Sequence[Array | None],
        h0: Array | None,
        c0: Array | None,
        loss: float,
    ) -> NonFiniteError | None:
        """Find where numbers stopped being finite: run the traced path on the same weights.

        None where they did not: what looked large was in place.
        """
        network = self.read()
        names = [segment.ports.name for segment in network.segments]
        traces = run(network, inputs, lengths, h0, c0)
        # Targets are refused before what overflowed, as by whoever calls forward and the loss.
        _, dlogits = LOSSES[self.settings.loss](traces[-1].logits, targets)
        for name, trace in zip(names, traces, strict=True):
            found = trace.first_overflow()
            if found is not None:
                return NonFiniteError(name, found)
        gradients = backpropagate(network, traces, dlogits, self.settings.truncate)
        for name, grads in reversed(list(zip(names, gradients.segments, strict=True))):
            found = grads.first_overflow()
            if found is not None:
                return NonFiniteError(name, found)
        norm = gradient_norm(self._flat.gradient)
        if isfinite(loss) and isfinite(norm):
            return None
        return NonFiniteError(names[-1], Overflow("loss" if isfinite(norm) else "total", 0))


def _refuse_complex(name: str, array: Array) -> None:
    """Refuse what the traced path lets through for the complex step; weights here are real."""
    if np.iscomplexobj(array):
        raise ValueError(f"{name} has dtype {array.dtype} but floats are expected")


def _scores_only_last(targets: Array) -> bool:
    """Tell whether no step but the last is scored, as in many to one."""
    return bool(targets[0, 0] < 0) and bool(targets[:-1].max() < 0)


def _fits(x: Array, inputs: int, steps: int) -> bool:
    """Tell in a few attributes whether an input has the right kind and shape.

    Values are checked on the way: tokens where they are looked up, and what is not finite by the
    norm of the gradient.
    """
    shape = x.shape
    if len(shape) == 3:
        return shape[2] == inputs and 0 < shape[0] <= steps and x.size > 0 and x.dtype.kind == "f"
    return len(shape) == 2 and 0 < shape[0] <= steps and x.size > 0 and x.dtype.kind in "iu"


def _refuse(x: Array, segment: Segment, inputs: int, steps: int) -> None:
    """Say what is wrong with an input that does not fit."""
    name = f"input of {segment.ports.name}"
    # The traced path has the words for most of it.
    check_input(segment.params, x, name=name)
    _refuse_complex(name, x)
    if x.shape[0] > steps:
        raise ValueError(f"{name} has T={x.shape[0]} but at most T={steps} fits")
