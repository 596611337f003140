"""A long chain in little: what its map shows, and how it leads through the chain."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.chain_screen import Show, press, root


def window(page: Page) -> tuple[float, float]:
    """Which part of the chain the map says is in sight, 0…1."""
    style = page.get_by_test_id("minimap-window").evaluate(
        "node => [node.style.left, node.style.width].map(parseFloat)"
    )
    return style[0] / 100, (style[0] + style[1]) / 100


def in_sight(page: Page) -> list[int]:
    """The steps whose middle stands between the plate and the right edge."""
    return page.locator(".scroller").first.evaluate(
        """scroller => {
            const frame = scroller.getBoundingClientRect()
            const plate = scroller.querySelector(".plate").getBoundingClientRect().right
            return [...scroller.querySelectorAll(".column:not(.start)")].filter(column => {
                const box = column.querySelector(".state").getBoundingClientRect()
                const middle = (box.left + box.right) / 2
                return middle > plate && middle < frame.right
            }).map(column => Number(column.dataset.k))
        }"""
    )


def test_the_map_shows_where_one_is(show: Show) -> None:
    page = show("long", "t=60")
    expect(page.get_by_test_id("minimap")).to_be_visible()
    seen = in_sight(page)
    left, right = window(page)
    assert 60 in seen
    assert left * 100 == pytest.approx(seen[0] - 0.5, abs=1)
    assert right * 100 == pytest.approx(seen[-1] - 0.5, abs=1)


def test_short_chains_have_no_map(show: Show) -> None:
    expect(show("sentence", "t=2").get_by_test_id("minimap")).to_be_hidden()
    rolled = show("long", "t=2&view=rolled", still=False)
    expect(rolled.get_by_test_id("minimap")).to_be_hidden()


def test_dragging_the_map_moves_the_chain_and_not_the_step(show: Show) -> None:
    page = show("long", "t=60")
    box = page.get_by_test_id("minimap").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    page.mouse.down()
    page.wait_for_function(SIGHT, arg=[20])
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=4)
    page.wait_for_function(SIGHT, arg=[80])
    page.mouse.up()
    expect(root(page)).to_have_attribute("data-t", "60")
    press(page, "ArrowRight")
    page.wait_for_function(SIGHT, arg=[61])


SIGHT = """([k]) => {
    const holders = [...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)
    const scroller = holders.map(root => root.querySelector(".scroller")).find(Boolean)
    const box = scroller.querySelector(`.column[data-k="${k}"]`).getBoundingClientRect()
    const frame = scroller.getBoundingClientRect()
    return box.left > frame.left + 100 && box.right < frame.right
}"""


def test_the_map_keeps_what_is_not_reached_covered(show: Show) -> None:
    page = show("long", "t=60")
    cover = page.locator(".unseen").first
    read = "node => [node.style.left, node.style.width].map(parseFloat)"
    assert cover.evaluate(read) == [60, 40]
    page = show("long", "t=60&phase=backward")
    assert cover.evaluate(read) == [0, 59]
