"""Take the pictures of docs/gallery.md: the chain in all its states, from the running app.

    python -m scripts.gallery

Each is the picture alone, or the whole screen where the size of the screen is the point. They are
written with a palette, which keeps them small.
"""

from dataclasses import dataclass
from itertools import groupby

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.live_app import ROOT, launch_browser, serve_app, wait_until_idle
from scripts.screenshots import shrink, wait_until_painted

FOLDER = ROOT / "docs" / "gallery"
SIZES = {"desk": (1280, 1500), "projector": (800, 600), "phone": (390, 844)}
HALF_WAY = """() => {
    const next = window.requestAnimationFrame.bind(window)
    const began = performance.now()
    window.requestAnimationFrame = draw => next(now => now - began < 430 ? draw(now) : null)
}"""
"""Lets the morph run for about half of its time, then holds it."""


@dataclass(frozen=True)
class Shot:
    """One picture: chapter, file name, what one sees, by which link, theme and screen."""

    chapter: str
    name: str
    words: str
    path: str
    theme: str = "light"
    size: str = "desk"
    halfway: bool = False


TRAINED = "unroll?weights=trained"
GATED = "topologies?task=sentiment&cell="
SHOTS = (
    Shot("The loop and the chain", "rolled", "Rolled up.", f"{TRAINED}#t=3&view=rolled"),
    Shot("The loop and the chain", "morph", "On the way.", f"{TRAINED}#t=3", halfway=True),
    Shot("The loop and the chain", "unrolled", "Unrolled.", f"{TRAINED}#t=5"),
    Shot("The loop and the chain", "unrolled-dark", "In the dark.", f"{TRAINED}#t=5", "dark"),
    Shot("Types", "one-to-one", "One to one.", "topologies?task=digits#t=1"),
    Shot("Types", "one-to-many", "One to many.", "topologies?task=captions#t=3"),
    Shot("Types", "many-to-one", "Many to one.", "topologies?task=digit-rows#t=8", "dark"),
    Shot("Types", "aligned", "Many to many, aligned.", "topologies?task=names#t=4"),
    Shot("Types", "handover", "Many to many, encoder–decoder.", "topologies?task=french#t=5"),
    Shot("Four levels", "cell", "One cell.", f"{TRAINED}#t=4&unit=3&zoom=2"),
    Shot("Four levels", "unit", "One unit.", f"{TRAINED}#t=4&unit=3&zoom=3", "dark"),
    Shot("Four levels", "product", "One product.", f"{TRAINED}#t=4&unit=3&zoom=4&source=9"),
    Shot("Gated cells", "lstm", "An LSTM keeps c.", f"{GATED}lstm#t=5"),
    Shot("Gated cells", "lstm-unit", "All gates.", f"{GATED}lstm#t=4&unit=3&zoom=3"),
    Shot("Gated cells", "gru-unit", "GRU.", f"{GATED}gru#t=4&unit=3&zoom=3", "dark"),
    Shot("Training", "loss", "The loss.", "train#phase=loss"),
    Shot("Training", "backward", "Half-way back.", "train#t=3&phase=backward"),
    Shot("Training", "ledger", "All slices in.", "train#t=1&phase=backward", "dark"),
    Shot("Training", "back-lstm", "Back twice.", "train?cell=lstm#t=2&phase=backward", "dark"),
    Shot("Training", "update", "Old, step, new.", "train#phase=update"),
    Shot("Small screens", "projector", "800 × 600.", f"{TRAINED}#t=4", "light", "projector"),
    Shot("Small screens", "phone", "390 wide.", f"{TRAINED}#t=4", "light", "phone"),
    Shot("Small screens", "phone-back", "Back.", "train#t=2&phase=backward", "dark", "phone"),
)


def main() -> None:
    """Take the pictures and write the page that shows them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
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
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.theme == "dark" else "light",
        reduced_motion="no-preference" if shot.halfway else "reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/{shot.path}")
    wait_until_idle(page)
    chain = page.get_by_test_id("chain").first
    chain.wait_for()
    wait_until_painted(page)
    if shot.halfway:
        hold_halfway(page)
    if shot.size == "desk":
        picture = chain.screenshot()
    else:
        chain.evaluate("chain => chain.scrollIntoView()")
        page.wait_for_timeout(300)
        picture = page.screenshot()
    context.close()
    return shrink(picture)


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
        "Taken from the running app by `python -m scripts.gallery`; every number is the engine's.",
    ]
    for chapter, shots in groupby(SHOTS, key=lambda shot: shot.chapter):
        lines += ["", f"## {chapter}"]
        for shot in shots:
            alt = f"{chapter}: {shot.words}"
            lines += ["", f"{shot.words} `{shot.path}`", "", f"![{alt}](gallery/{shot.name}.png)"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
