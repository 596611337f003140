"""Record what PyTorch computes, for tests/core/interop/test_pytorch_reference.py.

Needs PyTorch, which the app and its tests do not:

    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch==2.13.0 numpy
    /tmp/torch/bin/python scripts/build/pytorch_reference.py

For each cell and case: the sequence is run by ``torch.nn.RNN``, ``GRU`` or ``LSTM`` with a
``Linear`` read-out, and once more gate by gate with PyTorch's autograd, so that every intermediate
has a gradient; the two have to agree before anything is written. Float64, one npz per cell.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from rnn_core.params import Array

Tensors = dict[str, torch.Tensor]
RECORDED = Path(__file__).parents[2] / "tests" / "core" / "interop" / "recorded"
BLOCKS = {"rnn-tanh": 1, "rnn-relu": 1, "gru": 3, "lstm": 4}

# name: T, B, D, H, C, tokens instead of dense input, truncated every k steps (0: never)
CASES: dict[str, tuple[int, int, int, int, int, bool, int]] = {
    "small": (4, 2, 3, 4, 3, False, 0),
    "one step": (1, 3, 2, 3, 2, False, 0),
    "one unit": (6, 1, 1, 1, 2, False, 0),
    "tokens": (5, 3, 6, 4, 5, True, 0),
    "truncated": (7, 2, 3, 4, 3, False, 3),
    "long": (16, 2, 4, 6, 4, False, 0),
}


def draw(cell: str, case: str, seed: int) -> dict[str, Array]:
    """Draw weights (in the engine's layout), input, state and targets of one case."""
    T, B, D, H, C, tokens, _ = CASES[case]
    G = BLOCKS[cell]
    rng = np.random.default_rng(seed)
    drawn: dict[str, Array] = {
        "W_xh": rng.uniform(-0.8, 0.8, (D, G * H)),
        "W_hh": rng.uniform(-0.8, 0.8, (H, G * H)),
        "b_h": rng.uniform(-0.5, 0.5, G * H),
        "W_hy": rng.uniform(-0.8, 0.8, (H, C)),
        "b_y": rng.uniform(-0.5, 0.5, C),
        "h0": rng.uniform(-0.9, 0.9, (B, H)),
        "x": rng.integers(0, D, (T, B)) if tokens else rng.standard_normal((T, B, D)),
        "targets": rng.integers(-1, C, (T, B)),
    }
    drawn["targets"][-1, 0] = 0
    if cell == "gru":
        drawn["b_hn"] = rng.uniform(-0.5, 0.5, H)
    if cell == "lstm":
        drawn["c0"] = rng.uniform(-0.9, 0.9, (B, H))
    return drawn


def record(cell: str, case: str, given: dict[str, Array]) -> dict[str, Array]:
    """Return everything PyTorch computes for one case, named as the engine names it."""
    truncate = CASES[case][6]
    leaves = {
        name: torch.tensor(array, requires_grad=array.dtype == np.float64)
        for name, array in given.items()
    }
    x = leaves["x"]
    if x.dtype == torch.int64:
        x = nn.functional.one_hot(x, given["W_xh"].shape[0]).double()
    kept = unroll(cell, leaves, x, truncate)
    loss = loss_of(kept["logits"], leaves["targets"])
    loss.backward()
    if not truncate:
        _agree_with_module(cell, given, x.detach(), kept, leaves)
    return _results(kept, leaves, loss)


def unroll(cell: str, leaves: Tensors, x: torch.Tensor, truncate: int) -> dict[str, Any]:
    """Run one cell gate by gate; what wants a gradient keeps it."""
    h, c = leaves["h0"], leaves.get("c0")
    kept: dict[str, Any] = {"h": [h], "c": [c], "steps": []}
    for t in range(len(x)):
        if truncate and t and t % truncate == 0:
            # The state crosses a chunk boundary, its gradient does not.
            h, c = h.detach(), None if c is None else c.detach()
        now = STEPS[cell](leaves, x[t] @ leaves["W_xh"], h, c)
        h, c = now["h"], now.get("c")
        for tensor in (*now["a"], h, *([] if c is None else [c])):
            tensor.retain_grad()
        kept["h"].append(h)
        kept["c"].append(c)
        kept["steps"].append(now)
    kept["logits"] = torch.stack(kept["h"][1:]) @ leaves["W_hy"] + leaves["b_y"]
    kept["logits"].retain_grad()
    return kept


def step_vanilla(
    leaves: Tensors, from_x: torch.Tensor, h: torch.Tensor, c: torch.Tensor | None, relu: bool
) -> dict[str, Any]:
    """h' = tanh(a) or relu(a)."""
    from_h = h @ leaves["W_hh"]
    a = from_x + from_h + leaves["b_h"]
    return {"a": [a], "from_x": from_x, "from_h": from_h, "h": a.relu() if relu else a.tanh()}


def step_gru(
    leaves: Tensors, from_x: torch.Tensor, h: torch.Tensor, c: torch.Tensor | None
) -> dict[str, Any]:
    """Gates r, z, n; r acts on the recurrent product of n."""
    b_r, b_z, b_n = leaves["b_h"].chunk(3)
    x_r, x_z, x_n = from_x.chunk(3, dim=1)
    h_r, h_z, h_n = (h @ leaves["W_hh"]).chunk(3, dim=1)
    n_recurrent = h_n + leaves["b_hn"]
    a_r, a_z = x_r + h_r + b_r, x_z + h_z + b_z
    r, z = a_r.sigmoid(), a_z.sigmoid()
    a_n = x_n + r * n_recurrent + b_n
    n = a_n.tanh()
    return {
        "a": [a_r, a_z, a_n],
        "from_x": from_x,
        "from_h": torch.cat([h_r, h_z, r * n_recurrent], dim=1),
        "gates": {"r": r, "z": z, "n": n},
        "n_recurrent": n_recurrent,
        "h": (1 - z) * n + z * h,
    }


def step_lstm(
    leaves: Tensors, from_x: torch.Tensor, h: torch.Tensor, c: torch.Tensor | None
) -> dict[str, Any]:
    """Gates i, f, g, o."""
    from_h = h @ leaves["W_hh"]
    blocks = zip(from_x.chunk(4, 1), from_h.chunk(4, 1), leaves["b_h"].chunk(4), strict=True)
    a = [x + recurrent + b for x, recurrent, b in blocks]
    i, f, g, o = a[0].sigmoid(), a[1].sigmoid(), a[2].tanh(), a[3].sigmoid()
    c_new = f * c + i * g
    gates = {"i": i, "f": f, "g": g, "o": o}
    return {
        "a": a, "from_x": from_x, "from_h": from_h, "gates": gates, "c": c_new,
        "h": o * c_new.tanh(),
    }  # fmt: skip


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "rnn-tanh": partial(step_vanilla, relu=False),
    "rnn-relu": partial(step_vanilla, relu=True),
    "gru": step_gru,
    "lstm": step_lstm,
}


