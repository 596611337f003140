"""Reads what a chain shows."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

Show = Callable[..., Page]


def root(page: Page) -> Locator:
    return page.get_by_test_id("chain").first


def press(page: Page, *keys: str) -> None:
    page.locator(".scroller").first.focus()
    for key in keys:
        page.keyboard.press(key)
    settle(page)


def settle(page: Page) -> None:
    """Wait until what was asked for has been drawn: it is drawn with the next frame."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def look(page: Page) -> tuple[str, int]:
    return root(page).get_attribute("data-phase"), int(root(page).get_attribute("data-t"))


def numbers(text: str) -> list[float]:
    """The numbers of a line as it is read, with its own minus sign and powers of ten."""
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    found = re.findall(r"(−?\d+(?:\.\d+)?)(?:·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?", text)
    return [
        float(value.replace("−", "-")) * 10 ** int(power.translate(digits) or 0)
        for value, power in found
    ]


def term(page: Page, name: str) -> float:
    """The number that stands in a term of the equation."""
    shown = page.get_by_test_id("equation").locator(f'[data-term="{name}"] b').last
    return numbers(shown.inner_text())[0]


def assert_adds_up(addends: list[float], said: str) -> None:
    """Addends as shown make the total as shown; where roundings keep them apart, "≈" says so."""
    total = numbers(said)[-1]
    if "≈" not in said:
        assert sum(addends) == pytest.approx(total, abs=1e-9), said
        return
    digits = re.findall(r"\d\.(\d+)", said)[-1]
    apart = abs(sum(addends) - total) * 10 ** len(digits)
    assert 0.9 < apart <= (len(addends) + 1) / 2 + 1e-6, said


def locate(example_run: Any, t: int) -> tuple[Any, int]:
    """The trace and the index that the displayed step t belongs to."""
    for trace in example_run.traces:
        if t <= trace.steps:
            return trace, t - 1
        t -= trace.steps
    raise AssertionError


def run_line(line: str, told: str, names: dict[str, Any]) -> None:
    """Run a line of the code twin, and hold the numbers that stand beside it against what it gave.

    Small numbers are told by two digits and a power of ten, others by three decimals; of a large
    matrix one row is told, of what is added sometimes the norm.
    """
    target = re.split(r" [*+-]?= ", line)[0]
    before = np.array(eval(target, names)) if " += " in line else 0.0
    exec(line, names)
    given = np.array(eval(target, names) - before)
    row = re.match(r"row (\d+): (.*)", told)
    if row:
        given, told = given[int(row[1]) - 1], row[2]
    if "norm" in told:
        given = np.linalg.norm(given)
    shown, given = numbers(told.split("]")[0]), np.ravel(given)
    assert shown, f"nothing is told beside {line}"
    small = np.abs(given).max() < 0.01 or "norm" in told
    rough = 0.055 if small else 1e-6
    np.testing.assert_allclose(
        shown, given[: len(shown)], rough, 0 if small else 6e-4, err_msg=line
    )
