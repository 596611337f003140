"""Messages of a hostile client: those that no page sends are ignored, too many of them wait."""

import json
import logging
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.load_visitor import Tab, Tally, Visitor
from scripts.app_server import LiveApp
from serving import messages
from serving.messages import BURST, LARGEST, LONGEST_TEXT, Bucket, Messages, OncePerMinute, judge
from tests.support.event_loop import run

KINDS = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
OPERATION = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type
OPERATIONS = {field.name for field in OPERATION.oneofs_by_name["payload"].fields}


def message_of(kind: str, operation: str = "") -> BackMsg:
    """A message of a kind, with nothing more in it than its kind needs."""
    message = BackMsg()
    field = BackMsg.DESCRIPTOR.fields_by_name[kind]
    if field.message_type is None:
        setattr(message, kind, True)
    elif operation:
        getattr(message.backend_operation_request, operation).SetInParent()
    else:
        getattr(message, kind).SetInParent()
    return message


def rerun(**values: str) -> BackMsg:
    """A rerun with texts of widgets by their ids."""
    message = BackMsg()
    message.rerun_script.query_string = "input=good"
    for name, value in values.items():
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = name, value
    return message


@pytest.mark.parametrize("kind", sorted(KINDS - {"backend_operation_request"}))
def test_only_what_a_page_sends_passes(kind: str) -> None:
    data = message_of(kind).SerializeToString()
    passes = kind in {"rerun_script", "stop_script", "app_heartbeat"}
    assert judge(data) == (data if passes else b"")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_of_the_operations_only_a_table_s_rows_pass(operation: str) -> None:
    data = message_of("backend_operation_request", operation).SerializeToString()
    assert judge(data) == (data if operation == "dataframe_chunk" else b"")


def test_of_two_kinds_in_one_message_the_one_that_counts_is_judged() -> None:
    both = rerun().SerializeToString() + message_of("clear_cache").SerializeToString()
    assert judge(both) == b""
    turned = message_of("clear_cache").SerializeToString() + rerun().SerializeToString()
    assert judge(turned) == turned


@pytest.mark.parametrize("data", [b"\xff\xff", b"\x0a", b"not a message"])
def test_what_is_no_message_is_told_apart(data: bytes) -> None:
    assert judge(data) is None


def test_a_message_without_a_kind_is_ignored() -> None:
    assert judge(b"") == b""


def test_a_long_value_is_left_out_and_the_rest_passes() -> None:
    message = rerun(short="good", long="x" * (LARGEST + 1), edge="y" * (LONGEST_TEXT - 100))
    passed = BackMsg.FromString(judge(message.SerializeToString()))
    states = {state.id: state.string_value for state in passed.rerun_script.widget_states.widgets}
    assert set(states) == {"short", "edge"}
    assert passed.rerun_script.query_string == "input=good"


def test_a_message_that_is_too_large_without_them_is_ignored() -> None:
    message = rerun()
    message.rerun_script.query_string = "x" * (LARGEST + 1)
    assert judge(message.SerializeToString()) == b""


def test_a_budget_refills_and_never_overflows() -> None:
    now = [0.0]
    bucket = Bucket(3, 2.0, lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]
    now[0] = 1_000.0
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]


def play(incoming: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> tuple[list, list]:
    """What an application receives of these messages, and how long each had to wait."""
    waits: list[float] = []
    received: list[dict[str, object]] = []
    now, sent = [0.0], list(incoming)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    async def application(scope: object, receive: object, send: object) -> None:
        while True:
            message = await receive()
            received.append(message)
            if message["type"] == "websocket.disconnect":
                return

    async def receive() -> dict[str, object]:
        return sent.pop(0) if sent else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict[str, object]) -> None:
        received.append(message)

    monkeypatch.setattr(messages.asyncio, "sleep", sleep)
    door = Messages(application, clock=lambda: now[0])
    scope = {"type": "websocket", "path": "/_stcore/stream"}
    coroutine = door(scope, receive, send)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return received, waits


def test_a_flood_waits_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    flood = [
        {"type": "websocket.receive", "bytes": rerun(n=str(n)).SerializeToString()}
        for n in range(500)
    ]
    received, waits = play(flood, monkeypatch)
    assert received[:-1] == flood
    assert len(waits) == 500 - BURST
    assert sum(waits) == pytest.approx((500 - BURST) / messages.RATE)


def test_a_hand_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [{"type": "websocket.receive", "bytes": rerun().SerializeToString()}] * BURST
    assert play(few, monkeypatch)[1] == []


@pytest.mark.parametrize("frame", [{"text": "hello"}, {"bytes": b"\xff\xff\xff"}])
def test_a_frame_that_is_no_message_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch, frame: dict[str, object]
) -> None:
    received, _ = play([{"type": "websocket.receive", **frame}], monkeypatch)
    assert received == [
        {"type": "websocket.close", "code": 1003},
        {"type": "websocket.disconnect", "code": 1003},
    ]


def test_a_log_line_of_each_kind_passes_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [500.0]
    monkeypatch.setattr(messages.time, "monotonic", lambda: now[0])
    once = OncePerMinute()

    def line(text: str, *values: object) -> bool:
        record = logging.LogRecord("streamlit.x", logging.WARNING, "", 1, text, values, None)
        return once.filter(record)

    assert [line("size %s", n) for n in range(5)] == [True, *[False] * 4]
    assert line("another")
    now[0] += 61
    assert line("size %s", 7)


