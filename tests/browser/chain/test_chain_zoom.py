"""Deeper than the chain: a cell, a unit, a product; every sum adds up to the engine's number."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, assert_adds_up, locate, numbers, root


def value(page: Page, testid: str) -> float:
    return float(page.get_by_test_id(testid).get_attribute("data-value"))


def printed(page: Page, testid: str) -> float:
    return numbers(page.get_by_test_id(testid).inner_text())[-1]


def test_enter_goes_in_and_escape_comes_out_one_level(show: Show) -> None:
    page = show(look="t=2&unit=3")
    for level in (2, 3, 4, 4):
        press_zoomed(page, "Enter")
        expect(root(page)).to_have_attribute("data-zoom", str(level))
    for level in (3, 2, 1):
        press_zoomed(page, "Escape")
        expect(root(page)).to_have_attribute("data-zoom", str(level))
    expect(page.get_by_test_id("cell-2-3")).to_be_visible()


def press_zoomed(page: Page, key: str) -> None:
    zoomed = page.locator(".zoom-body").first
    (zoomed if zoomed.is_visible() else page.locator(".scroller").first).focus()
    page.keyboard.press(key)


def test_a_click_on_a_cell_opens_it(show: Show) -> None:
    page = show(look="t=4")
    page.get_by_test_id("cell-3-6").click()
    assert [root(page).get_attribute(name) for name in ("data-zoom", "data-t", "data-unit")] == [
        "2",
        "3",
        "6",
    ]
    page.get_by_test_id("crumb-1").click()
    expect(root(page)).to_have_attribute("data-zoom", "1")


@pytest.mark.parametrize(("sample", "t"), [("sentence", 3), ("translation", 5), ("digit", 1)])
def test_a_cell_shows_every_addend_of_every_unit(show: Show, sample: str, t: int) -> None:
    page, example_run = show(sample, f"t={t}&zoom=2"), samples.SAMPLES[sample]()
    trace, j = locate(example_run, t)
    for unit in (1, trace.params.hidden // 2, trace.params.hidden):
        i = unit - 1
        expected = {
            "from_x": trace.from_x[j, 0, i],
            "from_h": trace.from_h[j, 0, i],
            "b_h": trace.params.b_h[i],
            "a": trace.a[j, 0, i],
            "h": trace.h[j + 1, 0, i],
        }
        for name, number in expected.items():
            assert value(page, f"zoom-{name}-{unit}") == pytest.approx(number, abs=1e-5)
            assert printed(page, f"zoom-{name}-{unit}") == pytest.approx(number, abs=0.0051)
        shown = [printed(page, f"zoom-{name}-{unit}") for name in ("from_x", "from_h", "b_h")]
        assert_adds_up(shown, page.get_by_test_id(f"zoom-a-{unit}").inner_text())


def test_a_cell_going_back(show: Show) -> None:
    page = show(look="t=2&zoom=2&phase=backward")
    grads = samples.sentence().gradients.segments[0]
    for unit in (1, 5, 8):
        for name in ("dh_local", "dh_recurrent", "dh"):
            number = getattr(grads, name)[2, 0, unit - 1]
            assert value(page, f"zoom-{name}-{unit}") == pytest.approx(number, abs=1e-7)
        assert value(page, f"zoom-da-{unit}") == pytest.approx(grads.da[1, 0, unit - 1], abs=1e-7)


@pytest.mark.parametrize("phase", ["forward", "backward"])
@pytest.mark.parametrize(("sample", "t"), [("sentence", 3), ("translation", 3), ("name", 2)])
def test_a_unit_adds_up_term_by_term(show: Show, sample: str, t: int, phase: str) -> None:
    page = show(sample, f"t={t}&unit=4&zoom=3&phase={phase}")
    for body in page.locator(".terms tbody").all():
        rows = body.locator("tr")
        texts = [row.locator("td b").last.inner_text() for row in rows.all()]
        addends = [numbers(text)[-1] for text in texts[:-1] if text]
        assert_adds_up(addends, rows.last.inner_text())


def test_terms_are_weights_times_states(show: Show) -> None:
    page, trace = show(look="t=3&unit=6&zoom=3"), samples.sentence().traces[0]
    products = [float(row.get_attribute("data-product")) for row in page.locator(".term-row").all()]
    from_x = trace.x[2, 0] * trace.params.W_xh[:, 5]
    from_h = trace.h[2, 0] * trace.params.W_hh[:, 5]
    np.testing.assert_allclose(products, [*from_x, *from_h], atol=1e-6)


def test_wide_inputs_show_their_largest_terms_and_the_rest(show: Show) -> None:
    page, trace = show("caption", "t=1&unit=2&zoom=3"), samples.caption().traces[0]
    x_part = page.locator("tbody.W_xh")
    assert "more" in x_part.get_by_test_id("rest").inner_text()
    shown = numbers(x_part.locator(".sum-row").inner_text())[-1]
    assert shown == pytest.approx(trace.from_x[0, 0, 1], abs=0.006)


def test_one_product_and_its_gradient(show: Show) -> None:
    page, example_run = show(look="t=3&unit=6&zoom=4"), samples.sentence()
    press_zoomed(page, "ArrowDown")
    trace, grads = example_run.traces[0], example_run.gradients.segments[0]
    assert value(page, "product") == pytest.approx(trace.x[2, 0, 1] * trace.params.W_xh[1, 5])
    share = np.asarray(grads.by_step.W_xh)[2, 1, 5]
    assert value(page, "product-gradient") == pytest.approx(share, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize(("cell", "rows"), [("lstm", "ifgo"), ("gru", "rzn")])
def test_gates_in_their_order(show: Show, cell: str, rows: str) -> None:
    page, trace = show(cell, "t=3&zoom=2"), samples.SAMPLES[cell]().traces[0]
    for gate in rows:
        assert value(page, f"zoom-{gate}-2") == pytest.approx(trace.gates[gate][2, 0, 1], abs=1e-6)
    assert value(page, "zoom-h-2") == pytest.approx(trace.h[3, 0, 1], abs=1e-6)


def test_steps_go_on_at_every_level(show: Show) -> None:
    page = show(look="t=2&zoom=2")
    press_zoomed(page, "ArrowRight")
    assert [root(page).get_attribute(name) for name in ("data-zoom", "data-t")] == ["2", "3"]


def test_an_update_shows_old_step_and_new(show: Show) -> None:
    page = show("update", "phase=update")
    shown = page.get_by_test_id("update").text_content()
    before, after = samples.updated()
    step = after.network.segments[0].params.W_hh - before.network.segments[0].params.W_hh
    assert numbers(shown)[0] == pytest.approx(np.linalg.norm(step), rel=0.01)
    said = numbers(page.get_by_test_id("equation").inner_text())
    assert said[:2] == pytest.approx([before.loss, after.loss], abs=1e-4)


def test_what_a_unit_looks_for_is_drawn_and_a_term_marks_its_pixel(show: Show) -> None:
    page, trace = show("caption", "t=1&unit=2&zoom=3"), samples.caption().traces[0]
    seen = page.get_by_test_id("seen")
    expect(seen.locator("svg image")).to_have_count(4)
    largest = float(np.abs(trace.params.W_xh[:, 1]).max())
    assert numbers(seen.locator("small").nth(1).inner_text())[0] == pytest.approx(largest, rel=0.01)
    row = page.locator("[data-pixel]").first
    index = int(row.get_attribute("data-pixel"))
    row.hover()
    marks = seen.locator(".pixel-mark")
    shown = marks.evaluate_all("nodes => nodes.map(node => node.getAttribute('visibility'))")
    assert shown == [
        "visible",
        *("visible" if colour == index % 3 else "hidden" for colour in range(3)),
    ]
    place = marks.first.evaluate("node => ['x', 'y'].map(name => Number(node.getAttribute(name)))")
    side = 84 / 16
    assert place == pytest.approx([index // 3 % 16 * side, index // 48 * side])


def test_the_weights_drawn_as_pictures_are_the_engines(show: Show) -> None:
    page, trace = show("caption", "t=1&unit=2&zoom=3"), samples.caption().traces[0]
    weights = trace.params.W_xh[:, 1]
    colours = (
        page.get_by_test_id("seen")
        .locator("svg image")
        .nth(1)
        .evaluate(
            """async image => {
            const picture = new Image()
            picture.src = image.getAttribute("href")
            await picture.decode()
            const canvas = document.createElement("canvas")
            canvas.width = canvas.height = 16
            const context = canvas.getContext("2d")
            context.drawImage(picture, 0, 0)
            const { data } = context.getImageData(0, 0, 16, 16)
            return Array.from({ length: 256 }, (_, n) => data[4 * n] - data[4 * n + 2])
        }"""
        )
    )
    # Orange has more red than blue, blue more blue than red: the sign of each weight from red.
    strong = np.abs(weights[0::3]) > np.abs(weights).max() / 4
    assert strong.sum() > 20
    assert (np.sign(colours)[strong] == np.sign(weights[0::3])[strong]).all()