def _results(kept: dict[str, Any], leaves: Tensors, loss: torch.Tensor) -> dict[str, Array]:
    steps = kept["steps"]
    results = {
        "loss": np.array(loss.item()),
        "from_x": _stack([now["from_x"] for now in steps]),
        "from_h": _stack([now["from_h"] for now in steps]),
        "a": _stack([torch.cat(now["a"], dim=1) for now in steps]),
        "h": _stack(kept["h"]),
        "logits": kept["logits"].detach().numpy(),
        "dlogits": kept["logits"].grad.numpy(),
        "da": _stack([torch.cat([_grad(a) for a in now["a"]], dim=1) for now in steps]),
        "dh": _stack([_grad(h) for h in kept["h"]]),
    }
    if kept["c"][0] is not None:
        results |= {"c": _stack(kept["c"]), "dc": _stack([_grad(c) for c in kept["c"]])}
    if "n_recurrent" in steps[0]:
        results["n_recurrent"] = _stack([now["n_recurrent"] for now in steps])
    for name in steps[0].get("gates", {}):
        results[f"gate {name}"] = _stack([now["gates"][name] for now in steps])
    for name, leaf in leaves.items():
        if leaf.requires_grad and name not in ("h0", "c0"):
            results["dx" if name == "x" else f"total {name}"] = _grad(leaf).numpy()
    return results


