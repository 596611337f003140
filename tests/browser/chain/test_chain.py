"""The chain in a real browser: its numbers are the engine's, and everything on it works."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from scripts.app_server import wait_until_idle
from tests.support import sample_readings as samples
from tests.support.chain_screen import (
    Show,
    assert_adds_up,
    locate,
    look,
    numbers,
    press,
    root,
    term,
)


def test_cells_show_the_states(show: Show) -> None:
    page, trace = show(look="t=5"), samples.sentence().traces[0]
    for t in range(6):
        for unit in range(1, 9):
            cell = page.get_by_test_id(f"cell-{t}-{unit}")
            value = trace.h[t, 0, unit - 1]
            assert float(cell.get_attribute("data-value")) == pytest.approx(value, abs=1e-6)
            spoken = cell.get_attribute("aria-label")
            assert f"time {t}, unit {unit}, hidden value" in spoken
            assert numbers(spoken.split("value")[1])[0] == pytest.approx(value, abs=0.0051)


@pytest.mark.parametrize(
    ("sample", "t", "unit"),
    [("sentence", 3, 6), ("name", 6, 16), ("translation", 5, 24), ("digit", 1, 32)],
)
def test_the_equation_adds_up_to_the_engines_numbers(show: Show, sample, t, unit) -> None:
    page, example_run = show(sample, f"t={t}&unit={unit}"), samples.SAMPLES[sample]()
    trace, j = locate(example_run, t)
    from_x, from_h, bias = term(page, "W_xh"), term(page, "W_hh"), term(page, "b_h")
    i = unit - 1
    assert from_x == pytest.approx(trace.from_x[j, 0, i], abs=0.006)
    assert from_h == pytest.approx(trace.from_h[j, 0, i], abs=0.006)
    assert term(page, "h result") == pytest.approx(trace.h[j + 1, 0, i], abs=0.006)
    total = page.get_by_test_id("equation").locator('[data-term="a"] b').last.inner_text()
    about = page.get_by_test_id("equation").locator(".sign", has_text="≈").count()
    assert_adds_up([from_x, from_h, bias], ("≈ " if about else "") + total)


@pytest.mark.parametrize(("t", "unit"), [(5, 1), (3, 6), (1, 8)])
def test_gradients_are_the_engines(show: Show, t: int, unit: int) -> None:
    page = show(look=f"t={t}&phase=backward&unit={unit}")
    grads = samples.sentence().gradients.segments[0]
    own, future = term(page, "own"), term(page, "future")
    i = unit - 1
    assert own == pytest.approx(grads.dh_local[t, 0, i], rel=0.01, abs=1e-6)
    assert future == pytest.approx(grads.dh_recurrent[t, 0, i], rel=0.01, abs=1e-6)
    assert own + future == pytest.approx(term(page, "dh result"), abs=1e-9)
    assert term(page, "da result") == pytest.approx(grads.da[t - 1, 0, i], rel=0.01, abs=1e-6)


def test_gradient_wires_carry_the_norms_by_the_log_rule(show: Show) -> None:
    page, grads = show(look="t=1&phase=backward"), samples.sentence().gradients.segments[0]
    norms = np.linalg.norm(grads.dh_recurrent[:, 0], axis=1)[:5]
    wires = [page.get_by_test_id(f"gradient-{t}") for t in range(5)]
    shown = [float(wire.get_attribute("data-norm")) for wire in wires]
    np.testing.assert_allclose(shown, norms, rtol=1e-6)
    largest = max(norms.max(), np.linalg.norm(grads.dh_local[5, 0]))
    decades = 4 if norms.min() < largest / 100 else 2
    widths = [float(wire.get_attribute("stroke-width")) for wire in wires]
    expected = 0.5 + 7.5 * np.clip(1 + np.log10(norms / largest) / decades, 0, 1)
    np.testing.assert_allclose(widths, expected, atol=0.01)
    printed = page.locator(".backward .norm").all_text_contents()
    assert all(numbers(text) for text in printed)
    assert len(printed) == 6


@pytest.mark.parametrize("weight", ["W_hh", "W_xh", "W_hy"])
def test_the_ledger_adds_up_to_the_engines_total(show: Show, weight: str) -> None:
    page = show("name", f"t=1&phase=backward&weight={weight}")
    grads = samples.name().gradients.segments[0]
    total = page.get_by_test_id("ledger-total")
    norm = np.linalg.norm(getattr(grads.total, weight))
    assert float(total.get_attribute("data-norm")) == pytest.approx(norm, rel=1e-5)
    assert numbers(total.text_content())[-1] == pytest.approx(norm, rel=0.01)
    by_step = np.asarray(getattr(grads.by_step, weight))
    for t in range(1, 7):
        shown = float(page.get_by_test_id(f"slice-{t}").get_attribute("data-norm"))
        assert shown == pytest.approx(np.linalg.norm(by_step[t - 1]), rel=1e-4, abs=1e-7)


def test_the_ledger_collects_one_slice_at_a_time(show: Show) -> None:
    page, grads = show(look="t=4&phase=backward"), samples.sentence().gradients.segments[0]
    so_far = np.linalg.norm(np.asarray(grads.by_step.W_hh)[3:].sum(axis=0))
    caption = page.get_by_test_id("ledger-total").text_content()
    assert "so far" in caption
    assert numbers(caption)[-1] == pytest.approx(so_far, rel=0.01)


def test_losses_and_outputs(show: Show) -> None:
    page, example_run = show("translation", "phase=loss&t=6"), samples.translation()
    for t, loss in enumerate(example_run.losses, start=4):
        flag = page.get_by_test_id(f"loss-{t}")
        assert float(flag.get_attribute("data-value")) == pytest.approx(loss)
        assert numbers(flag.text_content())[0] == pytest.approx(loss, abs=0.0006)
        said = page.get_by_test_id(f"y-{t}").get_attribute("aria-label")
        assert f"“{example_run.said[t - 4]}”" in said
    assert term(page, "loss result") == pytest.approx(example_run.loss, abs=1e-4)


def test_absent_ports_are_absent(show: Show) -> None:
    page = show("sentence", "t=5")
    assert [page.get_by_test_id(f"y-{t}").count() for t in range(1, 6)] == [0, 0, 0, 0, 1]
    expect(page.get_by_test_id("loss-1")).to_have_count(0)
    page = show("translation", "t=8")
    expect(page.get_by_test_id("plate")).to_have_count(2)
    expect(page.get_by_test_id("handover")).to_be_visible()
    assert [page.get_by_test_id(f"feedback-{t}").count() for t in range(4, 9)] == [0, 1, 1, 0, 1]
    expect(page.get_by_test_id("x-7").locator(".tag")).to_have_text("from target")


def test_keys(show: Show) -> None:
    page = show()
    for keys, expected in [
        (["ArrowRight", "ArrowRight"], ("forward", 3)),
        (["ArrowLeft"], ("forward", 2)),
        (["End"], ("forward", 5)),
        (["ArrowRight"], ("loss", 5)),
        (["Shift+ArrowRight"], ("backward", 5)),
        (["ArrowLeft"], ("backward", 4)),
        (["PageDown"], ("backward", 3)),
        (["PageUp"], ("backward", 4)),
        (["Home"], ("backward", 1)),
        (["b"], ("forward", 1)),
        (["ArrowDown", "ArrowDown"], ("forward", 1)),
    ]:
        press(page, *keys)
        assert look(page) == expected, keys
    expect(root(page)).to_have_attribute("data-unit", "3")
    press(page, "r")
    expect(root(page)).to_have_attribute("data-view", "rolled")
    expect(page.get_by_test_id("loop")).to_be_visible()
    press(page, "r")
    expect(page.get_by_test_id("loop")).to_be_hidden()


def test_rolled_up_no_wire_leads_to_an_output_that_is_not_there(show: Show) -> None:
    seen = "els => els.map(one => getComputedStyle(one).opacity > 0)"
    page = show("sentence", "t=1&view=rolled", still=False)
    buses = page.locator(".bus.W_hy")
    assert buses.evaluate_all(seen) == [False, False]
    press(page, "End")
    assert buses.evaluate_all(seen) == [True, True]


def test_play_runs_to_the_end_and_any_input_stops_it(show: Show) -> None:
    page = show()
    press(page, " ")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Pause")
    expect(root(page)).not_to_have_attribute("data-t", "1")
    press(page, "ArrowLeft")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    for _ in range(2):
        page.get_by_role("button", name="Speed").click()
    page.get_by_test_id("play").click()
    expect(root(page)).to_have_attribute("data-phase", "backward")
    expect(root(page)).to_have_attribute("data-t", "1")
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")


def test_drag_scrubs(show: Show) -> None:
    page = show()
    rail = page.locator(".rail").bounding_box()
    page.mouse.move(rail["x"] + 5, rail["y"] + 3)
    page.mouse.down()
    seen = []
    for share in (0.3, 0.5, 0.7, 0.95):
        page.mouse.move(rail["x"] + rail["width"] * share, rail["y"] + 3)
        seen.append(look(page)[1])
    page.mouse.up()
    assert seen == [2, 3, 4, 5]


def test_stepping_sends_nothing(stage_url: str, browser: Browser) -> None:
    page = browser.new_page()
    sent: list[int] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda frame: sent.append(len(frame))))
    page.goto(stage_url)
    page.wait_for_selector("[data-testid=chain][data-t]")
    wait_until_idle(page)
    before = sum(sent)
    press(page, "ArrowRight", "End", "Shift+ArrowRight", "b", "ArrowDown", "r", "r", "Home")
    page.get_by_test_id("cell-2-3").hover()
    page.get_by_test_id("phase-loss").click()
    page.wait_for_timeout(300)
    assert sum(sent) == before
    page.close()


def test_selecting_tells_python(show: Show) -> None:
    page = show(look="t=4&unit=2")
    press(page, "s")
    expect(page.get_by_text("t=4, unit=2")).to_be_visible()


def test_the_address_says_where_one_looks(show: Show) -> None:
    page = show(look="t=2&phase=backward&unit=5")
    assert look(page) == ("backward", 2)
    press(page, "ArrowLeft")
    page.wait_for_function("() => location.hash.includes('t=1')")
    page.wait_for_url(lambda url: "phase=backward" in url)
    page.wait_for_url(lambda url: "sample=sentence" in url)


@pytest.mark.parametrize(
    "fragment", ["t=99999", "t=-1", "t=abc&phase=<b>", "phase=update", "zoom=9"]
)
def test_silly_addresses_fall_back(show: Show, fragment: str) -> None:
    page = show(look=fragment, height=801)
    assert 1 <= look(page)[1] <= 5


def test_two_chains_keep_apart(show: Show) -> None:
    page = show("sentence&twin")
    roots = page.get_by_test_id("chain")
    page.locator(".scroller").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(roots.nth(0)).to_have_attribute("data-t", "1")
    expect(roots.nth(1)).to_have_attribute("data-t", "3")
    page.wait_for_function("() => location.hash.includes('b.t=3')")


def test_hover_lights_weight_and_uses_both_ways(show: Show) -> None:
    page = show()
    page.get_by_test_id("W_hh").hover()
    expect(root(page)).to_have_attribute("data-hot", "W_hh")
    assert "W_hh[" in page.locator(".inspector").inner_text()
    page.get_by_test_id("equation").locator('[data-term="W_xh"]').hover()
    expect(root(page)).to_have_attribute("data-hot", "W_xh")
    page.get_by_test_id("cell-1-2").hover()
    trace = samples.sentence().traces[0]
    shown = numbers(page.locator(".inspector strong").inner_text())[-1]
    assert shown == pytest.approx(trace.h[1, 0, 1], abs=6e-5)


def test_cut_wires(show: Show) -> None:
    page = show("sentence&cut", "t=3")
    expect(page.get_by_test_id("cut-3")).to_be_visible()
    expect(page.get_by_test_id("wire-3")).to_have_count(0)
    expect(page.get_by_test_id("cell-0-1")).to_have_count(0)


def test_long_chains_draw_strips_and_keep_their_numbers(show: Show) -> None:
    page, trace = show("long", "t=60"), samples.long_sentence().traces[0]
    expect(page.locator("rect.cell")).to_have_count(0)
    cell = page.get_by_test_id("cell-60-64")
    assert float(cell.get_attribute("data-value")) == pytest.approx(trace.h[60, 0, 63], abs=1e-6)
    box = page.get_by_test_id("cursor").bounding_box()
    assert 0 < box["x"] < 1280


def test_live_sentence(show: Show) -> None:
    page = show(look="t=2")
    press(page, "ArrowRight")
    live = page.locator(".spoken[aria-live=polite]").first
    value = samples.sentence().traces[0].h[3, 0, 0]
    sign = "−" if value < 0 else ""
    expect(live).to_have_text(
        f"Time 3 of 5, forward: the network reads “was”; "
        f"hidden unit 1 becomes {sign}{abs(value):.2f}."
    )


def test_typed_markup_stays_text(show: Show) -> None:
    page = show("hostile")
    assert page.get_by_test_id("x-1").locator(".token").text_content().startswith("<script>")
    expect(page.locator("[data-testid=chain] script, [data-testid=chain] img")).to_have_count(0)


@pytest.mark.parametrize(
    ("theme", "sample", "where"),
    [
        ("light", "sentence", "t=3"),
        ("dark", "sentence", "t=3&phase=backward"),
        ("light", "translation", "t=6&phase=backward"),
        ("dark", "sentence", "t=3&unit=2&zoom=3"),
    ],
)
def test_accessible_in_both_themes(show: Show, theme: str, sample: str, where: str) -> None:
    page = show(sample, where, theme=theme) if theme == "dark" else show(sample, where)
    found = Axe().run(page, context=[['[data-testid="stMain"]']]).response["violations"]
    assert not [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]


def test_follows_the_theme(show: Show) -> None:
    page = show()
    read = "node => getComputedStyle(node).getPropertyValue('--background').trim()"
    assert root(page).evaluate(read) == "#ffffff"
    page.emulate_media(color_scheme="dark")
    expect(root(page)).to_have_css("color", "rgb(232, 236, 242)")
    assert root(page).evaluate(read) == "#10151d"


@pytest.mark.parametrize("width", [320, 390])
def test_fits_small_screens(show: Show, width: int) -> None:
    page = show("translation", "t=6", width=width, height=800)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= width
    expect(page.get_by_test_id("cell-6-1")).to_be_visible()


def test_a_still_stands_in_when_the_script_is_missing(stage_url: str, browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/chain/chain.js", lambda route: route.abort())
    page.goto(stage_url)
    expect(page.get_by_text("A still picture")).to_be_visible()
    expect(page.locator(".chain-holder svg text", has_text="film")).to_be_visible()
    page.close()


def test_reduced_motion_makes_no_sprites(show: Show) -> None:
    page = show()
    press(page, "ArrowRight")
    assert root(page).evaluate("chain => chain.getRootNode().getAnimations().length") == 0


def test_every_weight_has_its_ledger_by_key(show: Show) -> None:
    page = show(look="t=1&phase=backward")
    seen = []
    for _ in range(3):
        press(page, "w")
        seen.append(page.get_by_test_id("ledger-total").get_attribute("data-weight"))
    assert seen == ["W_xh", "W_hy", "W_hh"]


def test_an_untouched_picture_leaves_the_address_alone(show: Show) -> None:
    page = show("gru", "")
    wait_until_idle(page)
    assert "t=" not in page.url
