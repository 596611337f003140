"""Take the pictures of docs/gallery.md: the chain in all its states, from the running app.

    python -m scripts.report.gallery

Each is the picture alone, or the whole screen where the size of the screen is the point. They are
written with a palette, which keeps them small.
"""

from dataclasses import dataclass
from itertools import groupby

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from scripts.app_server import ROOT, launch_browser, serve_app, wait_until_idle
from scripts.report.screenshots import shrink, wait_until_painted

FOLDER = ROOT / "docs" / "gallery"
SIZES = {"desk": (1280, 1500), "window": (1280, 800), "projector": (800, 600), "phone": (390, 844)}
HALF_WAY = """() => {
    const next = window.requestAnimationFrame.bind(window)
    const began = performance.now()
    window.requestAnimationFrame = draw => next(now => now - began < 430 ? draw(now) : null)
}"""
"""Lets the morph run for about half of its time, then holds it."""


@dataclass(frozen=True)
class Shot:
    """One picture: chapter, file name, what one sees, by which link, theme and screen.

    `motion` is for visitors who have not asked for less of it; `keys` are pressed before the
    picture is taken.
    """

    chapter: str
    name: str
    words: str
    path: str
    theme: str = "light"
    size: str = "desk"
    halfway: bool = False
    motion: bool = False
    keys: tuple[str, ...] = ()


TRAINED = "unroll?weights=trained"
GATED = "topologies?task=sentiment&cell="
LONG = "+".join(["the", "film", "was", "not", "good", "but", "not", "bad", "at", "all"] * 3)
LOOP, TYPES, LEVELS = "The loop and the chain", "Types", "Four levels, forward and backward"
CELLS, TRAIN, HANDS = "Gated cells", "Training", "By hand and side by side"
LONG_ONES, SMALL = "Long chains", "Screens"
SHOTS = (
    Shot(LOOP, "rolled", "Rolled up.", f"{TRAINED}#t=3&view=rolled", motion=True),
    Shot(LOOP, "morph", "On the way.", f"{TRAINED}#t=3", halfway=True),
    Shot(LOOP, "unrolled", "Unrolled.", f"{TRAINED}#t=5"),
    Shot(LOOP, "unrolled-dark", "In the dark.", f"{TRAINED}#t=5", "dark"),
    Shot(LOOP, "side-by-side", "Without motion: both.", f"{TRAINED}#t=3&view=rolled", "dark"),
    Shot(TYPES, "one-to-one", "One to one.", "topologies?task=digits#t=1"),
    Shot(TYPES, "one-to-many", "One to many.", "topologies?task=captions#t=3"),
    Shot(TYPES, "many-to-one", "Many to one.", "topologies?task=digit-rows#t=8", "dark"),
    Shot(TYPES, "aligned", "Many to many, aligned.", "topologies?task=names#t=4"),
    Shot(TYPES, "handover", "Many to many, encoder–decoder.", "topologies?task=french#t=5"),
    Shot(LEVELS, "cell", "One cell.", f"{TRAINED}#t=4&unit=3&zoom=2"),
    Shot(LEVELS, "unit", "One unit.", f"{TRAINED}#t=4&unit=3&zoom=3", "dark"),
    Shot(LEVELS, "seeing", "A unit that sees.", "topologies?task=captions#t=1&unit=5&zoom=3"),
    Shot(LEVELS, "product", "One product.", f"{TRAINED}#t=4&unit=3&zoom=4&source=9"),
    Shot(LEVELS, "cell-back", "One cell, going back.", "train#t=4&zoom=2&phase=backward", "dark"),
    Shot(LEVELS, "unit-back", "One unit, going back.", "train#t=4&unit=3&zoom=3&phase=backward"),
    Shot(CELLS, "lstm", "An LSTM keeps c.", f"{GATED}lstm#t=5"),
    Shot(CELLS, "lstm-unit", "All gates.", f"{GATED}lstm#t=4&unit=3&zoom=3"),
    Shot(CELLS, "gru-unit", "GRU.", f"{GATED}gru#t=4&unit=3&zoom=3", "dark"),
    Shot(CELLS, "lstm-handover", "h and c.", "topologies?task=french&cell=lstm#t=4", "dark"),
    Shot(TRAIN, "loss", "The loss.", "train#phase=loss"),
    Shot(TRAIN, "backward", "Half-way back.", "train#t=3&phase=backward"),
    Shot(TRAIN, "ledger", "All slices in.", "train#t=1&phase=backward", "dark"),
    Shot(TRAIN, "outer", "Behind a slice.", "train#t=3&phase=backward", keys=("o",)),
    Shot(TRAIN, "back-lstm", "Back twice.", "train?cell=lstm#t=2&phase=backward", "dark"),
    Shot(TRAIN, "update", "Old, step, new.", "train#phase=update"),
    Shot(HANDS, "untied", "Untied.", "unroll?edits=untie_5#t=5"),
    Shot(HANDS, "rival", "The wires cut.", "compare#cut-t=4", "dark", "both"),
    Shot(LONG_ONES, "minimap", "A window on a long chain.", f"{TRAINED}&input={LONG}#t=18"),
    Shot(LONG_ONES, "minimap-dark", "In the dark.", f"{TRAINED}&input={LONG}#t=18", "dark"),
    Shot(SMALL, "window", "1280 × 800.", f"{TRAINED}#t=4", "light", "window"),
    Shot(SMALL, "projector", "800 × 600.", f"{TRAINED}#t=4", "light", "projector"),
    Shot(SMALL, "presenting", "Presenting.", f"{TRAINED}&present=yes#t=4", "light", "projector"),
    Shot(
        SMALL, "present-back", "Back.", "train?present=yes#t=2&phase=backward", "dark", "projector"
    ),
    Shot(SMALL, "phone", "390 wide.", f"{TRAINED}#t=4", "light", "phone"),
    Shot(SMALL, "phone-back", "Back.", "train#t=2&phase=backward", "dark", "phone"),
)
"""Every state of the picture; light and dark take turns."""