async def attack(address: str, act: object) -> None:
    """Connect, look at a page, attack; then a neighbour must be served as ever."""
    tab = Tab(address)
    await tab.connect()
    await tab.ask({"input": "good"})
    assert (await tab.answer())[0]
    with suppress(websockets.ConnectionClosed):
        await act(tab)
    await tab.close()
    tally = Tally()
    neighbour = Visitor(7, address, "unroll", tally)
    await neighbour.visit(0, 0, 0)
    assert (tally.wrong, tally.errors) == ([], [])


def test_every_kind_is_survived_and_named_once(server: LiveApp, log: Path) -> None:
    closed = KINDS - messages.PASS - {"backend_operation_request"}
    before = log.read_text("utf-8")

    async def send_all(tab: Tab) -> None:
        for _ in range(3):
            for kind in sorted(closed):
                await tab.send(message_of(kind))
            for operation in sorted(OPERATIONS - messages.OPERATIONS):
                await tab.send(message_of("backend_operation_request", operation))
        await tab.ask({"input": "bad"})
        assert (await tab.answer())[0]  # still served

    run(attack(server.address, send_all))
    said = log.read_text("utf-8").removeprefix(before)
    for kind in closed | (OPERATIONS - messages.OPERATIONS):
        assert said.count(f"A message {kind} is ignored.") in (1, 2)  # of 3, one a minute
    assert "Traceback" not in said


def test_a_paste_of_three_megabytes_does_not_lock_the_page(server: LiveApp, log: Path) -> None:
    async def paste(tab: Tab) -> None:
        message = rerun(**{"$$ID-0-start-typed-input": "word " * 600_000})
        message.rerun_script.page_name = "unroll"
        for _ in range(2):
            await tab.send(message)
            assert (await tab.answer())[0]
        await tab.ask({"input": "bad"})
        assert (await tab.answer())[0]

    run(attack(server.address, paste))
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.parametrize("frame", ["hello", b"\xff\xff\xff", b"\x0a\xff"])
def test_frames_that_are_no_message_leave_no_traceback(
    server: LiveApp, log: Path, frame: str | bytes
) -> None:
    async def send_it(tab: Tab) -> None:
        assert tab.socket is not None
        await tab.socket.send(frame)
        while True:
            await tab.socket.recv()

    run(attack(server.address, send_it))
    assert "Traceback" not in log.read_text("utf-8")


VALUES = [True, 3, -1.5, "text", [], [1, [2]], {}, {"do": []}, {"do": "set", "edit": {"x": []}}]
RAW = ["1e999", "[NaN]", "nul", '"\\ud800"', "[" * 5_000]  # not even JSON, or on its border
PAGES = {
    "topologies": ("topology", ["picked"], {"task": "digits"}),
    "unroll": ("unroll-chain", ["edit", "selected"], {}),
    "train": ("train-chain", ["edit", "request"], {}),
    "compare": ("gallery-digit-rows", ["picked"], {"task": "digit-rows"}),
    "live": ("live-curves", ["moment"], {"view": "live"}),
    "pad": ("pad", ["drawn"], {"task": "digits"}),
    "visit": ("visit", ["here"], {}),
}


def reports(widget: str, name: str) -> list[tuple[str, str, str]]:
    """Field, id and text of each way in which a component can report each value."""
    event = f"$$STREAMLIT_INTERNAL_KEY_{widget}__events"
    texts = [json.dumps(value) for value in VALUES] + RAW
    wrapped = [f'{{"event": "{name}", "value": {text}}}' for text in texts]
    return [
        *(("json_trigger_value", event, f"[{text}]") for text in wrapped),
        *(("json_value", widget, f'{{"{name}": {text}}}') for text in texts),
        *(("json_value", widget, text) for text in texts),
        *(("json_trigger_value", event, text) for text in texts),
    ]


@pytest.mark.parametrize("place", PAGES)
def test_component_values_of_every_shape_are_ignored(
    server: LiveApp, log: Path, place: str
) -> None:
    """Each JSON type under each name: no traceback, and the page is drawn to its end."""
    key, names, query = PAGES[place]
    before = log.read_text("utf-8")

    async def report(tab: Tab) -> None:
        tab.page = {"live": "train", "pad": "topologies", "visit": "unroll"}.get(place, place)
        await tab.ask(query, keep=False)
        assert (await tab.answer())[0]
        if place == "live":
            await tab.ask(query, press="live-one", keep=False)
            assert (await tab.answer())[0]
        widget = tab.components[key]
        for name in names:
            for field, number, text in reports(widget, name):
                message = BackMsg()
                message.rerun_script.page_name = tab.page
                message.rerun_script.query_string = urlencode(query)
                state = message.rerun_script.widget_states.widgets.add()
                state.id = number
                setattr(state, field, text)
                await tab.send(message)
                assert (await tab.answer())[0], (field, text)

    run(attack(server.address, report))
    said = log.read_text("utf-8").removeprefix(before)
    assert "Traceback" not in said, said[-3000:]
