"""Find the bug, played through in a browser: measure, name it wrongly, look again, name it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.test_app_pages import sideways, violations
from tests.browser.test_training import Idle


def test_a_case_is_measured_named_and_linked_to(visit: Visits, idle: Idle) -> None:
    page = visit("bugs?case=1")
    main = page.get_by_test_id("stMain")
    main.get_by_role("button", name="Measure").first.click()
    expect(main.get_by_text("The gradient is not the derivative")).to_be_visible()
    page.wait_for_url(re.compile("tools=check"))
    for named in ("W_hh is not transposed", "Gradients are not summed"):
        main.get_by_test_id("stRadio").get_by_text(named).click()
        idle(page)
        main.get_by_role("button", name="That is it").click()
        if named.startswith("W_hh"):
            expect(main.get_by_text("It is something else.")).to_be_visible()
            main.get_by_role("button", name="Look again").click()
            idle(page)
    expect(main.get_by_text("Correct: ")).to_be_visible()
    expect(main.get_by_text("Both sides differentiate the same wrong model.")).to_be_visible()
    page.wait_for_url(re.compile("guess=sum"))
    assert not violations(page)
    again = visit(page.url.split("/", 3)[3])
    expect(again.get_by_text("Correct: ")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 800), ("dark", 390)])
def test_findings_are_readable_on_small_screens(
    visit: Visits, idle: Idle, theme: str, width: int
) -> None:
    page = visit(
        "bugs?case=1&tools=check~overfit~permute~count&guess=dropped",
        theme=theme,
        width=width,
        height=600,
    )
    idle(page)
    assert sideways(page) <= 0
    assert not violations(page)
