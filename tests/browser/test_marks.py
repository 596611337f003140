"""What is chosen differs visibly from what is not: by a mark, and in a system's own few colours."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rnn_views.theme import DARK, LIGHT, contrast
from scripts.app_server import wait_until_idle
from tests.browser.conftest import Visits

SEGMENT = 'button[data-variant="segmented_control"]'
LOOK = """(element, pseudo) => {
    const { backgroundColor, borderTopWidth, outlineStyle, color, boxShadow, content } =
        getComputedStyle(element, pseudo)
    return [backgroundColor, borderTopWidth, outlineStyle, color, boxShadow, content].join("; ")
}"""


@pytest.fixture(params=["light", "dark"])
def forced(
    browser: Browser, app_url: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Page]]:
    """Opens pages for somebody whose system paints with its own few colours."""
    context = browser.new_context(forced_colors="active", color_scheme=request.param)

    def open_page(path: str) -> Page:
        page = context.new_page()
        page.goto(f"{app_url}/{path}")
        wait_until_idle(page)
        return page

    yield open_page
    context.close()


def look(locator: Locator) -> str:
    return str(locator.evaluate(LOOK))


def test_forced_colours_show_the_chosen_segment(forced: Callable[[str], Page]) -> None:
    page = forced("unroll")
    chosen = page.locator(f"{SEGMENT}[data-selected=true]").first
    other = page.locator(f"{SEGMENT}:not([data-selected=true])").first
    assert look(chosen).split("; ")[0] != look(other).split("; ")[0]


def test_forced_colours_show_a_switch_and_which_way_it_is(forced: Callable[[str], Page]) -> None:
    rail = "label:has([role=switch]) > span + div"
    looks = {}
    for cut in ("yes", "no"):
        page = forced(f"unroll?cut={cut}")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        looks[cut] = look(page.locator(rail).first)
        knob = page.locator(f"{rail} > div").first.evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
        assert knob != looks[cut].split("; ")[0]  # the knob is seen on its rail
        assert looks[cut].split("; ")[4] != "none" or looks[cut].split("; ")[0] != ground
    assert looks["yes"].split("; ")[0] != looks["no"].split("; ")[0]


def test_forced_colours_show_the_page_one_is_on(forced: Callable[[str], Page]) -> None:
    page = forced("memory")
    links = page.get_by_test_id("stTopNavLink")
    outlined = [link for link in links.all() if look(link).split("; ")[2] not in ("none", "")]
    assert len(outlined) == 1
    expect(outlined[0]).to_have_attribute("aria-current", "page")


def test_forced_colours_show_a_slider(forced: Callable[[str], Page]) -> None:
    page = forced("memory")
    knob = page.locator('[data-testid="stSlider"] div:has(> div > input[type="range"])').first
    rail = page.locator('[data-testid="stSlider"] [role="group"] > div > div:first-child').first
    ground = page.get_by_test_id("stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground not in (look(knob).split("; ")[0], look(rail).split("; ")[0])


def test_forced_colours_show_the_chosen_picture(forced: Callable[[str], Page]) -> None:
    page = forced("topologies?task=digits")
    for name in ("cards", "pictures"):
        chosen = page.locator(f".{name} button[aria-checked=true]")
        other = page.locator(f".{name} button[aria-checked=false]").first
        assert look(chosen).split("; ")[1] != look(other).split("; ")[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_are_there_in_all_colours(
    visit: Visits, idle: Callable[[Page], None], theme: str
) -> None:
    page = visit("memory", theme=theme)
    chosen = page.locator(f"{SEGMENT}[data-selected=true]").first
    assert "inset" in look(chosen)
    current = page.locator('a[aria-current="page"] [data-testid="stMarkdownContainer"]')
    assert current.evaluate("e => getComputedStyle(e).textDecorationLine") == "underline"
    guess = page.locator('[class*="st-key-options-"]').first.get_by_role("button").first
    name = guess.inner_text()
    guess.click()
    primary = page.get_by_test_id("stBaseButton-primary")
    expect(primary.first).to_have_text(name)
    idle(page)
    assert "✓" in primary.first.evaluate("e => getComputedStyle(e, '::before').content")
    expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def hexadecimal(colour: str) -> str:
    parts = colour.removeprefix("rgb(").removesuffix(")").split(",")
    return "#" + "".join(f"{int(part):02x}" for part in parts)


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_charts_are_in_full_contrast(visit: Visits, theme: str, palette: object) -> None:
    page = visit("memory", theme=theme)
    page.locator(".js-plotly-plot .ytick text").first.wait_for()
    found = page.evaluate(
        """() => [...document.querySelectorAll(".js-plotly-plot :is(.xtick, .ytick) text")]
            .map((e) => [getComputedStyle(e).fill, getComputedStyle(e).fontSize,
                ...[...e.querySelectorAll("tspan")].map((s) => getComputedStyle(s).fontSize)])"""
    )
    assert found
    for fill, *sizes in found:
        assert contrast(hexadecimal(fill), palette.background) >= 4.5
        assert max(float(size.removesuffix("px")) for size in sizes) >= 13
        assert min(float(size.removesuffix("px")) for size in sizes) >= 11
    lines = page.evaluate(
        """() => [...document.querySelectorAll(".js-plotly-plot .scatterlayer .js-line")]
            .map((e) => getComputedStyle(e).stroke)"""
    )
    assert {hexadecimal(line) for line in lines} <= set(vars(palette).values())


COLUMNS = """() => [...document.querySelectorAll('[data-testid=stTable] table')].flatMap((body) => {
    const right = (cell) => {
        const range = document.createRange()
        range.selectNodeContents(cell)
        return range.getBoundingClientRect().right
    }
    const rows = [...body.rows].map((row) => [...row.cells])
    return rows[0].map((head, at) => {
        const cells = rows.slice(1).map((row) => row[at]).filter((cell) => cell.innerText.trim())
        return { name: head.innerText, texts: cells.map((cell) => cell.innerText.trim()),
            apart: cells.map((cell) => Math.abs(right(cell) - right(head))) }
    })
})"""
NUMBER = re.compile(r"[−±-]?[\d.,\u202f]+( · 10[⁻⁰¹²³⁴-⁹]+)?([ \u00a0]?(%|nats?|ms|s))?|–")


@pytest.mark.parametrize(
    "path",
    [
        *("topologies", "memory?part=adding", "memory?part=sunspots", "train?view=extremes"),
        "bugs?case=1&tools=check~overfit~permute~count&guess=dropped",
    ],
)
def test_headers_stand_above_their_numbers(visit: Visits, path: str) -> None:
    page = visit(path)
    if "extremes" in path:  # its table comes with the answer
        page.locator('[class*="st-key-options-"] button').first.click()
    page.locator('[data-testid="stTable"] td.of-numbers').first.wait_for()
    wait_until_idle(page)
    columns = [
        column
        for column in page.evaluate(COLUMNS)
        if any(any(map(str.isdigit, text)) for text in column["texts"])
        and all(map(NUMBER.fullmatch, column["texts"]))
    ]
    assert columns
    for column in columns:
        assert max(column["apart"]) < 1, column
