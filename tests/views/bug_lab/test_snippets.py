"""The bug lab's lines of code, run: a loop written around them gives the fault's own gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnn_core.bug_lab.experiment import STEPS, make_batch, make_program
from rnn_core.bug_lab.faults import Program
from rnn_core.losses import cross_entropy
from rnn_core.unroll import forward
from rnn_views.bug_lab.cases import SLUGS
from rnn_views.bug_lab.snippets import lines_of

LOOP = """
{begin}
for t in range(T):
    {use}
    h[t + 1] = np.tanh(a)
logits = h[1:] @ W_hy + b_y
{aim}
dh_next = 0
for t in reversed(range(T)):
    {arrive}
    {slope}
    {back}
{sum}
"""
PLACES = {
    "start": "begin",
    "untied": "use",
    "targets": "aim",
    "dropped": "arrive",
    "slope": "slope",
    "transpose": "back",
    "sum": "sum",
}


def run_loop(program: Program, slug: str, h_before: Any, x: Any, targets: Any) -> dict[str, Any]:
    """Run a vanilla network's loop made of the lines, the one of `slug` as it is with the fault."""
    chosen = {
        place: getattr(lines_of(name, "rnn"), "wrong" if name == slug else "right")
        for name, place in PLACES.items()
    }
    steps, batch = x.shape
    space: dict[str, Any] = {
        **program.weights,
        "np": np,
        "x": np.eye(program.weights["W_xh"].shape[0])[x],
        "targets": targets,
        "T": steps,
        "B": batch,
        "H": program.params.hidden,
        "h": h_before.copy(),
        "da": np.zeros((steps, batch, program.params.hidden)),
        "cross_entropy": cross_entropy,
    }
    code = LOOP.format(**chosen)
    if slug == "untied":
        code = code.replace("W_hh.T", "W_hh[t].T")  # what is used at t sends back at t
    if slug == "targets":
        code = code.replace("dh_next = 0\n", "dh_next = 0\ndlogits = pad(dlogits)\n")
        space["pad"] = lambda rest: np.concatenate([0 * rest[:1], rest])
    exec(code, space)
    return space


@pytest.mark.parametrize("slug", list(SLUGS))
def test_the_lines_of_the_vanilla_cell_give_the_fault_s_gradient(slug: str) -> None:
    program = make_program("rnn", SLUGS[slug] or None, 2, hidden=4)
    before, (x, targets) = make_batch(7, batch=3)[0], make_batch(8, batch=3)
    program.run(before)
    h_before = np.array(forward(program.params, before).h)
    space = run_loop(program, slug, h_before, x, targets)
    loss, gradients = program.gradients(x, targets)
    assert space["loss"] == pytest.approx(loss)
    wanted = gradients["W_hh"]
    if slug == "untied":  # each copy has its own step's share; the line adds them up
        for t in range(STEPS):
            assert wanted[t] == pytest.approx(space["h"][t].T @ space["da"][t])
        wanted = wanted.sum(axis=0)
    assert space["dW_hh"] == pytest.approx(wanted)
