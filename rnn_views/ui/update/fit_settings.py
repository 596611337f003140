"""Settings of a link that the task at hand has no use for: set to what counts here, and named."""

from __future__ import annotations

from rnn_core.network import Network
from rnn_core.tasks import ExampleRun, Task
from rnn_views.links.fields import steps_of
from rnn_views.ui.runs.subject import Subject, is_taught
from rnn_views.ui.state import settings
from rnn_views.ui.update.teacher_forcing import LAST, steps_that_can

Offered = dict[str, tuple[int, str, tuple[int, ...]]]
"""Weights by their names in a link: the segment's number, the array's name and its shape."""


def fit_recipe(subject: Subject) -> None:
    """Fit what a recipe can have only for some tasks. Called before the controls are drawn."""
    chosen, fixed = settings.get(), isinstance(subject, Task)
    if not fixed:
        drawn = "this task draws its sequences, so there is no fixed set of examples"
        settings.fit("learn", "one", drawn)
        settings.fit("examples", None, drawn)
        settings.fit("epochs", None, drawn)
    else:
        settings.fit("updates", None, "this task counts passes over its examples (epochs)")
    if isinstance(subject, Task) and chosen.examples is not None:
        size = subject.data().train.size
        settings.fit("examples", min(chosen.examples, size), f"there are {size} to learn from")
    if not is_taught(subject):
        settings.fit("share", 1.0, "teacher forcing is a choice for decoders only")


def fit_own(example_run: ExampleRun, *, feeds_back: bool, whole_batch: bool) -> None:
    """Fit the steps at which a decoder is fed its own output to the steps there are.

    In a batch they count for every example, and others of them are longer.
    """
    own = settings.get().own
    if own and not feeds_back:
        settings.fit("own", "", "nothing is fed back in this network")
    elif own not in ("", "all") and not whole_batch:
        can = steps_that_can(example_run)
        kept = [t for t in steps_of(own, LAST) if t in can]
        why = f"steps {can[0]} to {can[-1]} can be switched here" if can else "no step can be here"
        settings.fit("own", ".".join(map(str, kept)), why)


def weights_of(network: Network) -> Offered:
    """Return the weights of a network that can be asked about."""
    return {
        name if index == 0 else f"decoder-{name}": (index, name, array.shape)
        for index, segment in enumerate(network.segments)
        for name, array in segment.params.arrays().items()
        if array.size and not (name == "W_hh" and segment.copies is not None)
    }


def fit_weight(network: Network) -> None:
    """Fit the weight that is asked about, its row and its column, to those of the network."""
    chosen, offered = settings.get(), weights_of(network)
    key = chosen.weight if chosen.weight in offered else next(iter(offered))
    settings.fit("weight", key, f"here it is one of {', '.join(offered)}")
    _, name, shape = offered[key]
    counted = ("rows", "columns") if len(shape) > 1 else ("entries",)
    for part, size, counts in zip(("row", "column"), shape, counted, strict=False):
        settings.fit(part, min(getattr(chosen, part), size), f"{name} has {size} {counts}")
