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
from rnn_core.tasks.generated.registry import GENERATED_TASKS
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
    from rnn_core.tasks.prediction import ExampleRun
    from rnn_core.trace import Gradients
    from rnn_core.training.batch_pass import BatchRun
    from rnn_views.edits.result import Edited

VERSION = 1
NUMBERS = ("ŷ",)
"""Names of the outputs where a network says numbers."""


def payload(
    example_run: ExampleRun,
    *,
    badge: str,
    cut: bool = False,
    after: ExampleRun | None = None,
    rate: str = "",
    rule: Data | None = None,
    checks: list[Data] | None = None,
    edited: Edited | None = None,
    batch: tuple[BatchRun, BatchRun, int] | None = None,
) -> Data:
    """Return everything the picture of one reading shows, ready for JSON.

    Parameters
    ----------
    example_run : ExampleRun
        With gradients (`rnn_core.tasks.backward`) the picture has its backward phase.
    badge : str
        Where the weights come from: "untrained", "pretrained", "trained by you, update 340".
    cut : bool
        The feed-forward network: the horizontal wires are drawn cut.
    after : ExampleRun, optional
        The same example read by the network one update later: the picture gets an update phase.
    rate : str
        How the update was made, in words: "Adam, learning rate 0.005".
    rule : dict, optional
        The same in numbers, for the code twin: "optimizer", "lr", "clip", "weight_decay", "norm".
    checks : list of dict, optional
        What the gradient check says of summed, last and mean shares (`rule_checks.pack_checks`).
    edited : Edited, optional
        What the visitor changed to get this reading: the picture marks it.
    batch : (BatchRun, BatchRun, int), optional
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
    if any(trace.batch != 1 for trace in example_run.traces):
        sizes = [trace.batch for trace in example_run.traces]
        raise ValueError(f"the traces hold {sizes} sequences; the chain draws one")
    data: Data = {
        "version": VERSION,
        "task": example_run.task,
        "topology": example_run.network.topology.name,
        "cell": example_run.network.cell,
        "badge": badge,
        "cut": cut,
        "unit": example_run.unit,
        "text": example_run.text,
        "loss": finite(example_run.loss),
        "says_in": unit_of(example_run),
        "classes": list(example_run.classes or NUMBERS[: example_run.targets.shape[-1]]),
        "picture": pack_picture(example_run.example.picture),
        "segments": [pack_segment(example_run, index) for index in range(len(example_run.traces))],
    }
    if after is not None:
        data["update"] = {**pack_update(example_run, after, rate), "rule": rule}
    if batch is not None:
        data["batch"] = pack_batch(example_run, *batch)
    if checks is not None:
        data["checks"] = checks
    if edited is not None and edited.changes:
        data["edited"] = pack_edited(edited)
    data["sentence"] = describe(example_run, badge)
    data["still"] = draw_still(example_run, cut=cut)
    text = json.dumps(data, sort_keys=True, allow_nan=False)
    return {"id": hashlib.sha256(text.encode()).hexdigest()[:16], **data}


def pack_segment(example_run: ExampleRun, index: int) -> Data:
    """Return one segment: its ports, inputs, states, outputs, weights and gradients."""
    segment, trace = example_run.network.segments[index], example_run.traces[index]
    ports, params = segment.ports, segment.params
    last = index == len(example_run.traces) - 1
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
        "labels": list(example_run.inputs[index]),
        "fed": list(example_run.fed[index]),
        "input": kind_of_input(example_run, index),
        "embedded": segment.embedding is not None,
        "rows": rows_of(trace, rows, example_run.inputs[index]),
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
        "out": pack_outputs(example_run, index) if last and ports.says != "none" else None,
        "gradients": None,
    }
    if data["input"] == "picture" and len(rows) < len(params.W_xh):
        data["pixels"] = pack_weight_pictures(params.W_xh)
    if example_run.gradients is not None:
        data["gradients"] = pack_gradients(example_run.gradients.segments[index], rows)
    return data


def pack_embedded(gradients: Gradients, rows: Any) -> Data | None:
    """Return the gradients of the vectors that were looked up in an embedding."""
    if gradients.dx is None or gradients.trace.tokens is None:
        return None
    return pack(gradients.dx[:, 0, rows])


def norms_of(rows: Any) -> list[float | None]:
    """Return the norm of each row, None where it is not finite."""
    return [finite(norm) for norm in safe_norms(rows)]


def kind_of_input(example_run: ExampleRun, index: int) -> str:
    """Return how a step's input is drawn: "token", "picture" (all of it), "row" of it, "values"."""
    trace, picture = example_run.traces[index], example_run.example.picture
    if trace.tokens is not None:
        return "token"
    if picture is None or index > 0:
        return "values"
    width = int(np.prod(picture.shape[1:]))
    if trace.steps == picture.shape[0] and trace.x.shape[2] == width:
        return "row"
    return "picture" if trace.x.shape[2] == picture.size else "values"


