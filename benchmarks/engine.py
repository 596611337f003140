"""Measure one training step of the engine, side by side with PyTorch and with JAX.

    python benchmarks/engine.py                 # beside what is installed; else ours alone
    python benchmarks/engine.py --rows 2,3      # some rows; --seconds 4 for a closer look
    python benchmarks/engine.py --profile       # where a step's time goes, call by call

One step is forward, cross entropy at every step, BPTT and Adam, in float32 on dense inputs. One
core, one BLAS thread on each side. The rivals take turns in blocks of about 8 ms and the figure is
the median of the ratios of neighbouring blocks, so that a noisy machine disturbs both alike; the
times are medians too, and on a busy machine several times what they are on a quiet one.
--clock processor leaves out what the machine gave to others: for a machine that is never quiet.
engine_growth.py then measures how our own cost grows.
PyTorch is alone in its process with us, JAX in another: its threads slow PyTorch down.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402

import rnn_core as rc  # noqa: E402
from benchmarks import engine_growth, engine_profile  # noqa: E402

# cell, T, B, D, H, C, and how many times faster than PyTorch we want to be
ROWS: list[tuple[str, int, int, int, int, int, float]] = [
    ("rnn", 8, 1, 16, 16, 16, 16.0),
    ("rnn", 12, 1, 27, 32, 27, 13.0),
    ("rnn", 20, 32, 30, 32, 30, 5.5),
    ("rnn", 25, 32, 64, 64, 64, 3.0),
    ("rnn", 50, 32, 64, 128, 64, 1.8),
    ("rnn", 100, 64, 64, 256, 64, 1.25),
    ("gru", 20, 32, 30, 32, 30, 3.8),
    ("lstm", 20, 32, 30, 32, 30, 1.8),
    ("gru", 25, 32, 64, 64, 64, 1.0),
    ("lstm", 25, 32, 64, 64, 64, 1.0),
]
BLOCK = 0.008
# So small that nothing is learnt: a gradient that vanishes is denormal, and 100 times slower.
RATE = 1e-7
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
Step = Callable[[], Any]


def our_step(cell: str, T: int, B: int, D: int, H: int, C: int) -> Step:
    """Return a function that takes one training step of ours."""
    params = rc.init(cell, inputs=D, hidden=H, outputs=C, seed=0, dtype=np.float32)
    x, targets = _data(T, B, D, C)
    step = rc.TrainingStep(params, steps=T, batch=B, lr=RATE)
    return lambda: step.update(x, targets)


def torch_step(cell: str, T: int, B: int, D: int, H: int, C: int) -> Step:
    """Return a function that takes the same step in PyTorch: module, Linear, fused Adam."""
    import torch

    torch.set_num_threads(1)
    module = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell](D, H)
    readout = torch.nn.Linear(H, C)
    _same_weights(module, readout, rc.init(cell, inputs=D, hidden=H, outputs=C, seed=0))
    optimizer = torch.optim.Adam([*module.parameters(), *readout.parameters()], lr=RATE, fused=True)
    drawn, classes = _data(T, B, D, C)
    x, targets = torch.from_numpy(drawn), torch.from_numpy(classes).reshape(-1)

    def step() -> Any:
        optimizer.zero_grad()
        logits = readout(module(x)[0])
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, C), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def _same_weights(module: Any, readout: Any, params: rc.Params) -> None:
    import torch

    with torch.no_grad():
        module.weight_ih_l0.copy_(torch.tensor(params.W_xh.T))
        module.weight_hh_l0.copy_(torch.tensor(params.W_hh.T))
        module.bias_ih_l0.copy_(torch.tensor(params.b_h))
        module.bias_hh_l0.zero_()
        readout.weight.copy_(torch.tensor(params.W_hy.T))
        readout.bias.copy_(torch.tensor(params.b_y))


def jax_step(cell: str, T: int, B: int, D: int, H: int, C: int) -> Step:
    """Return the same step as a jitted ``lax.scan`` in JAX."""
    import jax
    import jax.numpy as jnp

    params = rc.init(cell, inputs=D, hidden=H, outputs=C, seed=0, dtype=np.float32)
    weights = {name: jnp.asarray(array) for name, array in params.arrays().items()}
    drawn, classes = _data(T, B, D, C)
    x, targets = jnp.asarray(drawn), jnp.asarray(classes)

    def advance(w: Any, state: Any, from_x: Any) -> Any:
        h, c = state
        product = h @ w["W_hh"]
        if cell == "gru":
            r, z = jnp.split(jax.nn.sigmoid(from_x[:, : 2 * H] + product[:, : 2 * H]), 2, axis=1)
            n = jnp.tanh(from_x[:, 2 * H :] + r * (product[:, 2 * H :] + w["b_hn"]))
            h = (1 - z) * n + z * h
        elif cell == "lstm":
            i, f, g, o = jnp.split(from_x + product, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
        else:
            h = jnp.tanh(from_x + product)
        return (h, c), h

    def loss_of(w: Any) -> Any:
        zero = jnp.zeros((B, H), jnp.float32)
        from_x = x @ w["W_xh"] + w["b_h"]
        _, states = jax.lax.scan(lambda s, a: advance(w, s, a), (zero, zero), from_x)
        log_p = jax.nn.log_softmax(states @ w["W_hy"] + w["b_y"])
        return -jnp.take_along_axis(log_p, targets[:, :, None], axis=2).mean()

    @jax.jit
    def update(w: Any, m: Any, v: Any, t: Any) -> Any:
        loss, g = jax.value_and_grad(loss_of)(w)
        tree = jax.tree.map
        m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        a, b = 1 - 0.9**t, 1 - 0.999**t
        w = tree(lambda w, m, v: w - RATE * (m / a) / (jnp.sqrt(v / b) + 1e-8), w, m, v)
        return w, m, v, loss

    zeros = {name: jnp.zeros_like(array) for name, array in weights.items()}
    held: list[Any] = [weights, zeros, zeros, 0.0]

    def step() -> Any:
        held[3] = held[3] + 1.0
        held[0], held[1], held[2], loss = update(held[0], held[1], held[2], held[3])
        return float(loss)

    return step


def _data(T: int, B: int, D: int, C: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    return rng.standard_normal((T, B, D)).astype(np.float32), rng.integers(0, C, (T, B))


def interleave(
    ours: Step, theirs: Step | None, seconds: float, clock: str
) -> tuple[float, float, float]:
    """Return our µs per step, theirs, and the median of theirs ÷ ours by neighbouring blocks."""
    now = CLOCKS[clock]
    rivals = [ours, theirs] if theirs else [ours]
    runs = []
    for rival in rivals:
        for _ in range(10):
            rival()
        start = now()
        rival()
        runs.append(max(1, round(BLOCK / (now() - start))))
    taken: list[list[float]] = [[] for _ in rivals]
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken[0]) < 5:
        for rival, count, times in zip(rivals, runs, taken, strict=True):
            start = now()
            for _ in range(count):
                rival()
            times.append((now() - start) / count * 1e6)
    if theirs is None:
        return median(taken[0]), float("nan"), float("nan")
    ratios = [their / our for our, their in zip(taken[0], taken[1], strict=True)]
    return median(taken[0]), median(taken[1]), median(ratios)


def measure(rival: str, rows: list[int], seconds: float, clock: str) -> list[dict[str, Any]]:
    """Measure the rows beside one rival ("torch", "jax" or "none")."""
    make = {"torch": torch_step, "jax": jax_step}.get(rival)
    measured = []
    for index in rows:
        cell, T, B, D, H, C, goal = ROWS[index]
        theirs = make(cell, T, B, D, H, C) if make else None
        mine = our_step(cell, T, B, D, H, C)
        ours, other, ratio = interleave(mine, theirs, seconds, clock)
        sizes = {"cell": cell, "T": T, "B": B, "D": D, "H": H, "C": C}
        measured.append({**sizes, "ours_us": ours, "their_us": other, "ratio": ratio, "goal": goal})
    return measured


def measure_apart(rival: str, rows: list[int], seconds: float, clock: str) -> list[dict[str, Any]]:
    """Measure in a process of its own, on one core."""
    chosen = ",".join(map(str, rows))
    command = [sys.executable, __file__, "--alone", rival, "--rows", chosen, "--clock", clock]
    done = subprocess.run(
        [*command, "--seconds", str(seconds)], capture_output=True, text=True, check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def report(results: dict[str, list[dict[str, Any]]]) -> str:
    """Return the table in Markdown."""
    names = {"torch": "PyTorch", "jax": "JAX"}
    rivals = [rival for rival in names if rival in results]
    heads = ["cell", "T, B, D, H, C", "ours µs"]
    for rival in rivals:
        heads += [f"{names[rival]} µs", f"{names[rival]} ÷ ours"]
    if "torch" in rivals:
        heads.append("goal")
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for i, row in enumerate(results[rivals[0] if rivals else "none"]):
        cells = [row["cell"], ", ".join(str(row[k]) for k in "TBDHC"), f"{row['ours_us']:,.0f}"]
        for rival in rivals:
            other = results[rival][i]
            cells += [f"{other['their_us']:,.0f}", f"{other['ratio']:.2f}"]
        if "torch" in rivals:
            cells.append(f"{row['goal']:g}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def print_profiles(rows: list[int], seconds: float) -> None:
    """Print each row's calls, beside PyTorch's time where it is installed."""
    for index in rows:
        cell, *sizes, goal = ROWS[index]
        theirs = torch_step(cell, *sizes) if importlib.util.find_spec("torch") else None
        text = engine_profile.profile(partial(our_step, cell, *sizes), theirs, goal, seconds)
        print(f"\n{cell} {', '.join(map(str, sizes))}\n\n{text}")


def versions(rivals: list[str]) -> dict[str, str]:
    """Return what was measured on and with."""
    from importlib.metadata import version

    found = {"machine": _processor(), "python": platform.python_version(), "numpy": np.__version__}
    found["OpenBLAS kernels"] = os.environ.get("OPENBLAS_CORETYPE", "its own choice")
    # The widest instructions NumPy's tanh may use here: AVX-512 (X86_V4) halves its time.
    tanh = np.lib.introspect.opt_func_info(func_name="^tanh$")["tanh"]["ff"]["current"]
    found["tanh by"] = tanh
    return found | {rival: version(rival) for rival in rivals}


def _processor() -> str:
    with open("/proc/cpuinfo") as lines:
        models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {len(models)} cores" if models else platform.machine()


def write(results: dict[str, list[dict[str, Any]]], table: str, about: dict[str, str]) -> None:
    """Write engine.json, and the engine's section of RESULTS.md."""
    text = json.dumps({"about": about, "results": results}, indent=1)
    (HERE / "engine.json").write_text(text + "\n")
    used = ", ".join(f"{name} {value}" for name, value in about.items())
    intro = (
        "One training step (forward, cross entropy, BPTT, Adam), float32, one core, one thread; "
        "medians,\nand medians of ratios taken side by side. The machine was busy, so the ratios "
        "say more than the times."
    )
    section = f"## Engine\n\n{intro}\n`make bench ARGS=engine`; {used}.\n\n{table}\n"
    path = HERE / "RESULTS.md"
    old = path.read_text() if path.exists() else "# Measurements\n"
    before, _, after = old.partition("## Engine\n")
    rest = after[after.index("\n## ") + 1 :] if "\n## " in after else ""
    path.write_text(before.rstrip() + "\n\n" + section + (f"\n{rest}" if rest else ""))


