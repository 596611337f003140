"""Each gesture of editing with each cell: the picture shows what the engine computes."""

import numpy as np
import pytest
from playwright.sync_api import expect

from scripts.app_server import wait_until_idle
from tests.browser.conftest import Visits
from tests.support.editing_screen import Bench, expect_flags, sentiment

CELLS = ("rnn", "gru", "lstm")
WIDE = {"rnn": 8, "gru": 24, "lstm": 32}


@pytest.fixture(params=CELLS)
def cell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(visit: Visits, cell: str) -> Bench:
    return sentiment(visit(f"unroll?v=1&cell={cell}", height=1200), cell)


def test_every_kind_of_number_is_set_in_the_panel(bench: Bench, cell: str) -> None:
    bench.open()
    last = WIDE[cell]
    kinds: dict[str, tuple[int, ...]] = {
        "W_hh": (3, last), "W_xh": (40, last - 1), "b_h": (last,), "W_hy": (8, 2), "b_y": (1,),
        "h0": (5,), "x": (3, 7),
    }  # fmt: skip
    kinds |= {"gru": {"b_hn": (2,)}, "lstm": {"c0": (2,)}}.get(cell, {})
    offered = bench.get("edit-kind").locator("option").evaluate_all("all => all.map(o => o.value)")
    assert {name.split(":")[1] for name in offered} == set(kinds)
    edits = []
    for kind, place in kinds.items():
        bench.set(kind, place, 1.25)
        edits.append(".".join([kind, *map(str, place)]) + "_1.25")
        bench.agrees("~".join(edits))
        assert float(bench.get("edit-value").input_value()) == 1.25
    p = bench.example_run("~".join(edits)).traces[0].logits
    shown = (
        bench.get("y-5")
        .locator(".class")
        .evaluate_all("all => all.map(one => [Number(one.dataset.class), Number(one.dataset.p)])")
    )
    odds = np.exp(p[-1, 0]) / np.exp(p[-1, 0]).sum()
    for c, share in shown:
        assert share == pytest.approx(odds[c], rel=1e-5)
    bench.get("edit-reset").click()
    bench.agrees("")


def test_numbers_are_dragged_where_they_are_drawn(bench: Bench, cell: str) -> None:
    bench.open()
    shape = (8, WIDE[cell])
    old = float(bench.network.segments[0].params.W_hh[2, 4])
    bench.drag(*bench.entry("W_hh", shape, 3, 5), 50)
    weight = f"W_hh.3.5_{round(float(np.float32(old)) + 0.5, 4):.6g}"
    bench.agrees(weight)
    bench.drag(*bench.middle("cell-0-6"), -70)
    bench.agrees(f"{weight}~h0.6_-0.7")
    if cell == "lstm":
        bench.drag(*bench.middle("c-0-2"), 20)
        bench.agrees(f"{weight}~h0.6_-0.7~c0.2_0.2")
        np.testing.assert_array_equal(
            bench.states("c"), bench.expected(f"{weight}~h0.6_-0.7~c0.2_0.2", "c")
        )
        bench.undo()
    for left in (weight, ""):
        bench.undo()
        bench.agrees(left)
    expect(bench.chain).to_have_attribute("data-zoom", "1")


def test_the_wire_is_dragged_weak_and_cut_and_mended_by_button(bench: Bench) -> None:
    bench.open()
    x, y = bench.middle("wire-3")
    bench.drag(x, y, -50)
    bench.agrees("loop_0.5")
    expect(bench.get("factor")).to_have_text("× 0.5")
    bench.get("edit-cut").click()
    bench.agrees("loop_0.5~loop_0")
    expect(bench.get("factor")).to_have_text("× 0, cut")
    bench.get("edit-cut").click()
    bench.agrees("")
    expect(bench.get("factor")).to_have_count(0)
    bench.undo()
    bench.agrees("loop_0")


