"""GRU and LSTM at every zoom level, both phases: numbers read at random are the engine's."""

from collections import defaultdict

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.chain.test_chain_zoom import press_zoomed, printed, value
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, assert_adds_up, numbers, press, root, term
from tests.support.seeds import draws

GATES = {"gru": "rzn", "lstm": "ifgo"}
SAMPLES = ["gru", "lstm"]
DRAWN = draws("gates")
PLACES = [(sample, DRAWN.randint(1, 5), DRAWN.randint(1, 8)) for sample in SAMPLES]


def sums(page: Page) -> dict[tuple[str, str], list[str]]:
    """What is written in each gate's column, by gate and part of the sum."""
    script = """cells => cells.map(c =>
        [c.dataset.gate, c.dataset.part, c.querySelector('b').innerText])"""
    found = defaultdict(list)
    for gate, part, text in page.locator(".gate-terms [data-gate]").evaluate_all(script):
        found[gate, part].append(text)
    return found


@pytest.mark.parametrize(("sample", "t", "unit"), PLACES)
def test_a_cell_shows_gates_and_state(show: Show, sample: str, t: int, unit: int) -> None:
    page, trace = show(sample, f"t={t}&zoom=2"), samples.SAMPLES[sample]().traces[0]
    i = unit - 1
    for gate in GATES[sample]:
        number = trace.gates[gate][t - 1, 0, i]
        assert value(page, f"zoom-{gate}-{unit}") == pytest.approx(number, abs=1e-6)
        assert printed(page, f"zoom-{gate}-{unit}") == pytest.approx(number, abs=6e-4)
    names = ("kept", "written", "c") if sample == "lstm" else ("new", "kept", "h")
    result = trace.c if sample == "lstm" else trace.h
    assert value(page, f"zoom-{names[2]}-{unit}") == pytest.approx(result[t, 0, i], abs=1e-6)
    parts = [printed(page, f"zoom-{name}-{unit}") for name in names[:2]]
    assert_adds_up(parts, page.get_by_test_id(f"zoom-{names[2]}-{unit}").inner_text())


@pytest.mark.parametrize(("sample", "t", "unit"), PLACES)
def test_a_unit_adds_up_gate_by_gate(show: Show, sample: str, t: int, unit: int) -> None:
    page, trace = show(sample, f"t={t}&unit={unit}&zoom=3"), samples.SAMPLES[sample]().traces[0]
    shown, i, H = sums(page), unit - 1, trace.params.hidden
    for block, gate in enumerate(GATES[sample]):
        q = block * H + i
        from_x, from_h = trace.from_x[t - 1, 0, q], trace.from_h[t - 1, 0, q]
        product = float(trace.h[t - 1, 0] @ trace.params.W_hh[:, q])
        for part, number in [("x", from_x), ("h", product), ("a", trace.a[t - 1, 0, q])]:
            (total,) = shown[gate, f"{part}-total"]
            assert_adds_up(every(shown[gate, part]), total)
            assert numbers(total) == [pytest.approx(number, abs=6e-4)]
        assert every(shown[gate, "a"])[1] == pytest.approx(from_h, abs=6e-4)
        value_of_gate = trace.gates[gate][t - 1, 0, i]
        assert every(shown[gate, "gate"]) == [pytest.approx(value_of_gate, abs=6e-4)]
    if sample == "gru":
        (total,) = shown["n", "reset-total"]
        assert_adds_up(every(shown["n", "h-total"] + shown["n", "reset"]), total)
        assert numbers(total) == [pytest.approx(trace.n_recurrent[t - 1, 0, i], abs=6e-4)]


@pytest.mark.parametrize(("sample", "t", "unit"), PLACES)
def test_the_gates_make_the_state(show: Show, sample: str, t: int, unit: int) -> None:
    page, trace = show(sample, f"t={t}&unit={unit}&zoom=3"), samples.SAMPLES[sample]().traces[0]
    names = ("kept", "written", "c") if sample == "lstm" else ("new", "kept", "h")
    first, second, total = (printed(page, f"combine-{name}") for name in names)
    assert_adds_up([first, second], page.get_by_test_id(f"combine-{names[2]}").inner_text())
    made = trace.c if sample == "lstm" else trace.h
    assert total == pytest.approx(made[t, 0, unit - 1], abs=6e-4)
    assert printed(page, "combine-h") == pytest.approx(trace.h[t, 0, unit - 1], abs=6e-4)
    assert term(page, "h result") == pytest.approx(trace.h[t, 0, unit - 1], abs=6e-4)


