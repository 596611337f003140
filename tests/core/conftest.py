"""Random cases for the engine's tests: weights, sequences and targets of any size, from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pytest

import rnn_core as rc

Array = npt.NDArray[Any]
CELLS = [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")]


@dataclass(frozen=True)
class Case:
    """One unroll with everything that can be fed to it."""

    params: rc.Params
    x: Array
    targets: Array
    values: Array
    h0: Array
    c0: Array | None
    lengths: Array

    def forward(self, lengths: bool = False) -> rc.Trace:
        """Run it, with or without its lengths."""
        limits = self.lengths if lengths else None
        return rc.forward(self.params, self.x, self.h0, self.c0, limits)

    def backward(self, lengths: bool = False, **ports: Any) -> rc.Gradients:
        """Run it forward and backward from its cross entropy."""
        trace = self.forward(lengths)
        return rc.backward(trace, rc.cross_entropy(trace.logits, self.targets)[1], **ports)


class Draw(Protocol):
    """Draws a case of the sizes T, B, D, H, C."""

    def __call__(
        self,
        cell: str = "rnn",
        activation: str = "tanh",
        sizes: tuple[int, int, int, int, int] = (6, 3, 4, 5, 3),
        seed: int = 0,
        tokens: bool = False,
    ) -> Case: ...


@pytest.fixture(scope="session")
def draw() -> Draw:
    """The function that draws cases; weights are dense, biases included."""
    return draw_case


def draw_case(
    cell: str = "rnn",
    activation: str = "tanh",
    sizes: tuple[int, int, int, int, int] = (6, 3, 4, 5, 3),
    seed: int = 0,
    tokens: bool = False,
) -> Case:
    T, B, D, H, C = sizes
    rng = np.random.default_rng(seed)
    params = rc.init(cell, inputs=D, hidden=H, outputs=C, seed=seed, activation=activation)
    noisy = {k: a + 0.2 * rng.standard_normal(a.shape) for k, a in params.arrays().items()}
    targets = rng.integers(-1, C, (T, B))
    targets[T - 1, 0] = C - 1
    values = rng.standard_normal((T, B, C))
    values[0, 0, 0] = np.nan if values.size > 1 else 0.5
    return Case(
        params=params.with_arrays(noisy),
        x=rng.integers(0, D, (T, B)) if tokens else rng.standard_normal((T, B, D)),
        targets=targets,
        values=values,
        h0=rng.standard_normal((B, H)),
        c0=rng.standard_normal((B, H)) if cell == "lstm" else None,
        lengths=rng.integers(1, T + 1, B),
    )


@pytest.fixture(params=CELLS, ids=["rnn-tanh", "rnn-relu", "gru", "lstm"])
def cell(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Each cell with each of its activations."""
    name, activation = request.param
    return name, activation
