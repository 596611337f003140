"""The code twin: the lines on the screen are run with NumPy, and give the engine's numbers."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from rnn_core.tasks.prediction import ExampleRun
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, look, numbers, press, root, run_line

# Between them all cells and both slopes; embedded, one-hot, dense and wide inputs; one and two
# segments; scored at the end and at each step; tied and untied; classes and numbers.
CHAINS = ["sentence", "gru", "lstm", "relu", "caption", "translation-lstm", "untied-translation",
          "wave"]  # fmt: skip

# All stops of a picture as its PageDown key goes through them, and what stands at each.
WALK = """chain => {
    const code = chain.querySelector("[data-testid=code]")
    const next = () => chain.querySelector(".scroller").dispatchEvent(
        new KeyboardEvent("keydown", { key: "PageDown", bubbles: true }))
    const here = () => {
        const row = code.querySelector("[aria-current=step]")
        return [chain.dataset.phase, Number(chain.dataset.t), Number(row.dataset.op)]
    }
    const found = []
    for (let at = here(), last = ""; String(at) !== last; at = here()) {
        const row = code.querySelector("[aria-current=step]")
        found.push([...at, row.querySelector("code").textContent,
            row.querySelector(".code-result").textContent])
        last = String(at)
        next()
    }
    return found
}"""


def shown(page: Page) -> list[str]:
    """The lines of code that stand on the screen."""
    return page.get_by_test_id("code").locator("code").all_inner_texts()


def place(example_run: ExampleRun) -> dict:
    """What the lines need before the first of them: weights, inputs, targets, empty gradients."""
    T, H = sum(trace.steps for trace in example_run.traces), example_run.traces[0].params.hidden
    width = example_run.traces[0].params.b_h.size
    names: dict = {"H": H, "C": len(example_run.classes), "token": {}, "x": {}}
    for name in "from_x from_h h c i f g o r z n n_recurrent logits p loss dlogits".split():
        names[name] = {}
    for name in ["a", "da"]:  # filled by parts
        names[name] = {t: np.zeros(width) for t in range(1, T + 1)}
    for name in ["dh", "dh_local", "dh_recurrent", "dc", "dc_recurrent", "da_recurrent"]:
        names[name] = {}
    first = example_run.traces[0]
    names["h"][0] = first.h[0, 0]
    if first.c is not None:
        names["c"][0] = first.c[0, 0]
    t = 0
    for trace, segment in zip(example_run.traces, example_run.network.segments, strict=True):
        weights = {k: v for k, v in vars(trace.params).items() if isinstance(v, np.ndarray)}
        weights |= {f"d{name}": np.zeros_like(v) for name, v in weights.items()}
        if segment.copies is not None:  # by the step, as the picture counts
            steps = range(t + 1, t + 1 + trace.steps)
            weights["W_hh"] = dict(zip(steps, segment.copies, strict=True))
            weights["dW_hh"] = {k: np.zeros_like(one) for k, one in weights["W_hh"].items()}
        if segment.embedding is not None:
            weights["E"] = segment.embedding
            weights["dE"] = np.zeros_like(segment.embedding)
        if len(example_run.traces) == 1:
            names |= weights
        names[segment.ports.name] = SimpleNamespace(**weights)
        for j in range(trace.steps):
            t += 1
            fed = example_run.example.batch.inputs[example_run.traces.index(trace)]
            if fed.ndim == 2:
                names["token"][t] = int(fed[j, 0])
            else:
                names["x"][t] = trace.x[j, 0]
    before = T - len(example_run.targets)
    if example_run.classes:
        named = {before + j + 1: int(c) for j, c in enumerate(example_run.targets[:, 0])}
    else:
        named = {before + j + 1: wanted for j, wanted in enumerate(example_run.targets[:, 0])}
    names["target" if example_run.classes else "y"] = named
    names["scored"] = [before + j + 1 for j in np.flatnonzero(example_run.scored)]
    names["loss"] = {}
    return names


@pytest.mark.parametrize("sample", CHAINS)
def test_every_operation_is_a_stop_and_shows_the_engines_numbers(show: Show, sample: str) -> None:
    example_run = samples.SAMPLES[sample]()
    T = sum(trace.steps for trace in example_run.traces)
    page = show(sample, "t=1&phase=forward&code=1&op=1")
    page.get_by_test_id("code-1").wait_for()
    names = place(example_run)
    exec(page.get_by_test_id("code-before").text_content(), names)
    scored = names.pop("scored")
    # A step that scores nothing sends nothing back from its output.
    names["dlogits"] = {
        t: np.zeros(example_run.traces[-1].logits.shape[2]) for t in range(1, T + 1)
    }
    names["loss"] = np.zeros(T + 1)
    stops = root(page).evaluate(WALK)
    order = [("forward", t) for t in range(1, T + 1)] + [("loss", t) for t in scored]
    order += [("backward", t) for t in range(T, 0, -1)]
    assert list(dict.fromkeys((phase, t) for phase, t, *_ in stops)) == order
    for at in order:
        assert [op for phase, t, op, *_ in stops if (phase, t) == at] == list(
            range(1, 1 + sum((phase, t) == at for phase, t, *_ in stops))
        )
    for _, _, _, line, told in stops:
        run_line(line, told, names)
    assert names["L"] == pytest.approx(example_run.loss, abs=1e-12)
    t = 0
    for trace, gradients, segment in zip(
        example_run.traces,
        example_run.gradients.segments,
        example_run.network.segments,
        strict=True,
    ):
        own = names[segment.ports.name] if len(example_run.traces) > 1 else SimpleNamespace(**names)
        for j in range(trace.steps):
            t += 1
            for name, array in [("h", trace.h), ("dh", gradients.dh), ("dc", gradients.dc)]:
                if array is not None:
                    assert names[name][t] == pytest.approx(array[j + 1, 0], abs=1e-12)
            assert names["da"][t] == pytest.approx(gradients.da[j, 0], abs=1e-12)
            if segment.copies is not None:
                assert own.dW_hh[t] == pytest.approx(gradients.by_step.W_hh[j], abs=1e-12)
        for name, total in vars(gradients.total).items():
            tied = name != "W_hh" or segment.copies is None
            if isinstance(total, np.ndarray) and total.size and tied:
                assert getattr(own, f"d{name}") == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("sample", ["lstm"])
def test_each_line_is_a_stop_and_shows_its_numbers(show: Show, sample: str) -> None:
    trace = samples.SAMPLES[sample]().traces[0]
    page = show(sample, "t=2&phase=forward&code=1&op=1")
    count = len(shown(page))
    state = next(n for n, line in enumerate(shown(page), 1) if line.startswith("h[2]"))
    for op in range(1, count + 1):
        expect(page.locator(".code [aria-current=step]")).to_have_attribute("data-op", str(op))
        waits = "h" in (root(page).get_attribute("data-pending") or "").split()
        assert waits == (op < state)
        told = page.get_by_test_id(f"code-result-{state}").inner_text()
        assert bool(told) == (op >= state)
        press(page, "PageDown")
    shape = re.search(r"\((\d+),\)", told).group(1)
    assert int(shape) == trace.params.hidden
    given = numbers(told.split("]")[0])
    assert given == pytest.approx(trace.h[2, 0, : len(given)], abs=6e-4)
    assert look(page) == ("forward", 3)
    press(page, "PageUp")
    assert look(page) == ("forward", 2)
    expect(page.locator(".code [aria-current=step]")).to_have_attribute("data-op", str(count))


def test_the_code_opens_and_closes_by_key_and_stands_in_the_address(show: Show) -> None:
    page = show("sentence", "t=2")
    expect(page.get_by_test_id("code")).to_be_hidden()
    press(page, "c")
    page.get_by_test_id("code").wait_for()
    page.wait_for_url("**code=1*")
    expect(page.get_by_test_id("equation")).to_be_hidden()
    press(page, "c")
    page.get_by_test_id("equation").wait_for()
    expect(page.get_by_test_id("code")).to_be_hidden()
