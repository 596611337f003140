"""Visitors who train take turns: each run ends, Stop acts, and the others are answered."""

import asyncio
from collections import Counter

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.load_visitor import PATIENCE, Tab, Tally, Visitor
from scripts.app_server import LiveApp
from tests.support.event_loop import run

QUERY = {"view": "live", "task": "digits"}
TRAINERS = 6


async def open_page(address: str, **query: str) -> tuple[Tab, dict[str, str]]:
    """Open the training page; the address stays what it is, as far as the page is told."""
    asked, tab = QUERY | query, Tab(address, "train")
    await tab.connect()
    await tab.ask(asked, keep=False)
    assert (await tab.answer())[0]
    return tab, asked


async def listen(tab: Tab, told: Counter[str], until: str = "") -> None:
    """Read to the end of the script, and note what is said of others and of the run.

    With `until` it ends when that was said, in the midst of the run.
    """
    assert tab.socket is not None
    async with asyncio.timeout(3 * PATIENCE):
        while True:
            data = await tab.socket.recv(decode=False)
            told["others"] += b"training; yours takes turns." in data
            told["done"] += b"updates are made." in data
            told["training"] += b"Training. Seed" in data
            told["stopped"] += b"Stopped at update" in data
            message = ForwardMsg.FromString(data)
            tab._take(message)
            if until and told[until]:
                return
            if message.WhichOneof("type") == "script_finished" and (
                message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                assert message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return


def test_every_run_ends_and_says_that_others_train(server: LiveApp) -> None:
    async def train_all() -> list[Counter[str]]:
        opened = [await open_page(server.address, seed=str(n)) for n in range(TRAINERS)]
        told: list[Counter[str]] = [Counter() for _ in opened]
        for tab, query in opened:
            await tab.ask(query, press="live-go", keep=False)
        tally = Tally()
        visitor = Visitor(1, server.address, "unroll", tally)
        await asyncio.gather(
            *(listen(tab, one) for (tab, _), one in zip(opened, told, strict=True)),
            visitor.visit(0, 1, 0.1),
        )
        assert (tally.wrong, tally.errors) == ([], [])
        assert tally.later
        for tab, _ in opened:
            await tab.close()
        return told

    told = run(train_all())
    assert all(one["done"] for one in told), told
    assert any(one["others"] for one in told), told


def test_stop_acts_while_others_have_their_turns(server: LiveApp) -> None:
    async def stop_one() -> Counter[str]:
        opened = [await open_page(server.address, epochs="500") for _ in range(4)]
        for tab, query in opened:
            await tab.ask(query, press="live-go", keep=False)
        (first, query), told = opened[0], Counter()
        await listen(first, told, until="training")
        await first.ask(query, press="live-stop", keep=False)
        await listen(first, told, until="stopped")
        for tab, _ in opened:
            await tab.drop()
        return told

    assert run(stop_one())["stopped"]


def test_a_visitor_who_leaves_gives_her_turn_back(server: LiveApp) -> None:
    async def leave() -> None:
        for _ in range(3):
            tab, query = await open_page(server.address, epochs="500")
            await tab.ask(query, press="live-go", keep=False)
            await listen(tab, Counter(), until="training")
            await tab.drop()
        last, query = await open_page(server.address, seed="9")
        told: Counter[str] = Counter()
        await last.ask(query, press="live-go", keep=False)
        await listen(last, told)
        assert told["done"]
        await last.close()

    run(leave())
