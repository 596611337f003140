"""The bug lab: a small training program with at most one named fault.

Four faults make the gradient wrong, so that it is not the derivative of the loss; a gradient check
finds them. Three make the model or its data wrong and then differentiate that faithfully: the check
passes, because both of its sides look at the same wrong loss, and another instrument is needed
(``diagnostics.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_core.bug_lab.faulty_backward import FAULTY_BACKWARD
from rnn_core.losses import IGNORE_INDEX, cross_entropy
from rnn_core.optim import flatten, make_optimizer, take_step, unflatten
from rnn_core.params import Array, Params
from rnn_core.record import ReadOnly
from rnn_core.trace import Trace
from rnn_core.unroll import backward, forward
from rnn_core.untied import UntiedTrace, backward_untied, forward_untied, untie, weight_gradients

State = tuple[Array, Array | None]


@dataclass(frozen=True)
class Fault:
    """One way to get it wrong.

    Attributes
    ----------
    key, title : str
    says : str
        What is wrong, in a sentence.
    kind : "gradient" or "model"
        Whether the gradient is not that of the loss, or the loss not that of the task.
    instrument : str
        What finds it: "gradient check", "overfit one example", "permute the batch" or "count
        parameters".
    """

    key: str
    title: str
    says: str
    kind: str
    instrument: str


CHECK = "gradient check"
FAULTS: Mapping[str, Fault] = ReadOnly(
    {
        fault.key: fault
        for fault in (
            Fault(
                "dh_next dropped",
                "dh_next is dropped",
                "Each state hears from its own output alone, and nothing from the next step.",
                "gradient",
                CHECK,
            ),
            Fault(
                "dh_next not transposed",
                "W_hh is not transposed",
                "Backward multiplies by W_hh where it should multiply by its transpose.",
                "gradient",
                CHECK,
            ),
            Fault(
                "tanh' missing",
                "tanh′ is missing",
                "Gradients pass through tanh as if its slope were 1 everywhere.",
                "gradient",
                CHECK,
            ),
            Fault(
                "not summed",
                "Gradients are not summed",
                "Each weight gets the last step's share of its gradient, not the sum over steps.",
                "gradient",
                CHECK,
            ),
            Fault(
                "h0 not reset",
                "h₀ is not reset",
                "A batch starts from the last states of the batch before, not from zero.",
                "model",
                "permute the batch",
            ),
            Fault(
                "targets shifted",
                "Targets are shifted by one",
                "The output of each step is held against the target of the step before.",
                "model",
                "overfit one example",
            ),
            Fault(
                "weights untied",
                "Weights are not shared",
                "Each step has a W_hh of its own, and learns it alone.",
                "model",
                "count parameters",
            ),
        )
    }
)


def shift_targets(targets: npt.ArrayLike) -> Array:
    """Return the targets one step late; the first step has none.

    >>> shift_targets(np.array([[3], [1], [2]]))[:, 0].tolist()
    [-1, 3, 1]
    """
    shifted = np.roll(np.asarray(targets).astype(np.intp, copy=False), 1, axis=0)
    shifted[0] = IGNORE_INDEX
    return shifted


class Program:
    """A recurrent network and its training loop, right or with one fault.

    Everything is float64 on the traced path: it is for looking at, not for speed. Cross entropy in
    nats, mean over the scored entries.

    Parameters
    ----------
    params : Params
        The first weights; float64.
    fault : str, optional
        A key of ``FAULTS``; None makes the right program.
    steps : int, optional
        Steps T that an untied network has weights for; needed for that fault, unused otherwise.
    lr : float
    optimizer : "adam", "momentum" or "sgd"
    clip : float, optional

    Attributes
    ----------
    weights : dict name → array
        An untied network's ``W_hh`` has shape (T, H, G·H).

    Raises
    ------
    ValueError
        For an unknown fault, weights that are not float64, and an untied network without ``steps``.

    Examples
    --------
    >>> import rnn_core as rc
    >>> params = rc.init("rnn", inputs=3, hidden=4, outputs=2)
    >>> program = Program(params, fault="weights untied", steps=5)
    >>> program.weights["W_hh"].shape, program.size - params.size
    ((5, 4, 4), 64)
    """

    def __init__(
        self,
        params: Params,
        fault: str | None = None,
        steps: int | None = None,
        lr: float = 1e-2,
        optimizer: str = "adam",
        clip: float | None = 1.0,
    ) -> None:
        if fault is not None and fault not in FAULTS:
            known = ", ".join(map(repr, FAULTS))
            raise ValueError(f"fault is {fault!r} but it is None or one of {known}")
        if params.dtype != np.float64:
            raise ValueError(f"params are {params.dtype} but a program of the lab needs float64")
        self.params, self.fault, self.steps = params, fault, steps
        self.lr, self.optimizer, self.clip = lr, optimizer, clip
        self.weights = {name: array.copy() for name, array in params.arrays().items()}
        if fault == "weights untied":
            if steps is None:
                raise ValueError("steps is None but an untied network needs to know its steps T")
            self.weights["W_hh"] = np.array(untie(params, steps))
        self.gradient_norm = 0.0
        self._optimizer = make_optimizer(optimizer, self.size, np.float64)
        self._carried: State | None = None

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(array.size for array in self.weights.values())

    def fresh(self, steps: int | None = None) -> Program:
        """Return the program as it was before its first update, perhaps for another T."""
        wanted = self.steps if steps is None else steps
        return Program(self.params, self.fault, wanted, self.lr, self.optimizer, self.clip)

    def copy(self) -> Program:
        """Return the program as it is now, to be tried without consequences."""
        other = self.fresh()
        other.weights = {name: array.copy() for name, array in self.weights.items()}
        other._optimizer.restore(self._optimizer.state())
        other._carried = self._carried
        return other

    def run(self, x: npt.ArrayLike) -> Array:
        """Return the logits (T, B, C) of a batch, as the program would say them in its next update.

        A program that does not reset h₀ goes on from the states this batch ends with.
        """
        return self._forward(x).logits

    def loss(self, x: npt.ArrayLike, targets: npt.ArrayLike) -> float:
        """Return the loss as the program sees it; nothing is changed or remembered."""
        return cross_entropy(self._trace(self.weights, x).logits, self._aim(targets))[0]

    def loss_with(self, name: str, array: Array, x: npt.ArrayLike, targets: npt.ArrayLike) -> Any:
        """Return the loss with one weight replaced, real or complex: what a numeric check needs."""
        moved = {**self.weights, name: array}
        return cross_entropy(self._trace(moved, x).logits, self._aim(targets))[0]

    def gradients(self, x: npt.ArrayLike, targets: npt.ArrayLike) -> tuple[float, dict[str, Array]]:
        """Return the loss, and name → gradient by the program's own backward pass."""
        return self._differentiate(self._trace(self.weights, x), targets)

    def update(self, x: npt.ArrayLike, targets: npt.ArrayLike) -> float:
        """Make one update; return the loss before it, as the program sees it."""
        loss, gradients = self._differentiate(self._forward(x), targets)
        flat = flatten(gradients[name] for name in self.weights)
        vector = flatten(self.weights.values())
        self.gradient_norm = take_step(self._optimizer, vector, flat, self.lr, self.clip)
        parts = unflatten(vector, self.weights.values())
        self.weights = dict(zip(self.weights, parts, strict=True))
        return loss

    def measure(self, x: npt.ArrayLike, targets: npt.ArrayLike) -> tuple[float, float]:
        """Return loss and accuracy on the task as it is: h₀ zero, targets where they belong."""
        other = self.copy()
        other._carried = None
        logits, wanted = other.run(x), np.asarray(targets)
        scored = wanted != IGNORE_INDEX
        right = (logits.argmax(axis=-1) == wanted)[scored].mean()
        return cross_entropy(logits, wanted)[0], float(right)

    def _differentiate(
        self, trace: Trace, targets: npt.ArrayLike
    ) -> tuple[float, dict[str, Array]]:
        loss, dlogits = cross_entropy(trace.logits, self._aim(targets))
        if isinstance(trace, UntiedTrace):
            used = weight_gradients(backward_untied(trace, dlogits))
            missing = len(self.weights["W_hh"]) - trace.steps
            used["W_hh"] = np.pad(used["W_hh"], ((0, missing), (0, 0), (0, 0)))
            return loss, used
        faulty = FAULTY_BACKWARD.get(self.fault or "")
        if faulty is not None:
            return loss, faulty(trace, dlogits)
        return loss, backward(trace, dlogits).total.arrays()

    def _aim(self, targets: npt.ArrayLike) -> Array:
        shifted = self.fault == "targets shifted"
        return shift_targets(targets) if shifted else np.asarray(targets)

    def _forward(self, x: npt.ArrayLike) -> Trace:
        trace = self._trace(self.weights, x)
        if self.fault == "h0 not reset":
            self._carried = trace.h[-1], None if trace.c is None else trace.c[-1]
        return trace

    def _trace(self, weights: Mapping[str, Array], x: npt.ArrayLike) -> Trace:
        given = np.asarray(x)
        dtype = np.result_type(*weights.values())
        cast = {name: array.astype(dtype, copy=False) for name, array in weights.items()}
        h0, c0 = self._start(given.shape[1])
        if self.fault == "weights untied":
            copies = cast.pop("W_hh")
            params = self.params.with_arrays({**cast, "W_hh": copies[0]})
            return forward_untied(params, copies, given, h0, c0)
        return forward(self.params.with_arrays(cast), given, h0, c0)

    def _start(self, batch: int) -> tuple[Array | None, Array | None]:
        """Return the states a batch starts from: those carried over, row by row, or none."""
        if self._carried is None:
            return None, None
        fitted = []
        for carried in self._carried:
            if carried is not None:
                rows = np.zeros((batch, carried.shape[1]))
                shared = min(batch, len(carried))
                rows[:shared] = carried[:shared]
                carried = rows
            fitted.append(carried)
        return fitted[0], fitted[1]
