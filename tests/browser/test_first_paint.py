"""What a visitor sees before Streamlit has drawn anything: the page's title, its theme's ground."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from rnn_views.theme import DARK, LIGHT, channels
from rnn_views.ui.shell.navigation import page_titles
from scripts.app_server import PAGES, wait_until_idle
from tests.browser.conftest import Visits

GROUND = "getComputedStyle(document.documentElement).backgroundColor"
SCHEME = "getComputedStyle(document.documentElement).colorScheme"
GROUNDS = {
    theme: f"rgb({', '.join(map(str, channels(palette.background)))})"
    for theme, palette in (("light", LIGHT), ("dark", DARK))
}


@pytest.fixture
def before_streamlit(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """Gives browsers in which Streamlit's scripts never arrive."""
    opened: list[BrowserContext] = []

    def open_context(theme: str) -> BrowserContext:
        context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
        context.route(re.compile(r"/static/js/"), lambda route: route.abort())
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_title_and_ground_come_first(
    app_url: str, before_streamlit: Callable[[str], BrowserContext], path: str, theme: str
) -> None:
    page = before_streamlit(theme).new_page()
    page.goto(f"{app_url}/{path}", wait_until="domcontentloaded")
    assert page.title() == page_titles()[path]
    assert page.title().endswith(" · Unrolled")
    assert page.evaluate(GROUND) == GROUNDS[theme]
    assert page.evaluate(SCHEME) == theme


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_the_visitors_choice_of_theme_comes_first(
    app_url: str, before_streamlit: Callable[[str], BrowserContext], chosen: str
) -> None:
    context = before_streamlit("light" if chosen == "dark" else "dark")
    context.add_init_script(
        f"localStorage.setItem('stActiveTheme-/memory-v2', JSON.stringify('{chosen.title()}'))"
    )
    page = context.new_page()
    page.goto(f"{app_url}/memory", wait_until="domcontentloaded")
    assert page.evaluate(GROUND) == GROUNDS[chosen]


def test_the_key_of_the_choice_is_streamlits_own(visit: Visits) -> None:
    page = visit("memory", theme="light")
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_test_id("stMainMenuItem-theme-Dark").click()
    app = page.get_by_test_id("stApp")
    expect(app).to_have_css("background-color", GROUNDS["dark"])
    page.wait_for_function(f"ground => {GROUND} === ground", arg=GROUNDS["dark"])
    page.route(
        re.compile(r"/static/js/"),
        lambda route: route.fulfill(body="", content_type="text/javascript"),
    )
    page.goto(page.url, wait_until="domcontentloaded")
    assert page.evaluate(GROUND) == GROUNDS["dark"]


def test_streamlit_draws_in_our_colours_from_the_start(visit: Visits) -> None:
    page = visit("memory", theme="dark", idle=False)
    app = page.get_by_test_id("stApp")
    app.wait_for()
    assert app.evaluate("e => getComputedStyle(e).backgroundColor") == GROUNDS["dark"]


def entries(page: Page) -> list[str]:
    """The titles in the browser's history, oldest first."""
    session = page.context.new_cdp_session(page)
    return [entry["title"] for entry in session.send("Page.getNavigationHistory")["entries"]]


def test_each_entry_of_the_history_has_its_pages_title(
    visit: Visits, idle: Callable[[Page], None]
) -> None:
    page, titles = visit(), page_titles()
    for path in ("memory", "bugs"):
        page.locator(f'a[href$="/{path}"]').first.click()
        page.wait_for_url(re.compile(rf"/{path}([?#]|$)"))
        idle(page)
        expect(page).to_have_title(titles[path])
    assert [title for title in entries(page) if title in titles.values()] == [
        titles[path] for path in ("", "memory", "bugs")
    ]
    page.go_back()
    expect(page).to_have_title(titles["memory"])
    wait_until_idle(page)
    expect(page).to_have_title(titles["memory"])
    page.reload()
    idle(page)
    expect(page).to_have_title(titles["memory"])
