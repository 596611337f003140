"""What the chain component is given: one reading as plain data (docs/payload.md).

Every number comes from the engine's records. Arrays travel as base64 float32, little-endian, the
batch axis of length 1 dropped; the browser slices, multiplies for display and formats, and computes
nothing else. Steps count from 0 here and from 1 on the screen; over two segments the screen's count
goes on.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.losses import log_softmax
from rnn_core.norms import safe_norm, safe_norms
from rnn_core.tasks.generated.registry import STREAMS
from rnn_views.chain.encoding import (
    Data,
    finite,
    pack,
    pack_copies,
    pack_edited,
    pack_or_none,
    pack_picture,
)
from rnn_views.chain.still import draw_still
from rnn_views.chain.weight_images import pack_weight_pictures
from rnn_views.chain.weights import pack_batch, pack_update, pack_weights, rows_of, rows_used

if TYPE_CHECKING:
    from rnn_core.tasks.prediction import Reading
    from rnn_core.trace import Gradients
    from rnn_core.training.batch_pass import BatchReading
    from rnn_views.edits.result import Edited

VERSION = 1
NUMBERS = ("ŷ",)
"""Names of the outputs where a network says numbers."""


def payload(
    reading: Reading,
    *,
    badge: str,
    cut: bool = False,
    after: Reading | None = None,
    rate: str = "",
    rule: Data | None = None,
    checks: list[Data] | None = None,
    edited: Edited | None = None,
    batch: tuple[BatchReading, BatchReading, int] | None = None,
) -> Data:
    """Return everything the picture of one reading shows, ready for JSON.

    Parameters
    ----------
    reading : Reading
        With gradients (`rnn_core.tasks.backward`) the picture has its backward phase.
    badge : str
        Where the weights come from: "untrained", "trained (shipped)", "trained by you, update 340".
    cut : bool
        The feed-forward rival: the horizontal wires are drawn cut.
    after : Reading, optional
        The same example read by the network one update later: the picture gets an update phase.
    rate : str
        How the update was made, in words: "Adam, learning rate 0.005".
    rule : dict, optional
        The same in numbers, for the code twin: "optimizer", "lr", "clip", "weight_decay", "norm".
    checks : list of dict, optional
        What the gradient check says of summed, last and mean shares (`rule_checks.pack_checks`).
    edited : Edited, optional
        What the visitor changed to get this reading: the picture marks it.
    batch : (BatchReading, BatchReading, int), optional
        The update was made from the mean over a batch: the batch before and after it, and the
        number of this example there, from 1.

    Returns
    -------
    dict
        As docs/payload.md says. "id" is a hash of the rest.

    Raises
    ------
    ValueError
        When the reading holds more than one sequence, or `after` has other shapes.
    """
    if any(trace.batch != 1 for trace in reading.traces):
        sizes = [trace.batch for trace in reading.traces]
        raise ValueError(f"the traces hold {sizes} sequences; the chain draws one")
    data: Data = {
        "version": VERSION,
        "task": reading.task,
        "topology": reading.network.topology.name,
        "cell": reading.network.cell,
        "badge": badge,
        "cut": cut,
        "unit": reading.unit,
        "text": reading.text,
        "loss": finite(reading.loss),
        "says_in": unit_of(reading),
        "classes": list(reading.classes or NUMBERS[: reading.targets.shape[-1]]),
        "picture": pack_picture(reading.example.picture),
        "segments": [pack_segment(reading, index) for index in range(len(reading.traces))],
    }
    if after is not None:
        data["update"] = {**pack_update(reading, after, rate), "rule": rule}
    if batch is not None:
        data["batch"] = pack_batch(reading, *batch)
    if checks is not None:
        data["checks"] = checks
    if edited is not None and edited.changes:
        data["edited"] = pack_edited(edited)
    data["sentence"] = describe(reading, badge)
    data["still"] = draw_still(reading, cut=cut)
    text = json.dumps(data, sort_keys=True, allow_nan=False)
    return {"id": hashlib.sha256(text.encode()).hexdigest()[:16], **data}


def pack_segment(reading: Reading, index: int) -> Data:
    """Return one segment: its ports, inputs, states, outputs, weights and gradients."""
    segment, trace = reading.network.segments[index], reading.traces[index]
    ports, params = segment.ports, segment.params
    last = index == len(reading.traces) - 1
    rows = rows_used(trace)
    data: Data = {
        "name": ports.name,
        "reads": ports.reads,
        "says": ports.says,
        "steps": trace.steps,
        "hidden": params.hidden,
        "inputs": int(params.W_xh.shape[0]),
        "outputs": int(params.W_hy.shape[1]),
        "activation": params.activation,
        "labels": list(reading.inputs[index]),
        "fed": list(reading.fed[index]),
        "input": kind_of_input(reading, index),
        "embedded": segment.embedding is not None,
        "rows": rows_of(trace, rows, reading.inputs[index]),
        "x": None if trace.x.ndim == 2 else pack(trace.x[:, 0, rows]),
        "x_norm": None if trace.x.ndim == 2 else norms_of(trace.x[:, 0]),
        "from_x": pack(trace.from_x[:, 0]),
        "from_h": pack(trace.from_h[:, 0]),
        "a": pack(trace.a[:, 0]),
        "h": pack(trace.h[:, 0]),
        "c": pack_or_none(trace.c),
        "gates": {name: pack(gate[:, 0]) for name, gate in trace.gates.items()},
        "n_recurrent": pack_or_none(trace.n_recurrent),
        "weights": pack_weights(params, rows),
        "pixels": None,
        "copies": pack_copies(segment, trace.steps),
        "out": pack_outputs(reading, index) if last and ports.says != "none" else None,
        "gradients": None,
    }
    if data["input"] == "picture" and len(rows) < len(params.W_xh):
        data["pixels"] = pack_weight_pictures(params.W_xh)
    if reading.gradients is not None:
        data["gradients"] = pack_gradients(reading.gradients.segments[index], rows)
    return data


def pack_embedded(gradients: Gradients, rows: Any) -> Data | None:
    """Return the gradients of the vectors that were looked up in an embedding."""
    if gradients.dx is None or gradients.trace.tokens is None:
        return None
    return pack(gradients.dx[:, 0, rows])


def norms_of(rows: Any) -> list[float | None]:
    """Return the norm of each row, None where it is not finite."""
    return [finite(norm) for norm in safe_norms(rows)]


def kind_of_input(reading: Reading, index: int) -> str:
    """Return how a step's input is drawn: "token", "picture" (all of it), "row" of it, "values"."""
    trace, picture = reading.traces[index], reading.example.picture
    if trace.tokens is not None:
        return "token"
    if picture is None or index > 0:
        return "values"
    width = int(np.prod(picture.shape[1:]))
    if trace.steps == picture.shape[0] and trace.x.shape[2] == width:
        return "row"
    return "picture" if trace.x.shape[2] == picture.size else "values"