def main() -> None:
    """Take the pictures and write the page that shows them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with serve_app() as app, sync_playwright() as playwright:
        browser = launch_browser(playwright)
        for shot in SHOTS:
            picture = take(browser, app.address, shot)
            (FOLDER / f"{shot.name}.png").write_bytes(picture)
            print(f"{shot.name}  {len(picture) / 1000:.0f} kB")
        browser.close()
    (ROOT / "docs" / "gallery.md").write_text(write_page(), encoding="utf-8")


def take(browser: Browser, address: str, shot: Shot) -> bytes:
    """Return the picture as a PNG with a palette."""
    width, height = SIZES.get(shot.size, SIZES["desk"])
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.theme == "dark" else "light",
        reduced_motion="no-preference" if shot.halfway or shot.motion else "reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/{shot.path}")
    wait_until_idle(page)
    chain = page.get_by_test_id("chain").first
    chain.wait_for()
    wait_until_painted(page)
    if shot.halfway:
        hold_halfway(page)
    for key in shot.keys:
        chain.locator(".scroller").press(key)
    if shot.size == "desk":
        picture = chain.screenshot()
    elif shot.size == "both":
        picture = page.screenshot(full_page=True, clip=around(page))
    else:
        chain.evaluate("chain => chain.scrollIntoView()")
        page.wait_for_timeout(300)
        picture = page.screenshot()
    context.close()
    return shrink(picture)


def around(page: Page) -> FloatRect:
    """Return the part of the page that holds all its pictures."""
    page.set_viewport_size({"width": 1280, "height": 2600})
    page.wait_for_timeout(800)
    boxes = [chain.bounding_box() for chain in page.get_by_test_id("chain").all()]
    found = [box for box in boxes if box is not None]
    top, bottom = min(box["y"] for box in found), max(box["y"] + box["height"] for box in found)
    return {"x": found[0]["x"], "y": top, "width": found[0]["width"], "height": bottom - top}


def hold_halfway(page: Page) -> None:
    """Roll the chain up and hold it half-way."""
    page.evaluate(HALF_WAY)
    page.get_by_test_id("roll").first.click()
    page.wait_for_timeout(900)


def write_page() -> str:
    """Return the text of docs/gallery.md."""
    lines = [
        "# The picture in all its states",
        "",
        "Taken from the running app by `python -m scripts.report.gallery`; every number is the "
        "engine's.",
    ]
    for chapter, shots in groupby(SHOTS, key=lambda shot: shot.chapter):
        lines += ["", f"## {chapter}"]
        for shot in shots:
            alt = f"{chapter}: {shot.words}"
            lines += ["", f"{shot.words} `{shot.path}`", "", f"![{alt}](gallery/{shot.name}.png)"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
