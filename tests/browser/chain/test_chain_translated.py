"""A browser that translates the page wraps every text in elements of its own: nothing breaks."""

import pytest
from playwright.sync_api import Page

from tests.support.chain_screen import Show, press, root

# As Chromium does it: each text node goes into two <font>, except under translate="no".
TRANSLATE = """node => {
    let wrapped = 0
    const visit = at => {
        if (at.nodeType === Node.ELEMENT_NODE && at.getAttribute("translate") === "no") return
        if (at.nodeType === Node.TEXT_NODE) {
            if (!at.data.trim()) return
            const [outer, inner] = [document.createElement("font"), document.createElement("font")]
            outer.append(inner)
            at.replaceWith(outer)
            inner.append(at.data)
            wrapped += 1
            return
        }
        for (const child of [...at.childNodes]) visit(child)
    }
    visit(node)
    return wrapped
}"""

# What is seen; the table for those who do not see it is written a moment later.
PARTS = "text, td, th, .equation, .legend, .code, .outer, .badge, button, .stop"
SAID = f"""node => [...node.querySelectorAll("{PARTS}")].filter(part =>
    part.getClientRects().length && getComputedStyle(part).visibility !== "hidden"
    && !part.closest(".twin"))
    .map(part => part.textContent)"""


def walk(page: Page, wrap: bool) -> list[list[str]]:
    """Step, change phase, zoom, open panels; what is written after each."""
    said = []
    ways = (
        "ArrowRight",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
        "ArrowLeft",
        "o",
        "o",
        "Enter",
        "Enter",
        "Enter",
        "Escape",
        "Escape",
        "Escape",
        "c",
        "c",
        "Shift+ArrowLeft",
        "Shift+ArrowLeft",
        "r",
        "r",
    )
    for key in ways:
        if wrap:
            root(page).evaluate(TRANSLATE)
        page.keyboard.press(key)
        page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        said.append(root(page).evaluate(SAID))
    return said


@pytest.mark.parametrize("sample", ["sentence", "lstm", "update"])
def test_a_translated_picture_keeps_its_numbers(show: Show, sample: str) -> None:
    said = []
    for height in (802, 803):  # a page of its own for each, with the same past
        page = show(sample, "t=2", height=height)
        press(page, "c")  # the lines of code are fetched when first wanted
        page.get_by_test_id("code").wait_for()
        press(page, "c", "Home")
        wrap = height == 803
        if wrap:
            assert root(page).evaluate(TRANSLATE) > 10, "words are there to be translated"
        said.append(walk(page, wrap=wrap))
    plain, translated = said
    assert translated == plain


def test_numbers_are_not_for_translation(show: Show) -> None:
    page = show("sentence", "t=2&phase=backward")
    left = root(page).evaluate(
        """node => [...node.querySelectorAll(":not([aria-live])")].filter(part =>
            [...part.childNodes].some(child => child.nodeType === 3 && /\\d\\.\\d/.test(child.data))
            && !part.closest("[translate=no]")).map(part => part.textContent)"""
    )
    assert [text for text in left if "px at" not in text] == []
