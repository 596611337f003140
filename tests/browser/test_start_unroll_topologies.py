"""Start, What is an RNN? and Types of RNN in a real browser: own input, links, pictures to pick."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from scripts.app_server import serve_app, wait_until_idle
from tests.browser.conftest import Visits

Idle = Callable[[Page], None]


def chain(page: Page) -> Locator:
    return page.get_by_test_id("chain")


def expect_words(page: Page, text: str) -> None:
    for t, word in enumerate(text.split(), start=1):
        expect(chain(page).get_by_test_id(f"x-{t}")).to_contain_text(word)


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label)
    field.fill(text)
    field.press("Enter")


def test_the_answer_unrolls_the_loop(visit: Visits, idle: Idle) -> None:
    page = visit()
    expect(chain(page)).to_have_attribute("data-view", "rolled")
    page.get_by_role("button", name="good", exact=True).click()
    expect(chain(page)).to_have_attribute("data-view", "chain")
    expect(chain(page)).to_have_attribute("data-t", "5")  # "bad": the step to look at
    expect(page.get_by_text("Correct: ")).to_be_visible()
    page.get_by_role("button", name="Ask me again").click()
    expect(chain(page)).to_have_attribute("data-view", "rolled")
    idle(page)


def test_an_own_sentence_goes_through_the_chain(visit: Visits, idle: Idle) -> None:
    page = visit("unroll")
    expect_words(page, "the film was not good")
    type_into(page, "A sentence of your own", "Boring but good")
    expect_words(page, "boring but good")
    expect(page).to_have_url(re.compile("input=boring\\+but\\+good.*seed=0"))
    idle(page)


def test_what_cannot_be_read_is_said_and_the_picture_stays(visit: Visits, idle: Idle) -> None:
    page = visit("unroll?input=not+bad")
    warning = page.get_by_test_id("stAlertContentWarning")
    for text in ("", "👩‍🚀🙂"):
        type_into(page, "A sentence of your own", text)
        expect(warning).to_contain_text("type an English sentence")
        expect(warning).to_contain_text("The picture still shows “not bad”.")
        expect_words(page, "not bad")
    note = page.get_by_test_id("stAlertContentInfo")
    type_into(page, "A sentence of your own", "good " * 2_000)
    expect(note.filter(has_text="cut")).to_be_visible()
    type_into(page, "A sentence of your own", "**zyzzyva** <img src=x onerror=hacked=1>")
    expect(note.filter(has_text="zyzzyva").first).to_be_visible()
    assert page.evaluate("typeof hacked") == "undefined"
    expect(page.locator("img[src='x']")).to_have_count(0)
    idle(page)


def test_a_number_out_of_range_is_answered_beside_the_field(visit: Visits, idle: Idle) -> None:
    page = visit("topologies?task=french&input=99")
    expect(page.get_by_text("quatre-vingt-dix-neuf").first).to_be_visible()
    type_into(page, "A number to translate, 0 to 999", "1000")
    expect(page.get_by_test_id("stAlertContentWarning")).to_contain_text("0 to 999")
    expect(page.get_by_text("quatre-vingt-dix-neuf").first).to_be_visible()
    expect(page.get_by_label("A number to translate, 0 to 999")).to_have_value("1000")
    idle(page)


def test_a_deep_link_opens_on_a_cold_server(browser: Browser) -> None:
    with serve_app() as app:
        page = browser.new_page()
        page.goto(f"{app.address}/unroll?v=1&input=never+boring&weights=trained&cut=no#t=2")
        wait_until_idle(page)
        expect_words(page, "never boring")
        expect(chain(page)).to_have_attribute("data-t", "2")
        expect(chain(page)).to_contain_text("pretrained")
        page.close()


def test_copy_link_gives_the_screen_and_the_step(visit: Visits, idle: Idle) -> None:
    page = visit("unroll?input=not+bad+at+all#t=3")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(chain(page)).to_have_attribute("data-t", "3")
    page.get_by_test_id("copy-link").click()
    expect(page.get_by_test_id("copy-link")).to_have_text("Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    query = "v=1&input=not+bad+at+all&weights=untrained&cell=rnn&hidden=8&seed=0&cut=no"
    assert f"unroll?{query}#t=3" in link
    other = visit(link.split("/", 3)[3])
    expect_words(other, "not bad at all")
    expect(chain(other)).to_have_attribute("data-t", "3")
    idle(other)


def test_a_bad_link_is_named_as_it_was_written(visit: Visits, idle: Idle) -> None:
    page = visit("topologies?seed=*1*&task=%3Cb%3E%3Ared%5Bx%5D&colour=1")
    warning = page.get_by_test_id("stAlertContentWarning")
    expect(warning).to_contain_text("seed = “*1*” cannot be used")
    expect(warning).to_contain_text("task = “<b>:red[x]”")
    expect(warning).to_contain_text("no setting called “colour”")
    idle(page)


def test_topologies_are_picked_by_mouse_and_keys(visit: Visits, idle: Idle) -> None:
    page = visit("topologies")
    cards = page.get_by_role("radiogroup", name="Type of network (schematic)")
    expect(cards.get_by_role("radio", checked=True)).to_have_text("Many to one")
    cards.get_by_test_id("pick-one to many").click()
    expect(page).to_have_url(re.compile("task=captions"))
    expect(page.get_by_text("What does it show?")).to_be_visible()
    idle(page)
    cards.get_by_role("radio", checked=True).press("ArrowLeft")
    expect(page).to_have_url(re.compile("task=digits"))
    expect(cards.get_by_role("radio", checked=True)).to_have_text("One to one")
    idle(page)
    pictures = page.get_by_role("radiogroup", name="Pictures")
    pictures.get_by_role("radio").nth(7).click()
    expect(page.get_by_text("The network says 7")).to_be_visible()
    idle(page)


def test_a_drawn_digit_is_read_and_stands_in_the_link(visit: Visits, idle: Idle) -> None:
    page = visit("topologies?task=digits&example=0")
    page.get_by_role("button", name="Draw").click()
    box = page.get_by_test_id("pad").bounding_box()
    assert box is not None
    for step in range(41):
        angle = 2 * math.pi * step / 40
        x = box["x"] + box["width"] * (0.5 + 0.22 * math.sin(angle))
        y = box["y"] + box["height"] * (0.5 - 0.36 * math.cos(angle))
        page.mouse.move(x, y)
        if step == 0:
            page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile("input=ink%3A[a-q]{64}"))
    expect(page.get_by_text("The network says 0,")).to_be_visible()
    expect(page.get_by_role("img", name="What the network reads")).to_be_visible()
    idle(page)
    again = visit(page.url.split("/", 3)[3])
    expect(again.get_by_text("The network says 0,")).to_be_visible()
    expect(again.get_by_text("no known answer")).to_be_visible()
    idle(again)


def follow(page: Page, title: str, path: str) -> None:
    page.get_by_role("link", name=title).first.click()
    page.wait_for_url(re.compile(f"/{path}"))


def test_settings_are_kept_and_back_and_forward_go_there(visit: Visits, idle: Idle) -> None:
    page = visit()
    follow(page, "What is an RNN?", "unroll")
    idle(page)
    page.get_by_role("button", name="“not bad at all”").click()
    expect(page).to_have_url(re.compile("input=not\\+bad"))
    idle(page)
    follow(page, "Types of RNN", "topologies")
    idle(page)
    follow(page, "What is an RNN?", "unroll")
    expect_words(page, "not bad at all")
    expect(page).to_have_url(re.compile("/unroll\\?.*input=not\\+bad"))
    idle(page)
    heading = page.get_by_role("heading", level=1)
    screens = (
        ("A network with a memory", "the", "/"),
        ("What is an RNN?", "the film was not good", "/unroll"),
        ("What is an RNN?", "not bad at all", "/unroll?"),
        ("Types of RNN", "", "/topologies"),
        ("What is an RNN?", "not bad at all", "/unroll?"),
    )
    for go, way in ((page.go_back, screens[-2::-1]), (page.go_forward, screens[1:])):
        for title, words, path in way:
            go()
            expect(heading).to_have_text(title)
            expect_words(page, words)
            page.wait_for_url(lambda url, path=path: path in url)
            idle(page)


def test_back_and_forward_find_setting_and_step(visit: Visits, idle: Idle) -> None:
    page = visit("unroll?v=1&input=not+bad+at+all#t=4")
    type_into(page, "A sentence of your own", "very good")
    expect_words(page, "very good")
    expect(chain(page)).to_have_attribute("data-t", "2")
    page.wait_for_url(re.compile("input=very\\+good.*#t=2"))
    chain(page).locator(".scroller").press("ArrowLeft")
    page.wait_for_url(re.compile("input=very\\+good.*#t=1"))
    for _ in range(2):
        page.go_back()
        expect_words(page, "not bad at all")
        expect(chain(page)).to_have_attribute("data-t", "4")
        page.go_forward()
        expect_words(page, "very good")
        expect(chain(page)).to_have_attribute("data-t", "1")
    idle(page)


@pytest.mark.parametrize("path", ["", "unroll", "topologies", "topologies?task=french"])
def test_the_picture_and_its_first_word_are_in_sight(visit: Visits, path: str) -> None:
    page = visit(path)
    box, word = chain(page).bounding_box(), page.get_by_test_id("x-1").first.bounding_box()
    assert box is not None
    assert word is not None
    assert box["y"] < 800 * 0.4
    assert word["y"] < 800


def test_a_phone_is_wide_enough(visit: Visits) -> None:
    for path in ("", "unroll", "topologies"):
        page = visit(path, width=320, height=640)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
