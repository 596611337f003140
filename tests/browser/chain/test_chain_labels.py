"""No label is struck through, no flag lies on a wire, nothing of the future is half shown."""

import pytest
from playwright.sync_api import Locator, expect

from tests.support.chain_screen import Show, root


def apart(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    return (
        a["x"] + a["width"] <= b["x"]
        or b["x"] + b["width"] <= a["x"]
        or a["y"] + a["height"] <= b["y"]
        or b["y"] + b["height"] <= a["y"]
    )


@pytest.mark.parametrize("sample", ["sentence", "translation", "lstm"])
def test_a_number_stands_beside_its_own_arrow(show: Show, sample: str) -> None:
    page = show(sample, "t=1&phase=backward")
    arrows = page.locator('[data-testid^="local-"]').all()
    assert arrows
    for arrow in arrows:
        label = arrow.locator("xpath=following-sibling::*[contains(@class, 'norm')][1]")
        assert apart(label, arrow)


# What is painted after a number lies over it.
OVER = """node => [...node.querySelectorAll(".norm")].filter(norm =>
    [...norm.closest("svg").querySelectorAll(".cursor, .chunk-line")].some(line =>
        norm.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING)).length"""


@pytest.mark.parametrize("sample", ["sentence", "lstm", "translation"])
def test_frames_and_boundaries_lie_below_the_numbers(show: Show, sample: str) -> None:
    page = show(sample, "t=1&phase=backward")
    assert page.locator(".norm").count() > 3
    assert root(page).evaluate(OVER) == 0
    halo = page.locator(".norm").first.evaluate("node => getComputedStyle(node).paintOrder")
    assert halo.startswith("stroke")


def test_what_is_still_to_come_is_not_half_shown(show: Show) -> None:
    page = show("sentence", "t=3&phase=backward")
    for t in (1, 2):
        expect(page.get_by_test_id(f"dh-{t}")).to_be_hidden()
        expect(page.get_by_test_id(f"slice-{t}").locator("text")).to_be_hidden()
    for t in (3, 4, 5):
        expect(page.get_by_test_id(f"dh-{t}")).to_be_visible()
        expect(page.get_by_test_id(f"slice-{t}").locator("text")).to_be_visible()


@pytest.mark.parametrize("sample", ["sentence", "translation", "caption", "wave"])
def test_the_flag_of_the_target_stands_inside_its_row(show: Show, sample: str) -> None:
    page = show(sample, "phase=loss")
    flags = page.locator(".class.target").all()
    assert flags
    for row in flags:
        track, mark = (row.locator(name).bounding_box() for name in (".track", ".flagmark"))
        assert track["x"] <= mark["x"]
        assert mark["x"] + mark["width"] <= track["x"] + track["width"]
        assert apart(row.locator(".flagmark"), row.locator(".number"))


# How near the wires of two weights come between the plate and the chain.
NEAR = """plate => {
    const points = name => {
        const path = plate.querySelector(`.bus.${name}`)
        if (!path) return []
        const long = path.getTotalLength()
        return Array.from({ length: Math.ceil(long) + 1 },
            (_, n) => path.getPointAtLength(Math.min(long, n)))
    }
    const [one, other] = [points("W_hy"), points("W_hh")]
    const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y)
    if (!one.length || !other.length) return null
    return Math.min(...one.map(a => Math.min(...other.map(b => far(a, b)))))
}"""


@pytest.mark.parametrize(
    "sample",
    [
        "sentence",
        "name",
        "translation",
        "caption",
        "digit",
        "lstm",
        "gru",
        "wave",
        "hostile",
        "long",
    ],
)
@pytest.mark.parametrize("height", [600, 800])
def test_the_wires_of_two_weights_do_not_cross(show: Show, sample: str, height: int) -> None:
    page = show(sample, "t=1", height=height)
    for plate in page.get_by_test_id("plate").all():
        near = plate.evaluate(NEAR)
        assert near is None or near >= 3
