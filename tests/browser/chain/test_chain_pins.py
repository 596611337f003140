"""Notes beside the pointer can be pinned, several at once."""

import pytest
from playwright.sync_api import expect

from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, numbers, press


def test_notes_stay_where_they_are_pinned(show: Show) -> None:
    page, trace = show(look="t=5"), samples.sentence().traces[0]
    places = [(2, 3), (4, 7)]
    for t, unit in places:
        page.get_by_test_id(f"cell-{t}-{unit}").hover()
        press(page, "p")
    page.mouse.move(0, 0)
    press(page, "ArrowLeft")
    pins = page.locator(".inspector.pinned")
    for pin, (t, unit) in zip(pins.all(), places, strict=True):
        shown = numbers(pin.locator("strong").inner_text())[-1]
        assert shown == pytest.approx(trace.h[t, 0, unit - 1], abs=6e-5)
    pins.first.get_by_role("button").click()
    expect(pins).to_have_count(1)
    press(page, "Escape")
    expect(pins).to_have_count(0)
