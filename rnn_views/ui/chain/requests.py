"""What a visitor asks for by pointing at the picture of one update, beside edits of numbers.

A chunk boundary dragged, a fed word switched, an entry of a weight clicked: each is a setting, so
it stands in the link, and has a control of its own below the picture.
"""

from __future__ import annotations

from collections.abc import Mapping

from rnn_views.component_values import as_whole
from rnn_views.links import codec
from rnn_views.links.fields import steps_of
from rnn_views.ui.chain.component import request_name
from rnn_views.ui.chain.editing import settled_name
from rnn_views.ui.state import settings

MOST = 99
"""Steps of the longest sequence that a picture of one update shows."""


def handle_request(message: object) -> None:
    """Do what the picture asks for; what makes no sense is left alone."""
    if not isinstance(message, Mapping):
        return
    serial = message.get("serial", 0)
    if serial and serial == settings.session_get(request_name()):
        return  # sent again, since its answer was slow to come
    settings.session_set(request_name(), serial if isinstance(serial, int) else 0)
    match message.get("do"):
        case "chunk":
            take_chunk(message.get("steps"))
        case "feed":
            take_feed(message.get("t"), message.get("first"), message.get("last"))
        case "weight":
            take_weight(message)
        case _:
            return
    # The picture runs alone; what stands below it is to follow.
    settings.session_set(settled_name(), True)


def take_chunk(steps: object) -> None:
    """Set the chunk length; 0 takes the boundaries away."""
    try:
        length = as_whole(steps, 0, MOST)
    except ValueError:
        return
    settings.put(truncate=length or None, panel="chunks")


def take_feed(t: object, first: object, last: object) -> None:
    """Switch what a decoder is fed at step t, one of first…last."""
    try:
        end = as_whole(last, 0, MOST)
        begin = as_whole(first, 0, end)
        step = as_whole(t, begin, end)
    except ValueError:
        return
    now = {one for one in steps_of(settings.get().own, end) if one >= begin}
    settings.put(own=".".join(map(str, sorted(now ^ {step}))), panel="fed")


def take_weight(message: Mapping[str, object]) -> None:
    """Put an entry of a weight under the gradient check."""
    owner = "decoder-" if message.get("segment") == 1 else ""
    wanted = {
        "weight": f"{owner}{message.get('weight')}",
        "row": message.get("row"),
        "column": message.get("column"),
    }
    try:
        checked = {name: codec.FIELDS[name].check(value) for name, value in wanted.items()}
    except ValueError:
        return
    settings.put(**checked, panel="check")
