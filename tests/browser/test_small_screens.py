"""Pages on every width: nothing goes off sideways, and no field makes a phone zoom."""

import pytest
from playwright.sync_api import Page

from scripts.app_server import PAGES, wait_until_idle
from tests.browser.conftest import Visits
from tests.browser.test_app_pages import sideways

PARTS = (
    *PAGES,
    *("bugs?lab=known", "bugs?tools=check~overfit~permute~count&guess=none"),
    *("train?view=live", "train?view=extremes", "train?panel=check", "train?panel=weights"),
    *("train?learn=batch", "topologies?task=digits", "topologies?task=names"),
    *("memory?part=lags", "memory?part=adding", "memory?part=units", "memory?part=sunspots"),
)
WIDTHS = (320, 360, 390, 480, 600, 700, 768, 1024, 1280, 1920)
SMALL_FIELDS = """() => {
    const small = []
    const look = (root) => {
        for (const one of root.querySelectorAll("*")) {
            if (one.shadowRoot) look(one.shadowRoot)
            const typed = "input:not([type=checkbox], [type=radio], [type=range]), select, textarea"
            if (one.matches(typed) && parseFloat(getComputedStyle(one).fontSize) < 16)
                small.push(one.outerHTML.slice(0, 120))
        }
    }
    look(document)
    return small
}"""


def at_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_function("width => innerWidth === width", arg=width)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


@pytest.mark.parametrize("path", PARTS)
def test_no_page_goes_sideways(visit: Visits, path: str) -> None:
    page = visit(path, width=320, height=800)
    assert page.evaluate(SMALL_FIELDS) == []
    for width in WIDTHS:
        at_width(page, width)
        page.wait_for_function(
            """() => ["html", '[data-testid="stApp"]', '[data-testid="stMain"]']
                .map((s) => document.querySelector(s))
                .every((e) => e.scrollWidth <= e.clientWidth)"""
        )
        assert sideways(page) <= 0


def test_fields_in_popovers_are_large_on_phones(visit: Visits) -> None:
    page = visit("train?view=live", width=390, height=844)
    page.get_by_role("button", name="More").click()
    page.get_by_label("Learning rate").first.wait_for()
    assert page.evaluate(SMALL_FIELDS) == []
    wait_until_idle(page)