@pytest.mark.parametrize(("sample", "t", "unit"), PLACES)
def test_one_product_of_a_gate(show: Show, sample: str, t: int, unit: int) -> None:
    source = 17 + unit
    page = show(sample, f"t={t}&unit={unit}&zoom=4&source={source}")
    example_run = samples.SAMPLES[sample]()
    trace, by_step = example_run.traces[0], example_run.gradients.segments[0].by_step
    # Six inputs, then eight states, gate by gate: these are in the second gate.
    H, at = trace.params.hidden, source - 1 - 14
    q = H + unit - 1
    weights = trace.params.W_xh if at < 6 else trace.params.W_hh
    row = at if at < 6 else at - 6
    factor = trace.x[t - 1, 0, row] if at < 6 else trace.h[t - 1, 0, row]
    assert value(page, "product") == pytest.approx(factor * weights[row, q], abs=1e-6)
    share = np.asarray(by_step.W_xh if at < 6 else by_step.W_hh)[t - 1, row, q]
    assert value(page, "product-gradient") == pytest.approx(share, rel=1e-3, abs=1e-8)


def test_the_candidates_weight_stands_behind_the_reset_gate(show: Show) -> None:
    page, example_run = show("gru", "t=4&unit=3&zoom=4&source=40"), samples.SAMPLES["gru"]()
    by_step = example_run.gradients.segments[0].by_step
    share = np.asarray(by_step.W_hh)[3, 40 - 1 - 28 - 6, 16 + 2]
    assert value(page, "product-gradient") == pytest.approx(share, rel=1e-3, abs=1e-8)


@pytest.mark.parametrize(("sample", "t", "unit"), PLACES)
def test_a_cell_going_back(show: Show, sample: str, t: int, unit: int) -> None:
    page = show(sample, f"t={t}&zoom=2&phase=backward")
    grads, i = samples.SAMPLES[sample]().gradients.segments[0], unit - 1
    names = ["dh_local", "dh_recurrent", "dh"]
    names += ["dc_recurrent", "dc"] if sample == "lstm" else []
    for name in names:
        number = getattr(grads, name)[t, 0, i]
        assert value(page, f"zoom-{name}-{unit}") == pytest.approx(number, rel=1e-4, abs=1e-7)
    for block, gate in enumerate(GATES[sample]):
        number = grads.da[t - 1, 0, block * 8 + i]
        assert value(page, f"zoom-da_{gate}-{unit}") == pytest.approx(number, rel=1e-4, abs=1e-7)
    if sample == "lstm":
        parts = [printed(page, f"zoom-{name}-{unit}") for name in ("dc_local", "dc_recurrent")]
        assert_adds_up(parts, page.get_by_test_id(f"zoom-dc-{unit}").inner_text())


@pytest.mark.parametrize(("sample", "t", "unit"), PLACES)
def test_a_unit_going_back(show: Show, sample: str, t: int, unit: int) -> None:
    page = show(sample, f"t={t}&unit={unit}&zoom=3&phase=backward")
    grads, i = samples.SAMPLES[sample]().gradients.segments[0], unit - 1
    for body in page.locator(".terms tbody:not(.gates)").all():
        addends = [numbers(text)[-1] for text in lasts(body)[:-1] if text]
        assert_adds_up(addends, body.locator("tr").last.inner_text())
    products = page.locator("tbody.gates .term-row").evaluate_all(
        "rows => rows.map(row => Number(row.dataset.product))"
    )
    expected = grads.da[t - 1, 0].reshape(-1, 8)[:, i]
    np.testing.assert_allclose(products, expected, rtol=1e-4, atol=1e-8)
    total = printed(page, "total-dh")
    assert total == pytest.approx(grads.dh[t, 0, i], rel=0.02, abs=1e-6)


def every(texts: list[str]) -> list[float]:
    return [numbers(text)[0] for text in texts]


def lasts(body) -> list[str]:
    return body.locator("tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td b')].at(-1)?.innerText ?? '')"
    )


