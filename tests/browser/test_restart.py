"""The server starts again while pages are open: what a visitor does next is done, or is named."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from scripts.app_server import free_port, serve_app, wait_until_idle
from tests.browser.conftest import Visits

PATIENCE = 90_000
Act = Callable[[Page], None]


@dataclass
class Server:
    """A server of its own, that can be started again on its port; and its visitors."""

    browser: Browser
    port: int = field(default_factory=free_port)
    stack: ExitStack = field(default_factory=ExitStack)
    contexts: list[BrowserContext] = field(default_factory=list)
    address: str = ""

    def start(self) -> None:
        self.stack = ExitStack()
        self.address = self.stack.enter_context(serve_app(port=self.port)).address

    def stop(self) -> None:
        self.stack.close()

    def open(self, path: str, *, half_deaf: bool = False) -> Page:
        """Open a page; `half_deaf` takes a session that is gone for one that is there."""
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
        )
        self.contexts.append(context)
        page = context.new_page()
        if half_deaf:
            page.route("**/_unrolled/session*", lambda route: route.fulfill(json={"known": True}))
        page.goto(f"{self.address}/{path}")
        wait_until_idle(page, PATIENCE)
        return page

    def restart(self, *pages: Page) -> None:
        """Start again, and wait until the pages are connected again."""
        self.stop()
        for page in pages:
            expect(page.get_by_test_id("stApp")).not_to_have_attribute(
                "data-test-connection-state", "CONNECTED", timeout=PATIENCE
            )
        self.start()
        for page in pages:
            expect(page.get_by_test_id("stApp")).to_have_attribute(
                "data-test-connection-state", "CONNECTED", timeout=PATIENCE
            )


@pytest.fixture
def server(browser: Browser) -> Iterator[Server]:
    server = Server(browser)
    server.start()
    yield server
    for context in server.contexts:
        context.close()
    server.stop()


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def press(name: str) -> Act:
    return lambda page: main(page).get_by_role("button", name=name).first.click()


def pick(name: str) -> Act:
    return lambda page: main(page).get_by_role("radio", name=name, exact=True).first.click()


def switch(page: Page) -> None:
    main(page).get_by_text("Cut the loop").click()


def type_sentence(page: Page) -> None:
    field = main(page).get_by_label("A sentence of your own")
    field.fill("bad bad good")
    field.press("Enter")


def slide(page: Page) -> None:
    main(page).get_by_role("slider").first.press("ArrowRight")


def choose(page: Page) -> None:
    box = main(page).get_by_role("combobox", name=re.compile("Steps"))
    box.click()
    page.get_by_role("option", name="80", exact=True).click()


def draw(page: Page) -> None:
    main(page).get_by_role("button", name="Draw").click()
    box = page.get_by_test_id("pad").bounding_box()
    assert box
    x, y = box["x"] + 100, box["y"] + 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 120, steps=5)
    page.mouse.up()


def edit(page: Page) -> None:
    chain = page.get_by_test_id("chain").first
    chain.get_by_test_id("edit").click()
    value = chain.get_by_test_id("edit-value")
    value.fill("1.5")
    value.press("Enter")


def cut_chunks(page: Page) -> None:
    chain = page.get_by_test_id("chain").first
    chain.locator(".scroller").press("[")


def predict(page: Page) -> None:
    page.locator('[class*="st-key-ask-low-0"] button').click()


def menu(page: Page) -> None:
    page.get_by_role("link", name="Memory").first.click()


ACTS: dict[str, tuple[str, Act, str]] = {
    "button": ("unroll", press("not bad at all"), r"/unroll\?.*input=not\+bad\+at\+all"),
    "segments": ("unroll", pick("Trained"), r"weights=trained"),
    "text": ("unroll", type_sentence, r"input=bad\+bad\+good"),
    "switch": ("unroll", switch, r"cut=yes"),
    "slider": ("memory", slide, r"factor=1\.1"),
    "list": ("memory", choose, r"steps=80"),
    "topology": ("topologies", pick("One to one"), r"task=digits"),
    "pad": ("topologies?task=digits", draw, r"input=ink"),
    "edit": ("unroll", edit, r"edits=\w+"),
    "request": ("train#phase=backward", cut_chunks, r"truncate=\d"),
    "menu": ("unroll?seed=3", menu, r"/memory(\?|$)"),
    "present": ("bugs", press("Present"), r"present=yes"),
    "compare": ("compare", press("Next"), r"/compare\?.*example=\d"),
    "predict": ("train?view=extremes", predict, r"foretold=\w"),
}


LISTEN = """line => {
    window.said = []
    const note = () => window.said.push(line.textContent)
    new MutationObserver(note).observe(line, { childList: true })
}"""


def do_all(pages: dict[str, Page]) -> None:
    for kind, page in pages.items():
        _, act, _ = ACTS[kind]
        act(page)
    for kind, page in pages.items():
        expect(page, kind).to_have_url(re.compile(ACTS[kind][2]), timeout=PATIENCE)


def test_the_first_act_after_a_restart_is_done(server: Server) -> None:
    pages = {kind: server.open(path) for kind, (path, _, _) in ACTS.items()}
    server.restart(*pages.values())
    do_all(pages)


def test_an_act_that_reaches_a_new_session_first_is_done(server: Server) -> None:
    """The page does not know that its session is gone: the act is the first that is heard."""
    kinds = ("button", "list", "switch", "pad", "edit", "request")
    pages = {kind: server.open(ACTS[kind][0], half_deaf=True) for kind in kinds}
    for kind in ("edit", "request"):
        pages[kind].locator(".unanswered").first.evaluate(LISTEN)
    server.restart(*pages.values())
    do_all(pages)
    for kind in ("edit", "request"):  # a new session does not know the picture's part of the page
        said = pages[kind].evaluate("window.said")
        assert any("The whole page is asked for again" in words for words in said), kind
        expect(pages[kind].locator(".unanswered").first).to_be_hidden()


def record(page: Page) -> str | None:
    return page.evaluate("window.localStorage.getItem('unrolled')")


def answer(page: Page, name: str = "swap") -> Locator:
    return page.locator(f".st-key-ask-{name}-0 button")


def again(page: Page, name: str = "swap") -> Locator:
    return page.locator(f".st-key-ask-{name}-again button")


def test_a_run_in_progress_is_offered_again(server: Server) -> None:
    page = server.open("train?view=live")
    main(page).get_by_role("button", name="Train", exact=True).click()
    expect(page).to_have_url(re.compile(r"update=[1-9]"), timeout=PATIENCE)
    server.restart(page)
    offer = main(page).get_by_role("button", name=re.compile(r"Train to update [1-9]"))
    expect(offer).to_be_visible(timeout=PATIENCE)
    update = re.sub(r"\D", "", offer.inner_text())
    expect(page).to_have_url(re.compile(rf"update={update}(&|$)"))
    press("Present")(page)
    expect(page).to_have_url(re.compile(r"present=yes"), timeout=PATIENCE)
    expect(page).to_have_url(re.compile(rf"update={update}(&|$)"))


def test_a_prediction_comes_back_after_a_restart_and_after_a_reload(server: Server) -> None:
    page = server.open("unroll")
    assert record(page) is None
    answer(page).click()
    expect(again(page)).to_be_visible(timeout=PATIENCE)
    server.restart(page)
    wait_until_idle(page, PATIENCE)
    expect(again(page)).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(again(page)).to_be_visible(timeout=PATIENCE)
    # Another tab of the same visitor learns it too, and what is taken back is gone in both.
    other = page.context.new_page()
    other.goto(f"{server.address}/unroll")
    expect(again(other)).to_be_visible(timeout=PATIENCE)
    again(other).click()
    expect(again(other)).to_have_count(0, timeout=PATIENCE)
    expect(again(page)).to_have_count(0, timeout=PATIENCE)
    assert record(page) is None
    page.reload()
    wait_until_idle(page, PATIENCE)
    expect(again(page)).to_have_count(0)


@pytest.mark.parametrize(
    "before",
    [
        "localStorage.setItem('unrolled', '{')",
        "localStorage.setItem('unrolled', JSON.stringify({ v: 1, kept: [[1], null, ['a', {}]] }))",
        "localStorage.setItem('unrolled', JSON.stringify({ v: 99, kept: [['a', 'b']] }))",
        "Storage.prototype.setItem = () => { throw new DOMException('full') }",
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })",
    ],
)
def test_storage_that_fails_changes_nothing_else(visit: Visits, before: str) -> None:
    page = visit("unroll")
    page.context.add_init_script(before)
    page.reload()
    wait_until_idle(page, PATIENCE)
    answer(page).click()
    expect(again(page)).to_be_visible(timeout=PATIENCE)
    again(page).click()
    expect(again(page)).to_have_count(0, timeout=PATIENCE)


def test_a_first_visit_asks_the_server_for_nothing_more(visit: Visits) -> None:
    """Each message of the browser is a run: one for the visit, one for what is pressed."""
    sent: list[str] = []
    page = visit("bugs")
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("run")))
    page.goto(page.url.replace("bugs", "unroll"))
    wait_until_idle(page, PATIENCE)
    assert len(sent) == 1
    answer(page).click()
    expect(again(page)).to_be_visible(timeout=PATIENCE)
    wait_until_idle(page, PATIENCE)
    assert len(sent) == 2
    page.reload()  # a visitor who comes back sends the record once
    expect(again(page)).to_be_visible(timeout=PATIENCE)
    wait_until_idle(page, PATIENCE)
    assert len(sent) == 4
