"""A network that says numbers: ŷ beside y, half the squared error, and no word of probability."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers, root


@pytest.mark.parametrize("sample", ["wave", "wave-lstm"])
def test_numbers_their_loss_and_its_words_are_the_engines(show: Show, sample: str) -> None:
    example_run = samples.SAMPLES[sample]()
    said, wanted = example_run.traces[-1].logits[:, 0, 0], example_run.targets[:, 0, 0]
    for t in (2, 5):
        page = show(sample, f"t={t}&phase=loss")
        output, flag = page.get_by_test_id(f"y-{t}"), page.get_by_test_id(f"loss-{t}")
        rows = output.locator(".class .number").all_text_contents()
        assert [numbers(row)[0] for row in rows] == pytest.approx(
            [said[t - 1], wanted[t - 1]], abs=6e-5
        )
        half = 0.5 * (said[t - 1] - wanted[t - 1]) ** 2
        assert example_run.losses[t - 1] == pytest.approx(half)
        assert float(flag.get_attribute("data-value")) == pytest.approx(half, rel=1e-6)
        told = page.get_by_test_id("equation").inner_text()
        assert "½ (ŷ − y)²" in told.replace("\n", " ")
        shown = numbers(told.split("mean")[0])
        assert shown[-3:] == pytest.approx([said[t - 1], wanted[t - 1], half], abs=6e-5) or (
            pytest.approx(half, abs=6e-5) in shown
        )
        output.locator(".class").first.hover()
        inspector = page.locator(".inspector:not(.pinned)")
        inspector.wait_for()
        assert numbers(inspector.inner_text())[0] == pytest.approx(said[t - 1], abs=6e-5)
        page.mouse.move(0, 0)
        heard = output.get_attribute("aria-label")
        assert numbers(heard)[-2:] == pytest.approx([said[t - 1], wanted[t - 1]], abs=6e-3)
    expect(page.get_by_test_id("loss-1")).to_have_count(0)
    assert np.isnan(example_run.losses[0])
    words = root(page).inner_text() + " ".join(
        root(page)
        .locator("[aria-label]")
        .evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    )
    for wrong in ("probability", "log p", "nats", "NaN", "undefined"):
        assert wrong not in words


def test_a_scaled_answer_is_shown_in_the_unit_of_its_inputs(show: Show) -> None:
    example_run = samples.SAMPLES["sunspots"]()
    said, wanted = example_run.traces[-1].logits[4, 0, 0], example_run.targets[4, 0, 0]
    page = show("sunspots", "t=5&phase=loss")
    output = page.get_by_test_id("y-5")
    rows = output.locator(".class .number").all_text_contents()
    in_sunspots = pytest.approx([200 * said, 200 * wanted], abs=0.051)
    assert [numbers(row)[0] for row in rows] == in_sunspots
    heard = output.get_attribute("aria-label")
    assert numbers(heard)[-2:] == in_sunspots
    assert heard.count("sunspots") == 2
    output.locator(".class").first.hover()
    inspector = page.locator(".inspector:not(.pinned)")
    inspector.wait_for()
    lines = inspector.inner_text()
    assert "sunspots" in lines.splitlines()[0]
    assert any(n == pytest.approx(said, abs=6e-5) for n in numbers(lines)), "its own number"
    page.mouse.move(0, 0)
    told = page.get_by_test_id("equation").inner_text().replace("\n", " ")
    assert "1 is 200 sunspots" in told
    assert any(n == pytest.approx(said, abs=6e-5) for n in numbers(told))
