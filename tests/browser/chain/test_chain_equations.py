"""Every number of the equation, at each level, phase and cell, and the sums behind it.

Numbers at random places: steps, units and terms are drawn. Each step of these networks both speaks
and is followed by another, so that no part of a gradient is nothing.
"""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from rnn_core.tasks.prediction import ExampleRun
from tests.browser.chain.test_chain_numbers import point_at
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers, root
from tests.support.seeds import draws

CELLS = {"rnn": "name", "gru": "name-gru", "lstm": "name-lstm"}


def equation(page: Page) -> list[tuple[str, float]]:
    """The terms of the equation that show a number: what they light, and the number."""
    terms = page.get_by_test_id("equation").locator("[data-term]")
    shown = terms.evaluate_all("terms => terms.map(t => [t.dataset.term, t.lastChild.innerText])")
    return [(name, numbers(text)[0]) for name, text in shown if numbers(text)]


def forward(example_run: ExampleRun, t: int, i: int) -> list[tuple[str, float]]:
    """What the equation has to say of unit i (from 0) at step t, going forward."""
    trace, j = example_run.traces[0], t - 1
    h, before = trace.h[t, 0, i], trace.h[j, 0, i]
    gate = {name: float(value[j, 0, i]) for name, value in trace.gates.items()}
    if example_run.network.cell == "rnn":
        parts = [
            ("W_xh", trace.from_x[j, 0, i]),
            ("W_hh", trace.from_h[j, 0, i]),
            ("b_h", trace.params.b_h[i]),
        ]
        return [*parts, ("a", trace.a[j, 0, i]), ("h result", h)]
    if example_run.network.cell == "gru":
        z, n = gate["z"], gate["n"]
        return [
            *[("gate", 1 - z), ("state", n), ("gate", z), ("state", before)],
            *[("part", (1 - z) * n), ("part", z * before), ("h result", h)],
        ]
    f, i_, g, o = (gate[name] for name in "figo")
    c, old = trace.c[t, 0, i], trace.c[j, 0, i]
    return [
        *[("gate", f), ("state", old), ("gate", i_), ("state", g)],
        *[("part", f * old), ("part", i_ * g), ("c result", c)],
        *[("gate", o), ("state", np.tanh(c)), ("h result", h)],
    ]


def backward(example_run: ExampleRun, t: int, i: int) -> list[tuple[str, float]]:
    """The same going back."""
    grads, trace = example_run.gradients.segments[0], example_run.traces[0]
    dh = grads.dh[t, 0, i]
    terms = [
        ("own", grads.dh_local[t, 0, i]),
        ("future", grads.dh_recurrent[t, 0, i]),
        ("dh result", dh),
    ]
    if example_run.network.cell == "lstm":
        dc, future = grads.dc[t, 0, i], grads.dc_recurrent[t, 0, i]
        terms += [("own-c", dc - future), ("future-c", future), ("dc result", dc)]
    if example_run.network.cell == "rnn":
        slope = 1 - trace.h[t, 0, i] ** 2
        terms += [("dh", dh), ("h", slope), ("da result", grads.da[t - 1, 0, i])]
    return terms


@pytest.mark.parametrize("cell", CELLS)
def test_the_equation_at_each_level_and_phase(show: Show, cell: str) -> None:
    example_run, draw = samples.SAMPLES[CELLS[cell]](), draws(f"equation {cell}")
    for phase, expected in (("forward", forward), ("backward", backward)):
        for zoom in (1, 2, 3, 4):
            t, unit = draw.randint(1, 5), draw.randint(1, 16)
            page = show(CELLS[cell], f"t={t}&unit={unit}&zoom={zoom}&phase={phase}")
            expect(root(page)).to_have_attribute("data-zoom", str(zoom))
            shown = equation(page)
            engine = expected(example_run, t, unit - 1)
            assert [name for name, _ in shown] == [name for name, _ in engine]
            # At least three digits of the largest.
            most = max(abs(number) for _, number in engine)
            for (name, number), (_, value) in zip(shown, engine, strict=True):
                assert number == pytest.approx(value, abs=0.006 * most), (name, phase, zoom)


@pytest.mark.parametrize("cell", CELLS)
def test_the_sums_of_a_unit_that_speaks_and_goes_on(show: Show, cell: str) -> None:
    """All terms from the own output and from the future, and what they come to."""
    example_run, draw = samples.SAMPLES[CELLS[cell]](), draws(f"sums {cell}")
    grads, trace = example_run.gradients.segments[0], example_run.traces[0]
    t, unit = draw.randint(1, 5), draw.randint(1, 16)
    page = show(CELLS[cell], f"t={t}&unit={unit}&zoom=3&phase=backward")
    all_own = grads.dlogits[t - 1, 0] * trace.params.W_hy[unit - 1]
    all_future = grads.da_recurrent[t, 0] * trace.params.W_hh[unit - 1]
    if cell == "gru":  # ahead of the products stands what the update gate lets pass
        straight = grads.dh[t + 1, 0, unit - 1] * trace.gates["z"][t, 0, unit - 1]
        all_future = np.array([straight, *all_future])
    parts = {
        "own": (all_own, grads.dh_local[t, 0, unit - 1]),
        "future": (all_future, grads.dh_recurrent[t, 0, unit - 1]),
    }
    for use, (products, total) in parts.items():
        body = page.locator(f".terms tbody.{use}")
        shown = body.locator(".term-row").evaluate_all(
            "rows => rows.map(row => Number(row.dataset.product))"
        )
        largest = np.sort(np.argsort(-np.abs(products), kind="stable")[: len(shown)])
        np.testing.assert_allclose(shown, products[largest], rtol=1e-4, atol=1e-9)
        assert sum(products) == pytest.approx(total, rel=1e-4, abs=1e-7)
        said = numbers(body.locator(".sum-row td b").last.inner_text())[-1]
        assert said == pytest.approx(total, rel=0.01, abs=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_slices_of_each_weight(show: Show, cell: str) -> None:
    """An entry of a share and of the sum, of W_xh and of W_hy (W_hh has a test of its own)."""
    example_run, draw = samples.SAMPLES[CELLS[cell]](), draws(f"slices {cell}")
    grads, trace = example_run.gradients.segments[0], example_run.traces[0]
    read = list(dict.fromkeys(trace.x[:, 0].tolist()))
    for weight, rows in (("W_xh", read), ("W_hy", slice(None))):
        by_step = np.asarray(getattr(grads.by_step, weight))[:, rows]
        total = getattr(grads.total, weight)[rows]
        t = draw.randint(1, 6)
        page = show(CELLS[cell], f"t=1&phase=backward&weight={weight}", height=1100)
        entry = tuple(draw.randrange(size) for size in total.shape)
        if weight == "W_xh":  # of a token's row only the step that reads it has a share
            entry = (read.index(int(trace.x[t - 1, 0])), entry[1])
        expect(page.get_by_test_id(f"slice-{t}")).to_be_visible()
        share = point_at(page, f"[data-testid=slice-{t}] .frame", total.shape, entry)
        assert numbers(share)[-1] == pytest.approx(by_step[(t - 1, *entry)], rel=0.06, abs=1e-9)
        whole = point_at(page, "[data-testid=ledger-total] .frame", total.shape, entry)
        assert numbers(whole)[-1] == pytest.approx(total[entry], rel=0.06, abs=1e-9)
