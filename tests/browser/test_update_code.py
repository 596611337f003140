"""The code twin of a real update: its lines are run, and give the engine's new weights."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page

from rnn_core.tasks import TASKS
from rnn_views.edited import read_edited
from rnn_views.links import Settings
from rnn_views.ui.training_example import make_update
from rnn_views.ui.training_setup import setup_of
from tests.browser.conftest import Visits

Idle = Callable[[Page], None]


@pytest.mark.parametrize(
    ("optimizer", "cell"), [("sgd", "rnn"), ("momentum", "gru"), ("adam", "lstm")]
)
def test_the_lines_of_the_update_give_the_engines_weights(
    visit: Visits, optimizer: str, cell: str
) -> None:
    link = f"train?task=digit-rows&optimizer={optimizer}&cell={cell}&clip=0.1"
    page = visit(f"{link}#t=1&phase=update&code=1&op=9&weight=W_hh")
    page.get_by_test_id("code-1").wait_for()
    lines = page.get_by_test_id("code").locator("code").all_inner_texts()
    task = TASKS["digit-rows"]
    setup = setup_of(Settings(task="digit-rows", cell=cell, optimizer=optimizer, clip=0.1))
    example = task.example(task.pick[0][0])
    edited = read_edited(task, task.network(cell), example, (), teacher=True)
    update = make_update(task, edited, example, setup)
    gradients = update.before.gradients
    assert gradients is not None
    names = {
        "np": np,
        "W_hh": np.array(update.before.network.segments[0].params.W_hh),
        "dW_hh": np.array(gradients.segments[0].total.W_hh),
        "m": 0.0,
        "v": 0.0,
    }
    for line in lines:
        exec(line, names)
    new = update.after.network.segments[0].params.W_hh
    assert names["W_hh"] == pytest.approx(new, abs=1e-12)
    told = page.get_by_test_id(f"code-result-{len(lines)}").inner_text()
    assert told.startswith(f"[{new[0, 0]:.3f}".replace("-", "−"))
    assert told.endswith(f"({new.shape[0]}, {new.shape[1]})")


def test_the_code_says_that_nothing_comes_over_a_boundary(visit: Visits) -> None:
    page = visit("train?truncate=3#t=3&phase=backward&code=1")
    page.get_by_test_id("code-1").wait_for()
    lines = page.get_by_test_id("code").locator("code").all_inner_texts()
    assert "dh_recurrent[3] = np.zeros(H)" in lines
    assert not any("[4]" in line for line in lines)
