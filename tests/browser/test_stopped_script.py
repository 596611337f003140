"""A script that is stopped from outside leaves no page that says it is training."""

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.conftest import Visits

Idle = Callable[[Page], None]
PATIENCE = 60_000
KEEP_SOCKET = """
const Plain = window.WebSocket
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given)
    window.theSocket = this
  }
}
"""
SEND = """(text) => window.theSocket.send(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)))"""
# Runs that take long enough to be stopped; the sunspots of Memory are over too soon.
RUNS = {
    "train?view=live&task=sentiment&pace=10": "Train",
    "train?view=live&task=sunspots&pace=10": "Train",
    "compare?task=sentiment": "Train both",
    "memory?part=adding&length=100": "Train the three",
}


def stop_script(page: Page) -> None:
    """Ask the server to stop the script, as Streamlit's own Stop does."""
    message = BackMsg(stop_script=True).SerializeToString()
    page.evaluate(SEND, base64.b64encode(message).decode())


@pytest.mark.parametrize("address", RUNS)
def test_a_run_whose_script_is_stopped_says_so_by_itself(
    visit: Visits, idle: Idle, address: str
) -> None:
    page = visit(address)
    page.add_init_script(KEEP_SOCKET)
    page.reload()
    idle(page)
    main, state = page.get_by_test_id("stMain"), page.locator(".st-key-live-state")
    main.get_by_role("button", name=RUNS[address], exact=True).click()
    expect(state).to_contain_text("Training.", timeout=PATIENCE)
    expect(main.get_by_role("button", name="Pause", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(1)
    page.locator(".curves svg path").first.wait_for(timeout=PATIENCE)
    stop_script(page)
    expect(state).to_contain_text("interrupted at update", timeout=PATIENCE)
    idle(page)
    expect(main.get_by_role("button", name="Pause", exact=True)).to_have_count(0)
    main.get_by_role("button", name="Continue", exact=True).click()
    expect(state).to_contain_text("Training.", timeout=PATIENCE)
    main.get_by_role("button", name="Pause", exact=True).click()
    expect(state).to_contain_text("Waiting at update", timeout=PATIENCE)


def test_streamlits_own_stop_is_out_of_reach(visit: Visits) -> None:
    page = visit("train?view=live&task=sentiment&pace=10")
    page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True).click()
    widget = page.get_by_test_id("stStatusWidget")
    widget.wait_for(state="attached", timeout=PATIENCE)
    expect(widget).to_be_hidden()