def main() -> None:
    """Measure beside each rival that is installed; print the table and write it down."""
    parser = argparse.ArgumentParser(description="Measure one training step.")
    parser.add_argument("--rows", default=",".join(map(str, range(len(ROWS)))))
    parser.add_argument("--seconds", type=float, default=2.0, help="per row and rival")
    parser.add_argument("--alone", choices=["torch", "jax", "none", "growth"], help="print JSON")
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="what times mean")
    parser.add_argument("--keep", action="store_true", help="do not write the results down")
    parser.add_argument("--profile", action="store_true", help="print every call of a step")
    options = parser.parse_args()
    rows = [int(index) for index in options.rows.split(",")]
    if options.alone or options.profile:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if options.profile:
        print_profiles(rows, options.seconds)
        return
    if options.alone:
        growing = options.alone == "growth"
        one = engine_growth.measure(options.seconds) if growing else None
        print(json.dumps(one or measure(options.alone, rows, options.seconds, options.clock)))
        return
    rivals = [name for name in ("torch", "jax") if importlib.util.find_spec(name)]
    for name in {"torch", "jax"} - set(rivals):
        print(f"{name} is not installed, so there is no comparison with it")
    results = {
        rival: measure_apart(rival, rows, options.seconds, options.clock)
        for rival in rivals or ["none"]
    }
    growth = measure_apart("growth", rows, options.seconds, options.clock)
    table = f"{report(results)}\n\n{engine_growth.report(growth)}"
    print(table)
    if rivals and not options.keep:
        write(results | {"growth": growth}, table, versions(rivals) | {"clock": options.clock})


if __name__ == "__main__":
    main()
