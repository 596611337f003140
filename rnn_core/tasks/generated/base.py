"""Tasks without a fixed set of examples: each update draws fresh ones, so nothing is seen twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from rnn_core.analysis.gradient_flow import scale_recurrent
from rnn_core.network import Batch, Network, Segment, run
from rnn_core.params import Array, init, num_parameters
from rnn_core.tasks.checkpoint import checkpoint_path, load_network
from rnn_core.topology import Topology
from rnn_core.validation.values import plain

HELD_OUT = 1_000
HELD_OUT_SEED = 10**9  # no seed of a training run


@dataclass(frozen=True)
class GeneratedRecipe:
    """How a network is built and trained on a stream.

    Parameters
    ----------
    hidden : int or None
        Hidden units H; None makes the three cells equal in parameters.
    lr : float
        Learning rate of the first update.
    batch : int
        Fresh sequences per update.
    updates : int
    schedule : {"constant", "cosine"}
    recurrent : {"orthogonal", "identity"}
    factor : float
        What the start of W_hh is multiplied with.
    clip : float or None
    optimizer : str
        "adam", "momentum" or "sgd".
    weight_decay : float
    truncate : int or None
    """

    hidden: int | None
    lr: float
    batch: int
    updates: int
    schedule: str = "constant"
    recurrent: str = "orthogonal"
    factor: float = 1.0
    clip: float | None = 1.0
    optimizer: str = "adam"
    weight_decay: float = 0.0
    truncate: int | None = None

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, plain(getattr(self, one.name)))


@dataclass(frozen=True, kw_only=True, eq=False)
class GeneratedTask(ABC):
    """A task whose sequences are drawn.

    Parameters
    ----------
    key, title, question : str
    topology : Topology
        One segment that reads data.
    inputs : int
        Numbers D that are fed at each step, or how many different tokens there are.
    outputs : int
        Numbers that are said, or classes, C.
    loss : {"squared_error", "cross_entropy"}
    metric : {"RMSE", "accuracy", "relative error"}
    better : {"lower", "higher"}
    guess : float
        What the metric is when the best single answer is given, whatever is read and at every step.
    target : float
        What a gated cell reaches on held-out sequences.
    recipe : GeneratedRecipe
    budget : int
        Parameters that a network may have where ``hidden`` is None.
    simplified : str
    cells : mapping of str to mapping
        For a cell, the fields of the recipe that are chosen otherwise.
    scale : float
        How much 1 of the network's numbers is in the unit that its inputs are shown in.
    unit : str
        That unit, "" where the network's numbers are shown as they are.
    """

    key: str
    title: str
    question: str
    topology: Topology
    inputs: int
    outputs: int
    loss: str
    metric: str
    better: str
    guess: float
    target: float
    recipe: GeneratedRecipe
    budget: int
    simplified: str = ""
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scale: float = 1.0
    unit: str = ""

    @property
    @abstractmethod
    def steps(self) -> int:
        """T of the longest sequence."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Fresh sequences, as many as ``batch``."""

    @abstractmethod
    def describe(self, batch: Batch, which: int) -> tuple[str, ...]:
        """What sequence number ``which`` feeds at each step, in words."""

    def format_value(self, value: float) -> str:
        """A number that is said, in the unit of what is read."""
        return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")

    @property
    def source(self) -> str:
        """Where the sequences to look at one by one come from, as a sentence."""
        return "A sequence that no training draws."

    @cached_property
    def held_out(self) -> Batch:
        """A thousand sequences that no training run draws."""
        return self.draw(np.random.default_rng(HELD_OUT_SEED), HELD_OUT)

    def recipe_for(self, cell: str) -> GeneratedRecipe:
        """The recipe of a cell."""
        return replace(self.recipe, **self.cells.get(cell, {}))

    def hidden_for(self, cell: str, budget: int | None = None) -> int:
        """The most hidden units that a cell may have within a number of parameters.

        Raises
        ------
        ValueError
            When not even one fits.
        """
        room = self.budget if budget is None else budget
        hidden = 0
        while num_parameters(cell, self.inputs, hidden + 1, self.outputs) <= room:
            hidden += 1
        if not hidden:
            raise ValueError(f"budget is {room} but one unit of a {cell} needs more parameters")
        return hidden

    def network(
        self,
        cell: str = "rnn",
        hidden: int | None = None,
        seed: int = 0,
        recurrent: str = "",
        factor: float | None = None,
    ) -> Network:
        """A fresh, untrained network; where nothing is given, as the recipe says."""
        recipe = self.recipe_for(cell)
        params = init(
            cell,
            inputs=self.inputs,
            hidden=hidden or recipe.hidden or self.hidden_for(cell),
            outputs=self.outputs,
            seed=seed,
            recurrent=recurrent or recipe.recurrent,
        )
        params = scale_recurrent(params, recipe.factor if factor is None else factor)
        return Network(self.topology, (Segment(self.topology.segments[0], params),))

    def pretrained(self, cell: str = "rnn") -> Network:
        """The trained network that comes with the project.

        Raises
        ------
        FileNotFoundError
            When none is shipped.
        """
        return load_network(checkpoint_path(self.key, cell))

    def evaluate(self, network: Network) -> float:
        """The metric on held-out sequences."""
        batch = self.held_out
        return self.score(run(network, batch.inputs, batch.lengths)[-1].logits, batch.targets)

    def score(self, logits: Array, targets: Array) -> float:
        """The metric of some outputs (T, B, C)."""
        if self.loss == "squared_error":
            return float(np.sqrt(np.nanmean((logits - targets).astype(np.float64) ** 2)))
        scored = targets >= 0
        return float((logits.argmax(axis=-1) == targets)[scored].mean())

    def reached(self, value: float) -> bool:
        """Whether a value of the metric is as good as the target."""
        return value >= self.target if self.better == "higher" else value <= self.target