def pack_outputs(reading: Reading, index: int) -> Data:
    """Return what the scored segment says: logits, probabilities, choice, target, loss by step.

    Where it says numbers there are no probabilities, and "wanted" holds what they should be.
    """
    trace = reading.traces[index]
    logits = trace.logits[:, 0]
    says = spoken(reading)
    if not reading.classes:
        return {
            "says": says,
            "logits": pack(logits),
            "said": list(reading.said),
            "wanted": [finite(wanted) for wanted in reading.targets[:, 0, 0]],
            "losses": [finite(loss) for loss in reading.losses],
        }
    targets = [int(t) for t in reading.targets[:, 0]]
    return {
        "says": says,
        "logits": pack(logits),
        "p": pack(np.exp(log_softmax(logits))),
        "said": list(reading.said),
        "chosen": [
            chosen(reading, row, name) for row, name in zip(logits, reading.said, strict=True)
        ],
        "targets": targets,
        "losses": [finite(loss) for loss in reading.losses],
    }


def unit_of(reading: Reading) -> Data | None:
    """Return the unit that inputs and answers are shown in, and how much 1 of ŷ is there.

    None where the network's numbers are shown as they are, and where it names classes.
    """
    task = STREAMS.get(reading.task)
    if reading.classes or task is None or not task.unit:
        return None
    return {"unit": task.unit, "scale": task.scale}


def chosen(reading: Reading, logits: Any, name: str) -> int:
    """Return the class a step chose: the likelier bearer of the name, else the likeliest."""
    bearers = [c for c, label in enumerate(reading.classes) if label == name]
    return int(max(bearers, key=lambda c: logits[c])) if bearers else int(logits.argmax())


def spoken(reading: Reading) -> list[bool]:
    """Return at which steps the last segment's ports say something."""
    steps = reading.traces[-1].steps
    says = reading.network.segments[-1].ports.says
    return [says == "each" or (says == "last" and t == steps - 1) for t in range(steps)]


def pack_gradients(gradients: Gradients, rows: Any) -> Data:
    """Return the gradients of one segment.

    What arrives at each state from the step behind it: "wire_h" is ‖dh_recurrent[t]‖, "wire_c" is
    ‖dc_recurrent[t]‖ (lstm only), "wire" both together, ‖[dh; dc]‖.
    """
    wire_h = safe_norms(gradients.dh_recurrent[:, 0])
    wire, wire_c = wire_h, None
    if gradients.dc_recurrent is not None:
        wire_c = safe_norms(gradients.dc_recurrent[:, 0])
        wire = np.hypot(wire_h, wire_c)
    names = ("W_xh", "W_hh", "W_hy", "b_h", "b_y")
    return {
        "dh": pack(gradients.dh[:, 0]),
        "dh_local": pack(gradients.dh_local[:, 0]),
        "dh_recurrent": pack(gradients.dh_recurrent[:, 0]),
        "dc": pack_or_none(gradients.dc),
        "dc_recurrent": pack_or_none(gradients.dc_recurrent),
        "da": pack(gradients.da[:, 0]),
        "da_recurrent": pack(gradients.da_recurrent[:, 0]),
        "dlogits": pack(gradients.dlogits[:, 0]),
        "dx": pack_embedded(gradients, rows),
        "wire": [finite(norm) for norm in wire],
        "wire_h": norms_of(gradients.dh_recurrent[:, 0]),
        "wire_c": None if wire_c is None else [finite(norm) for norm in wire_c],
        "total": pack_weights(gradients.total, rows),
        "norms": {name: finite(safe_norm(getattr(gradients.total, name))) for name in names},
        "truncate": gradients.truncate,
    }


def describe(reading: Reading, badge: str) -> str:
    """Return the picture in one sentence, for those who hear it and for print."""
    steps = sum(trace.steps for trace in reading.traces)
    hidden = reading.network.segments[0].params.hidden
    untied = any(segment.copies is not None for segment in reading.network.segments)
    copies = ", each step with a W_hh of its own" if untied else ""
    read = " ".join(reading.inputs[0]) or "a picture"
    said = f", and answers “{reading.text}”" if reading.text else ""
    loss = "" if reading.loss is None else f"; loss {reading.loss:.3f} {reading.unit}"
    return (
        f"A recurrent network ({badge}), {reading.network.topology.name}: "
        f"{steps} {'step' if steps == 1 else 'steps'} with {hidden} hidden units{copies}; "
        f"it reads “{read}”{said}{loss}."
    )
