"""The records of a task: its recipe, its data in splits, and one example.

All arrays are time-major and read-only: T steps, N examples of a split, B of a
batch, D inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from rnn_core.losses import is_counted
from rnn_core.network import Batch
from rnn_core.params import Array
from rnn_core.record import Record, read_only
from rnn_core.tasks.vocabulary import Vocabulary
from rnn_core.validation.values import plain


@dataclass(frozen=True)
class Recipe:
    """How a task's network is built and trained; chosen on the validation split.

    Parameters
    ----------
    hidden : int
        Hidden units H of each segment.
    lr : float
        Learning rate of the first update.
    batch : int
        Examples per update.
    epochs : int
        Passes over the training split.
    schedule : {"cosine", "constant"}
        The learning rate falls along half a cosine to zero, or stays.
    recurrent : {"orthogonal", "identity"}
        Start of W_hh.
    factor : float
        What that start is multiplied with; 1 leaves it as it is.
    examples : int or None
        So many of the training examples are used, drawn by the run's seed; None uses all.
    embedding : int or None
        Size of a learned embedding of the input tokens; None reads tokens as one-hot rows of W_xh.
    clip : float or None
        Largest joint gradient norm.
    optimizer : str
        "adam", "sgd" or "momentum".
    weight_decay : float
        Decoupled from the gradient.
    pool : int
        So many batches are sorted by length together, to save padding; 1 leaves the order random.
    truncate : int or None
        Chunk length of truncated BPTT, in every segment; None sends gradients all the way.
    teacher : float
        Probability that a step of a decoder is fed the target, not its own output.
    """

    hidden: int
    lr: float
    batch: int
    epochs: int
    schedule: str = "cosine"
    recurrent: str = "orthogonal"
    factor: float = 1.0
    examples: int | None = None
    embedding: int | None = None
    clip: float | None = 1.0
    optimizer: str = "adam"
    weight_decay: float = 0.0
    bucket_batches: int = 1
    truncate: int | None = None
    teacher: float = 1.0

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, plain(getattr(self, one.name)))


@dataclass(frozen=True, eq=False)
class Split(Record):
    """Examples of one split, padded to a common length per segment.

    Parameters
    ----------
    inputs : tuple of array
        Per segment, shape (T_s, N) int tokens or (T_s, N, D) float. A segment that feeds on its own
        output holds here what it is fed when taught: the start token, then the targets one step
        later.
    targets : array, shape (T, N), or (T, N, C) where numbers are said
        Of the last segment; -1 or NaN where nothing is scored. A segment that answers at its last
        step only has its target in the last row, whatever the length of the example (the state
        waits there).
    lengths : tuple of (array, shape (N,), or None)
        Per segment, how many steps are real; None when all are, or when padding is never scored.
    """

    inputs: tuple[Array, ...]
    targets: Array
    lengths: tuple[Array | None, ...]

    def __post_init__(self) -> None:
        for array in (*self.inputs, self.targets, *self.lengths):
            if array is not None:
                read_only(array)

    @property
    def size(self) -> int:
        """Number of examples N."""
        return int(self.targets.shape[1])

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps T_s per segment, of the longest example."""
        return tuple(int(array.shape[0]) for array in self.inputs)

    @property
    def cost(self) -> Array:
        """Steps that are read or scored per example, shape (N,): what a batch of it costs."""
        read = [n for n in self.lengths if n is not None]
        return sum(read, start=is_counted(self.targets).sum(axis=0))

    def astype(self, dtype: DTypeLike) -> Split:
        """The same split with dense inputs in another dtype; tokens stay whole numbers."""
        inputs = (x.astype(dtype) if x.dtype.kind == "f" else x for x in self.inputs)
        return replace(self, inputs=tuple(inputs))

    def take(self, indices: Array) -> Split:
        """The chosen examples as a split of their own."""
        return Split(
            tuple(x[:, indices] for x in self.inputs),
            self.targets[:, indices],
            tuple(n if n is None else n[indices] for n in self.lengths),
        )

    @cached_property
    def says_last(self) -> bool:
        """Whether only the last row is scored."""
        return not is_counted(self.targets[:-1]).any()

    def batch(self, indices: Array | slice | list[int] | None = None) -> Batch:
        """The chosen examples (all by default), cut to the longest among them.

        Returns
        -------
        Batch
            inputs (T_s, B) or (T_s, B, D), targets (T, B), lengths (B,).
        """
        chosen: Any = slice(None) if indices is None else indices
        targets = self.targets[:, chosen]
        lengths = tuple(None if n is None else n[chosen] for n in self.lengths)
        inputs = []
        for array, n in zip(self.inputs, lengths, strict=True):
            inputs.append(array[: int(n.max()) if n is not None else None, chosen])
        if lengths[-1] is not None:
            # The answer of a many-to-one network stands in the last row, so its rows are cut from
            # the front.
            steps = inputs[-1].shape[0]
            targets = targets[-steps:] if self.says_last else targets[:steps]
        elif len(inputs) > 1:
            # A decoder needs no lengths (padding is unscored), only no steps beyond the longest
            # target.
            steps = int((targets >= 0).sum(axis=0).max())
            inputs[-1], targets = inputs[-1][:steps], targets[:steps]
        return Batch(inputs=tuple(inputs), targets=targets, lengths=lengths)


