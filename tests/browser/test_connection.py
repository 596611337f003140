"""Where the app cannot connect, the page says why, and what whoever runs the server can do."""

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from scripts.app_server import ROOT, LiveApp, serve_app, wait_until_idle

PATIENCE = 60_000  # milliseconds: the page waits for eight seconds first
NOTICE = "#no-connection"


@pytest.fixture
def own_page(browser: Browser) -> Iterator[Page]:
    """A page whose console may complain."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def notice_of(page: Page, cause: str) -> Locator:
    notice = page.locator(f"{NOTICE}[data-cause={cause}]")
    expect(notice).to_be_visible(timeout=PATIENCE)
    expect(notice).to_have_role("alert")
    expect(notice).to_contain_text("no connection to its server")
    expect(notice).to_contain_text("For whoever runs the server")
    return notice


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_blocked_websocket_is_named_and_the_message_goes(
    app_url: str, own_page: Page, scheme: str
) -> None:
    blocked = [True]

    def pass_on(route: WebSocketRoute) -> None:
        if blocked[0]:
            route.close()
        else:
            route.connect_to_server()

    own_page.emulate_media(color_scheme=scheme)
    # Playwright accepts a websocket before a route can close it, so the test of the page's own
    # has to fail as well: by an address at which nobody answers.
    own_page.add_init_script(
        """const Real = WebSocket
        window.WebSocket = class extends Real {
          constructor(address, ...rest) {
            super(String(address).includes("echo") && !window.open_again
              ? "ws://127.0.0.1:9/" : address, ...rest)
          }
        }"""
    )
    own_page.route_web_socket(re.compile("_stcore/stream"), pass_on)
    own_page.goto(app_url)
    notice = notice_of(own_page, "blocked")
    expect(notice).to_contain_text("websocket")
    expect(notice).to_contain_text('proxy_set_header Connection "upgrade"')
    blocked[0] = False
    expect(notice).to_have_count(0, timeout=PATIENCE)
    wait_until_idle(own_page)


def test_a_name_that_a_proxy_changes_is_named(app_url: str, own_page: Page) -> None:
    own_page.route_web_socket(re.compile("_stcore/stream"), lambda route: route.close())
    own_page.route(
        "**/_unrolled/connection",
        lambda route: route.fulfill(json={"host": "127.0.0.1:8501", "full": ""}),
    )
    own_page.goto(app_url)
    notice = notice_of(own_page, "host")
    expect(notice).to_contain_text("the server reads 127.0.0.1:8501")
    expect(notice).to_contain_text("proxy_set_header Host $http_host")


def test_a_full_server_is_named(app_url: str, own_page: Page) -> None:
    def format_full(route: Route) -> None:
        answer = route.fetch().json()
        route.fulfill(json=answer | {"full": "Unrolled is full: try again."})

    own_page.route_web_socket(re.compile("_stcore/stream"), lambda route: route.close())
    own_page.route("**/_unrolled/connection", format_full)
    own_page.goto(app_url)
    expect(notice_of(own_page, "full")).to_contain_text("Unrolled is full")


def test_a_proxy_that_answers_itself_is_named(app_url: str, own_page: Page) -> None:
    own_page.route_web_socket(re.compile("_stcore/stream"), lambda route: route.close())
    own_page.route(
        "**/_unrolled/connection",
        lambda route: route.fulfill(status=502, body="<script>alert(1)</script>"),
    )
    own_page.goto(app_url)
    notice = notice_of(own_page, "proxy")
    expect(notice).to_contain_text("with status 502")
    expect(notice.locator("script")).to_have_count(0)


def test_scripts_that_do_not_load_are_named(app_url: str, own_page: Page) -> None:
    own_page.route("**/static/js/**", lambda route: route.abort())
    own_page.goto(app_url)
    notice_of(own_page, "scripts")


def test_a_server_that_is_gone_is_named_and_found_again(own_page: Page) -> None:
    def serve(port: int | None = None) -> object:
        return serve_app(
            *(sys.executable, "-m", "uvicorn", "app:app", "--app-dir", str(ROOT)),
            *("--port", "{port}", "--ws", "websockets-sansio"),
            port=port,
        )

    with serve() as app:
        assert isinstance(app, LiveApp)
        own_page.goto(app.address)
        wait_until_idle(own_page)
        expect(own_page.locator(NOTICE)).to_have_count(0)
    notice = notice_of(own_page, "gone")
    expect(notice).to_contain_text("does not answer")
    with serve(int(app.address.rpartition(":")[2])):
        expect(notice).to_have_count(0, timeout=2 * PATIENCE)


def test_nothing_is_said_where_all_is_well(app_url: str, own_page: Page) -> None:
    """Also not when Streamlit's words for a connection change."""
    own_page.clock.install()
    own_page.goto(app_url)
    own_page.clock.run_for(30_000)
    wait_until_idle(own_page)
    expect(own_page.locator(NOTICE)).to_have_count(0)
