"""Presenter mode: the picture comes first, and a clicker's keys reach it wherever the focus is."""

import pytest
from playwright.sync_api import Page, Route, expect

PICTURE = "unroll?weights=trained&present=yes"


def step(page: Page) -> str | None:
    return page.get_by_test_id("chain").first.get_attribute("data-t")


def test_the_page_listens_for_a_clicker(visit) -> None:
    page = visit(f"{PICTURE}#t=1")
    page.locator("h1").click()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    assert step(page) == "3"
    page.keyboard.press("PageUp")
    assert step(page) == "2"


def test_a_field_one_types_in_keeps_its_keys(visit) -> None:
    page = visit(f"{PICTURE}#t=2")
    page.get_by_label("A sentence of your own").focus()
    page.keyboard.press("PageDown")
    assert step(page) == "2"


def test_without_presenter_mode_the_page_keeps_its_keys(visit) -> None:
    page = visit("unroll?weights=trained#t=2")
    page.locator("h1").click()
    page.keyboard.press("PageDown")
    assert step(page) == "2"


def test_in_full_screen_a_clicker_works_too(visit) -> None:
    page = visit("unroll?weights=trained#t=2")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'PageDown', bubbles: true}))"
    )
    assert step(page) == "3"


def test_of_two_pictures_the_one_used_last_answers(visit) -> None:
    page = visit("compare?present=yes")
    chains = page.get_by_test_id("chain")
    for chain in chains.all():
        together = chain.get_by_test_id("together")
        together.click()
        expect(together).to_have_attribute("aria-pressed", "false")
    before = [chains.nth(n).get_attribute("data-t") for n in (0, 1)]
    chains.nth(1).get_by_test_id("cell-1-1").click(modifiers=["Shift"])
    page.evaluate("document.activeElement.blur()")
    page.locator("h1").click()
    page.keyboard.press("PageDown")
    expect(chains.nth(1)).to_have_attribute("data-t", "2")
    assert chains.nth(0).get_attribute("data-t") == before[0]


def test_on_a_projector_the_whole_chain_stands_in_the_window(visit) -> None:
    page = visit(f"{PICTURE}#t=4", width=800, height=600)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")
    for place in ("cell-4-1", "x-4", "equation"):
        box = page.get_by_test_id(place).first.bounding_box()
        assert box["y"] >= 56
        assert box["y"] + box["height"] <= 600


def test_the_button_starts_and_ends_it_on_every_page(visit, idle) -> None:
    page = visit("unroll")
    page.get_by_role("button", name="Present", exact=True).click()
    expect(page.get_by_role("button", name="End presenting")).to_be_visible()
    page.wait_for_url(lambda url: "present=yes" in url)
    page.get_by_role("link", name="Training").first.click()
    idle(page)
    page.get_by_role("button", name="End presenting").click()
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_visible()
    page.wait_for_url(lambda url: "present" not in url)


@pytest.mark.parametrize("size", [(320, 700), (800, 600), (1280, 800)])
def test_no_page_is_wider_than_its_window(visit, size) -> None:
    page = visit("train?present=yes#phase=backward&t=2", width=size[0], height=size[1])
    main = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert main <= size[0]
    rail = page.locator(".rail").first.bounding_box()
    assert rail["width"] >= 90


def test_two_pictures_step_together_until_they_are_parted(visit) -> None:
    page = visit("compare")
    chains = page.get_by_test_id("chain")
    where = (
        "chains => chains.map(chain => [chain.dataset.phase, chain.dataset.t, chain.dataset.view])"
    )
    chains.nth(0).get_by_test_id("next").click()
    assert chains.evaluate_all(where) == [["forward", "2", "chain"]] * 2
    chains.nth(1).get_by_test_id("phase-loss").click()
    assert {phase for phase, *_ in chains.evaluate_all(where)} == {"loss"}
    chains.nth(1).get_by_test_id("phase-forward").click()
    chains.nth(0).get_by_test_id("together").click()
    expect(chains.nth(0).get_by_test_id("together")).to_have_attribute("aria-pressed", "false")
    chains.nth(0).get_by_test_id("next").click()
    assert [t for _, t, _ in chains.evaluate_all(where)] == ["2", "1"]
    chains.nth(0).get_by_test_id("together").click()
    assert [t for _, t, _ in chains.evaluate_all(where)] == ["1", "1"]


def test_a_link_to_a_step_leads_both(visit) -> None:
    for link in ("compare#t=3", "compare#cut-t=3"):
        page = visit(link)
        for chain in page.get_by_test_id("chain").all():
            expect(chain).to_have_attribute("data-t", "3")


