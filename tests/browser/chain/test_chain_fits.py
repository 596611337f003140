"""Nothing of a chain is cut at an edge without a sign: a shade, a mark and a map."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.chain_screen import Show, press, root

WIDTHS = (390, 700, 800, 1024, 1280, 1440, 1920)
SAMPLES = (
    "sentence",
    "name",
    "name-lstm",
    "translation",
    "translation-lstm",
    "caption",
    "digit",
    "digit-rows",
    "lstm",
    "gru",
    "wave",
    "long",
    "untied",
)

# What is painted, and where it crosses the frame that is seen.
CUT = """node => {
    const scroller = node.querySelector(".scroller")
    const frame = scroller.getBoundingClientRect()
    const crossing = { left: [], right: [] }
    for (const leaf of scroller.querySelectorAll("rect, path, text, image, circle")) {
        const style = getComputedStyle(leaf)
        if (style.visibility === "hidden" || leaf.matches(".hit")) continue
        if (!leaf.getClientRects().length) continue
        let seen = true
        for (let at = leaf; at !== scroller; at = at.parentNode) {
            if (Number(getComputedStyle(at).opacity) === 0) seen = false
        }
        if (!seen) continue
        const box = leaf.getBoundingClientRect()
        const sheet = leaf.closest(".segment > svg")
        const fixed = getComputedStyle(sheet).position === "sticky"
        const plate = sheet.parentNode.querySelector(".plate").getBoundingClientRect()
        const left = fixed ? frame.left : Math.max(frame.left, plate.right)
        const name = leaf.getAttribute("class") + " " + (leaf.textContent ?? "").slice(0, 20)
        if (box.left < left - 3) crossing.left.push(name)
        if (box.right > frame.right + 1.5) crossing.right.push(name)
    }
    const shown = name => {
        const found = node.querySelector(`[data-testid="${name}"]`)
        return Boolean(found) && found.getClientRects().length > 0
    }
    const wrong = []
    for (const side of ["left", "right"]) {
        const signs = [`edge-${side}`, "minimap"].filter(name => !shown(name))
        if (crossing[side].length && signs.length) {
            wrong.push(`${side}: ${crossing[side].slice(0, 4)} without ${signs}`)
        }
    }
    const [from, to] = [scroller.scrollLeft, scroller.scrollLeft + scroller.clientWidth]
    const hides = { left: from > 1, right: to < scroller.scrollWidth - 1 }
    for (const side of ["left", "right"]) {
        if (shown(`edge-${side}`) !== hides[side]) wrong.push(`${side}: the sign is wrong`)
    }
    return wrong
}"""

SETTLED = f"""() => {{
    const holder = [...document.querySelectorAll("*")].map(node => node.shadowRoot)
        .filter(Boolean).map(found => found.querySelector(".chain")).find(Boolean)
    return ({CUT})(holder).length === 0
}}"""


# A new width is heard of in the next frame, and drawn then.
DRAWN = """() => new Promise(done => {
    requestAnimationFrame(() => requestAnimationFrame(done))
})"""


def assert_signed(page: Page, where: str) -> None:
    """A new width takes the picture a moment; then nothing is cut without a sign."""
    try:
        page.wait_for_function(SETTLED)
    except Exception as error:
        raise AssertionError(f"{where}: {root(page).evaluate(CUT)}") from error


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_is_cut_without_a_sign_at_any_width(show: Show, sample: str) -> None:
    page = show(sample, "t=1")
    last = int(page.get_by_test_id("seek").first.get_attribute("aria-valuemax"))
    views = (
        "t=1",
        f"t={last}",
        f"t={max(1, last // 2)}&phase=backward",
        "phase=update",
        "view=rolled",
    )
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for view in views:
            show(sample, view)
            assert_signed(page, f"{sample}, {width} wide, {view}")


@pytest.mark.parametrize("sample", ["update", "update-lstm"])
def test_an_update_is_whole_wherever_the_chain_is_scrolled_to(show: Show, sample: str) -> None:
    page = show(sample, "phase=update&t=9")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 600})
        page.evaluate(DRAWN)
        boxes = root(page).evaluate(
            """node => {
                const frame = node.querySelector(".scroller").getBoundingClientRect()
                const left = node.querySelector(".ledger-total").getBoundingClientRect()
                const sum = node.querySelector("[data-testid=update]")
                return [...sum.querySelectorAll("text, .frame")]
                    .map(part => part.getBoundingClientRect())
                    .map(box => [box.left - left.right, frame.right - box.right])
            }"""
        )
        assert len(boxes) >= 6, "step, new, their signs and their names"
        assert min(min(box) for box in boxes) >= -1, f"{width} wide"


def test_an_untied_chain_keeps_each_copy_out_of_the_frame(show: Show) -> None:
    page = show("untied", "t=1")
    last = int(page.get_by_test_id("seek").first.get_attribute("aria-valuemax"))
    for t in range(1, last + 1):
        press(page, "Home", *["ArrowRight"] * (t - 1))
        frame = page.get_by_test_id("cursor").bounding_box()
        for copy in page.locator(".copy .frame").all():
            box = copy.bounding_box()
            apart = box["x"] >= frame["x"] + frame["width"] or box["x"] + box["width"] <= frame["x"]
            assert apart


def test_a_mark_at_the_edge_leads_on(show: Show) -> None:
    page = show("long", "t=1")
    page.get_by_test_id("edge-right").locator(".edge-mark").click()
    expect(page.get_by_test_id("edge-left")).to_be_visible()
    page.get_by_test_id("edge-left").locator(".edge-mark").click()
    expect(page.get_by_test_id("edge-left")).to_be_hidden()


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("sample", ["sentence", "lstm"])
def test_deeper_levels_say_where_they_go_on(show: Show, sample: str, level: int) -> None:
    page = show(sample, f"t=2&zoom={level}")
    hidden = """node => {
        const body = node.querySelector(".zoom-body")
        const cut = body.scrollWidth - body.clientWidth - body.scrollLeft > 1
        const sign = node.querySelector("[data-testid=zoom-edge-right]")
        return [cut, !sign.hidden]
    }"""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(DRAWN)
        cut, said = root(page).evaluate(hidden)
        assert cut == said
        if level == 2 and width >= 700:
            assert not cut, "a table of all units is never cut off"


# The size of every letter on the screen: its own, times the drawing's scale, times the zoom.
LETTERS = """node => [...node.querySelectorAll(".scroller text")].filter(text => {
    const style = getComputedStyle(text)
    const seen = style.visibility !== "hidden" && text.getClientRects().length
    return text.textContent.trim() && seen
}).map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""


def test_full_screen_makes_the_picture_larger(show: Show) -> None:
    page = show("sentence", "t=4", width=1920, height=1080)
    before = page.get_by_test_id("cell-1-1").bounding_box()
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement")
    page.wait_for_function(BIG)
    after = page.get_by_test_id("cell-1-1").bounding_box()
    assert after["width"] > 1.3 * before["width"]
    assert min(root(page).evaluate(LETTERS)) >= 18
    box = page.get_by_test_id("equation").bounding_box()
    assert box["y"] + box["height"] <= 1080
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function(f"() => !({BIG})()")
    assert page.get_by_test_id("cell-1-1").bounding_box() == before


BIG = """() => [...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)
    .some(found => found.querySelector(".chain.big"))"""
