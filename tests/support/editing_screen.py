"""Edits numbers in a picture as a visitor does; says what the engine makes of the same edits."""

import time
from collections.abc import Sequence

import numpy as np
from playwright.sync_api import Locator, Page, expect

from rnn_core.network import Network
from rnn_core.tasks import TASKS, Example, ExampleRun
from rnn_views.edits.edit import parse_edits
from rnn_views.edits.result import Edited, run_edited
from rnn_views.ui.runs.config import RunConfig
from rnn_views.ui.update.example_update import Update, make_update

SENTENCE = "the film was not good"
PATIENCE = 60.0


class Bench:
    """A page's picture (the first, or the one with this number) and the network behind it."""

    def __init__(
        self,
        page: Page,
        network: Network,
        task: str,
        example: Example,
        *,
        nth: int = 0,
        **how: bool,
    ) -> None:
        self.page, self.network, self.task, self.example = page, network, TASKS[task], example
        self.chain, self.how = page.get_by_test_id("chain").nth(nth), how

    def get(self, name: str) -> Locator:
        return self.chain.get_by_test_id(name)

    def open(self) -> Locator:
        """Begin to edit; return the field of the value."""
        self.get("edit").click()
        return self.get("edit-value")

    def choose(self, kind: str, *place: int) -> None:
        self.get("edit-kind").select_option(kind)
        for name, part in zip("abc", place, strict=False):
            field = self.get(f"edit-{name}")
            field.fill(str(part))
            field.press("Tab")

    def set(self, kind: str, place: Sequence[int], value: float) -> None:
        """Choose a number in the panel and type its new value; segments count from 0: "1:b_h"."""
        self.choose(kind if ":" in kind else f"0:{kind}", *place)
        field = self.get("edit-value")
        field.fill(str(value))
        field.press("Enter")

    def drag(self, x: float, y: float, up: float) -> None:
        """Take hold of a point and go up."""
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        for share in (0.2, 0.6, 1.0):
            mouse.move(x, y - share * up)
        mouse.up()

    def entry(
        self, name: str, shape: tuple[int, int], row: int, column: int
    ) -> tuple[float, float]:
        """Where on the screen an entry of a weight is drawn."""
        self.get(name).scroll_into_view_if_needed()
        box = self.get(name).bounding_box()
        height, width = (box["height"] - 4) / shape[0], (box["width"] - 4) / shape[1]
        return box["x"] + 2 + (column - 0.5) * width, box["y"] + 2 + (row - 0.5) * height

    def middle(self, name: str) -> tuple[float, float]:
        self.get(name).scroll_into_view_if_needed()
        box = self.get(name).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def edited(self, edits: str) -> Edited:
        return run_edited(self.task, self.network, self.example, parse_edits(edits), **self.how)

    def example_run(self, edits: str) -> ExampleRun:
        return self.edited(edits).example_run

    def update(self, edits: str, setup: RunConfig) -> Update:
        """What the page Training makes of the edits."""
        return make_update(self.task, self.edited(edits), self.example, setup)

    def states(self, kind: str = "cell") -> np.ndarray:
        """All states h (or "c") in the picture, row t, to the last bit of the float32 that came."""
        flat = dict(
            self.chain.locator(f'rect.cell[data-testid^="{kind}-"]').evaluate_all(
                "all => all.map(cell => [cell.dataset.testid, Number(cell.dataset.value)])"
            )
        )
        if not flat:  # not drawn yet
            return np.zeros((0, 0))
        places = [tuple(map(int, name.split("-")[1:])) for name in flat]
        steps, units = max(t for t, _ in places), max(i for _, i in places)
        first = min(t for t, _ in places)
        return np.array(
            [
                [flat[f"{kind}-{t}-{i}"] for i in range(1, units + 1)]
                for t in range(first, steps + 1)
            ]
        )

    def expected(self, edits: str, kind: str = "h") -> np.ndarray:
        """The same states from the engine; a second segment's first is the first one's last."""
        parts = [getattr(trace, kind)[:, 0] for trace in self.example_run(edits).traces]
        whole = np.concatenate([parts[0], *(part[1:] for part in parts[1:])]).astype(np.float32)
        return whole[1:] if self.how.get("cut") else whole

    def agrees(self, edits: str) -> None:
        """Wait until the picture shows what the engine makes of the edits, number by number."""
        expected, until = self.expected(edits), time.monotonic() + PATIENCE
        while time.monotonic() < until:
            shown = self.states()
            if shown.shape == expected.shape and (shown == expected).all():
                return
            self.page.wait_for_timeout(50)
        np.testing.assert_array_equal(self.states(), expected)

    def follows(self, edits: str) -> None:
        """Wait until the link says so too."""
        self.page.wait_for_url(lambda url: f"edits={edits}" in url.replace("%7E", "~"))

    def undo(self) -> None:
        self.get("edit-undo").click()


def sentiment(page: Page, cell: str = "rnn", hidden: int = 8) -> Bench:
    """The untrained network of "What is an RNN?"."""
    task = TASKS["sentiment"]
    return Bench(page, task.network(cell, hidden, 0), "sentiment", task.encode(SENTENCE))


def flags(bench: Bench) -> list[int]:
    """The steps that have a loss flag."""
    found = bench.chain.locator('[data-testid^="loss-"]')
    return found.evaluate_all("all => all.map(flag => Number(flag.dataset.testid.slice(5)))")


def expect_flags(bench: Bench, steps: list[int]) -> None:
    for t in steps:
        expect(bench.get(f"loss-{t}")).to_be_visible()
    expect(bench.chain.locator('[data-testid^="loss-"]')).to_have_count(len(steps))
