"""What a visitor, or a link, brings along is shown as it is: it becomes no link and no picture."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits

ADDRESSES = (
    "http://evil.example/x",
    "HTTPS://evil.example",
    "WWW.evil.example",
    "a@evil.example",
    "mailto:a@evil.example",
    "[a](http://evil.example)",
    "![a](http://evil.example/p.png)",
    "<http://evil.example>",
    "http://evil.example/`x`",
    "(www.evil.example)",
    "x`www.evil.example",
)
TEXT = " ".join(ADDRESSES)
PLACES = [
    ("unroll", {"input": TEXT, "cell": TEXT, "www.evil.example": "1"}),
    ("topologies", {"task": "names", "input": "www.evil.example", "example": TEXT}),
    ("topologies", {"task": "french", "input": TEXT}),
    ("topologies", {"task": "book", "input": TEXT}),
    ("train", {"input": TEXT, "edits": TEXT, "weight": TEXT, "own": "a@evil.example"}),
    ("compare", {"input": TEXT, "task": "temporal-order"}),
    ("memory", {"view": "units", "text": TEXT, "word": "www.evil.example", "source": TEXT}),
    ("bugs", {"guess": TEXT, "fault": "http://evil.example", "tools": "a@evil.example"}),
]
FOREIGN = """() => [...document.querySelectorAll("a[href], img[src], iframe, form")]
    .map(one => one.href || one.src || one.outerHTML)
    .filter(address => !address.startsWith(location.origin) && !address.startsWith("data:"))
    .filter(address => /evil/i.test(decodeURIComponent(address)))"""


@pytest.mark.parametrize(("path", "query"), PLACES, ids=lambda value: str(value)[:40])
def test_no_address_becomes_a_link(visit: Visits, path: str, query: dict[str, str]) -> None:
    page = visit(f"{path}?{urlencode(query)}")
    notices = page.get_by_test_id("stAlert")
    assert notices.count()
    assert page.evaluate(FOREIGN) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refused_value_is_shown_as_it_was_given(visit: Visits, address: str) -> None:
    page = visit(f"unroll?{urlencode({'cell': address})}")
    notice = page.locator(".st-key-rejected [data-testid=stAlert]")
    assert f"“{address}”" in notice.inner_text()
    expect(notice.locator("a, img")).to_have_count(0)
