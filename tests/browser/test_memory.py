"""The page Memory in a real browser: three networks train, stop and answer; figures have twins."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rnn_views.memory.adding import AddingPlan
from tests.browser.conftest import Visits
from tests.browser.test_app_pages import violations
from tests.browser.test_training import PATIENCE, Idle, expect_state, press


def test_the_three_cells_train_wait_and_stop(visit: Visits, idle: Idle) -> None:
    page = visit("memory?part=adding&length=100")
    press(page, "GRU")
    press(page, "Train the three")
    expect(page.locator(".curves svg path").first).to_be_attached(timeout=PATIENCE)
    press(page, "Pause")
    waiting = expect_state(page, "Waiting at update")
    idle(page)
    assert expect_state(page, "Waiting at update") == waiting
    press(page, "Continue")
    expect(page.locator(".st-key-live-state")).to_contain_text("Training.", timeout=PATIENCE)
    press(page, "Stop")
    stopped = expect_state(page, "Stopped at update")
    assert waiting <= stopped < AddingPlan(100).updates
    idle(page)
    expect(page.get_by_test_id("stMetricValue")).to_have_count(3)
    expect(page.get_by_text("How far back the gradient of each reaches")).to_be_visible()
    press(page, "Back to update 0")
    expect(page.locator(".st-key-live-state")).to_contain_text("Not begun", timeout=PATIENCE)


def test_leaving_in_mid_training_loses_nothing(visit: Visits, idle: Idle) -> None:
    page = visit("memory?part=adding&length=100")
    press(page, "Train the three")
    expect(page.locator(".curves svg path").first).to_be_attached(timeout=PATIENCE)
    page.get_by_role("link", name="Types of RNN").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Types of RNN", timeout=PATIENCE)
    idle(page)
    page.get_by_role("link", name="Memory").first.click()
    expect_state(page, "Training was interrupted at update")


def test_the_truth_about_the_sunspots_comes_when_asked(visit: Visits, idle: Idle) -> None:
    page = visit("memory?part=sunspots&year=1930")
    chart = page.locator(".js-plotly-plot").last
    expect(chart.get_by_text("persistence").first).to_be_visible(timeout=PATIENCE)
    expect(chart.get_by_text("what happened")).to_have_count(0)
    press(page, "AR(9)")
    expect(chart.get_by_text("what happened").first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Error running free")).to_be_visible()


@pytest.mark.parametrize("part", ["reach", "lags", "adding", "units", "sunspots"])
def test_every_part_is_accessible(visit: Visits, idle: Idle, part: str) -> None:
    page = visit(f"memory?part={part}&source=sentiment", theme="dark", width=390)
    idle(page)
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    assert violations(page) == []
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0
