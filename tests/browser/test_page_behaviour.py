"""What a page does with the window: where it scrolls, which menu is open, where it leads."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.app_server import PAGES
from tests.browser.conftest import Visits

Idle = Callable[[Page], None]
PATIENCE = 30_000
TITLES = (
    "Start",
    "What is an RNN?",
    "Types of RNN",
    "Training",
    "Why not feed-forward?",
    "Memory",
    "Find the bug",
)
IN_VIEW = """([node, share]) => {
  const box = node.getBoundingClientRect()
  const bar = document.querySelector('[data-testid="stHeader"]').getBoundingClientRect().bottom
  const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, bar)
  return seen >= share * Math.min(box.height, innerHeight - bar)
}"""

ON_TOP = """(node) => {
  const { left, top, width, height } = node.getBoundingClientRect()
  return node.contains(document.elementFromPoint(left + width / 2, top + height / 2))
}"""


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def press(page: Page, name: str) -> None:
    main(page).get_by_role("button", name=name).first.click()


def expect_in_view(page: Page, place: Locator, share: float = 0.9) -> None:
    """Wait until so much of a place is in the window as fits there."""
    page.wait_for_function(IN_VIEW, arg=[place.element_handle(), share], timeout=PATIENCE)


def scrolled(page: Page) -> float:
    top: float = main(page).evaluate("(page) => page.scrollTop")
    return top


def to_the_end(page: Page) -> None:
    main(page).evaluate("(page) => page.scrollTo({ top: page.scrollHeight, behavior: 'instant' })")


@pytest.mark.parametrize("still", [True, False])
@pytest.mark.parametrize(
    ("address", "before", "button", "changed"),
    [
        ("train", None, "See the ledger", '[data-testid="ledger-total"]'),
        ("train", None, "Put the sum to the test", ".st-key-panel-check"),
        ("train", None, "Go to the last step", ".st-key-train-chain"),
        ("train?learn=batch", None, "See the ledger", '[data-testid="ledger-total"]'),
        ("unroll", None, "See it as a loop", ".st-key-unroll-chain"),
        ("unroll", None, "Go to the first step", ".st-key-unroll-chain"),
        ("topologies?task=digits", None, "Show one it gets wrong", ".st-key-answer"),
        ("bugs", None, "Next case", ".st-key-bug-symptoms h2"),
    ],
)
def test_a_button_brings_what_it_changes_into_view(
    visit: Visits, address: str, before: str | None, button: str, changed: str, still: bool
) -> None:
    page = visit(address, still=still, height=600)
    if address == "bugs":
        main(page).locator(".st-key-name-row label").nth(1).click()
        press(page, "That is it")
        expect(main(page).locator(".st-key-after-row")).to_be_visible(timeout=PATIENCE)
        to_the_end(page)
        main(page).locator(".st-key-next-case-below button").click()
    else:
        press(page, button)
    expect_in_view(page, page.locator(changed).first)


def test_a_repair_leads_to_its_run(visit: Visits) -> None:
    page = visit("train?view=extremes&extreme=low&foretold=slow&pace=10", height=600)
    place = main(page).get_by_role("button", name="Train it with")
    if not place.count():  # named before it is shown
        main(page).locator(".st-key-options-low button").first.click()
    place.click(timeout=PATIENCE)
    expect(page.locator(".st-key-live-state")).to_contain_text("Training.", timeout=PATIENCE)
    expect_in_view(page, page.locator(".st-key-moving-live-curves"), 0.5)
    press(page, "Stop")


def test_values_in_a_popover_are_shown_when_it_is_opened_late(visit: Visits, idle: Idle) -> None:
    """A popover draws its widgets when it is opened, long after their value was set."""
    wanted = {
        "topologies?task=digits&weights=trained&cell=gru": {"Weights": "Trained", "Cell": "GRU"},
        "unroll?weights=trained&cell=lstm": {"Cell": "LSTM"},
        "memory?hidden=16&start=identity&precision=float32": {
            "Initial W_hh": "identity",
            "Numbers with": "32 bits, as in training",
            "Activation of the vanilla cell": "tanh",
        },
        "train?learn=batch": {"Learn from": "A whole batch"},
    }
    for address, chosen in wanted.items():
        page = visit(address)
        press(page, "Present")
        idle(page)
        press(page, "End presenting")
        idle(page)
        press(page, "More")
        body = page.get_by_test_id("stPopoverBody")
        for label, option in chosen.items():
            group = body.get_by_role("radiogroup", name=label)
            lit = group.locator('[aria-checked="true"]')
            expect(lit, address).to_have_text(option, timeout=PATIENCE)
        if "hidden" in address:
            expect(body.locator(".st-key-memory-hidden input")).to_have_value("16")


def phone(visit: Visits, path: str = "") -> Page:
    return visit(path, width=390, height=844)


def test_on_a_phone_the_menu_closes_with_a_choice_and_starts_closed(
    visit: Visits, idle: Idle
) -> None:
    page = phone(visit)
    side, opener = (
        page.get_by_test_id("stSidebar"),
        page.get_by_role("button", name="Menu", exact=True),
    )
    for title in ("Training", "Memory"):
        expect(side).to_have_attribute("data-collapsed", "true")
        expect(opener).to_be_visible()
        opener.click()
        expect(side).to_have_attribute("data-collapsed", "false")
        side.get_by_role("link", name=title).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=PATIENCE)
        expect(side).to_have_attribute("data-collapsed", "true")
    opener.click()
    expect(side).to_have_attribute("data-collapsed", "false")
    page.reload()
    idle(page)
    expect(side).to_have_attribute("data-collapsed", "true")
    expect(opener).to_be_visible()


def test_every_page_leads_to_the_next_and_the_last_to_the_first(visit: Visits) -> None:
    page = visit()
    for title in (*TITLES[1:], TITLES[0]):
        link = page.locator(".st-key-next-page").get_by_role("link")
        expect(link).to_contain_text(title, timeout=PATIENCE)
        link.click()
        menu = page.get_by_test_id("stTopNavLink").filter(has_text=title)
        expect(menu).to_have_attribute("aria-current", "page", timeout=PATIENCE)


@pytest.mark.parametrize("path", PAGES)
def test_keys_scroll_a_fresh_page(visit: Visits, path: str) -> None:
    for key in ("PageDown", "Space", "End"):
        page = visit(path, height=600)
        assert scrolled(page) == 0
        page.keyboard.press(key)
        page.wait_for_function(
            "document.querySelector('[data-testid=\"stMain\"]').scrollTop > 100", timeout=PATIENCE
        )


@pytest.mark.parametrize("path", PAGES)
def test_the_way_out_of_presenting_is_in_sight_wherever_one_scrolls(
    visit: Visits, idle: Idle, path: str
) -> None:
    page = visit(f"{path}?present=yes", height=600)
    way_out = page.locator(".st-key-end-presenting button:visible").first
    for place in ("0", "page.scrollHeight"):
        main(page).evaluate(f"(page) => page.scrollTo({{ top: {place}, behavior: 'instant' }})")
        page.wait_for_function(ON_TOP, arg=way_out.element_handle(), timeout=PATIENCE)
    way_out.click()
    expect(main(page).get_by_role("button", name="Present").first).to_be_visible(timeout=PATIENCE)


def test_escape_leads_out_of_presenting(visit: Visits) -> None:
    page = visit("bugs?present=yes")
    page.locator(".st-key-end-presenting button").first.wait_for()
    page.keyboard.press("Escape")
    expect(main(page).get_by_role("button", name="Present").first).to_be_visible(timeout=PATIENCE)


def test_the_answer_on_start_keeps_the_words_in_view_and_the_step_is_a_button(
    visit: Visits, idle: Idle
) -> None:
    page = visit()
    page.locator(".st-key-ask-sentence-1 button").click()
    expect(main(page).get_by_text("You predicted")).to_be_visible(timeout=PATIENCE)
    idle(page)
    chain = page.locator(".st-key-start-chain")
    cursor = chain.get_by_role("slider", name="Time step")
    expect(cursor).to_have_attribute("aria-valuenow", "5", timeout=PATIENCE)
    word = chain.locator(".column.current")
    expect_in_view(page, word, 0.99)
    expect_in_view(page, main(page).get_by_text("You predicted"), 1)
    chain.get_by_test_id("next").click()
    expect(cursor).to_have_attribute("aria-valuenow", "6")
    page.locator(".st-key-see-step button").click()
    expect(cursor).to_have_attribute("aria-valuenow", "5", timeout=PATIENCE)
    page.wait_for_url("**/*t=5*")


def test_an_unknown_address_is_named(visit: Visits) -> None:
    page = visit("nopage")
    expect(page.locator(".st-key-rejected")).to_contain_text("There is no page “nopage” here")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("stTopNavLink").filter(has_text="Memory").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Memory", timeout=PATIENCE)
    expect(page.get_by_text("There is no page")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_whoever_draws_sees_what_the_network_says(visit: Visits, width: int, height: int) -> None:
    page = visit("topologies?task=digits", width=width, height=height)
    press(page, "Draw")
    pad = page.get_by_test_id("pad")
    pad.wait_for()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 110, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 105, box["y"] + 160, steps=8)
    page.mouse.up()
    status = page.locator(".board").get_by_role("status")
    expect(status).to_contain_text("The network says 1", timeout=PATIENCE)
    expect(page.get_by_test_id("pad-answer").locator("li")).to_have_count(10)
    for place in (status, page.locator(".board").get_by_role("button", name="Clear")):
        expect_in_view(page, place, 1)
