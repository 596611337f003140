"""What every task can do: give its data, build and fetch networks, read an example, be measured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from rnn_core.analysis.gradient_flow import scale_recurrent
from rnn_core.generation.free_running import decode
from rnn_core.losses import is_counted, unscored
from rnn_core.network import Batch, Network, Segment, run
from rnn_core.params import GATES, Array, init
from rnn_core.record import read_only
from rnn_core.tasks.checkpoint import checkpoint_path, load_network
from rnn_core.tasks.dataset import Dataset, Example, Recipe
from rnn_core.tasks.metrics import MEASURES
from rnn_core.tasks.prediction import ExampleRun, score
from rnn_core.topology import Topology
from rnn_core.trace import Trace

START = 0  # a decoder is fed token 0 first, and ends by saying class 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Task(ABC):
    """One task on real data.

    Parameters
    ----------
    key : str
        Its name in `TASKS` and in links.
    title : str
    question : str
        One sentence: what the network is asked.
    topology : Topology
    recipe : Recipe
    metric : {"accuracy", "exact match", "nats per character"}
    target : float
        What a vanilla network reaches on the test split, mean of five seeds.
    better : {"higher", "lower"}
        Which way the metric improves.
    input_kind : {"text", "picture", "digit", "drawn"}
        What a visitor gives to `encode`.
    simplified : str
        What is simplified here, and which failures are known.
    source : str
        Where the data comes from, with its licence.
    cells : mapping of str to mapping
        For gated cells, the fields of the recipe that are chosen otherwise.
    """

    key: str
    title: str
    question: str
    topology: Topology
    recipe: Recipe
    metric: str
    target: float
    better: str
    input_kind: str
    simplified: str
    source: str
    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @abstractmethod
    def load(self) -> Dataset:
        """Read the data and split it; `data` keeps the result."""

    @abstractmethod
    def encode(self, value: object) -> Example:
        """A visitor's own input as an example.

        Raises
        ------
        ValueError
            With a sentence saying what was wrong and what is accepted.
        """

    @abstractmethod
    def answer(self, said: tuple[str, ...], logits: Array) -> str:
        """What the network said, as a visitor reads it.

        Parameters
        ----------
        said : tuple of str
            The class chosen at each step of the last segment.
        logits : array, shape (T, 1, C)
            Of the last segment.
        """

    @property
    @abstractmethod
    def pick(self) -> list[tuple[int, str]]:
        """Suggested examples of the test split: (index, label)."""

    @abstractmethod
    def input_labels(self, batch: Batch) -> tuple[tuple[str, ...], ...]:
        """Per segment and step, the label of what one example feeds (B = 1)."""

    @cached_property
    def _dataset(self) -> Dataset:
        return self.load()

    def data(self) -> Dataset:
        """The data, read once and read-only."""
        return self._dataset

    def recipe_for(self, cell: str) -> Recipe:
        """The recipe of a cell: gated cells learn best with other settings than the vanilla one."""
        return replace(self.recipe, **self.cells.get(cell, {}))

    def with_recipe(self, recipe: Recipe) -> Task:
        """The same task on the same data, with one recipe for every cell."""
        other = replace(self, recipe=recipe, cells={})
        # cached_property looks here first, so the data is not read again.
        other.__dict__["_dataset"] = self.data()
        return other

    def network(self, cell: str = "rnn", hidden: int | None = None, seed: int = 0) -> Network:
        """A fresh, untrained network after the recipe.

        Parameters
        ----------
        cell : {"rnn", "gru", "lstm"}
        hidden : int, optional
            Hidden units H; the recipe's by default.
        seed : int
            The same seed gives the same weights.
        """
        data, recipe = self.data(), self.recipe_for(cell)
        segments = []
        last = len(self.topology.segments) - 1
        for number, ports in enumerate(self.topology.segments):
            vocabulary, x = data.vocabularies[number], data.train.inputs[number]
            width = x.shape[-1] if vocabulary is None else len(vocabulary)
            embedding = None
            weights_seed, embedding_seed = np.random.SeedSequence((seed, number)).generate_state(2)
            if vocabulary is not None and recipe.embedding is not None:
                width, draw = recipe.embedding, np.random.default_rng(embedding_seed)
                embedding = draw.standard_normal((len(vocabulary), width))
            params = init(
                cell,
                inputs=width,
                hidden=recipe.hidden if hidden is None else hidden,
                outputs=len(data.classes) if number == last else 0,
                seed=int(weights_seed),
                recurrent=recipe.recurrent,
            )
            params = scale_recurrent(params, recipe.factor)
            segments.append(Segment(ports, params, embedding))
        return Network(self.topology, tuple(segments))

    def pretrained(self, cell: str = "rnn") -> Network:
        """The trained network that comes with the project.

        Raises
        ------
        ValueError
            When none is shipped for that cell.
        """
        return _pretrained(self.key, cell)

    def example(self, index: int, split: str = "test") -> Example:
        """One example of a split, without padding.

        Raises
        ------
        ValueError
            When the split has no such example.
        """
        data = self.data()
        chosen = data.split(split)
        if isinstance(index, bool) or not 0 <= index < chosen.size:
            raise ValueError(
                f"there is no example {index} in {split!r}: it holds 0 to {chosen.size - 1}"
            )
        batch = chosen.batch([index])
        batch = replace(batch, lengths=(None,) * len(batch.inputs))
        pictures = data.pictures.get(split)
        return self.describe(
            batch,
            text=data.texts[split][index] if split in data.texts else "",
            picture=None if pictures is None else pictures[index],
        )

    def describe(
        self,
        batch: Batch,
        text: str = "",
        picture: Array | None = None,
        notes: tuple[str, ...] = (),
    ) -> Example:
        """Put labels to a batch of one example."""
        known = batch.targets[is_counted(batch.targets)[:, 0], 0]
        return Example(
            batch=batch,
            inputs=self.input_labels(batch),
            target=tuple(self.name_target(target) for target in known),
            picture=picture,
            text=text,
            notes=notes,
        )

    def name_target(self, target: Any) -> str:
        """A right answer in words."""
        return self.data().classes[int(target)]

    def name_said(self, logits: Array) -> str:
        """What outputs of shape (C,) say, in words."""
        return self.data().classes[int(logits.argmax())]

    @property
    def has_feedback(self) -> bool:
        """Whether the scored segment reads its own output: there, teacher forcing is a choice."""
        return self.topology.segments[-1].reads == "feedback"

    @property
    def steps_at_most(self) -> int:
        """How long a free-running segment may go on: two steps beyond the longest answer."""
        return self.data().train.steps[-1] + 2

    def run(self, network: Network, example: Example, teacher: bool = False) -> ExampleRun:
        """Run a network over one example.

        Parameters
        ----------
        network : Network
        example : Example
        teacher : bool
            Feed the right answer, where it is known, instead of the network's own output (teacher
            forcing, Williams and Zipser 1989).

        Returns
        -------
        Reading
            Without gradients; `backward` adds them.
        """
        ports = network.topology.segments[-1]
        before, steps = example.batch.inputs[:-1], self.steps_at_most
        if ports.reads == "feedback" and not (teacher and example.target):
            traces = decode(network, before, np.array([START]), steps, stop=START)
            source = "own"
        else:
            traces = run(network, example.batch.inputs)
            source = "target"
        return self.record(network, example, traces, source)

    def record(
        self,
        network: Network,
        example: Example,
        traces: tuple[Trace, ...],
        source: str | Sequence[str] = "target",
    ) -> ExampleRun:
        """The reading that traces of an example amount to: labels, losses and the answer.

        Parameters
        ----------
        network : Network
        example : Example
        traces : tuple of Trace
            Per segment, B = 1; their states may start, and their inputs differ, as one likes.
        source : {"own", "target"}, or one of them for each step after the first
            Where a segment that reads feedback got it from.
        """
        ports = network.topology.segments[-1]
        inputs, fed = self._fed(traces, example, source)
        logits, classes = traces[-1].logits, self.data().classes
        targets = _same_length(example.batch.targets, len(logits))
        losses, loss = score(logits, targets)
        chosen = tuple(self.name_said(one) for one in logits[:, 0])
        said = chosen if ports.says == "each" else ("",) * (len(chosen) - 1) + chosen[-1:]
        return ExampleRun(
            task=self.key,
            network=network,
            example=example,
            traces=traces,
            inputs=inputs,
            fed=fed,
            classes=classes,
            targets=targets,
            losses=losses,
            loss=loss,
            said=said,
            text=self.answer(said, logits),
        )

    def _fed(
        self, traces: tuple[Trace, ...], example: Example, source: str | Sequence[str]
    ) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
        """Labels of what was really fed, and where each came from."""
        labels, sources = [], []
        for number, ports in enumerate(self.topology.segments):
            vocabulary, tokens = self.data().vocabularies[number], traces[number].tokens
            if ports.reads == "data" or vocabulary is None or tokens is None:
                labels.append(example.inputs[number])
                sources.append(("data",) * len(example.inputs[number]))
            else:
                labels.append(vocabulary.decode(int(token) for token in tokens[:, 0]))
                one = (source,) * (len(tokens) - 1) if isinstance(source, str) else source
                sources.append(("data", *one))
        return tuple(labels), tuple(sources)

    def evaluate(self, network: Network, split: str = "test") -> float:
        """The metric of a network on a split or probe."""
        return MEASURES[self.metric](network, self.data().split(split))

    def reached(self, value: float) -> bool:
        """Whether a value of the metric is as good as the target."""
        return value >= self.target if self.better == "higher" else value <= self.target


def _same_length(targets: Array, steps: int) -> Array:
    """Targets of the steps there were: a free run may end before the right answer, or after."""
    kept = unscored(targets, steps)
    kept[: len(targets)] = targets[:steps]
    return read_only(kept)


@lru_cache(maxsize=32)
def _pretrained(task: str, cell: str) -> Network:
    path = checkpoint_path(task, cell)
    if cell not in GATES or not path.exists():
        held = [other for other in GATES if checkpoint_path(task, other).exists()]
        pretrained = ", ".join(held) or "none"
        raise ValueError(
            f"no trained {cell!r} network is shipped for {task!r}; shipped: {pretrained}"
        )
    return load_network(path)
