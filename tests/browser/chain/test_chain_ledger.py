"""The ledger: what each step adds to dW, and the two vectors whose product that is."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers, press, root
from tests.support.seeds import draws

WEIGHTS = ("W_xh", "W_hh", "W_hy")


def entry_of(page: Page) -> list[float]:
    """The two factors and the product that stand beside the outer product."""
    return page.locator(".outer-entry [data-value]").evaluate_all(
        "marks => marks.map(mark => Number(mark.dataset.value))"
    )


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("sample", ["name", "lstm", "gru", "translation"])
def test_a_click_on_a_slice_shows_the_outer_product(show: Show, sample: str, weight: str) -> None:
    draw = draws(f"{sample} {weight}")
    example_run = samples.SAMPLES[sample]()
    grads = example_run.gradients.segments[-1]
    first = sum(trace.steps for trace in example_run.traces[:-1]) + 1
    t = draw.randrange(first, first + example_run.traces[-1].steps)
    page = show(sample, f"t={first}&phase=backward&weight={weight}")
    page.get_by_test_id(f"slice-{t}").locator(".frame").click()
    expect(root(page)).to_have_attribute("data-t", str(t))
    share = np.asarray(getattr(grads.by_step, weight))[t - first]
    x = example_run.traces[-1].x
    if weight == "W_xh" and x.ndim == 2:  # of one-hot tokens the rows travel that are read
        share = share[list(dict.fromkeys(x[:, 0].tolist()))]
    frame = page.get_by_test_id("outer-product")
    box = frame.bounding_box()
    for _ in range(3):
        row, column = (draw.randrange(size) for size in share.shape)
        x, y = (
            2 + (box[side] - 4) * (place + 0.5) / size
            for side, place, size in zip(
                ("width", "height"), (column, row), reversed(share.shape), strict=True
            )
        )
        frame.hover(position={"x": x, "y": y}, force=True)
        one, two, product = entry_of(page)
        assert product == pytest.approx(one * two, rel=1e-6)
        assert product == pytest.approx(share[row, column], rel=1e-3, abs=1e-8)
    words = numbers(page.get_by_test_id("outer").locator(".sign").first.inner_text())
    # Two digits at least are shown.
    assert words[-1] == pytest.approx(np.linalg.norm(share), rel=0.05, abs=1e-6)
    press(page, "Escape")
    expect(page.get_by_test_id("outer")).to_be_hidden()


def test_the_outer_product_by_key_follows_the_steps(show: Show) -> None:
    page = show(look="t=4&phase=backward")
    press(page, "o")
    shown = page.get_by_test_id("outer-product")
    expect(shown).to_have_attribute("data-k", "4")
    press(page, "ArrowLeft")
    expect(shown).to_have_attribute("data-k", "3")
    largest = np.abs(np.asarray(samples.sentence().gradients.segments[0].by_step.W_hh)[2]).max()
    assert abs(entry_of(page)[2]) == pytest.approx(largest, rel=1e-4)
    page.get_by_test_id("outer").get_by_role("button").click()
    expect(shown).to_have_count(0)
    press(page, "b", "o")
    expect(shown).to_have_count(0)


def test_slices_slide_onto_their_sum(show: Show) -> None:
    page = show("name", "t=4&phase=backward", still=False)
    press(page, "ArrowLeft")
    moving = root(page).evaluate(
        """chain => chain.getRootNode().getAnimations()
            .filter(one => one.effect.target.matches(".sliding"))
            .map(one => one.effect.target.closest("[data-testid]").dataset.testid)"""
    )
    assert moving == ["ledger-total"]
    expect(page.locator(".sliding")).to_have_count(0)


def test_w_hy_is_used_where_there_is_an_output(show: Show) -> None:
    page = show()  # a sentence: one output, at its last step
    plate = page.get_by_test_id("plate")
    expect(plate).to_contain_text("shared by all steps")
    last = samples.SAMPLES["sentence"]().traces[-1].steps
    expect(page.get_by_test_id("uses-W_hy")).to_have_text(f"used at t = {last}")
    page = show("name")  # an output at every step
    expect(page.get_by_test_id("plate")).to_contain_text("used at every step")
    expect(page.get_by_test_id("uses-W_hy")).to_have_count(0)
