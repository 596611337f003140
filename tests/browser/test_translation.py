"""Pages that a browser translates stay whole, and show the numbers a fresh load shows."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.app_server import PAGES
from tests.browser.conftest import Visits

TRANSLATOR = Path(__file__).with_name("translator.js").read_text("utf-8")
WAYS = ("replaced", "moved", "in place")
LATER = ("train?view=extremes", *(f"memory?part={part}" for part in ("adding", "units", "lags")))
LATER += ("bugs?lab=known",)
SETTINGS = 'button[data-variant="segmented_control"]'


def numbers(page: Page) -> list[str]:
    """The numbers the page shows outside its pictures, in the order in which they are read."""
    return re.findall(r"\d[\d.,]*", page.get_by_test_id("stMain").inner_text())


def assert_whole(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_count(1)


def assert_as_fresh(visit: Visits, page: Page) -> None:
    """The same address, opened by somebody else, shows the same numbers."""
    assert_whole(page)
    fresh = visit(page.url.split("/", 3)[3])
    assert numbers(page) == numbers(fresh), page.url
    fresh.context.close()


def choices(page: Page) -> list[Locator]:
    """Other values of the settings that the page offers side by side."""
    offered = page.get_by_test_id("stMain").locator(f"{SETTINGS}:not([aria-checked=true])")
    return [offered.nth(n) for n in range(offered.count())]


def act(page: Page, idle: Callable[[Page], None], control: Locator) -> None:
    """Change a setting, and wait until the page shows the new address."""
    before = page.url
    control.click()
    page.wait_for_function("before => location.href !== before", arg=before)
    idle(page)


@pytest.mark.parametrize(
    ("path", "way"),
    [
        *((path, "replaced") for path in (*PAGES, *LATER)),
        *((path, way) for path in ("unroll", "memory") for way in WAYS[1:]),
    ],
)
def test_a_translated_page_shows_what_a_fresh_one_does(
    visit: Visits, idle: Callable[[Page], None], path: str, way: str
) -> None:
    page = visit(path)
    page.evaluate(TRANSLATOR, way)
    assert_whole(page)
    for n in range(2):
        if offered := choices(page)[n : n + 1]:
            act(page, idle, offered[0])
            assert_as_fresh(visit, page)
    switches = page.get_by_test_id("stMain").locator("label:has([role=switch])")
    if switches.count():
        act(page, idle, switches.first)
        assert_as_fresh(visit, page)


@pytest.mark.parametrize("way", WAYS)
def test_a_translated_visitor_goes_through_all_pages_and_back(
    visit: Visits, idle: Callable[[Page], None], way: str
) -> None:
    page = visit()
    page.evaluate(TRANSLATOR, way)
    for path in [*PAGES[1:], ""]:
        page.locator(f'a[href$="/{path}"]').first.click()
        page.wait_for_url(re.compile(rf"/{path}([?#]|$)"))
        idle(page)
        assert_whole(page)
    for path in reversed(PAGES[-3:]):
        page.go_back()
        page.wait_for_url(re.compile(rf"/{path}([?#]|$)"))
        idle(page)
        assert_as_fresh(visit, page)


def test_answers_to_questions_come_and_go_while_translated(
    visit: Visits, idle: Callable[[Page], None]
) -> None:
    page = visit("memory")
    page.evaluate(TRANSLATOR, "replaced")
    box = page.locator('[class*="st-key-ask-"]').first
    before = numbers(page)
    again = box.locator('[class*="-again"] button')
    for _ in range(2):
        box.get_by_role("button").first.click()
        expect(again).to_have_count(1)
        idle(page)
        assert_whole(page)
        assert numbers(page) != before
        again.click()
        expect(again).to_have_count(0)
        idle(page)
        assert_whole(page)
        assert numbers(page) == before


def test_regions_of_numbers_are_not_translated(visit: Visits) -> None:
    page = visit("topologies")
    page.evaluate(TRANSLATOR, "replaced")
    assert page.evaluate("window.translations") > 10
    expect(page.locator("code font, .katex font, [data-testid=stTable] font")).to_have_count(0)
    expect(page.get_by_test_id("stTable").first).to_have_attribute("translate", "no")


def test_real_mistakes_still_show(visit: Visits) -> None:
    page = visit()
    assert (
        page.evaluate(
            """() => {
            try { document.body.removeChild(document.createElement("i")); return "silent" }
            catch (error) { return error.name }
        }"""
        )
        == "NotFoundError"
    )
