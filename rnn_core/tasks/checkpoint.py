"""Trained networks on disk: one .npz per task and cell, no pickle, with how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnn_core.network import Network, Segment
from rnn_core.params import Params
from rnn_core.tasks.paths import ASSETS
from rnn_core.topology import TOPOLOGIES

MODELS = ASSETS / "models"


def checkpoint_path(task: str, cell: str) -> Path:
    """Where the checkpoint of a task and cell is kept."""
    return MODELS / f"{task}-{cell}.npz"


def save_network(path: Path, network: Network, facts: Mapping[str, Any]) -> None:
    """Write the weights as float32, with facts about their making as JSON.

    Parameters
    ----------
    path : Path
    network : Network
    facts : mapping
        JSON-able: seed, recipe, figures on validation and test.
    """
    arrays: dict[str, Any] = {}
    for number, segment in enumerate(network.segments):
        for name, array in segment.params.arrays().items():
            arrays[f"{number}.{name}"] = array.astype(np.float32)
        if segment.embedding is not None:
            arrays[f"{number}.embedding"] = segment.embedding.astype(np.float32)
    about = {
        "topology": network.topology.name,
        "cell": network.cell,
        "activation": network.segments[0].params.activation,
        **facts,
    }
    np.savez_compressed(path, about=np.array(json.dumps(about, ensure_ascii=False)), **arrays)


def read_facts(path: Path) -> dict[str, Any]:
    """What was written beside the weights."""
    with np.load(path, allow_pickle=False) as stored:
        facts: dict[str, Any] = json.loads(str(stored["about"]))
        return facts


def load_network(path: Path) -> Network:
    """Read a checkpoint as a float64 network.

    Raises
    ------
    FileNotFoundError
        When there is none.
    ValueError
        When the file is not one of ours.
    """
    facts = read_facts(path)
    topology = TOPOLOGIES[facts["topology"]]
    segments = []
    with np.load(path, allow_pickle=False) as stored:
        for number, ports in enumerate(topology.segments):
            prefix = f"{number}."
            held = {
                name.removeprefix(prefix): stored[name].astype(np.float64)
                for name in stored.files
                if name.startswith(prefix)
            }
            if not held:
                raise ValueError(f"{path.name} holds no weights for {ports.name!r}")
            embedding = held.pop("embedding", None)
            params = Params(cell=facts["cell"], activation=facts["activation"], **held)
            segments.append(Segment(ports, params, embedding))
    return Network(topology, tuple(segments))