def _stack(tensors: list[torch.Tensor]) -> Array:
    return torch.stack(tensors).detach().numpy()


def _grad(tensor: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad


def _agree_with_module(
    cell: str, given: dict[str, Array], x: torch.Tensor, kept: dict[str, Any], leaves: Tensors
) -> None:
    """Run torch.nn's own module on the same numbers; refuse to record where it differs."""
    D, H, C = given["W_xh"].shape[0], *given["W_hy"].shape
    make = {"gru": nn.GRU, "lstm": nn.LSTM}.get(cell, nn.RNN)
    extra = {} if make is not nn.RNN else {"nonlinearity": cell.removeprefix("rnn-")}
    module, readout = make(D, H, **extra).double(), nn.Linear(H, C).double()
    recurrent_bias = np.zeros_like(given["b_h"])
    if cell == "gru":
        recurrent_bias[2 * H :] = given["b_hn"]
    with torch.no_grad():
        module.weight_ih_l0.copy_(torch.tensor(given["W_xh"].T))
        module.weight_hh_l0.copy_(torch.tensor(given["W_hh"].T))
        module.bias_ih_l0.copy_(torch.tensor(given["b_h"]))
        module.bias_hh_l0.copy_(torch.tensor(recurrent_bias))
        readout.weight.copy_(torch.tensor(given["W_hy"].T))
        readout.bias.copy_(torch.tensor(given["b_y"]))
    start = torch.tensor(given["h0"])[None]
    state = (start, torch.tensor(given["c0"])[None]) if cell == "lstm" else start
    logits = readout(module(x, state)[0])
    loss_of(logits, leaves["targets"]).backward()
    ours = {
        "logits": (logits, kept["logits"]),
        "W_xh": (module.weight_ih_l0.grad.T, leaves["W_xh"].grad),
        "W_hh": (module.weight_hh_l0.grad.T, leaves["W_hh"].grad),
        "b_h": (module.bias_ih_l0.grad, leaves["b_h"].grad),
        "W_hy": (readout.weight.grad.T, leaves["W_hy"].grad),
    }
    if cell == "gru":
        ours["b_hn"] = (module.bias_hh_l0.grad[2 * H :], leaves["b_hn"].grad)
    for name, (theirs, here) in ours.items():
        if not torch.allclose(theirs, here, rtol=1e-12, atol=1e-13):
            raise SystemExit(f"{cell}: torch.nn and the unrolled cell differ in {name}")


def loss_of(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy of the entries whose target is not −1."""
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


def main() -> None:
    """Write one npz per cell; its keys are "case/given/name" and "case/found/name"."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--to", type=Path, default=RECORDED, help="the folder to write to")
    folder = parser.parse_args().to
    folder.mkdir(parents=True, exist_ok=True)
    for cell in BLOCKS:
        arrays: dict[str, Array] = {}
        for seed, case in enumerate(CASES):
            given = draw(cell, case, seed)
            arrays |= {f"{case}/given/{name}": array for name, array in given.items()}
            found = record(cell, case, given)
            arrays |= {f"{case}/found/{name}": array for name, array in found.items()}
        np.savez_compressed(folder / f"{cell}.npz", allow_pickle=False, **arrays)
        print(f"{cell}: {len(CASES)} cases by PyTorch {torch.__version__}")


if __name__ == "__main__":
    main()
