"""A server with nothing but chains, and pages that are led from view to view."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from scripts.app_server import ROOT, serve_app
from tests.browser.conftest import Visits
from tests.support.chain_screen import Show


@pytest.fixture(scope="session")
def stage_url() -> Iterator[str]:
    """The address of a page with nothing but a chain."""
    command = (sys.executable, "-m", "uvicorn", "tests.browser.chain.stage.app:app")
    with serve_app(*command, "--app-dir", str(ROOT), "--port", "{port}") as stage:
        yield stage.address


@pytest.fixture(scope="session")
def visits(stage_url: str, browser: Browser) -> Iterator[Visits]:
    visits = Visits(browser, stage_url)
    yield visits
    visits.close()


@pytest.fixture(scope="session")
def opened() -> dict[tuple, Page]:
    """The pages that are open."""
    return {}


@pytest.fixture
def show(visits: Visits, opened: dict[tuple, Page]) -> Iterator[Show]:
    """Shows a sample: `show("name", "t=3&phase=backward", theme="dark")`.

    A page that is open already is led there by its address, as a link in the text would do it.
    """

    def show_sample(sample: str = "sentence", look: str = "t=1", **how) -> Page:
        wanted = (sample, *sorted(how.items()))
        page = opened.get(wanted)
        if page:
            page.mouse.move(0, 0)
            page.evaluate(LEAD, look)
        else:
            page = opened[wanted] = visits(f"?sample={sample}#{look}", **how)
        page.wait_for_selector("[data-testid=chain][data-t]")
        return page

    yield show_sample
    assert not visits.problems, "errors in the console"
    assert not visits.foreign, "requests to other hosts"


# The picture has followed once it has heard of the new address, and drawn.
LEAD = """async look => {
    location.hash = ""
    const heard = new Promise(done => addEventListener("hashchange", function hear({ newURL }) {
        if (newURL !== location.href) return  // that of the empty one before
        removeEventListener("hashchange", hear)
        done()
    }))
    location.hash = look
    await heard
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
}"""
