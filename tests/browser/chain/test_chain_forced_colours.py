"""Where the system forces its colours, a frame shows what is chosen or open, not colour alone."""

import pytest
from playwright.sync_api import Browser

from scripts.app_server import wait_until_idle

STATES = """node => [...node.querySelectorAll("button:is([aria-pressed], [aria-expanded])")]
    .filter(button => button.getClientRects().length).map(button => {
        const style = getComputedStyle(button)
        const on = button.matches("[aria-pressed=true], [aria-expanded=true]")
        return [on, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            style.textDecorationLine === "underline"]
    })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_on_has_a_frame(stage_url: str, browser: Browser, scheme: str) -> None:
    context = browser.new_context(
        color_scheme=scheme, forced_colors="active", viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{stage_url}/?sample=update#t=3&phase=backward")
    wait_until_idle(page)
    chain = page.get_by_test_id("chain").first
    page.get_by_test_id("code-button").click()
    page.get_by_test_id("copy").click()
    page.locator("h1").first.click()
    found = chain.evaluate(STATES)
    assert sum(on for on, _, _ in found) >= 3, "a phase, the code, the panel for copies"
    assert all(on == framed == lined for on, framed, lined in found)
    # The step one is at, in the lines of code and on the seek bar.
    current = page.locator(".code-lines [aria-current]")
    assert current.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    line = "node => getComputedStyle(node).textDecorationLine"
    assert page.locator(".stop.current").evaluate(line) == "underline"
    colours = page.locator(".thumb").evaluate(
        """node => [getComputedStyle(node).borderTopColor,
            getComputedStyle(node.parentNode).backgroundColor]"""
    )
    assert colours[0] != colours[1]
    context.close()
