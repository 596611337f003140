"""Copy picture: a file that needs nothing else and shows what the screen shows."""

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.support.chain_screen import Show

SVG = "{http://www.w3.org/2000/svg}"


def save(page: Page, kind: str) -> bytes:
    button = page.get_by_test_id(f"save-{kind}")
    if not button.is_visible():
        page.get_by_test_id("copy").click()
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename.endswith(f".{kind}")
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(
    ("sample", "look", "shown"),
    [
        ("sentence", "t=5", "+0.00"),
        ("translation", "t=1&phase=backward", "h handed over"),
        ("lstm", "t=3&unit=2&zoom=3", "i: input gate"),
    ],
)
def test_an_svg_stands_alone(show: Show, sample: str, look: str, shown: str) -> None:
    page = show(sample, look)
    drawing = ElementTree.fromstring(save(page, "svg"))
    words = ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]
    assert any(shown in text for text in words)
    assert page.get_by_test_id("equation").locator("b").last.inner_text() in words
    for element in drawing.iter():
        assert "class" not in element.attrib
        assert "style" not in element.attrib
        for value in element.attrib.values():
            assert "var(" not in value
            assert not value.startswith("http")
    (style,) = drawing.findall(f"{SVG}style")
    assert "src:url(data:font/woff2" in style.text


def test_an_exported_cell_has_the_colour_of_the_screen(show: Show) -> None:
    page = show("sentence", "t=5")
    fill = page.get_by_test_id("cell-5-3").evaluate("cell => getComputedStyle(cell).fill")
    drawing = ElementTree.fromstring(save(page, "svg"))
    assert fill in {element.get("fill") for element in drawing.iter(f"{SVG}rect")}


def test_a_png_is_twice_the_size_of_the_svg(show: Show) -> None:
    page = show("sentence", "t=5")
    drawing, png = ElementTree.fromstring(save(page, "svg")), save(page, "png")
    assert png.startswith(b"\x89PNG")
    size = struct.unpack(">II", png[16:24])
    assert size == (2 * int(drawing.get("width")), 2 * int(drawing.get("height")))


def test_without_a_clipboard_the_picture_is_saved(show: Show) -> None:
    page = show("sentence", "t=2")
    page.evaluate("delete window.ClipboardItem")
    if not page.get_by_test_id("copying").is_visible():
        page.get_by_test_id("copy").click()
    with page.expect_download():
        page.get_by_test_id("copy-png").click()
    expect(page.get_by_test_id("copying").get_by_role("status")).to_contain_text("was saved")


def test_paper_holds_a_whole_chain(show: Show) -> None:
    page = show("name", "t=3")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".transport").first).to_be_hidden()
    end = page.get_by_test_id("cell-6-16").bounding_box()
    assert end["x"] + end["width"] <= 680 + page.locator(".scroller").bounding_box()["x"]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
