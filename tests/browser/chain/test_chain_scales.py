"""A colour means one value: in the chain, in the table of a cell, after an edit."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from rnn_views.theme import DARK, LIGHT, diverging
from tests.browser.chain.test_chain_modules import call
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, root


def fills(page: Page, row: str, units: int) -> list[tuple[float, str]]:
    """Value and colour of each cell in a row of the table."""
    return [
        (
            float(cell.get_attribute("data-value")),
            hexed(cell.evaluate("node => node.style.backgroundColor")),
        )
        for cell in (page.get_by_test_id(f"zoom-{row}-{unit}") for unit in range(1, units + 1))
    ]


def hexed(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("sample", ["sentence", "lstm", "gru", "relu"])
def test_a_state_has_the_colour_it_has_in_the_chain(
    show: Show, sample: str, theme: str, palette
) -> None:
    page = show(sample, "t=2", theme=theme)
    limit = float(page.locator(".scale[data-scale=activation]").first.get_attribute("data-limit"))
    chain = [page.get_by_test_id(f"cell-2-{unit}").get_attribute("fill") for unit in range(1, 9)]
    page.get_by_test_id("cell-2-1").click()
    table = fills(page, "h", 8)
    assert [colour for _, colour in table] == chain
    for row in ("from_x", "from_h", "a") if sample in ("sentence", "relu") else ():
        for value, colour in fills(page, row, 8):
            assert colour == diverging(value, limit, palette)
    beyond = page.locator("td.beyond")
    values = beyond.evaluate_all("cells => cells.map(cell => Math.abs(Number(cell.dataset.value)))")
    assert all(value > limit for value in values)
    marked = root(page).evaluate(
        """(node, limit) => [...node.querySelectorAll(".sums td[data-value]")].filter(cell => {
            const ofMemory = /^zoom-(kept|written|c)-/.test(cell.dataset.testid)
            const size = Math.abs(Number(cell.dataset.value))
            return !ofMemory && size > 1.02 * limit && !cell.classList.contains("beyond")
        }).length""",
        limit,
    )
    assert marked == 0


@pytest.mark.parametrize("sample", ["sentence", "translation-lstm", "update"])
def test_the_legend_names_every_scale_in_use(show: Show, sample: str) -> None:
    page = show(sample, "t=2&phase=backward")
    kinds = page.locator(".scale").evaluate_all("all => all.map(one => one.dataset.scale)")
    assert kinds.count("gradients") == 2, "dh, and the shares of dW"
    assert kinds.count("activation") == (2 if "lstm" in sample else 1)
    example_run = samples.SAMPLES.get(sample, lambda: samples.updated()[0])()
    arrays = [segment.params.W_hh for segment in example_run.network.segments]
    said = page.locator(".legend [data-weight=W_hh]")
    limits = said.evaluate_all("all => all.map(one => Number(one.dataset.limit))")
    assert limits == [nice(np.abs(array).max()) for array in arrays]
    texts = said.all_inner_texts()
    assert all(f"±{limit:g}" in text for limit, text in zip(limits, texts, strict=True))
    for name, count in (("W_xh", len(arrays)), ("W_hy", 1)):
        expect(page.locator(f".legend [data-weight={name}]")).to_have_count(count)


def nice(size: float) -> float:
    """`size` rounded up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if size <= step * power * 1.0001)


EDITED = """(() => {
    const width = 4
    const data = Float32Array.from({ length: 16 }, (_, n) => (n % 5 ? 0.1 : 0.4))
    data[5] = 3
    const segment = { index: 0, first: 1, copies: null, rows: { index: [0, 1, 2, 3] },
        weights: { W_hh: { data, width, shape: [4, 4] }, W_xh: { data, width, shape: [4, 4] } } }
    const change = kind => ({ kind, segment: 0, place: [2, 2], old: 0.4, new: 3 })
    const changes = [change("W_hh"), change("W_xh")]
    const model = { edited: { changes, segments: [{ base: null }] } }
    return ["W_hh", "W_xh"].map(name => m.scaleOf(model, segment, name))
})()"""


def test_one_edited_weight_changes_no_scale(show: Show) -> None:
    for scale in call(show(), "model/colour_scales", EDITED):
        assert scale == {"limit": 0.5, "most": 3}


def test_the_bars_of_an_output_keep_the_order_of_the_classes(show: Show) -> None:
    page = show("sentence", "t=5")
    rows = page.locator("[data-testid^=y-] .class")
    order = rows.evaluate_all("all => all.map(one => Number(one.dataset.class))")
    assert order == sorted(order)
