"""What is heard, and what an accessibility checker finds, at every stop, level and phase."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from rnn_core.tasks.prediction import ExampleRun
from rnn_views.chain.payload import payload
from tests.support import sample_readings as samples
from tests.support.chain_screen import Show, locate, numbers, press, root

TOPOLOGIES: dict[str, Callable[..., ExampleRun]] = {
    "one to one": samples.digit,
    "one to many": samples.caption,
    "many to one": samples.sentence,
    "aligned": samples.name,
    "encoder–decoder": samples.translation,
}
CELLS = ("rnn", "gru", "lstm")
UNIT, SOURCE = 3, 2
SAY = """async ([payload, unit, source]) => {
    const load = name => import(`/assets/chain/${name}.js`)
    const [read, view, speech] = await Promise.all(
        ["model/payload", "model/view_state", "text/speech"].map(load))
    const model = read.readPayload(payload)
    const places = view.journey(model).flatMap(stop => [1, 2, 3, 4].map(zoom =>
        view.clampState(model, { ...view.INITIAL_STATE, ...stop, unit, source, zoom })))
    return places.map(place => [place, speech.speakStop(model, place)])
}"""


def written(value: float, digits: int = 2) -> str:
    """A number as the picture writes it, of the float32 that travelled."""
    text = f"{abs(float(np.float32(value))):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else text


def spoken_forward(example_run: ExampleRun, t: int, unit: int) -> str:
    """What the chain says at a step going forward, after the place."""
    trace, j = locate(example_run, t)
    label = [label for row in example_run.inputs for label in row][t - 1]
    read = "the picture" if label == "picture" else f"“{label}”"
    value = written(trace.h[j + 1, 0, unit - 1])
    words = f"the network reads {read}; hidden unit {unit} becomes {value}"
    if trace is example_run.traces[-1] and example_run.said[j]:
        logits = trace.logits[j, 0]
        p = 1 / np.exp(logits - logits.max()).sum()
        words += f"; it says “{example_run.said[j]}” with probability {written(p)}"
    return f"{words}."


def check_backward(example_run: ExampleRun, t: int, unit: int, said: str) -> None:
    """What the chain says going back are the engine's gradients, nothing left out."""
    trace, j = locate(example_run, t)
    grads = next(g for g in example_run.gradients.segments if g.trace is trace)
    number = r"(−?[\d.]+(?:·10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?)"
    pattern = (
        f"gradient of unit {unit} is {number}, {number} from its own output and {number} from the "
        "future."
    )
    assert re.fullmatch(pattern.replace("future.", r"future\."), said), said
    shown = numbers(said)[1:]
    parts = (grads.dh, grads.dh_local, grads.dh_recurrent)
    for value, part in zip(shown, parts, strict=True):
        assert value == pytest.approx(part[j + 1, 0, unit - 1], rel=0.06, abs=6e-5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_each_stop_at_each_level_speaks_one_correct_sentence(
    show: Show, topology: str, cell: str
) -> None:
    example_run = TOPOLOGIES[topology](cell=cell)
    steps = sum(trace.steps for trace in example_run.traces)
    page = show()
    heard = page.evaluate(SAY, [payload(example_run, badge="untrained"), UNIT, SOURCE])
    assert len(heard) == 4 * (2 * steps + 1)
    for place, text in heard:
        assert not re.search(r"undefined|NaN|null|[.!?] ", text), text
        assert text.endswith(".")
        t, zoom = place["t"], place["zoom"]
        if place["phase"] == "loss":
            scored = int((~np.isnan(example_run.losses)).sum())
            mean = f", the mean over {scored} scored steps" if scored > 1 else ""
            assert text == f"Loss: {written(example_run.loss, 3)} nats{mean}."
            continue
        where, said = text.split(f", {place['phase']}: ")
        time = f"ime {t} of {steps}"
        assert (
            where
            == (
                *("", f"T{time}", f"Inside the cell at t{time}", f"Unit {UNIT} at t{time}"),
                f"One product of unit {UNIT} at t{time}",
            )[zoom]
        )
        if zoom < 4 and place["phase"] == "forward":
            assert said == spoken_forward(example_run, t, UNIT)
        elif zoom < 4:
            check_backward(example_run, t, UNIT, said)
        elif "nothing arrives" not in said:
            assert re.match(r".+ is .+, times .+, .+, makes .+\.$", said), said


def test_update_and_what_is_cut_off_are_spoken_too(show: Show) -> None:
    before, after = samples.updated("gru")
    packed = payload(before, badge="untrained", after=after)
    _, said = show().evaluate(SAY, [packed, UNIT, SOURCE])[-1]
    losses = [written(loss, 3) for loss in (before.loss, after.loss)]
    assert said == f"Update: the loss goes from {losses[0]} to {losses[1]} nats."
    cut = payload(samples.translation(), badge="untrained", cut=True)
    heard = show().evaluate(SAY, [cut, UNIT, SOURCE])
    assert heard[0][1].endswith("“ninety” stands there; nothing of it reaches the decoder.")
    assert any(text.endswith("backward: no gradient comes here.") for _, text in heard)


def test_the_live_region_speaks_each_stop_of_the_journey(show: Show) -> None:
    page = show("translation", "t=1")
    live = page.locator(".spoken[aria-live=polite]").first
    press(page, "Home")
    heard = []
    for said in page.evaluate(SAY, [payload(samples.translation(), badge="untrained"), 1, 1])[::4]:
        expect(live).to_have_text(said[1])
        heard.append(said[1])
        press(page, "PageDown")
    assert len(set(heard)) == len(heard) == 17


RULES_OF_A_THEME = ["color-contrast"]
PLACES = [
    "t=2&view=rolled",
    *(f"t=3&unit=2&zoom={n}{back}" for n in (1, 2, 3, 4) for back in ("", "&phase=backward")),
    "phase=loss",
    "phase=update",
]
CHECK = """async rules => {
    const which = rules ? { runOnly: { type: "rule", values: rules } } : {}
    const found = await axe.run('[data-testid="stMain"]', { resultTypes: ["violations"], ...which })
    return [found.passes.length,
        found.violations.map(rule => [rule.id, rule.nodes[0].html.slice(0, 200)])]
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sample", ["update", "update-gru", "update-lstm"])
def test_nothing_for_a_checker_to_find_at_any_level_of_any_cell(
    show: Show, theme: str, sample: str
) -> None:
    """All rules in the light; in the dark those that a theme can break."""
    check_with_axe(show, sample, PLACES, theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("sample", "looks"),
    [
        ("translation-lstm", ["t=3", "t=3&phase=backward", "t=5&unit=2&zoom=3&phase=backward"]),
        ("caption", ["t=1&unit=2&zoom=3"]),
        ("long", ["t=50&phase=backward"]),
    ],
)
def test_nor_where_there_is_more_to_see(
    show: Show, theme: str, sample: str, looks: list[str]
) -> None:
    check_with_axe(show, sample, looks, theme)


def check_with_axe(show: Show, sample: str, looks: list[str], theme: str) -> None:
    broken = {}
    for look in looks:
        page = show(sample, look, theme=theme)
        if not page.evaluate("() => Boolean(window.axe)"):
            page.evaluate(Axe().axe_script)
        passes, found = page.evaluate(CHECK, RULES_OF_A_THEME if theme == "dark" else None)
        assert passes, "the checker saw nothing"
        if found:
            broken[look] = found
    assert not broken


def test_the_whole_picture_by_keyboard(show: Show) -> None:
    page = show("lstm", "t=1")
    press(page, "End", "Shift+ArrowRight", "Shift+ArrowRight")
    expect(root(page)).to_have_attribute("data-phase", "backward")
    press(page, "w", "o")
    expect(page.get_by_test_id("outer")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_test_id("outer")).to_be_hidden()
    press(page, "ArrowDown", "Enter")
    for zoom in ("2", "3", "4"):
        expect(root(page)).to_have_attribute("data-zoom", zoom)
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(root(page)).to_have_attribute("data-t", "4")
    expect(root(page)).to_have_attribute("data-unit", "2")
    for _ in range(3):
        page.keyboard.press("Escape")
    press(page, "b", "r")
    expect(root(page)).to_have_attribute("data-view", "rolled")
    press(page, "r", "c")
    expect(page.get_by_test_id("code-1")).to_be_visible()
    press(page, "c", "?")
    expect(page.locator(".help").first).to_be_visible()
    press(page, "?")