def test_w_hh_is_untied_and_one_copy_edited(bench: Bench, cell: str) -> None:
    bench.open()
    bench.get("edit-untie").press(" ")
    for t in range(1, 6):
        expect(bench.get(f"copy-{t}")).to_be_visible()
    bench.agrees("untie_5")
    size = 8 * WIDE[cell]
    segment = bench.example_run("untie_5").network.segments[0]
    told = bench.get("edit-told")
    expect(told).to_contain_text(f"5 × {size} = {5 * size:,} weights in place of {size}")
    expect(told).to_contain_text(
        f"{segment.size:,} parameters in place of {segment.size - 4 * size:,}"
    )
    expect(told).to_contain_text("Step 6 has no W_hh")
    expect(bench.get("missing")).to_contain_text("t = 6: no W_hh.")
    before = bench.states()
    bench.set("copy", (4, 2, 3), -2)
    bench.agrees("untie_5~copy.4.2.3_-2")
    moved = (bench.states() != before).any(axis=1)
    assert moved.tolist() == [False, False, False, False, True, True]
    expect(bench.get("edit-moved")).to_have_text("states moved: t = 4, t = 5")
    bench.get("edit-untie").press(" ")
    bench.agrees("")
    expect(bench.get("copy-1")).to_have_count(0)
    bench.undo()
    bench.agrees("untie_5~copy.4.2.3_-2")


def test_flags_are_dragged_on_and_off(bench: Bench) -> None:
    bench.open()
    flag = bench.get("loss-5").locator(".cloth").bounding_box()
    x, _ = bench.middle("x-2")
    mouse = bench.page.mouse
    mouse.move(flag["x"] + 8, flag["y"] + 8)
    mouse.down()
    mouse.move(x + 30, flag["y"] + 30)
    mouse.move(x, flag["y"] + 30)
    expect(bench.chain.get_by_test_id("drag-note")).to_have_text("⚑ at t = 2")
    mouse.up()
    expect_flags(bench, [2])
    losses = bench.example_run("flag.2_1~flag.5_0").losses
    shown = float(bench.get("loss-2").get_attribute("data-value"))
    assert shown == pytest.approx(losses[1], rel=1e-6)
    # A new one, from the panel.
    handle = bench.middle("edit-flag-handle")
    x, y = bench.middle("x-4")
    mouse.move(*handle)
    mouse.down()
    mouse.move(x, y)
    mouse.up()
    expect_flags(bench, [2, 4])
    # Off the chain it is gone.
    flag = bench.get("loss-2").locator(".cloth").bounding_box()
    mouse.move(flag["x"] + 8, flag["y"] + 8)
    mouse.down()
    mouse.move(flag["x"] + 8, 5)
    mouse.up()
    expect_flags(bench, [4])


def test_what_is_being_typed_outlasts_the_answer_before(visit: Visits) -> None:
    bench = sentiment(visit("unroll"))
    value = bench.open()
    bench.set("h0", (2,), 0.5)
    bench.choose("0:b_h", 3)
    expect(value).to_have_value("0")
    value.fill("0.7")
    bench.agrees("h0.2_0.5")
    bench.follows("h0.2_0.5")
    wait_until_idle(bench.page)
    expect(value).to_have_value("0.7")
    value.press("Enter")
    bench.agrees("h0.2_0.5~b_h.3_0.7")
    value.fill("9")
    value.press("Control+z")
    bench.agrees("h0.2_0.5")
    expect(value).to_have_value("0")


def test_steps_by_arrow_go_on_from_what_was_typed_and_not_from_what_was_undone(
    visit: Visits,
) -> None:
    bench = sentiment(visit("unroll"))
    value = bench.open()
    bench.choose("0:h0", 5)
    value.press("ArrowUp")
    value.press("ArrowUp")
    value.fill("0.7")
    value.press("Enter")
    value.press("ArrowDown")
    bench.agrees("h0.5_0.6")
    bench.undo()
    bench.agrees("h0.5_0.7")
    bench.undo()
    bench.agrees("h0.5_0.2")
    value.press("ArrowUp")
    bench.agrees("h0.5_0.3")
    bench.undo()
    bench.agrees("h0.5_0.2")
