"""Numbers typed into fields with a comma, a minus sign or a script of one's own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rnn_views.ui.shell.assets import asset_url
from tests.browser.conftest import Visits

CASES = json.loads((Path(__file__).parents[1] / "views" / "typed_numbers.json").read_text("utf-8"))


def test_the_picture_reads_numbers_as_python_does(visit: Visits) -> None:
    page = visit("unroll")
    texts = [*CASES["read"], *CASES["refused"]]
    found = page.evaluate(
        """async ([module, texts]) => {
            const { readTyped } = await import(new URL(module, document.baseURI))
            return texts.map(readTyped)
        }""",
        [asset_url("chain/lib/typed_numbers.js"), texts],
    )
    for text, read in zip(texts, found, strict=True):
        assert read.get("value") == CASES["read"].get(text), text
        assert ("problem" in read) == (text in CASES["refused"]), text


@pytest.mark.parametrize(
    ("typed", "edit"), [("0,5", "0.50"), ("−0,5", "−0.50"), ("½", "0.50"), ("٠٫٥", "0.50")]
)
def test_a_weight_typed_with_a_comma(visit: Visits, typed: str, edit: str) -> None:
    page = visit("unroll")
    page.get_by_test_id("edit").click()
    field = page.get_by_test_id("edit-value")
    field.press("Control+a")
    field.press_sequentially(typed)
    field.press("Enter")
    expect(page.get_by_test_id("edit-change")).to_contain_text(f"→ {edit}")


@pytest.mark.parametrize("typed", ["1,000", "half", "3 4", "1e999"])
def test_a_weight_that_is_no_number_is_refused_in_a_sentence(visit: Visits, typed: str) -> None:
    page = visit("unroll")
    page.get_by_test_id("edit").click()
    field = page.get_by_test_id("edit-value")
    field.fill(typed)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    status = page.locator(".edit-panel span[role=status]")
    expect(status).to_contain_text(f"“{typed}”")
    expect(page.get_by_test_id("edit-change")).to_have_count(0)


def test_a_place_is_a_whole_number_within_the_matrix(visit: Visits) -> None:
    page = visit("unroll")
    page.get_by_test_id("edit").click()
    row = page.get_by_test_id("edit-a")
    expect(row).to_have_value("1")
    for typed in ("99", "1,5", "x"):
        row.fill(typed)
        row.press("Tab")
        expect(row).to_have_value("1")
        expect(page.locator(".edit-panel span[role=status]")).not_to_be_empty()
    row.press("ArrowUp")
    expect(row).to_have_value("2")
    row.press("ArrowDown")
    row.press("ArrowDown")
    expect(row).to_have_value("1")


@pytest.mark.parametrize(
    ("typed", "rate"), [("0,5", "0.5"), ("0.5", "0.5"), ("3 · 10⁻⁴", "0.0003")]
)
def test_a_learning_rate_of_ones_own(
    visit: Visits, idle: Callable[[Page], None], typed: str, rate: str
) -> None:
    page = visit("train?view=live")
    page.get_by_role("button", name="More").click()
    field = page.get_by_role("combobox", name="Learning rate")
    field.click()
    field.fill(typed)
    field.press("Enter")
    page.wait_for_url(lambda address: f"&lr={rate}&" in address)
    idle(page)
    expect(page.locator(".st-key-rejected").get_by_role("alert")).to_have_count(0)
