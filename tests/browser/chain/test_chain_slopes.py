"""Slopes of units and gates that are shut or open: never 0 while the product beside them is not."""

import numpy as np
import pytest

from tests.browser.chain.test_chain_modules import call
from tests.browser.chain.test_chain_zoom import value
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers

ANY = [-700.0, -90.0, -20.0, -1.0, 0.0, 1e-9, 0.5, 12.0, 40.0, 400.0]


def sigmoid(a: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -a))


def test_slopes_keep_their_digits_at_any_size(show: Show) -> None:
    a = np.array(ANY)
    for name, expected in {
        "oneMinusSigmoid": sigmoid(-a),
        "slopeOfSigmoid": sigmoid(a) * sigmoid(-a),
        "slopeOfTanh": 4 * np.exp(-2 * np.logaddexp(a, -a)),
    }.items():
        shown = call(show(), "model/derivatives", f"x.map(m.{name})", ANY)
        np.testing.assert_allclose(shown, expected, rtol=1e-12, atol=1e-320)


@pytest.mark.parametrize("unit", [1, 2, 6])
def test_the_slope_of_a_saturated_unit_is_not_zero(show: Show, unit: int) -> None:
    page = show("rnn-saturated", f"t=5&zoom=2&phase=backward&unit={unit}")
    a = samples.SAMPLES["rnn-saturated"]().traces[0].a[4, 0, unit - 1]
    slope = 1 / np.cosh(a) ** 2
    assert 0 < slope < 1e-9
    assert value(page, f"zoom-slope-{unit}") == pytest.approx(slope, rel=1e-4)
    for shown in (
        page.get_by_test_id(f"zoom-slope-{unit}"),
        page.get_by_test_id("equation").locator('[data-term="h"] b').last,
    ):
        assert numbers(shown.inner_text())[0] == pytest.approx(slope, rel=0.06)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("unit", [1, 2, 3])
def test_the_factors_of_saturated_gates_make_the_product(show: Show, cell: str, unit: int) -> None:
    page = show(f"{cell}-saturated", f"t=3&unit={unit}&zoom=3&phase=backward")
    da = samples.SAMPLES[f"{cell}-saturated"]().gradients.segments[0].da
    expected = da[2, 0].reshape(-1, 8)[:, unit - 1]
    rows = page.locator("tbody.gates .term-row").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td b')].map(b => b.innerText))"
    )
    assert len(rows) == len(expected)
    for texts, product in zip(rows, expected, strict=True):
        factor, slope, result = (numbers(text)[0] for text in texts[:3])
        assert result == pytest.approx(product, rel=0.06, abs=1e-300)
        assert (slope == 0) == (product == 0)
        assert factor * slope == pytest.approx(product, rel=0.15, abs=1e-300)


@pytest.mark.parametrize("unit", [1, 2, 3])
def test_what_an_open_update_gate_lets_in_is_not_zero(show: Show, unit: int) -> None:
    page = show("gru-saturated", f"t=3&zoom=2&unit={unit}")
    trace = samples.SAMPLES["gru-saturated"]().traces[0]
    a, n = trace.a[2, 0, 8 + unit - 1], trace.gates["n"][2, 0, unit - 1]
    assert value(page, f"zoom-new-{unit}") == pytest.approx(sigmoid(-a) * n, rel=1e-4)