def pack_outputs(example_run: ExampleRun, index: int) -> Data:
    """Return what the scored segment says: logits, probabilities, choice, target, loss by step.

    Where it says numbers there are no probabilities, and "wanted" holds what they should be.
    """
    trace = example_run.traces[index]
    logits = trace.logits[:, 0]
    says = spoken(example_run)
    if not example_run.classes:
        return {
            "says": says,
            "logits": pack(logits),
            "said": list(example_run.said),
            "wanted": [finite(wanted) for wanted in example_run.targets[:, 0, 0]],
            "losses": [finite(loss) for loss in example_run.losses],
        }
    targets = [int(t) for t in example_run.targets[:, 0]]
    return {
        "says": says,
        "logits": pack(logits),
        "p": pack(np.exp(log_softmax(logits))),
        "said": list(example_run.said),
        "chosen": [
            chosen(example_run, row, name)
            for row, name in zip(logits, example_run.said, strict=True)
        ],
        "targets": targets,
        "losses": [finite(loss) for loss in example_run.losses],
    }


def unit_of(example_run: ExampleRun) -> Data | None:
    """Return the unit that inputs and answers are shown in, and how much 1 of ŷ is there.

    None where the network's numbers are shown as they are, and where it names classes.
    """
    task = GENERATED_TASKS.get(example_run.task)
    if example_run.classes or task is None or not task.unit:
        return None
    return {"unit": task.unit, "scale": task.scale}


def chosen(example_run: ExampleRun, logits: Any, name: str) -> int:
    """Return the class a step chose: the likelier bearer of the name, else the likeliest."""
    bearers = [c for c, label in enumerate(example_run.classes) if label == name]
    return int(max(bearers, key=lambda c: logits[c])) if bearers else int(logits.argmax())


def spoken(example_run: ExampleRun) -> list[bool]:
    """Return at which steps the last segment's ports say something."""
    steps = example_run.traces[-1].steps
    says = example_run.network.segments[-1].ports.says
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


def describe(example_run: ExampleRun, badge: str) -> str:
    """Return the picture in one sentence, for those who hear it and for print."""
    steps = sum(trace.steps for trace in example_run.traces)
    hidden = example_run.network.segments[0].params.hidden
    untied = any(segment.copies is not None for segment in example_run.network.segments)
    copies = ", each step with a W_hh of its own" if untied else ""
    read = " ".join(example_run.inputs[0]) or "a picture"
    said = f", and answers “{example_run.text}”" if example_run.text else ""
    loss = "" if example_run.loss is None else f"; loss {example_run.loss:.3f} {example_run.unit}"
    return (
        f"A recurrent network ({badge}), {example_run.network.topology.name}: "
        f"{steps} {'step' if steps == 1 else 'steps'} with {hidden} hidden units{copies}; "
        f"it reads “{read}”{said}{loss}."
    )