@dataclass(frozen=True, eq=False)
class Dataset(Record):
    """The data of a task.

    Parameters
    ----------
    train, validation, test : Split
        Fixed by the task; the seed of a training run never moves an example from one to another.
    vocabularies : tuple of (Vocabulary or None)
        Per segment, what its input tokens are; None for numbers.
    classes : tuple of str
        Names of the C outputs of the last segment.
    probes : mapping of str to Split
        Further held-out examples with a question of their own.
    texts : mapping of str to tuple of str
        For each split or probe, the examples as a visitor would type or read them.
    pictures : mapping of str to array, shape (N, rows, columns) or (N, rows, columns, 3)
        For each split or probe of a task with pictures, the pictures in 0..1.
    """

    train: Split
    validation: Split
    test: Split
    vocabularies: tuple[Vocabulary | None, ...]
    classes: tuple[str, ...]
    probes: Mapping[str, Split] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pictures: Mapping[str, Array] = field(default_factory=dict)

    def split(self, name: str) -> Split:
        """The split or probe of that name.

        Raises
        ------
        ValueError
            When there is none of that name.
        """
        named = {
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
            **self.probes,
        }
        if name not in named:
            raise ValueError(f"there is no split {name!r}; there are {', '.join(named)}")
        return named[name]


@dataclass(frozen=True, eq=False)
class Example(Record):
    """One example, ready to be read by a network (B = 1).

    Parameters
    ----------
    batch : Batch
        Inputs per segment; targets all -1 where the right answer is not known.
    inputs : tuple of tuple of str
        Per segment and step, the label of what is fed when taught ("good", "<start>", "row 3",
        "picture").
    target : tuple of str
        Labels of the right answer, step by step of the last segment; empty when not known.
    picture : array or None
        shape (rows, columns) or (rows, columns, 3), 0..1.
    text : str
        The example as a visitor would type or name it.
    notes : tuple of str
        Sentences for the visitor: what was changed or is unknown in the input.
    """

    batch: Batch
    inputs: tuple[tuple[str, ...], ...]
    target: tuple[str, ...]
    picture: Array | None = None
    text: str = ""
    notes: tuple[str, ...] = ()


def stack(sequences: list[tuple[int, ...]], fill: int) -> tuple[Array, Array]:
    """Pad sequences of tokens to one time-major array.

    Returns
    -------
    tokens : array, shape (T, N) int64
    lengths : array, shape (N,) int64

    Examples
    --------
    >>> tokens, lengths = stack([(1, 2, 3), (4,)], fill=0)
    >>> tokens.shape, tokens[:, 1].tolist(), lengths.tolist()
    ((3, 2), [4, 0, 0], [3, 1])
    """
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    tokens = np.full((int(lengths.max(initial=1)), len(sequences)), fill, dtype=np.int64)
    for column, sequence in enumerate(sequences):
        tokens[: len(sequence), column] = sequence
    return tokens, lengths


def partition(count: int, shares: tuple[int, int, int], seed: int) -> tuple[Array, Array, Array]:
    """Numbers 0..count-1 in random order, cut into train, validation and test.

    Parameters
    ----------
    count : int
        Number of examples, the sum of the shares.
    shares : tuple of int
        Sizes of train, validation, test.
    seed : int
        The same seed gives the same splits under every version of NumPy: RandomState is frozen by
        NumPy's compatibility policy, and a checkpoint must never meet its training examples in its
        test split.
    """
    if sum(shares) != count:
        raise ValueError(f"shares {shares} sum to {sum(shares)}, but there are {count} examples")
    order = np.random.RandomState(seed).permutation(count)
    first, second = shares[0], shares[0] + shares[1]
    return order[:first], order[first:second], order[second:]