@pytest.mark.parametrize("sample", SAMPLES)
def test_products_and_slopes_make_each_gradient(show: Show, sample: str) -> None:
    page = show(sample, "t=3&unit=4&zoom=4&phase=backward&source=99")
    data = page.get_by_test_id("product")
    one, two, result = (numbers(text)[-1] for text in data.locator("b").all_inner_texts())
    assert one * two == pytest.approx(result, rel=0.02, abs=2e-5)
    grads = samples.SAMPLES[sample]().gradients.segments[0]
    assert value(page, "product") == pytest.approx(grads.da[2, 0, -8 + 3], rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("weight", ["W_hh", "W_xh"])
def test_ledger_slices(show: Show, sample: str, weight: str) -> None:
    page = show(sample, f"t=1&phase=backward&weight={weight}")
    by_step = np.asarray(getattr(samples.SAMPLES[sample]().gradients.segments[0].by_step, weight))
    for t in range(1, 6):
        shown = float(page.get_by_test_id(f"slice-{t}").get_attribute("data-norm"))
        assert shown == pytest.approx(np.linalg.norm(by_step[t - 1]), rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("sample", SAMPLES)
def test_gated_cells_open_four_levels_deep(show: Show, sample: str) -> None:
    page = show(sample, "t=2&unit=3")
    press(page, "Enter")
    for level in (3, 4, 4):
        press_zoomed(page, "Enter")
        expect(root(page)).to_have_attribute("data-zoom", str(level))


def test_an_lstm_shows_c_beside_h(show: Show) -> None:
    page, trace = show("lstm", "t=5"), samples.SAMPLES["lstm"]().traces[0]
    for t, unit in [(0, 1), (2, 5), (5, 8)]:
        assert value(page, f"c-{t}-{unit}") == pytest.approx(trace.c[t, 0, unit - 1], abs=1e-6)
    expect(show("gru", "t=5").get_by_test_id("c-2-5")).to_have_count(0)


def test_two_wires_carry_the_gradients_of_h_and_c(show: Show) -> None:
    page, grads = (
        show("lstm", "t=1&phase=backward"),
        samples.SAMPLES["lstm"]().gradients.segments[0],
    )
    dh = np.linalg.norm(grads.dh_recurrent[:, 0], axis=1)
    dc = np.linalg.norm(grads.dc_recurrent[:, 0], axis=1)
    drawn = [norm for norm in (*dh, *dc, np.linalg.norm(grads.dh_local[5, 0])) if norm > 0]
    top, decades = max(drawn), 4 if min(drawn) < 0.01 * max(drawn) else 2
    for t in range(5):
        of_h, of_c = page.get_by_test_id(f"gradient-{t}"), page.get_by_test_id(f"gradient-c-{t}")
        assert float(of_h.get_attribute("data-norm")) == pytest.approx(dh[t], rel=1e-5)
        assert float(of_c.get_attribute("data-norm")) == pytest.approx(dc[t], rel=1e-5)
        label = "xpath=following-sibling::*[contains(@class, 'norm')][1]"
        for wire, name, norm in [(of_h, "dh", dh[t]), (of_c, "dc", dc[t])]:
            said = wire.locator(label).text_content()
            assert said.startswith(f"{name} ")
            assert numbers(said)[0] == pytest.approx(norm, rel=0.05)
            width = 0.5 + 7.5 * np.clip(1 + np.log10(norm / top) / decades, 0, 1)
            assert float(wire.get_attribute("stroke-width")) == pytest.approx(width, abs=0.01)
        both = page.get_by_test_id(f"gradient-both-{t}")
        assert numbers(both.text_content())[0] == pytest.approx(np.hypot(dh[t], dc[t]), rel=0.05)
    legend = page.locator(".legend").inner_text()
    assert "‖dh‖ above, ‖dc‖ below" in legend
    assert "“both” is ‖[dh; dc]‖" in legend


@pytest.mark.parametrize(("sample", "shape"), [("lstm", "(8, 32)"), ("gru", "(8, 24)")])
def test_weights_of_gated_cells_hold_a_block_for_each_gate(show: Show, sample, shape) -> None:
    page, trace = show(sample, "t=3"), samples.SAMPLES[sample]().traces[0]
    assert shape in page.locator('[data-weight="W_hh"] .weight-name').text_content()
    frame = page.get_by_test_id("W_hh")
    box = frame.bounding_box()
    # The middle of the third row, in the last column but two.
    column = trace.params.W_hh.shape[1] - 3
    x = 2 + (box["width"] - 4) * (column + 0.5) / (column + 3)
    frame.hover(position={"x": x, "y": 2 + (box["height"] - 4) * 2.5 / 8})
    said = page.locator(".inspector strong").first.inner_text()
    assert said.startswith(f"W_h{GATES[sample][-1]}[3 → 6]")
    assert numbers(said)[-1] == pytest.approx(trace.params.W_hh[2, column], abs=6e-5)
