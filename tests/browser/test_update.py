"""Pointing at the picture of one update: boundaries dragged, words switched, entries checked."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits

Idle = Callable[[Page], None]


def wait_for_query(page: Page, name: str, value: str) -> None:
    page.wait_for_url(re.compile(rf"[?&]{name}={re.escape(value)}(&|#|$)"))


def test_a_chunk_boundary_is_dragged_and_the_gradient_stops_there(
    visit: Visits, idle: Idle
) -> None:
    page = visit("train#t=1&phase=backward")
    assert float(page.get_by_test_id("gradient-3").get_attribute("data-norm")) > 0
    grip = page.get_by_test_id("chunk-grip-5").bounding_box()
    three, four = (page.get_by_test_id(f"x-{t}").bounding_box() for t in (3, 4))
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move((three["x"] + four["x"] + four["width"]) / 2, grip["y"], steps=6)
    expect(page.get_by_test_id("chunk-note")).to_have_text("a boundary every 3 steps")
    page.mouse.up()
    wait_for_query(page, "truncate", "3")
    idle(page)
    wire = page.get_by_test_id("gradient-3")
    expect(wire).to_have_attribute("data-norm", "0")
    expect(wire).to_have_class(re.compile("zero"))
    assert float(page.get_by_test_id("gradient-4").get_attribute("data-norm")) > 0
    expect(page.get_by_test_id("wire-4")).to_have_count(1)
    expect(page.get_by_test_id("chunk-3")).to_be_visible()
    expect(page.get_by_test_id("legend-chunk")).to_be_visible()
    expect(page.get_by_text("With boundaries")).to_be_visible()


def test_a_boundary_is_moved_by_key_and_taken_away(visit: Visits, idle: Idle) -> None:
    page = visit("train?truncate=4#t=2&phase=backward")
    page.locator(".scroller").focus()
    page.keyboard.press("[")
    wait_for_query(page, "truncate", "3")
    expect(page.get_by_test_id("chunk-3")).to_be_attached()
    idle(page)
    for k in ("4", "auto"):
        page.locator(".scroller").focus()
        page.keyboard.press("]")
        wait_for_query(page, "truncate", k)
        idle(page)
    expect(page.locator(".chunk:not(.idle)")).to_have_count(0)


def test_a_word_fed_is_switched_in_the_picture(visit: Visits, idle: Idle) -> None:
    page = visit("train?task=french#t=4&phase=forward")
    switch = page.locator("[data-testid^=feed-][data-testid$='4']").first
    expect(page.get_by_test_id("x-4")).to_have_class(re.compile("fed-target"))
    switch.click()
    wait_for_query(page, "own", "4")
    expect(page.get_by_test_id("x-4")).to_have_class(re.compile("fed-own"))
    expect(page.get_by_test_id("feedback-4")).to_be_attached()
    idle(page)
    page.locator(".scroller").focus()
    page.keyboard.press("t")
    page.wait_for_url(lambda url: "own=" not in url)
    expect(page.get_by_test_id("x-4")).to_have_class(re.compile("fed-target"))


def test_an_entry_that_is_clicked_goes_under_the_gradient_check(visit: Visits, idle: Idle) -> None:
    page = visit("train#t=1&phase=backward", height=1400)
    plate = page.get_by_test_id("W_hh").bounding_box()
    total = page.locator(".ledger-total .frame").bounding_box()
    for box, share in ((plate, 0.2), (total, 0.7)):
        x, y = box["x"] + share * box["width"], box["y"] + 0.4 * box["height"]
        page.mouse.move(x, y)
        named = page.locator(".inspector strong").inner_text()
        row, column = re.search(r"W_hh\[(\d+) → (\d+)\]", named).groups()
        page.mouse.click(x, y)
        page.wait_for_url(re.compile(f"row={row}&column={column}&.*panel=check"))
        idle(page)
        expect(page.get_by_text(f"dW_hh[{row} → {column}] = ").first).to_be_visible()


def test_the_ledger_keeps_the_sum_the_last_or_the_mean_and_is_checked(visit: Visits) -> None:
    page = visit("train#t=1&phase=backward", height=1100)
    verdict = page.get_by_test_id("share-verdict")
    for share in ("sum", "last", "mean"):
        page.get_by_test_id(f"share-{share}").click()
        expect(page.get_by_test_id(f"share-{share}")).to_have_attribute("aria-pressed", "true")
        expect(verdict).to_have_text("")
    page.wait_for_url("**share=mean*")
    caption = page.locator(".ledger-total text")
    expect(caption).to_contain_text("mean")
    # Nothing is told before one has said which it will be.
    page.get_by_test_id("share-check").click()
    expect(verdict).to_have_text("")
    page.get_by_test_id("share-guess-mean").click()
    expect(verdict).to_contain_text(
        "You predicted “mean of the steps”. The answer is “all steps summed”"
    )
    for share, told in (("sum", "passes"), ("last", "fails"), ("mean", "fails")):
        expect(page.get_by_test_id(f"share-row-{share}")).to_contain_text(told)
    page.get_by_test_id("share-again").click()
    expect(verdict).to_have_text("")
    page.get_by_test_id("share-guess-sum").click()
    expect(verdict).to_contain_text("Correct")
    # Another weight is another question: nothing is graded that was not asked.
    page.get_by_test_id("chain").press("w")
    expect(verdict).to_have_text("")
    expect(page.get_by_test_id("share-check")).to_be_visible()
