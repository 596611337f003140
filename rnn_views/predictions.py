"""What a network answered, what is right, and how sure it was: records in, plain words out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn_core.losses import log_softmax
from rnn_core.tasks import ExampleRun, Task

FEW = 5


@dataclass(frozen=True)
class Answer:
    """An answer beside the right one.

    Attributes
    ----------
    says : str
        What the network says.
    truth : str
        What is right, "" where that is not known.
    right : bool or None
        Whether they agree; None where that cannot be said.
    sure : float
        Probability the network gives to its own answer, all of its steps together, 0..1.
    hits, scored : int
        At how many of the scored steps the likeliest class was the right one.
    """

    says: str
    truth: str
    right: bool | None
    sure: float
    hits: int
    scored: int


def judge(task: Task, example_run: ExampleRun) -> Answer:
    """Return the answer of a reading beside the right one."""
    targets = example_run.targets[:, 0]
    logits = example_run.traces[-1].logits
    known = targets >= 0
    hits = int((logits[:, 0].argmax(axis=-1) == targets)[known].sum())
    best = log_softmax(logits)[:, 0].max(axis=-1)
    single = task.topology.segments[-1].says == "last"  # a flag raised by hand changes no answer
    if single:
        says, truth, sure = example_run.said[-1], "".join(example_run.example.target[-1:]), best[-1]
    else:
        truth = (
            task.answer(example_run.example.target, logits) if example_run.example.target else ""
        )
        says, sure = example_run.text, best.sum()
    return Answer(
        says=says,
        truth=truth,
        right=_agrees(task, example_run, says == truth),
        sure=float(np.exp(sure)),
        hits=hits,
        scored=int(known.sum()),
    )


def _agrees(task: Task, example_run: ExampleRun, same: bool) -> bool | None:
    if not example_run.example.target or task.metric == "nats per character":
        return None
    if "target" in example_run.fed[-1]:
        said = tuple(example_run.said[: len(example_run.example.target)])
        return said == example_run.example.target
    return same


def find_mistakes(task: Task) -> tuple[int, ...]:
    """Return the held-out examples that the shipped network gets wrong, by number.

    Where no answer is right or wrong (the next letter of a name), the tenth of them that surprise
    it most, the most surprising first.
    """
    network, size = task.pretrained(), task.data().test.size
    example_runs = [task.run(network, task.example(index)) for index in range(size)]
    if task.metric == "nats per character":
        losses = np.array([example_run.loss for example_run in example_runs])
        return tuple(int(index) for index in np.argsort(-losses, kind="stable")[: size // 10])
    wrong = (judge(task, example_run).right is False for example_run in example_runs)
    return tuple(index for index, missed in enumerate(wrong) if missed)


def likeliest(example_run: ExampleRun, t: int = -1, most: int = FEW) -> list[tuple[str, float]]:
    """Return the classes with the largest probability at one step (the last), largest first."""
    p = np.exp(log_softmax(example_run.traces[-1].logits)[t, 0])
    order = np.argsort(-p, kind="stable")[:most]
    return [(example_run.classes[k], float(p[k])) for k in order]


def format_probability(p: float) -> str:
    """Return a probability with two digits, never as the certainty it is not.

    >>> format_probability(0.974), format_probability(0.9999), format_probability(0.0001)
    ('0.97', 'above 0.99', 'below 0.01')
    """
    if p > 0.995:
        return "above 0.99"
    return "below 0.01" if p < 0.005 else f"{p:.2f}"
