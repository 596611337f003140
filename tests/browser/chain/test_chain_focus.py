"""A click anywhere in the picture leaves its keys alive, and takes old notes away."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.chain_screen import Show, root

FOCUS = """node => {
    const at = node.getRootNode().activeElement
    return Boolean(at) && node.contains(at) && at.getClientRects().length > 0
}"""

THINGS = {
    "a unit": "[data-testid=cell-2-3]",
    "h0": "[data-testid=cell-0-3]",
    "a column's input": "[data-testid=x-2]",
    "a bar": "[data-testid=y-5] .track",
    "a loss flag": "[data-testid=loss-5] .cloth",
    "an entry of a weight": "[data-testid=W_hh]",
    "a weight": ".slot[data-weight=W_xh] .weight-name",
    "the plate": ".plate .card",
    "a wire": ".column-wires[data-k='3'] .hit",
    "the legend": ".legend",
    "the equation": "[data-testid=equation]",
    "the badge": "[data-testid=badge]",
    "the frame": "[data-testid=cursor]",
}


def click(page: Page, selector: str) -> None:
    """Press and release the mouse over the middle of a thing, whatever lies over it."""
    thing = root(page).locator(selector).first
    thing.scroll_into_view_if_needed()
    box = thing.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.mark.parametrize("phase", ["forward", "backward"])
@pytest.mark.parametrize("thing", THINGS)
def test_after_a_click_the_keys_answer(show: Show, thing: str, phase: str) -> None:
    page = show("sentence", f"t=4&phase={phase}")
    page.evaluate("document.activeElement.blur()")
    click(page, THINGS[thing])
    assert root(page).evaluate(FOCUS), "the focus has left the picture"
    while root(page).get_attribute("data-zoom") != "1":
        page.keyboard.press("Escape")
    t = int(root(page).get_attribute("data-t"))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert int(root(page).get_attribute("data-t")) == max(1, t - 2)
    page.keyboard.press("Enter")
    expect(root(page)).to_have_attribute("data-zoom", "2")


def test_at_deeper_levels_too(show: Show) -> None:
    page = show("sentence", "t=3")
    page.get_by_test_id("cell-3-4").click()
    for thing, level in (("zoom-h-5", "3"), ("term-2", "4")):
        page.get_by_test_id(thing).click()
        expect(root(page)).to_have_attribute("data-zoom", level)
        assert root(page).evaluate(FOCUS)
    page.locator(".among .one-of").first.click()
    for level in ("3", "2", "1"):
        page.keyboard.press("Escape")
        expect(root(page)).to_have_attribute("data-zoom", level)


@pytest.mark.parametrize("how", ["a click", "a key", "the seek bar", "a phase", "rolling up"])
def test_a_note_does_not_outlive_its_place(show: Show, how: str) -> None:
    page = show("sentence", "t=3")
    note = page.locator(".inspector:not(.pinned)")
    cell = page.get_by_test_id("cell-3-4")
    cell.hover()
    expect(note).to_be_visible()
    if how == "a click":
        cell.click()
        expect(root(page)).to_have_attribute("data-zoom", "2")
    elif how == "a key":
        page.locator(".scroller").first.focus()
        page.keyboard.press("ArrowRight")
    elif how == "the seek bar":
        page.get_by_test_id("seek").evaluate(
            """bar => {
                const { left, top, width } = bar.getBoundingClientRect()
                const at = { clientX: left + width * 0.1, clientY: top + 5, pointerId: 1 }
                bar.setPointerCapture = () => {}
                bar.dispatchEvent(new PointerEvent("pointerdown", at))
            }"""
        )
    elif how == "a phase":
        page.locator(".scroller").first.focus()
        page.keyboard.press("Shift+ArrowRight")
    else:
        page.locator(".scroller").first.focus()
        page.keyboard.press("r")
    expect(note).to_be_hidden()
