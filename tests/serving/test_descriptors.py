"""Few file descriptors: everybody is served or told, and the log stays short."""

import asyncio
import os
from collections import Counter
from pathlib import Path

import pytest
import websockets

from benchmarks.load_visitor import Tab, Tally, Visitor, together
from scripts.app_server import LiveApp
from serving import descriptors
from serving.descriptors import FULL, Budget, raise_limit, warn_if_few
from tests.support.event_loop import run

resource = pytest.importorskip("resource", reason="this system has no limit of open files")
FEW, VISITORS = 256, 300
BEFORE = f"ulimit -n {FEW}"
SENTENCE = FULL.splitlines()[0]


async def knock(address: str, number: int, tally: Tally, told: Counter[str]) -> Visitor | None:
    """Come in and ask for a page, or be told why not; waiting for ever raises."""
    visitor = Visitor(number, address, "unroll", tally)
    try:
        await visitor.tab.connect()
    except websockets.InvalidStatus as refused:
        body = (refused.response.body or b"").decode()
        told[f"{refused.response.status_code} {body.strip()}"] += 1
        return None
    await visitor.run()
    return visitor


def test_300_at_once_are_served_or_told(server: LiveApp, log: Path) -> None:
    async def rush() -> tuple[int, int, Counter[str], Tally]:
        tally, told, inside = Tally(), Counter(), []

        async def come(number: int) -> None:
            inside.append(await knock(server.address, number, tally, told))

        await together(VISITORS, come)
        # Those who are being refused hold a descriptor for a moment: come again until all fit.
        late = 0
        while len(served := [one for one in inside if one is not None]) <= FEW // 2 and late < 600:
            late += 1
            await come(VISITORS + late)
            if inside[-1] is None:
                await asyncio.sleep(0.05)
        await asyncio.gather(*(visitor.run() for visitor in served))  # still answered when full
        await together(len(served), lambda number: served[number].tab.close())
        return len(served), VISITORS + late, told, tally

    served, came, told, tally = run(rush())
    assert set(told) == {f"503 {SENTENCE}"}
    assert served + sum(told.values()) == came
    assert served > FEW // 2  # one descriptor each, not four
    assert (tally.wrong, tally.errors) == ([], [])
    said = log.read_text("utf-8")
    assert len(said) < 20_000
    assert 1 <= said.count(SENTENCE) < 20  # one a minute, however long the rush takes
    assert "Too many open files" not in said


def test_there_is_room_again_when_they_have_left(server: LiveApp) -> None:
    async def come_later() -> None:
        tab = Tab(server.address)
        for _ in range(600):
            try:
                await tab.connect()
                break
            except websockets.InvalidStatus:
                await asyncio.sleep(0.05)  # until the server has noticed that they are gone
        await tab.ask({})
        assert (await tab.answer())[0]
        await tab.close()

    run(come_later())


def test_whoever_starts_it_is_told_how_many_fit(server: LiveApp, log: Path) -> None:
    [line] = [line for line in log.read_text("utf-8").splitlines() if "ulimit -n" in line][:1]
    assert "more files, so about" in line
    assert "for 300 raise the limit to 1,200 or more" in line


def test_the_soft_limit_is_raised_to_the_hard_one(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(200, soft), hard))
        assert raise_limit() == descriptors.limit()
        now = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert now[1] == hard
        assert now[0] == hard or now[0] >= 10_240
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(("free", "said"), [(1_199, True), (1_200, False), (None, False)])
def test_few_is_said(monkeypatch: pytest.MonkeyPatch, free: int | None, said: bool) -> None:
    monkeypatch.setattr(descriptors, "left", lambda: free)
    assert bool(warn_if_few()) is said


def test_what_is_left_counts_what_is_open() -> None:
    before = descriptors.left()
    assert before is not None
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(5)]
    assert descriptors.left() == before - 5
    for number in opened:
        os.close(number)


def test_a_budget_gives_no_more_than_there_is() -> None:
    free = 100
    budget, given = Budget(lambda: free, reserve=64), 0
    while budget.take():
        given, free = given + 1, free - 1
    assert given == 36
    free = 65
    assert budget.take()
    free = 64
    assert not budget.take()


def test_without_a_limit_everybody_gets_in() -> None:
    budget = Budget(lambda: None, reserve=64)
    assert all(budget.take() for _ in range(5_000))


def test_a_log_line_of_a_kind_comes_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(descriptors.time, "monotonic", lambda: clock[0])
    for seconds in (0, 1, 58, 2, 1):
        clock[0] += seconds
        descriptors.warn_now_and_then("a test", "It happened.")
        descriptors.warn_now_and_then("another test", "So did this.")
    assert [record.getMessage() for record in caplog.records].count("It happened.") == 2
    assert [record.getMessage() for record in caplog.records].count("So did this.") == 2
