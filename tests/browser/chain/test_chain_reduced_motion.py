"""Without motion the loop and the chain stand side by side, with lines from one to the other."""

import pytest
from playwright.sync_api import expect

from tests.support.chain_screen import Show, press, root


@pytest.mark.parametrize("sample", ["sentence", "translation-lstm", "long"])
def test_loop_and_chain_stand_side_by_side(show: Show, sample: str) -> None:
    page = show(sample, "t=2&view=rolled")
    segments = page.locator(".segment").all()
    for segment in segments:
        boxes = [
            segment.locator(name).bounding_box()
            for name in (".plate", ".rolled-still", ".columns:not(.rolled-still)")
        ]
        loop = segment.locator(".rolled-still").get_by_test_id("loop")
        assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
        expect(loop).to_have_count(1)
        expect(segment.locator(".columns:not(.rolled-still) [data-testid=loop]")).to_have_count(0)
    expect(page.get_by_test_id("plate")).to_have_count(len(segments))
    expect(page.get_by_test_id("loop").first).to_be_visible()


def test_each_part_of_the_loop_is_led_to_what_it_becomes(show: Show) -> None:
    page = show(look="t=3&view=rolled")
    assert page.locator(".rolled-still").bounding_box()["x"] > 0
    middle = """nodes => nodes.map(node => {
        const box = node.getBoundingClientRect()
        return (box.left + box.right) / 2
    })"""
    expected = page.locator(".columns:not(.rolled-still) .column:not(.start) .time")
    wanted = expected.evaluate_all(middle)
    dots = page.locator(".correspondences .same-dot:not(.W_hh)").evaluate_all(middle)
    assert dots[1:] == pytest.approx(wanted, abs=1)
    wires = [page.get_by_test_id(f"wire-{t}").bounding_box() for t in range(1, 6)]
    loops = page.locator(".correspondences .same-dot.W_hh").evaluate_all(middle)
    for at, wire in zip(loops, wires, strict=True):
        assert wire["x"] < at < wire["x"] + wire["width"]


def test_both_stills_follow_the_step_and_keep_one_of_everything(show: Show) -> None:
    page = show(look="t=1&view=rolled")
    press(page, "ArrowRight")
    still = page.locator(".rolled-still .column.current .time")
    expect(still).to_have_text("t = 2")
    expect(page.get_by_test_id("cell-2-3")).to_have_count(1)
    expect(page.get_by_test_id("cursor")).to_have_count(1)
    twice = page.evaluate(
        """() => {
            const root = [...document.querySelectorAll("*")].map(n => n.shadowRoot)
                .find(s => s?.querySelector(".chain"))
            const ids = [...root.querySelectorAll("[id]")].map(node => node.id)
            return ids.length - new Set(ids).size
        }"""
    )
    assert twice == 0
    press(page, "r")
    expect(page.get_by_test_id("rolled-still")).to_have_count(0)
    expect(root(page)).to_have_attribute("data-view", "chain")


def test_with_motion_the_chain_rolls_up_itself(show: Show) -> None:
    page = show(look="t=2", still=False)
    press(page, "r")
    expect(page.get_by_test_id("loop")).to_be_visible()
    expect(page.get_by_test_id("rolled-still")).to_have_count(0)
    expect(page.get_by_test_id("cell-1-1")).to_be_hidden()
    press(page, "r")


def test_of_a_cut_chain_the_encoder_that_is_not_there_stays_away(show: Show) -> None:
    page = show("translation&cut", "t=4&view=rolled")
    expect(page.get_by_test_id("rolled-still")).to_have_count(1)
    expect(page.get_by_test_id("disconnected")).to_be_visible()
    press(page, "ArrowLeft", "Enter")
    assert [root(page).get_attribute(name) for name in ("data-t", "data-zoom")] == ["3", "1"]
    press(page, "r", "Enter")
    expect(root(page)).to_have_attribute("data-zoom", "1")