def test_one_clock_plays_both(visit) -> None:
    page = visit("compare#t=1")
    chains = page.get_by_test_id("chain")
    chains.nth(0).get_by_test_id("play").click()
    expect(chains.nth(1)).to_have_attribute("data-t", "2")
    chains.nth(1).get_by_test_id("play").click()
    expect(chains.nth(0).get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    expect(chains.nth(0)).to_have_attribute("data-t", "4")
    chains.nth(1).get_by_test_id("play").click()


def test_a_picture_alone_has_nothing_to_step_with(visit) -> None:
    expect(visit("unroll").get_by_test_id("together")).to_be_hidden()


def expect_look(page: Page, look: str) -> None:
    """Wait until the picture is there: its view, phase and time step."""
    chain = page.get_by_test_id("chain").first
    for name, value in zip(("view", "phase", "t"), look.split(), strict=True):
        expect(chain).to_have_attribute(f"data-{name}", value)


def test_the_clicker_unrolls_the_loop_first(visit) -> None:
    page = visit("?present=yes", still=False)
    chain = page.get_by_test_id("chain").first
    expect(chain).to_have_attribute("data-view", "rolled")
    expect_look(page, "rolled forward 1")
    for t in range(1, 5):
        page.keyboard.press("PageDown")
        expect_look(page, f"chain forward {t}")
    for _ in range(4):
        page.keyboard.press("PageUp")
    expect_look(page, "rolled forward 1")


def test_after_the_last_stop_the_clicker_leads_to_the_next_page(visit, idle) -> None:
    page = visit("unroll?weights=trained&present=yes#t=5&phase=loss")
    page.keyboard.press("PageDown")
    page.wait_for_url("**/topologies**")
    idle(page)
    expect(page.get_by_role("button", name="End presenting")).to_be_visible()


def test_where_nothing_follows_the_clicker_says_so(visit) -> None:
    page = visit("unroll?weights=trained&present=yes#t=5&phase=loss")
    page.evaluate(
        """() => document.querySelectorAll(".st-key-next, .st-key-next-page, [data-next-page]")
            .forEach(one => one.remove())"""
    )
    page.keyboard.press("PageDown")
    expect(page.get_by_test_id("page-end")).to_have_text("End of this page")
    expect_look(page, "chain loss 5")


def test_without_a_picture_the_clicker_scrolls(visit) -> None:
    page = visit("memory?present=yes")
    main = page.get_by_test_id("stMain")
    expect(page.get_by_test_id("chain")).to_have_count(0)
    page.keyboard.press("PageDown")
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 100")
    page.keyboard.press("PageUp")
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop === 0")
    expect(main).to_be_visible()


def test_a_clickers_keys_scroll_alike_before_and_after_the_page_listens_for_it(visit, idle) -> None:
    """What listens may arrive between two presses; one up still takes one down back."""
    page = visit("memory")
    held: list[Route] = []
    page.route("**/chain/interaction/presenter.js", lambda route: held.append(route))
    page.goto(f"{page.url.split('?')[0]}?present=yes", wait_until="commit")
    idle(page)
    page.keyboard.press("PageDown")
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 100")
    for route in held:
        route.continue_()
    page.evaluate("address => import(address)", held[0].request.url)
    page.keyboard.press("PageUp")
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop === 0")


@pytest.mark.parametrize("path", ["unroll?present=yes#t=3", "memory?present=yes"])
@pytest.mark.parametrize("size", [(1280, 800), (800, 600), (1920, 1080)])
def test_the_way_out_stays_in_sight_and_esc_is_one(visit, path, size) -> None:
    page = visit(path, width=size[0], height=size[1])
    out = page.get_by_role("button", name="End presenting")
    for top in (0, 10_000):
        page.get_by_test_id("stMain").evaluate("(node, top) => node.scrollTo(0, top)", top)
        box = out.bounding_box()
        assert 0 <= box["y"] <= 60
        assert 0 <= box["x"] <= size[0] - box["width"]
        hit = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('button')?.innerText",
            [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
        )
        assert hit == "End presenting"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_visible()
    page.wait_for_url(lambda url: "present=yes" not in url)


def test_esc_comes_out_of_the_zoom_before_it_ends_presenting(visit) -> None:
    page = visit(f"{PICTURE}#t=3&zoom=2")
    page.locator(".zoom-body").first.focus()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("chain").first).to_have_attribute("data-zoom", "1")
    expect(page.get_by_role("button", name="End presenting")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "path", ["unroll?weights=trained&present=yes#t=3", "train?present=yes#t=3&phase=backward"]
)
def test_on_a_projector_every_letter_can_be_read(visit, path) -> None:
    page = visit(path, width=1920, height=1080)
    sizes = page.get_by_test_id("chain").first.evaluate(
        """node => [...node.querySelectorAll(".scroller text")].filter(text => {
            const style = getComputedStyle(text)
            const seen = style.visibility !== "hidden" && text.getClientRects().length
            return text.textContent.trim() && seen
        }).map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    )
    assert min(sizes) >= 18
