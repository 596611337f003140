"""Numbers edited by hand on "What is an RNN?": Python recomputes, the picture shows its numbers."""

from collections.abc import Callable

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from rnn_core.tasks import TASKS
from rnn_views.edits.edit import parse_edits
from rnn_views.edits.result import run_edited
from tests.browser.conftest import Visits

SENTENCE = "the film was not good"
Idle = Callable[[Page], None]


def engine(edits: str) -> np.ndarray:
    """The states h_0…h_T the engine computes with these edits, (T+1, H)."""
    task = TASKS["sentiment"]
    network = task.network("rnn", 8, 0)
    return (
        run_edited(task, network, task.encode(SENTENCE), parse_edits(edits))
        .example_run.traces[0]
        .h[:, 0]
    )


def shown(page: Page) -> np.ndarray:
    """The states in the picture, (T+1, H), to the last bit of the float32 that travelled."""
    flat = dict(
        page.locator("rect.cell").evaluate_all(
            "cells => cells.map(cell => [cell.dataset.testid, Number(cell.dataset.value)])"
        )
    )
    steps = max(int(name.split("-")[1]) for name in flat)
    return np.array([[flat[f"cell-{t}-{i}"] for i in range(1, 9)] for t in range(steps + 1)])


def wait_for(page: Page, edits: str) -> None:
    """Wait until the picture shows what the engine makes of the edits."""
    value = float(np.float32(engine(edits)[-1, 4]))
    expect(page.get_by_test_id("cell-5-5")).to_have_attribute("data-value", str(value))
    np.testing.assert_array_equal(shown(page), engine(edits).astype(np.float32))


def open_editor(page: Page) -> Locator:
    page.get_by_test_id("edit").click()
    return page.get_by_test_id("edit-value")


def choose(page: Page, kind: str, *place: int) -> None:
    page.get_by_test_id("edit-kind").select_option(f"0:{kind}")
    for name, part in zip("ab", place, strict=False):
        field = page.get_by_test_id(f"edit-{name}")
        field.fill(str(part))
        field.press("Tab")


def test_a_weight_by_keyboard_moves_all_steps_and_undo_brings_every_bit_back(
    visit: Visits,
) -> None:
    page = visit("unroll#t=3")
    before = shown(page)
    np.testing.assert_array_equal(before, engine("").astype(np.float32))
    value = open_editor(page)
    choose(page, "W_hh", 3, 5)
    value.fill("1.5")
    value.press("Enter")
    wait_for(page, "W_hh.3.5_1.5")
    moved = (shown(page) != before).any(axis=1)
    assert moved.tolist() == [False, False, True, True, True, True]
    expect(page.get_by_test_id("chain")).to_have_attribute("data-t", "3")
    expect(page.get_by_test_id("edit-change")).to_have_text("W_hh[3 → 5]: 0.00 → 1.50")
    expect(page.get_by_test_id("edited")).to_have_count(1)
    value.press("Control+z")
    wait_for(page, "")
    np.testing.assert_array_equal(shown(page), before)
    value.press("Control+y")
    wait_for(page, "W_hh.3.5_1.5")
    page.wait_for_url("**edits=W_hh.3.5_1.5**")
    again = visit(page.url.split("/", 3)[3])
    np.testing.assert_array_equal(shown(again), shown(page))


def test_a_weight_by_mouse(visit: Visits) -> None:
    page = visit("unroll")
    open_editor(page)
    box = page.get_by_test_id("W_hh").bounding_box()
    cell = (box["width"] - 4) / 8
    x, y = box["x"] + 2 + 4.5 * cell, box["y"] + 2 + 2.5 * cell
    page.mouse.move(x, y)
    page.mouse.down()
    for up in (10, 30, 50):
        page.mouse.move(x, y - up)
    page.mouse.up()
    wait_for(page, "W_hh.3.5_0.5")
    expect(page.get_by_test_id("chain")).to_have_attribute("data-zoom", "1")
    page.get_by_test_id("edit-undo").click()
    wait_for(page, "")


def test_arrow_keys_nudge_as_one_edit(visit: Visits) -> None:
    page = visit("unroll")
    value = open_editor(page)
    choose(page, "h0", 5)
    value.focus()
    for _ in range(4):
        value.press("ArrowUp")
    wait_for(page, "h0.5_0.4")
    page.get_by_test_id("edit-undo").click()
    wait_for(page, "")


def test_the_recurrent_wire_is_cut(visit: Visits) -> None:
    page = visit("unroll")
    open_editor(page)
    page.get_by_test_id("edit-factor").focus()
    page.keyboard.press("Home")
    wait_for(page, "loop_0")
    expect(page.get_by_test_id("factor")).to_have_text("× 0, cut")


def test_a_loss_flag_goes_up_by_key_and_away_by_click(visit: Visits) -> None:
    page = visit("unroll#t=2", height=1200)
    open_editor(page)
    page.get_by_test_id("edit-flag").press(" ")
    example_run = run_edited(
        TASKS["sentiment"],
        TASKS["sentiment"].network("rnn", 8, 0),
        TASKS["sentiment"].encode(SENTENCE),
        parse_edits("flag.2_1"),
    ).example_run
    flag = page.get_by_test_id("loss-2")
    expect(flag).to_be_visible()
    assert float(flag.get_attribute("data-value")) == pytest.approx(example_run.losses[1], rel=1e-6)
    page.get_by_test_id("loss-5").locator(".cloth").click(position={"x": 8, "y": 8})
    expect(page.get_by_test_id("loss-5")).to_have_count(0)
    expect(page.get_by_test_id("loss-2")).to_have_count(1)


def test_a_number_out_of_bounds_is_refused_beside_its_field(visit: Visits) -> None:
    page = visit("unroll")
    value = open_editor(page)
    value.fill("1000")
    value.press("Enter")
    expect(page.get_by_text("it goes from −100 to 100")).to_be_visible()
    expect(value).to_have_attribute("aria-invalid", "true")
    np.testing.assert_array_equal(shown(page), engine("").astype(np.float32))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_while_editing(visit: Visits, theme: str) -> None:
    page = visit("unroll?v=1&edits=W_hh.3.5_1.5~h0.2_-0.5~loop_0.5", theme=theme)
    open_editor(page)
    results = Axe().run(page)
    ours = [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in results.response["violations"]
    ]
    assert not ours
