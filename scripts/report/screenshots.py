"""Take the pictures of the README: every page in both themes, on a desk, a projector and a phone.

    python -m scripts.report.screenshots              # the README's pictures, into docs/
    python -m scripts.report.screenshots --all DIR    # every page, theme and size, into DIR

The pictures of docs/ are written with a palette of 256 colours, which keeps them small.
"""

import argparse
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.app_server import PAGES, ROOT, launch_browser, serve_app, wait_until_idle

SIZES = {"desk": (1280, 800), "projector": (800, 600), "phone": (390, 844), "tall": (1280, 1040)}
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Shot:
    """One picture: what it shows, by which link, in which theme, on which screen."""

    title: str
    path: str
    theme: str
    size: str

    @property
    def name(self) -> str:
        return f"{self.title}-{self.theme}{'' if self.size == 'tall' else '-' + self.size}.png"


STORIES = {
    "forward": "unroll?weights=trained#t=5&phase=forward",
    "backward": "train#t=2&phase=backward",
}
README = tuple(
    Shot(title, path, theme, "tall") for title, path in STORIES.items() for theme in THEMES
)
ALL = tuple(
    Shot(path or "start", path, theme, size)
    for path in PAGES
    for theme in THEMES
    for size in ("desk", "projector", "phone")
)


def main() -> None:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description="Take pictures of the app.")
    parser.add_argument("--all", metavar="DIR", type=Path, help="every page, theme and size")
    arguments = parser.parse_args()
    folder, shots = (arguments.all, ALL) if arguments.all else (ROOT / "docs", README)
    folder.mkdir(parents=True, exist_ok=True)
    with serve_app() as app, sync_playwright() as playwright:
        browser = launch_browser(playwright)
        for shot in shots:
            picture = take(browser, app.address, shot)
            (folder / shot.name).write_bytes(picture)
            print(f"{folder / shot.name}  {len(picture) / 1000:.0f} kB")
        browser.close()


def take(browser: Browser, address: str, shot: Shot) -> bytes:
    """Return the picture as a PNG."""
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/{shot.path}")
    wait_until_idle(page)
    wait_until_painted(page)
    picture = shrink(page.screenshot())
    context.close()
    return picture


def wait_until_painted(page: Page) -> None:
    """Wait for fonts and for pictures that draw themselves after the script has ended."""
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)


def shrink(png: bytes) -> bytes:
    """Return the same picture with a palette."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    packed = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    main()
