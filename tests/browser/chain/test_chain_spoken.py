"""What is heard, and what an accessibility checker finds, at every stop, level and phase."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chain.screen import Show, numbers, press, root
from tests.views import sample_readings as samples

STOPS = {"sentence": 11, "lstm": 11, "update-gru": 12, "translation": 17, "digit": 3}


@pytest.mark.parametrize("sample", STOPS)
def test_each_stop_speaks_one_sentence(show: Show, sample: str) -> None:
    page = show(sample, "t=1")
    heard = []
    live = page.locator(".spoken[aria-live=polite]").first
    press(page, "Home")
    for _ in range(STOPS[sample] + 1):
        page.wait_for_function(
            """live => {
                const was = live.textContent
                return new Promise(done => setTimeout(() => done(live.textContent === was), 160))
            }""",
            arg=live.element_handle(),
        )
        heard.append((root(page).get_attribute("data-phase"), live.text_content()))
        press(page, "PageDown")
    assert len({text for _, text in heard}) == STOPS[sample]
    for phase, text in heard:
        assert text.endswith(".")
        assert not re.search(r"undefined|NaN|null|\\. [A-Z]", text.replace("decoder.", ""))
        assert phase in text.lower()
    reading = samples.updated("gru")[0] if "update" in sample else samples.SAMPLES[sample]()
    (loss,) = (text for phase, text in dict.fromkeys(heard) if phase == "loss")
    assert numbers(loss)[0] == pytest.approx(reading.loss, abs=6e-4)
    if sample == "lstm":
        grads = reading.gradients.segments[0]
        back = [numbers(text) for phase, text in dict.fromkeys(heard) if phase == "backward"]
        for t, said in zip(range(5, 0, -1), back, strict=True):
            number = grads.dh[t, 0, 0]
            assert any(value == pytest.approx(number, rel=0.06, abs=6e-5) for value in said[2:])


PLACES = [
    ("sentence", "t=2&view=rolled"),
    *(
        ({2: "lstm", 3: "gru", 4: "lstm"}.get(zoom, "translation-lstm"), f"{at}&zoom={zoom}")
        for zoom in (1, 2, 3, 4)
        for at in ("t=3&unit=2", "t=3&unit=2&phase=backward")
    ),
    ("sentence", "t=3&unit=2&zoom=3&phase=backward"),
    ("caption", "t=1&unit=2&zoom=3"),
    ("sentence", "phase=loss"),
    ("update-lstm", "phase=update"),
    ("long", "t=50&phase=backward"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("sample", "look"), PLACES)
def test_nothing_for_a_checker_to_find(show: Show, theme: str, sample: str, look: str) -> None:
    page = show(sample, look, theme=theme)
    found = Axe().run(page, context=[['[data-testid="stMain"]']]).response
    assert found["passes"], "the checker saw nothing"
    broken = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]]
    assert not broken


def test_the_whole_picture_by_keyboard(show: Show) -> None:
    page = show("lstm", "t=1")
    press(page, "End", "Shift+ArrowRight", "Shift+ArrowRight")
    assert root(page).get_attribute("data-phase") == "backward"
    press(page, "w", "o")
    expect(page.get_by_test_id("outer")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_test_id("outer")).to_be_hidden()
    press(page, "ArrowDown", "Enter")
    for zoom in ("2", "3", "4"):
        assert root(page).get_attribute("data-zoom") == zoom
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert root(page).get_attribute("data-t") == "4"
    assert root(page).get_attribute("data-unit") == "2"
    for _ in range(3):
        page.keyboard.press("Escape")
    press(page, "b", "r")
    assert root(page).get_attribute("data-view") == "rolled"
    press(page, "r", "c")
    expect(page.get_by_test_id("code-1")).to_be_visible()
    press(page, "c", "?")
    expect(page.locator(".help").first).to_be_visible()
    press(page, "?")
