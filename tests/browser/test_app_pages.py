"""Every page in a real browser: it opens by its link, in both themes, on every screen."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scripts.app_server import PAGES, ROOT, serve_app, wait_until_idle
from tests.browser.conftest import Visits

PRESENT = [path for path in PAGES if (ROOT / "pages" / f"{path or 'start'}.py").exists()]
# Rules that Streamlit's own elements break, and the elements: st.table leaves the header of the
# index empty, and its box cannot be scrolled by keyboard.
STREAMLITS_OWN = {
    "empty-table-header": '[data-testid="stTable"]',
    "scrollable-region-focusable": '[data-testid="stTable"]',
}


def assert_page_works(page: Page) -> None:
    main = page.get_by_test_id("stMain")
    expect(main.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def sideways(page: Page) -> int:
    """How far the page scrolls sideways, in CSS pixels."""
    return page.evaluate(
        """() => Math.max(...["html", '[data-testid="stApp"]', '[data-testid="stMain"]']
            .map(s => document.querySelector(s)).map(e => e.scrollWidth - e.clientWidth))"""
    )


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong inside the page's own content."""
    found = Axe().run(page, context=[['[data-testid="stMain"]']]).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
        if not is_streamlits_own(page, rule["id"], node["target"])
    ]


def is_streamlits_own(page: Page, rule: str, target: list[str | list[str]]) -> bool:
    """Whether the fault lies in a part of Streamlit that a page cannot change."""
    place = target[0]
    if rule not in STREAMLITS_OWN or isinstance(place, list):  # a list leads into a shadow root
        return False
    return page.evaluate(
        "([place, part]) => !!document.querySelector(place).closest(part)",
        [place, STREAMLITS_OWN[rule]],
    )


@pytest.mark.parametrize("path", PRESENT)
def test_opens_by_its_link_in_light_and_fits_a_projector(visit: Visits, path: str) -> None:
    page = visit(path)
    assert_page_works(page)
    assert not violations(page)
    page.set_viewport_size({"width": 800, "height": 600})
    assert_page_works(page)
    assert sideways(page) <= 0


@pytest.mark.parametrize("path", PRESENT)
def test_fits_a_phone_in_dark(visit: Visits, path: str) -> None:
    page = visit(path, theme="dark", width=390, height=844)
    assert_page_works(page)
    assert sideways(page) <= 0
    assert not violations(page)


def test_menu_leads_to_every_page(visit: Visits, idle: Callable[[Page], None]) -> None:
    page = visit()
    for path in [*PRESENT[1:], ""]:
        page.locator(f'a[href$="/{path}"]').first.click()
        page.wait_for_url(re.compile(rf"/{path}([?#]|$)"))
        idle(page)
        assert_page_works(page)


def test_theme_follows_the_system(visit: Visits) -> None:
    def background(theme: str) -> str:
        page = visit(theme=theme)
        return page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")

    assert background("light") == "rgb(255, 255, 255)"
    assert background("dark") == "rgb(16, 21, 29)"


def test_deep_link_opens_on_a_cold_server(browser: Browser) -> None:
    with serve_app() as app:
        page = browser.new_page()
        page.goto(f"{app.address}/{PRESENT[-1]}?seed=3")
        wait_until_idle(page)
        assert_page_works(page)
        names = page.get_by_test_id("stApp").inner_text()
        assert "main.py" not in names
        assert "start" not in names.splitlines()  # a raw file name instead of a title
        page.close()


def test_checkers_can_fail(visit: Visits) -> None:
    page = visit()
    page.get_by_test_id("stMain").evaluate(
        'e => { e.innerHTML = \'<img src="data:,"><div style="width: 3000px">wide</div>\' }'
    )
    assert sideways(page) > 0
    assert any(found.startswith("image-alt") for found in violations(page))
