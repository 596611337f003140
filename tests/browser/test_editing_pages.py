"""Editing on every page with a chain: two segments, the update of untied copies, links, touch."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from rnn_core.tasks import TASKS
from rnn_views.links import codec
from rnn_views.number_format import format_number
from rnn_views.ui.comparison.chains import stored_feedforward
from rnn_views.ui.runs.config import setup_of
from tests.browser.conftest import Visits
from tests.support.editing_screen import SENTENCE, Bench, expect_flags, sentiment

UNTIED = "untie_5~copy.3.2.1_0.4"


def translation(page: Page) -> Bench:
    task = TASKS["french"]
    example = task.example(task.pick[0][0])
    return Bench(page, task.pretrained(), "french", example)


def training(page: Page, cell: str = "rnn") -> Bench:
    task = TASKS["sentiment"]
    setup = setup_of(codec.read("train", {"cell": [cell], "hidden": ["8"]})[0])
    return Bench(page, setup.fresh(), "sentiment", task.encode(SENTENCE), teacher=True)


def test_both_segments_of_an_encoder_decoder_are_edited(visit: Visits) -> None:
    bench = translation(visit("topologies?v=1&task=french", height=1100))
    bench.agrees("")
    bench.open()
    bench.set("0:b_h", (3,), 0.75)
    bench.agrees("b_h.3_0.75")
    bench.set("1:b_h", (5,), -0.25)
    bench.agrees("b_h.3_0.75~decoder-b_h.5_-0.25")
    bench.set("1:W_hy", (2, 4), 3)
    edits = "b_h.3_0.75~decoder-b_h.5_-0.25~decoder-W_hy.2.4_3"
    bench.agrees(edits)
    bench.get("edit-untie").press(" ")
    example_run = bench.example_run(edits)
    edits += f"~decoder-untie_{example_run.traces[1].steps}"
    bench.agrees(edits)
    first = example_run.traces[0].steps + 1
    expect(bench.get(f"copy-{first}")).to_be_visible()
    expect(bench.get(f"copy-{first - 1}")).to_have_count(0)
    expect(bench.get("edit-told")).to_contain_text("this decoder can take at most")
    offered = bench.get("edit-kind").locator("option").evaluate_all("all => all.map(o => o.value)")
    assert "1:h0" not in offered
    bench.follows(edits)
    again = translation(visit(bench.page.url.split("/", 3)[3], height=1100))
    np.testing.assert_array_equal(again.states(), bench.expected(edits))


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_the_update_moves_each_copy_by_its_own_gradient(visit: Visits, cell: str) -> None:
    address = f"train?v=1&cell={cell}&hidden=8&edits={UNTIED}#phase=update"
    page = visit(address, height=1200)
    bench = training(page, cell)
    np.testing.assert_array_equal(bench.states(), bench.expected(UNTIED))
    setup = setup_of(codec.read("train", {"cell": [cell], "hidden": ["8"]})[0])
    update = bench.update(UNTIED, setup)
    old = update.before.network.segments[0].copies
    new = update.after.network.segments[0].copies
    steps = np.linalg.norm((new - old).reshape(5, -1), axis=1)
    assert len({f"{step:.3g}" for step in steps}) > 1
    for t, step in enumerate(steps, start=1):
        label = bench.get(f"copy-step-{t}").locator("text").last.text_content()
        assert float(label.split("‖·‖")[1]) == pytest.approx(step, abs=6e-3)
    expect(bench.get("equation")).to_contain_text(f"{update.before.loss:.4f}")
    expect(bench.get("equation")).to_contain_text(f"{update.after.loss:.4f}")


def test_an_edit_runs_through_all_phases_of_training(visit: Visits) -> None:
    page = visit("train?v=1&hidden=8#t=2&phase=backward", height=1200)
    bench = training(page)
    bench.open()
    bench.set("W_hh", (3, 5), 0.9)
    bench.agrees("W_hh.3.5_0.9")
    setup = setup_of(codec.read("train", {"hidden": ["8"]})[0])
    update = bench.update("W_hh.3.5_0.9", setup)
    gradients = update.before.gradients.segments[0]
    shown = float(bench.get("gradient-2").get_attribute("data-norm"))
    assert shown == pytest.approx(np.linalg.norm(gradients.dh_recurrent[2, 0]), rel=1e-6)
    expect(bench.chain).to_have_attribute("data-phase", "backward")
    # The page follows, and says the same.
    expect(page.get_by_text(f"to {format_number(update.after.loss, 4)} nats")).to_be_visible()
    bench.get("edit-flag").focus()
    bench.get("loss-5").locator(".cloth").click(position={"x": 8, "y": 8})
    expect_flags(bench, [])
    expect(page.get_by_text("No loss flag stands")).to_be_visible()
    bench.undo()
    expect_flags(bench, [5])
    bench.agrees("W_hh.3.5_0.9")


def test_each_picture_of_the_comparison_has_its_own_edits(visit: Visits) -> None:
    page = visit("compare", height=1400)
    task = TASKS["sentiment"]
    example = task.encode("the film was not dull")
    whole = Bench(page, task.pretrained(), "sentiment", example)
    second = Bench(page, stored_feedforward("sentiment"), "sentiment", example, nth=1, cut=True)
    second.agrees("")
    whole.open()
    whole.set("h0", (2,), 0.8)
    whole.agrees("h0.2_0.8")
    second.agrees("")
    second.open()
    kinds = second.get("edit-kind").locator("option").evaluate_all("all => all.map(o => o.value)")
    assert not {"0:W_hh", "0:h0", "0:copy"} & set(kinds)
    expect(second.get("edit-untie")).to_be_hidden()
    expect(second.get("edit-told")).to_contain_text("The loop is cut")
    second.set("b_h", (4,), 1.5)
    second.agrees("b_h.4_1.5")
    whole.agrees("h0.2_0.8")
    second.follows("h0.2_0.8~rival-b_h.4_1.5")
    whole.undo()
    whole.agrees("")
    second.agrees("b_h.4_1.5")
    second.get("edit-reset").click()
    second.agrees("")


def test_a_pixel_of_a_row_is_edited(visit: Visits) -> None:
    task = TASKS["digit-rows"]
    page = visit("topologies?v=1&task=digit-rows", height=1100)
    example = task.example(task.pick[0][0])
    bench = Bench(page, task.pretrained(), "digit-rows", example)
    bench.open()
    bench.set("x", (3, 4), 1)
    bench.agrees("x.3.4_1")
    expect(bench.get("edit-meaning")).to_contain_text("the row’s pixel 4, at t = 3 only")
    pixels = bench.get("x-5").locator(".pill").bounding_box()
    x = pixels["x"] + 2 + 5.5 * (pixels["width"] - 4) / 8
    y = pixels["y"] + pixels["height"] / 2
    page.mouse.move(x, y)
    before = float(example.batch.inputs[0][4, 0, 5])
    said = page.locator(".inspector").first
    expect(said).to_contain_text(f"x₅[6] = {before:.4f}pixel 6 of the row")
    bench.drag(x, y, 40)
    bench.agrees(f"x.3.4_1~x.5.6_{before + 0.4:.6g}")
    expect(bench.get("edit-meaning")).to_contain_text("the row’s pixel 6, at t = 5 only")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("unroll?v=1&edits=W_hh.3.5_banana", "edits = “W_hh.3.5_banana” cannot be used"),
        ("unroll?v=1&edits=W_hh.99.1_1~h0.2_0.5", "W_hh[99 → 1] lies outside W_hh"),
        ("unroll?v=1&edits=h0.2_0.5~untie_3", "Step 4 has no W_hh"),
        ("topologies?v=1&task=french&edits=decoder-h0.1_1", "the encoder hands it over"),
        ("train?v=1&edits=c0.1_1", "only lstm has c0"),
        ("compare?v=1&edits=rival-W_hh.1.1_2", "While the loop is cut, this does nothing"),
    ],
)
def test_bad_edits_of_a_link_are_named_and_the_rest_is_done(
    visit: Visits, path: str, problem: str
) -> None:
    page = visit(path)
    expect(page.get_by_text(problem).first).to_be_visible()
    if "h0.2_0.5" in path:
        bench = sentiment(page)
        edits = path.split("edits=")[1]
        np.testing.assert_array_equal(bench.states(), bench.expected(edits))


def test_a_finger_drags_a_weight_a_wire_and_taps_a_flag_away(visit: Visits) -> None:
    page = visit("unroll", width=390, height=844)
    bench = sentiment(page)
    bench.get("edit").click()
    touch = page.context.new_cdp_session(page)

    def point(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = bench.entry("W_hh", (8, 8), 3, 5)
    point("touchStart", x, y)
    for up in (10, 30, 50):
        point("touchMove", x, y - up)
    point("touchEnd")
    bench.agrees("W_hh.3.5_0.5")
    x, y = bench.middle("wire-1")
    point("touchStart", x, y)
    for down in (10, 30, 50):
        point("touchMove", x, y + down)
    point("touchEnd")
    bench.agrees("W_hh.3.5_0.5~loop_0.5")
    bench.get("loss-5").scroll_into_view_if_needed()
    box = bench.get("loss-5").locator(".cloth").bounding_box()
    point("touchStart", box["x"] + 6, box["y"] + 6)
    point("touchEnd")
    expect_flags(bench, [])
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize(
    "path",
    [
        f"unroll?v=1&edits={UNTIED}~flag.2_1",
        "topologies?v=1&task=french&edits=decoder-loop_0.5~decoder-untie_6",
        f"train?v=1&hidden=8&edits={UNTIED}#phase=update",
        "compare?v=1&edits=h0.2_0.8~rival-b_h.4_1.5",
    ],
)
def test_axe_finds_nothing_on_any_page_while_editing(
    visit: Visits, path: str, theme: str, width: int
) -> None:
    page = visit(path, theme=theme, width=width)
    for pencil in page.get_by_test_id("edit").all():
        pencil.click()
    results = Axe().run(page)
    ours = [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in results.response["violations"]
    ]
    assert not ours
