"""What a button opens comes into view, whatever the window; the button says so, Esc leads back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.chain_screen import Show, root

SIZES = [(1280, 800), (800, 600), (390, 844), (1280, 560)]

# Whether a thing is seen below Streamlit's bar, or as much of it as the window holds.
SEEN = """node => {
    const { top, bottom } = node.getBoundingClientRect()
    const room = [60, innerHeight]
    return bottom > top && top >= room[0] - 1 && (bottom <= room[1] + 1 || top < room[0] + 40)
}"""


def wait_until_seen(thing: Locator) -> None:
    thing.wait_for()
    thing.page.wait_for_function(f"node => ({SEEN})(node)", arg=thing.element_handle())


def put_button_at_the_foot(page: Page, button: Locator) -> None:
    """Scroll until the button is at the lower end of the window, all below it out of sight."""
    button.evaluate("node => node.scrollIntoView({ block: 'end', behavior: 'instant' })")


PANELS = {"code-button": "code", "copy": "copying", "help": "help"}


def button_of(page: Page, name: str) -> Locator:
    return page.get_by_label("Keys and help").first if name == "help" else page.get_by_test_id(name)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PANELS)
def test_a_panel_opens_in_view(show: Show, name: str, size: tuple[int, int]) -> None:
    page = show("sentence", "t=2", width=size[0], height=size[1])
    button, panel = (
        button_of(page, name),
        page.locator(f"section[data-testid=code], [data-testid={PANELS[name]}]"),
    )
    panel = page.get_by_test_id(PANELS[name])
    state = "aria-pressed" if name == "code-button" else "aria-expanded"
    expect(button).to_have_attribute(state, "false")
    put_button_at_the_foot(page, button)
    button.click()
    expect(button).to_have_attribute(state, "true")
    wait_until_seen(panel)
    button.click()
    expect(button).to_have_attribute(state, "false")
    expect(panel).to_be_hidden()


@pytest.mark.parametrize(("key", "name"), [("?", "help"), ("c", "code")])
def test_by_key_too(show: Show, key: str, name: str) -> None:
    page = show("sentence", "t=2", width=1280, height=560)
    scroller = page.locator(".scroller").first
    scroller.focus()
    scroller.evaluate("node => node.scrollIntoView({ block: 'start' })")
    page.keyboard.press(key)
    wait_until_seen(page.get_by_test_id(name))
    page.keyboard.press(key)
    expect(page.get_by_test_id(name)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(root(page)).to_have_attribute("data-t", "3")


@pytest.mark.parametrize("name", ["copy", "help"])
def test_esc_closes_a_panel_and_leads_back(show: Show, name: str) -> None:
    page = show("sentence", "t=2")
    button_of(page, name).click()
    focused = "node => node.contains(node.getRootNode().activeElement)"
    assert page.get_by_test_id(PANELS[name]).evaluate(focused)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id(PANELS[name])).to_be_hidden()
    assert button_of(page, name).evaluate("node => node === node.getRootNode().activeElement")


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
@pytest.mark.parametrize("phase", ["backward", "update"])
def test_who_asks_for_gradients_sees_them_added_up(
    show: Show, phase: str, size: tuple[int, int]
) -> None:
    page = show("update", "t=4", width=size[0], height=size[1])
    put_button_at_the_foot(page, page.get_by_test_id("phase-forward"))
    page.get_by_test_id(f"phase-{phase}").click()
    wait_until_seen(page.locator(".ledger-total").first)


def test_the_outer_product_opens_in_view(show: Show) -> None:
    page = show("sentence", "t=3&phase=backward", width=1280, height=700)
    page.get_by_test_id("slice-4").locator(".frame").click()
    wait_until_seen(page.get_by_test_id("outer"))
