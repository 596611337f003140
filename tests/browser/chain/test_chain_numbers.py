"""Numbers drawn at random and read off the screen, each phase of each cell: they are the engine's.

The deeper levels going forward, and of the gated cells going back, have tests of their own
(test_chain_zoom, test_chain_gates); here is the chain itself, and what was left.
"""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from rnn_core.tasks.prediction import ExampleRun
from tests.browser.chain.test_chain_zoom import value
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers
from tests.support.seeds import draws

CELLS = {"rnn": "sentence", "gru": "gru", "lstm": "lstm"}
DRAWN = draws("numbers")
PLACES = [(cell, DRAWN.randint(1, 4), DRAWN.randint(1, 8)) for cell in CELLS for _ in range(2)]
GATES = {"rnn": "h", "gru": "rzn", "lstm": "ifgo"}


def reading_of(cell: str) -> ExampleRun:
    return samples.SAMPLES[CELLS[cell]]()


def point_at(page: Page, frame: str, shape: tuple[int, ...], entry: tuple[int, int]) -> str:
    """Point at an entry of a heat map, and read what stands beside the pointer."""
    rows, columns = shape
    node = page.locator(frame).first
    box = node.bounding_box()
    across, down = (
        2 + (box[side] - 4) * (n + 0.5) / count
        for side, n, count in zip(
            ("width", "height"), reversed(entry), (columns, rows), strict=True
        )
    )
    node.hover(position={"x": across, "y": down})  # once it stands still and nothing covers it
    page.locator(".inspector:not(.pinned) strong").wait_for()
    return page.locator(".inspector:not(.pinned)").inner_text()


@pytest.mark.parametrize(("cell", "t", "unit"), PLACES)
def test_the_chain_going_forward(show: Show, cell: str, t: int, unit: int) -> None:
    page, trace = show(CELLS[cell], "t=5"), reading_of(cell).traces[0]
    number = trace.h[t, 0, unit - 1]
    spoken = page.get_by_test_id(f"cell-{t}-{unit}")
    assert value(page, f"cell-{t}-{unit}") == pytest.approx(number, abs=1e-6)
    assert numbers(spoken.get_attribute("aria-label").split("value")[1])[0] == pytest.approx(
        number, abs=0.0051
    )
    spoken.hover()
    beside = page.locator(".inspector:not(.pinned) strong").inner_text()
    assert numbers(beside)[-1] == pytest.approx(number, abs=6e-5)


@pytest.mark.parametrize(("cell", "t", "unit"), PLACES)
def test_the_chain_going_back(show: Show, cell: str, t: int, unit: int) -> None:
    page = show(CELLS[cell], f"t=1&phase=backward&unit={unit}")
    grads = reading_of(cell).gradients.segments[0]
    spoken = page.get_by_test_id(f"cell-{t}-{unit}").get_attribute("aria-label")
    number = grads.dh[t, 0, unit - 1]
    said = numbers(spoken.split("gradient")[1])[0]
    assert said == pytest.approx(number, rel=0.06, abs=6e-5)
    frame = page.get_by_test_id(f"dh-{t}").locator(".dcell-frame").nth(unit - 1)
    frame.hover()
    page.mouse.move(0, 0)
    frame.hover()  # back at the very pixel that was left, and told again
    page.locator(".inspector:not(.pinned) strong").wait_for()
    lines = page.locator(".inspector:not(.pinned)").inner_text().splitlines()
    parts = [grads.dh, grads.dh_local, grads.dh_recurrent]
    for line, part in zip(lines, parts, strict=True):
        assert numbers(line)[-1] == pytest.approx(part[t, 0, unit - 1], rel=0.06, abs=1e-9)


