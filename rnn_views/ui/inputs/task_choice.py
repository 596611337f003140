"""Which topology, which task, and with which weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rnn_core.baselines.feedforward import zero_recurrence
from rnn_core.network import Network
from rnn_core.tasks import TASKS, Task
from rnn_core.topology import TOPOLOGIES
from rnn_views.links.codec import TASK_KEYS, first_suggestion
from rnn_views.ui.state import settings
from rnn_views.ui.widgets import controls
from rnn_views.ui.widgets.picker import Option, draw_ports, pick

STEPS: Mapping[str, tuple[int, ...]] = {
    "one to one": (1,),
    "one to many": (1, 3),
    "many to one": (3,),
    "many to many, encoder–decoder": (3, 3),
    "many to many, aligned": (3,),
}
"""The topologies in the order of the page, with the steps that their schematics draw."""

SHORT = {
    "sentiment": "Sentiment",
    "digits": "Digits",
    "digit-rows": "Digits by rows",
    "captions": "Captions",
    "french": "English to French",
    "german": "English to German",
    "names": "Next letter of a name",
}


def tasks_of(topology: str) -> list[Task]:
    """Return the tasks of a topology in the order in which they are offered."""
    found = (task for task in TASKS.values() if task.topology.name == topology)
    return sorted(found, key=lambda task: TASK_KEYS.index(task.key))


def choose_topology() -> None:
    """Offer the topologies as schematics; picking one opens its first task."""
    options = [
        Option(name, name[0].upper() + name[1:], columns=draw_ports(TOPOLOGIES[name], steps))
        for name, steps in STEPS.items()
    ]
    pick(
        "Type of network (schematic)",
        options,
        present_task().topology.name,
        key="topology",
        change=lambda name: settings.put(**open_task(tasks_of(name)[0].key)),
    )


def open_task(key: str) -> dict[str, Any]:
    """Return the settings with which a task opens: its first suggestion, free running, unedited."""
    example = first_suggestion(key)
    return {"task": key, "example": example, "input": "", "teacher": False, "edits": ""}


def choose_task(task: Task, *, hide_label: bool) -> None:
    """Offer the tasks of a topology that has more than one."""
    offered = {one.key: SHORT[one.key] for one in tasks_of(task.topology.name)}
    if len(offered) > 1:
        controls.segmented("task", "Task", offered, also=open_task, hide_label=hide_label)


def present_task() -> Task:
    """Return the task the settings name."""
    return TASKS[settings.get().task]


def choose_weights(task: Task) -> None:
    """Offer trained or untrained weights, the cell where several are trained, and the seed."""
    controls.segmented("weights", "Weights", controls.WEIGHTS)
    pretrained = [cell for cell in controls.CELLS if is_pretrained(task, cell)]
    if len(pretrained) > 1:
        controls.segmented("cell", "Cell", {cell: controls.CELLS[cell] for cell in pretrained})
    controls.choose("seed", "Seed of the untrained weights", range(10))


def is_pretrained(task: Task, cell: str) -> bool:
    """Return whether trained weights of that cell come with the project."""
    try:
        task.pretrained(cell)
    except ValueError:
        return False
    return True


def network_of(task: Task, *, cut: bool = False) -> tuple[Network, str]:
    """Return the network the settings ask for, and the badge that says where it comes from."""
    chosen = settings.get()
    if chosen.weights == "untrained":
        network = fresh_network(task.key, chosen.cell, chosen.hidden, chosen.seed)
        badge = f"untrained, seed {chosen.seed}"
    elif is_pretrained(task, chosen.cell):
        network, badge = task.pretrained(chosen.cell), "trained (shipped)"
    else:
        settings.reject(
            f"cell = {chosen.cell} cannot be used: no trained network of it is shipped for "
            "this task. The page uses the vanilla cell."
        )
        network, badge = task.pretrained(), "trained (shipped)"
    return (without_loop(network), f"{badge}, loop cut") if cut else (network, badge)


@lru_cache(maxsize=64)
def fresh_network(key: str, cell: str, hidden: int | None, seed: int) -> Network:
    """Return a task's untrained network; nobody can change its weights, so visitors share it."""
    return TASKS[key].network(cell, hidden, seed)


def without_loop(network: Network) -> Network:
    """Return the network with every W_hh zero."""
    segments = (replace(part, params=zero_recurrence(part.params)) for part in network.segments)
    return replace(network, segments=tuple(segments))
