"""The code twin of a real update: its lines are run, and give the engine's new weights."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from rnn_core.tasks import TASKS, backward
from rnn_core.training.batch_update import update_on_batch
from rnn_views.edits.edit import parse_edits
from rnn_views.edits.result import run_edited
from rnn_views.links.codec import Settings, defaults
from rnn_views.ui.runs.config import setup_of
from rnn_views.ui.update.batch import first_batch
from rnn_views.ui.update.example_update import make_update
from tests.browser.conftest import Visits
from tests.support.chain_screen import run_line

Idle = Callable[[Page], None]


CASES = [
    # The whole matrix; that of one step where W_hh is untied; rows of a wide W_xh; a batch's mean.
    ("digit-rows", "gru", "momentum", "W_hh", ""),
    ("sentiment", "rnn", "sgd", "W_hh", "&edits=untie_5"),
    ("captions", "lstm", "adam", "W_xh", ""),
    ("sentiment", "lstm", "adam", "W_hh", "&learn=batch&batch=4"),
]


@pytest.mark.parametrize(("key", "cell", "optimizer", "weight", "more"), CASES)
def test_the_lines_of_the_update_give_the_engines_weights(
    visit: Visits, key: str, cell: str, optimizer: str, weight: str, more: str
) -> None:
    link = f"train?task={key}&optimizer={optimizer}&cell={cell}&clip=0.1{more}"
    page = visit(f"{link}#t=1&phase=update&code=1&op=99&weight={weight}")
    page.get_by_test_id("code-1").wait_for()
    code = page.get_by_test_id("code")
    lines = code.locator("code").all_inner_texts()
    told = code.locator(".code-result").all_inner_texts()
    batch = 4 if "batch" in more else None
    given = Settings(task=key, cell=cell, optimizer=optimizer, clip=0.1, batch=batch)
    names, new = before_and_after(key, cell, weight, given, "untie" in more)
    owner = SimpleNamespace(**names)
    names |= {"np": np, "m": 0.0, "v": 0.0, "encoder": owner}
    for line, numbers in zip(lines, told, strict=True):
        if numbers.startswith("times"):
            exec(line, names)
        else:
            run_line(line, numbers, names)
    found = getattr(owner, weight) if "encoder." in lines[0] else names[weight]
    assert (found[1] if "untie" in more else found) == pytest.approx(new, abs=1e-12)
    shape = f"({', '.join(map(str, new.shape))})"
    assert told[-1].endswith(shape)


def before_and_after(
    key: str, cell: str, weight: str, given: Settings, untied: bool
) -> tuple[dict[str, Any], np.ndarray]:
    """What the lines begin with, by name, and the weight that the engine has afterwards."""
    task, setup = TASKS[key], setup_of(given)
    if given.batch:
        members = first_batch(key, given.batch, setup.recipe.bucket_batches, 0)
        network = setup.fresh()
        update = update_on_batch(
            network, task.data().train.batch(list(members)), lr=setup.recipe.lr, clip=given.clip,
            optimizer=given.optimizer, weight_decay=setup.recipe.weight_decay,
        )  # fmt: skip
        alone = [
            backward(task.run(network, task.example(index, "train"), teacher=True))
            for index in members
        ]
        ones = [getattr(one.gradients.segments[0].total, weight) for one in alone]
        names = {f"d{weight}_of": ones, "n": update.example_run.scored.tolist()}
        before, after = network.segments[0], update.network.segments[0]
        return names | {weight: np.array(getattr(before.params, weight))}, getattr(
            after.params, weight
        )
    start = defaults("train", key)
    example = task.encode(start.input) if start.input else task.example(start.example)
    edits = parse_edits("untie_5" if untied else "")
    edited = run_edited(task, setup.fresh(), example, edits, teacher=True)
    update = make_update(task, edited, example, setup)
    gradients = update.before.gradients.segments[0]
    before, after = (one.network.segments[0] for one in (update.before, update.after))
    if untied:
        names = {weight: dict(enumerate(before.copies.copy(), 1))}
        names[f"d{weight}"] = dict(enumerate(np.array(gradients.by_step.W_hh), 1))
        return names, after.copies[0]
    names = {weight: np.array(getattr(before.params, weight))}
    names[f"d{weight}"] = np.array(getattr(gradients.total, weight))
    return names, getattr(after.params, weight)


def test_the_code_says_that_nothing_comes_over_a_boundary(visit: Visits) -> None:
    page = visit("train?truncate=3#t=3&phase=backward&code=1")
    page.get_by_test_id("code-1").wait_for()
    lines = page.get_by_test_id("code").locator("code").all_inner_texts()
    assert "dh_recurrent[3] = np.zeros(H)" in lines
    assert not any("[4]" in line for line in lines)