@pytest.mark.parametrize(("cell", "t", "unit"), PLACES)
def test_entries_of_the_ledger(show: Show, cell: str, t: int, unit: int) -> None:
    page = show(CELLS[cell], f"t=1&phase=backward&weight=W_hh&unit={unit}", height=1000)
    grads = reading_of(cell).gradients.segments[0]
    by_step, total = np.asarray(grads.by_step.W_hh), grads.total.W_hh
    entry = (unit - 1, DRAWN.randrange(total.shape[1]))
    slice_ = point_at(page, f"[data-testid=slice-{t}] .frame", total.shape, entry)
    assert numbers(slice_)[-1] == pytest.approx(by_step[(t - 1, *entry)], rel=0.06, abs=1e-9)
    gate = GATES[cell][entry[1] // 8]
    assert slice_.startswith(f"dW_h{gate}[{unit} → {entry[1] % 8 + 1}] at t = {t}")
    whole = point_at(page, "[data-testid=ledger-total] .frame", total.shape, entry)
    assert numbers(whole)[-1] == pytest.approx(total[entry], rel=0.06, abs=1e-9)
    page.get_by_test_id(f"slice-{t}").locator(".frame").click()
    shares = page.get_by_test_id("outer-entry").locator("b").all_inner_texts()
    one, two, share = (numbers(text)[-1] for text in shares)
    assert one * two == pytest.approx(share, rel=0.08, abs=1e-9)
    page.keyboard.press("Escape")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("weight", ["W_xh", "W_hh", "W_hy"])
def test_entries_of_an_update(show: Show, cell: str, weight: str) -> None:
    sample = "update" if cell == "rnn" else f"update-{cell}"
    page = show(sample, f"phase=update&weight={weight}", height=1000)
    before, after = (one.network.segments[0].params for one in samples.updated(cell))
    old, new = getattr(before, weight), getattr(after, weight)
    kept = old
    if weight == "W_xh":
        rows = page.get_by_test_id("W_xh").count()
        assert rows == 1
    entry = (DRAWN.randrange(kept.shape[0]), DRAWN.randrange(kept.shape[1]))
    frames = [".ledger-total .frame", "[data-testid=update] .frame >> nth=0"]
    frames.append("[data-testid=update] .frame >> nth=1")
    for frame, number in zip(frames, (old, new - old, new), strict=True):
        shown = point_at(page, frame, kept.shape, entry)
        assert numbers(shown)[-1] == pytest.approx(number[entry], abs=6e-6)
    twin = page.locator(".twin table").last
    twin.wait_for(state="attached")
    page.wait_for_function(
        """name => [...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)
            .some(root => [...root.querySelectorAll(".twin caption")].at(-1)
                ?.textContent.includes(name))""",
        arg=f"{weight} before and after",
    )
    cells = twin.locator("tbody tr").nth(entry[0] * kept.shape[1] + entry[1]).locator("td")
    for text, number in zip(
        cells.all_inner_texts(), (old[entry], new[entry] - old[entry], new[entry]), strict=True
    ):
        assert numbers(text)[0] == pytest.approx(number, abs=6e-6)


@pytest.mark.parametrize(("cell", "t", "unit"), PLACES)
def test_one_product_going_back(show: Show, cell: str, t: int, unit: int) -> None:
    """At t < T nothing comes from an own output, so the terms are those from the step after."""
    H, blocks = 8, len(GATES[cell])
    straight = 1 if cell == "gru" else 0  # the update gate passes dh on, ahead of the products
    grads, trace = reading_of(cell).gradients.segments[0], reading_of(cell).traces[0]
    source = DRAWN.randint(1, 8)
    page = show(CELLS[cell], f"t={t}&unit={unit}&zoom=3&phase=backward")
    terms = page.locator("tbody.future .term-row")
    shown = terms.nth(source - 1)
    product = float(shown.get_attribute("data-product"))
    letters = shown.locator("th").inner_text().replace("\n", "")
    if straight and source == 1:
        z = trace.gates["z"][t, 0, unit - 1]
        expected = grads.dh[t + 1, 0, unit - 1] * z
    else:
        to = int(letters.split("[")[1].rstrip("] "))
        block = next((n for n, gate in enumerate(GATES[cell]) if f"da{gate}" in letters), 0)
        assert block < blocks
        q = block * H + to - 1
        expected = grads.da_recurrent[t, 0, q] * trace.params.W_hh[unit - 1, q]
    assert product == pytest.approx(expected, rel=1e-4, abs=1e-9)
    shown.click()
    assert value(page, "product") == pytest.approx(product)
    texts = page.get_by_test_id("product").locator("b").all_inner_texts()
    one, two, result = (numbers(text)[-1] for text in texts)
    assert one * two == pytest.approx(result, rel=0.08, abs=2e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_the_loss(show: Show, cell: str) -> None:
    page, example_run = show(CELLS[cell], "phase=loss"), reading_of(cell)
    assert value(page, "loss-5") == pytest.approx(example_run.loss)
    said = page.get_by_test_id("equation").inner_text()
    assert numbers(said)[-1] == pytest.approx(example_run.loss, abs=6e-5)


EDGES = """(frame, [row, rows, column, columns]) => {
    const { x, y, width, height } = frame.getBBox()
    const down = y + 2 + (row + 0.5) * (height - 4) / rows
    const place = share => new DOMPoint(x + 2 + (column + share) * (width - 4) / columns, down)
        .matrixTransform(frame.getScreenCTM())
    return [0.12, 0.88].map(share => { const { x, y } = place(share); return [x, y] })
}"""


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_all_of_a_narrow_cell_belongs_to_its_entry(show: Show, cell: str) -> None:
    """Near either edge of an entry of 32 or 96 columns, the pointer is on that entry."""
    page = show({"rnn": "digit", "gru": "digit-gru"}[cell], "t=1")
    columns = 32 * len(GATES[cell])
    frame = page.get_by_test_id("W_hh")
    for column in (0, 1, 17, columns - 2, columns - 1):
        for x, y in frame.evaluate(EDGES, [16, 32, column, columns]):
            page.mouse.move(x, y)
            said = page.locator(".inspector:not(.pinned) strong").inner_text()
            gate = GATES[cell][column // 32]
            assert said.startswith(f"W_h{gate}[17 → {column % 32 + 1}]"), (column, x)
            page.keyboard.down("Shift")  # a click alone tells the stage nothing
            page.mouse.click(x, y)
            page.keyboard.up("Shift")
            told = page.get_by_text("selected: Selection")
            expect(told).to_contain_text(f"weight='W_hh', row=16, column={column})")
