"""Live training in a real browser: it moves, waits, makes single updates, stops and arrives."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from rnn_core.tasks import TASKS
from rnn_views.links.codec import Settings
from rnn_views.ui.runs.config import setup_of
from tests.browser.conftest import Visits
from tests.browser.test_app_pages import violations

Idle = Callable[[Page], None]
PATIENCE = 60_000


def press(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).click()


def state(page: Page) -> Locator:
    return page.locator(".st-key-live-state")


def update_in(text: str) -> int:
    found = re.search(r"update ([\d,]+)", text)
    assert found, text
    return int(found[1].replace(",", ""))


def updates_of(key: str) -> int:
    """Updates of a whole run."""
    return setup_of(Settings(task=key)).updates


def expect_state(page: Page, words: str) -> int:
    expect(state(page)).to_contain_text(words, timeout=PATIENCE)
    return update_in(state(page).inner_text())


def test_a_run_reaches_its_target_before_the_visitors_eyes(visit: Visits, idle: Idle) -> None:
    page = visit("train?view=live&task=german")
    expect(page.locator(".curves svg")).to_be_visible()
    press(page, "Train")
    expect(page.locator(".curves svg path").first).to_be_attached(timeout=PATIENCE)
    expect(page.get_by_text("reaches the target")).to_be_visible(timeout=PATIENCE)
    idle(page)
    shown = page.get_by_test_id("stMetricValue").first.inner_text()
    assert float(shown.removesuffix("\u00a0%")) >= 100 * TASKS["german"].target
    expect(page.locator(".curves svg path").first).to_be_visible()
    page.wait_for_url(lambda url: f"update={updates_of('german')}" in url)
    press(page, "Look inside your network")
    idle(page)
    badge = page.get_by_test_id("badge")
    expect(badge).to_have_text(f"trained by you, update {updates_of('german'):,}")


def test_pause_single_updates_stop_and_start_again(visit: Visits, idle: Idle) -> None:
    page = visit("train?view=live&task=sentiment&pace=100")
    press(page, "Train")
    page.wait_for_url(re.compile(r"update=[1-9]"), timeout=PATIENCE)
    press(page, "Pause")
    waiting = expect_state(page, "Waiting at update")
    idle(page)
    assert expect_state(page, "Waiting at update") == waiting
    press(page, "One update")
    expect(state(page)).to_contain_text(f"Waiting at update {waiting + 1:,}")
    press(page, "Continue")
    expect(state(page)).to_contain_text("Training.")
    press(page, "Stop")
    stopped = expect_state(page, "Stopped at update")
    assert waiting < stopped < updates_of("sentiment")
    idle(page)
    expect(page.get_by_text("Your network, test accuracy")).to_be_visible()
    page.get_by_role("slider", name="Time machine").press("Home")
    page.wait_for_url(re.compile("update=0(&|$|#)"))
    idle(page)
    press(page, "Back to update 0")
    expect(state(page)).to_contain_text("Not begun")


def test_the_curves_are_redrawn_where_they_stand(visit: Visits) -> None:
    page = visit("train?view=live&task=sentiment&pace=100")
    page.locator(".curves").evaluate("(holder) => { holder.marked = true }")
    press(page, "Train")
    points = page.locator(".curves svg path").first
    expect(points).to_be_attached(timeout=PATIENCE)
    before = points.get_attribute("d")
    page.wait_for_function(
        """([before]) => {
            const host = [...document.querySelectorAll("*")].find(
                (one) => one.shadowRoot?.querySelector(".curves svg path"));
            const now = host?.shadowRoot.querySelector(".curves svg path").getAttribute("d");
            return now && now !== before;
        }""",
        arg=[before],
        timeout=PATIENCE,
    )
    assert page.locator(".curves").evaluate("(holder) => holder.marked") is True
    page.wait_for_url(re.compile(r"update=[1-9]"))  # noted while it goes on
    press(page, "Pause")
    waiting = expect_state(page, "Waiting at update")
    page.wait_for_url(re.compile(rf"update={waiting}(&|$|#)"))


def test_loaded_again_in_mid_run_the_page_trains_to_where_it_was(visit: Visits) -> None:
    page = visit("train?view=live&task=sentiment&pace=100")
    press(page, "Train")
    page.wait_for_url(re.compile(r"update=[1-9]"), timeout=PATIENCE)
    page.reload()
    reached = expect_state(page, "This link was made at update")
    press(page, f"Train to update {reached:,}")
    assert expect_state(page, "Waiting at update") == reached


def test_leaving_the_page_interrupts_and_nothing_is_lost(visit: Visits, idle: Idle) -> None:
    page = visit("train?view=live&task=sentiment&pace=100")
    press(page, "Train")
    expect(page.locator(".curves svg path").first).to_be_attached(timeout=PATIENCE)
    page.get_by_role("link", name="Types of RNN").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Types of RNN", timeout=PATIENCE)
    idle(page)
    page.get_by_role("link", name="Training").first.click()
    expect_state(page, "Training was interrupted at update")
    idle(page)
    press(page, "Continue")
    expect(state(page)).to_contain_text("Training.")
    press(page, "Stop")
    expect_state(page, "Stopped at update")


def test_both_networks_train_in_one_go(visit: Visits, idle: Idle) -> None:
    page = visit("compare?task=digit-rows")
    press(page, "about 75\u00a0%")
    expect(page.get_by_text("You predicted")).to_be_visible()
    press(page, "Train both")
    made = f"{updates_of('digit-rows'):,}"
    expect(page.get_by_text(f"All {made} updates are made")).to_be_visible(timeout=PATIENCE)
    idle(page)
    ours, theirs = (
        float(page.get_by_test_id("stMetricValue").nth(n).inner_text().removesuffix("\u00a0%"))
        for n in (0, 1)
    )
    assert ours >= 100 * TASKS["digit-rows"].target > theirs
    expect(page.get_by_test_id("badge")).to_have_text([f"trained by you, update {made}"] * 2)


def test_the_live_view_is_accessible_in_dark(visit: Visits, idle: Idle) -> None:
    page = visit("train?view=live&task=digits", theme="dark")
    press(page, "Train")
    expect(page.get_by_text("Your network, test accuracy")).to_be_visible(timeout=PATIENCE)
    idle(page)
    page.locator(".curves svg path").first.wait_for()
    assert violations(page) == []
