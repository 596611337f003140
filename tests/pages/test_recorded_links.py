"""Links of version 1, as people have them in their slides: each still opens the same screen."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from rnn_views.links import codec
from rnn_views.links.fields import write_value

LINKS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("links_v1.json").read_text(encoding="utf-8")
)
"""Every setting of every page, alone and with others; with each link what the screen shows."""


@pytest.mark.parametrize("link", LINKS)
def test_an_old_link_opens_the_same_screen(link: str) -> None:
    parts = urlsplit(link)
    settings, rejected = codec.read(parts.path, parse_qs(parts.query, keep_blank_values=True))
    assert not rejected
    assert {name: write_value(getattr(settings, name)) for name in LINKS[link]} == LINKS[link]


def test_the_record_has_every_setting_of_every_page() -> None:
    assert len(LINKS) == 200
    for page, names in codec.PAGES.items():
        linked = [urlsplit(link) for link in LINKS]
        given = {name for one in linked if one.path == page for name in parse_qs(one.query, True)}
        assert set(names) <= given | {"v"}, page
