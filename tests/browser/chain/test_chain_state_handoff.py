"""From encoder to decoder: what is handed over, what comes back, and what a cut leaves of it."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers, press


def test_the_hand_over_carries_its_gradient(show: Show) -> None:
    page, example_run = show("translation", "t=1&phase=backward"), samples.translation()
    norm = np.linalg.norm(example_run.gradients.segments[1].dh_recurrent[0])
    shown = page.get_by_test_id("handback")
    assert numbers(shown.text_content())[0] == pytest.approx(norm, rel=0.01)
    card = page.locator('.plate[data-segment="decoder"] .card').bounding_box()
    assert shown.bounding_box()["y"] > card["y"] + card["height"]


def test_an_lstm_hands_over_h_and_c_each_on_its_wire(show: Show) -> None:
    page = show("translation-lstm", "t=4")
    for wire in ("handover", "handover-c"):
        expect(page.get_by_test_id(wire)).to_be_visible()
    expect(page.get_by_test_id("handover-c-name")).to_have_text("c handed over")
    expect(show("translation", "t=4").get_by_test_id("handover-c")).to_have_count(0)


def test_gradients_of_h_and_c_come_back_each_on_its_wire(show: Show) -> None:
    page = show("translation-lstm", "t=1&phase=backward")
    grads = samples.SAMPLES["translation-lstm"]().gradients.segments[1]
    for name, arriving in (("", grads.dh_recurrent), ("-c", grads.dc_recurrent)):
        norm = np.linalg.norm(arriving[0])
        shown = page.get_by_test_id(f"handback{name}").text_content()
        assert numbers(shown)[0] == pytest.approx(norm, rel=0.01)
        for wire in page.get_by_test_id(f"gradient{name}-3").all():
            assert float(wire.get_attribute("data-norm")) == pytest.approx(norm, rel=1e-5)
        expect(page.get_by_test_id(f"gradient{name}-3")).to_have_count(2)


def test_a_cut_hands_nothing_over_and_says_so(show: Show) -> None:
    page = show("translation&cut", "t=1")
    expect(page.get_by_test_id("disconnected")).to_have_text("No encoder")
    expect(page.get_by_test_id("cell-1-1")).to_have_count(0)
    expect(page.locator(".segment").first.locator(".frame")).to_have_count(0)
    expect(page.get_by_test_id("x-1")).to_be_visible()
    expect(page.get_by_test_id("handover")).to_have_count(0)
    expect(page.get_by_test_id("handover-cut")).to_have_text("cut: nothing is handed over")
    press(page, "ArrowRight")
    spoken = page.locator(".spoken[aria-live=polite]").first
    expect(spoken).to_contain_text("nothing of it reaches the decoder")
