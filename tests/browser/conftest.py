"""One server and one browser for all browser tests.

A test asks for `visit` and opens a page with it:

    def test_title(visit):
        page = visit("unroll", theme="dark", width=390)
        expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_be_visible()

When the test is over, every page it opened must have been free of console errors and of requests
to other hosts; nothing has to be done for that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from scripts.app_server import launch_browser, serve_app, wait_until_idle

PATIENCE = 60_000
"""Milliseconds for what a page has to come to: a busy machine is slow, not wrong."""

expect.set_options(timeout=PATIENCE)


@dataclass
class Visits:
    """Opens pages of the app, and remembers what went wrong on them."""

    browser: Browser
    address: str
    problems: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self,
        path: str = "",
        *,
        theme: str = "light",
        width: int = 1280,
        height: int = 800,
        still: bool = True,
        idle: bool = True,
    ) -> Page:
        """Open a page as a new visitor.

        Parameters
        ----------
        path
            What follows the address and a slash: page, query parameters, fragment.
        theme
            "light" or "dark", as the visitor's system has it.
        width, height
            The window in CSS pixels.
        still
            Whether the visitor's system asks for reduced motion.
        idle
            Whether to wait until the page's script has run to its end.
        """
        context = self.browser.new_context(
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
            reduced_motion="reduce" if still else "no-preference",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("request", self._check_host)
        page.goto(f"{self.address}/{path}")
        if idle:
            wait_until_idle(page)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{message.location['url']}: {message.text}")

    def _check_host(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.address).netloc:
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the app, served from another working directory."""
    with serve_app() as app:
        yield app.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium or Chrome, without a window."""
    with sync_playwright() as playwright:
        browser = launch_browser(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(app_url: str, browser: Browser) -> Iterator[Visits]:
    """Opens pages; fails the test if one of them logs an error or calls another host."""
    visits = Visits(browser, app_url)
    yield visits
    visits.close()
    assert not visits.problems, "errors in the console"
    assert not visits.foreign, "requests to other hosts"


@pytest.fixture(scope="session")
def idle() -> Callable[[Page], None]:
    """Waits until a page's script has run to its end: `idle(page)` after a click."""
    return wait_until_idle
