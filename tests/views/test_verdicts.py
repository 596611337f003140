"""Every verdict of a prediction, over all outcomes that can occur."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import numpy as np
import pytest

from rnn_core.failure_modes.runs import outcome_of, reach_of
from rnn_core.tasks import TASKS
from rnn_views.failure_modes.cases import LOSSES, REACHED
from rnn_views.ui.comparison.accuracy_guess import OPTIONS
from rnn_views.verdicts import bugs, memory, states, training
from rnn_views.verdicts.question_key import asked_of_network, asked_of_reading
from rnn_views.verdicts.scale import judge_on_scale
from rnn_views.verdicts.verdict import Verdict, describe_verdict, unknown

ROOT = Path(__file__).parents[2]
NAN, INF = float("nan"), float("inf")
SIZES = (0.0, 5e-324, 1e-300, 1e-13, 9.99e-10, 1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.5, 1.0, 1.5, 1e300)


@pytest.mark.parametrize(
    ("errors", "right"),
    [
        ((0.410, 0.021, 0.027), ("GRU", "LSTM")),  # two lead together, far ahead of the third
        ((0.410, 0.021, 0.050), ("GRU",)),
        ((0.020, 0.410, 0.027), ("Vanilla", "LSTM")),
        ((0.404, 0.402, 0.400), ("about even",)),  # none of the three leads
        ((0.4, 0.4, 0.4), ("about even",)),
        ((0.0, 0.0, 0.0), ("about even",)),
        ((0.400, 0.409, 0.418), ("Vanilla", "GRU")),  # near each other, but not all near the best
        ((NAN, 0.021, 0.050), ("GRU",)),
        ((INF, 0.021, 0.022), ("GRU", "LSTM")),
        ((0.3, NAN, INF), ("Vanilla",)),
        ((NAN, INF, NAN), None),
    ],
)
def test_the_lowest_error(errors: tuple[float, ...], right: tuple[str, ...] | None) -> None:
    verdict = memory.judge_errors(dict(zip(("Vanilla", "GRU", "LSTM"), errors, strict=True)))
    assert verdict.known == (right is not None)
    assert verdict.right == (right or ())
    if right is not None:
        assert verdict.hit("about even") == (right == ("about even",))


@pytest.mark.parametrize("errors", list(itertools.permutations((0.41, 0.021, 0.027))))
def test_no_order_of_the_cells_makes_unlike_errors_even(errors: tuple[float, ...]) -> None:
    verdict = memory.judge_errors(dict(zip(("Vanilla", "GRU", "LSTM"), errors, strict=True)))
    assert not verdict.hit(memory.EVEN)
    assert len(verdict.right) == 2


def test_a_halved_gradient_has_exactly_one_fate() -> None:
    for before, after in itertools.product(SIZES, repeat=2):
        verdict = memory.judge_halving(before, after)
        assert verdict.known == (before > 0)
        if not verdict.known:
            continue
        [fate] = verdict.right
        assert fate in memory.FATES
        assert (fate == memory.GROWS) == (after > before)
        assert after or fate == memory.TRACE


@pytest.mark.parametrize(("before", "after"), [(NAN, 1.0), (1.0, NAN), (INF, 1.0), (1.0, INF)])
def test_a_gradient_that_overflows_is_not_judged(before: float, after: float) -> None:
    assert not memory.judge_halving(before, after).known


@pytest.mark.parametrize(
    ("total", "parts", "right"),
    [
        (0.87, (0.5, 0.3, 1e-12), memory.NOT_ZERO),
        (0.0, (0.0, 0.0), memory.NEARLY_ZERO),
        (0.0, (0.5, 0.5), memory.NEARLY_ZERO),  # the parts cancel
        (1e-200, (1e-200,), memory.NOT_ZERO),  # small beside nothing else
        (0.0, (), memory.NEARLY_ZERO),
        (NAN, (1.0,), None),
        (1.0, (INF,), None),
    ],
)
def test_a_whole_gradient(total: float, parts: tuple[float, ...], right: str | None) -> None:
    assert memory.judge_whole(total, parts).right == ((right,) if right else ())


@pytest.mark.parametrize("units", [1, 2, 3, 4, 32])
def test_every_number_of_units_is_one_answer(units: int) -> None:
    for changed in range(units + 1):
        [answer] = memory.judge_ablations(changed, units).right
        if changed == 0:
            assert answer == memory.NONE
        else:
            assert answer == (memory.FEW if changed / units <= 0.25 else memory.MANY)


@pytest.mark.parametrize("share", SIZES)
def test_every_nearness_is_one_answer(share: float) -> None:
    [answer] = memory.judge_nearness(share, 1.0).right
    bounds = dict(zip(memory.NEARNESS, ((0.1, INF), (1e-3, 0.1), (0.0, 1e-3)), strict=True))
    low, high = bounds[answer]
    assert low <= share < high


@pytest.mark.parametrize(("distance", "typical"), [(0.0, 0.0), (NAN, 1.0), (1.0, INF)])
def test_a_nearness_without_a_measure(distance: float, typical: float) -> None:
    assert not memory.judge_nearness(distance, typical).known


@pytest.mark.parametrize(
    ("one", "other", "higher", "right"),
    [
        ((0.8, 0.9), (0.5, 0.7), True, ("a",)),
        ((0.8, 0.9), (0.5, 0.7), False, ("b",)),
        ((0.8, 0.9), (0.5, 0.8), True, (memory.NO_DIFFERENCE,)),  # they touch
        ((0.6, 0.9), (0.5, 0.8), True, (memory.NO_DIFFERENCE,)),  # they overlap
        ((0.5, 0.5), (0.5, 0.5), True, (memory.NO_DIFFERENCE,)),
        ((0.5, NAN), (0.4, 0.3), True, ()),
    ],
)
def test_starts(
    one: tuple[float, ...], other: tuple[float, ...], higher: bool, right: tuple[str, ...]
) -> None:
    assert memory.judge_starts({"a": one, "b": other}, higher=higher).right == right


@pytest.mark.parametrize(
    ("errors", "right"),
    [
        ((0.5, 0.4, 0.6), ("AR(9)",)),
        ((0.401, 0.402, 0.9), ("GRU", "AR(9)")),  # they read the same
        ((0.4, 0.4, 0.4), ("GRU", "AR(9)", "persistence")),
        ((NAN, 0.4, INF), ("AR(9)",)),
        ((NAN, INF, NAN), ()),
    ],
)
def test_forecasts(errors: tuple[float, ...], right: tuple[str, ...]) -> None:
    found = dict(zip(("GRU", "AR(9)", "persistence"), errors, strict=True))
    assert memory.judge_forecasts(found).right == right


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_states_over_all_patterns(steps: int) -> None:
    for pattern in itertools.product((0.0, 0.3), repeat=steps):
        verdict = states.judge_states(pattern)
        moved = [change > 0 for change in pattern]
        assert verdict.hit(states.ALL) == all(moved)
        assert verdict.hit(states.NONE) == (not any(moved))
        assert verdict.hit(states.LAST) == (moved == [False] * (steps - 1) + [True])
        if not verdict.right:
            assert f"{sum(moved)} of {steps}" in verdict.measured
        assert states.judge_last_state(pattern).right == ("yes" if moved[-1] else "no",)
    assert not states.judge_states([NAN] * steps).known
    assert not states.judge_last_state([NAN] * steps).known


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((0.4, 2.2, 2.76, 2.8), "grows at every step: from 2.2 to 2.8"),
        ((0.4, 2.2, 0.76, 0.8), "falls, but not at every step: from 2.2 to 0.8"),
        ((0.4, 0.2, 0.76, 0.7), "grows, but not at every step: from 0.2 to 0.7"),
        ((0.4, 0.2, 0.1), "falls at every step: from 0.2 to 0.1"),
        ((0.4, 0.2, 0.2), "goes up and down, or stays: from 0.2 to 0.2"),
        ((0.4, 0.2), ""),
    ],
)
def test_the_course_of_a_distance(changes: tuple[float, ...], told: str) -> None:
    assert told in states.describe_course(changes, 2)
    assert bool(states.describe_course(changes, 2)) == bool(told)


@pytest.mark.parametrize(
    ("forced", "free", "right"),
    [
        (1.0, 1.5, training.HIGHER),
        (1.5, 1.0, training.LOWER),
        (1.0, 1.0, training.EQUAL),
        (0.0, 0.0, training.EQUAL),
        (0.0, 1e-9, training.HIGHER),
        (1.0, 1.0201, training.EQUAL),
        (NAN, 1.0, None),
        (1.0, INF, None),
    ],
)
def test_feeding(forced: float, free: float, right: str | None) -> None:
    assert training.judge_feeding(forced, free).right == ((right,) if right else ())


def test_a_boundary_leaves_the_forward_pass_as_it_is() -> None:
    h = np.array([0.1, -0.2, 0.3])
    assert training.judge_boundary(h, h.copy()).right == (training.AS_MUCH,)
    assert training.judge_boundary(h, h * [1, 1, 0]).right == ()
    assert not training.judge_boundary(h, np.full(3, NAN)).hit(training.AS_MUCH)


@pytest.mark.parametrize(
    ("error", "found", "right"),
    [
        (0.4, "differ", training.FAILS),
        (1e-4, "differ", training.FAILS),
        (1e-4, "agree", training.PASSES),
        (0.0, "agree", training.PASSES),
        (0.4, "cannot be told", None),
        (NAN, "differ", None),
    ],
)
def test_the_check_on_one_share(error: float, found: str, right: str | None) -> None:
    assert training.judge_check(error, found).right == ((right,) if right else ())


@pytest.mark.parametrize(
    ("errors", "right"),
    [
        ((1e-3, 1e-9, 1e-4), ("1e-5",)),
        ((0.0, 0.0, 0.0), ("0.1", "1e-5", "1e-12")),  # a weight whose gradient is exactly 0
        ((1e-9, 1e-9, 1.0), ("0.1", "1e-5")),
        ((NAN, 1e-9, INF), ("1e-5",)),
        ((NAN, NAN, NAN), ()),
    ],
)
def test_step_sizes(errors: tuple[float, ...], right: tuple[str, ...]) -> None:
    sizes = ("0.1", "1e-5", "1e-12")
    assert training.judge_step_sizes(dict(zip(sizes, errors, strict=True))).right == right


@pytest.mark.parametrize(("passed", "right"), [(True, ("no, it passes",)), (None, ())])
def test_what_the_bug_lab_finds(passed: bool | None, right: tuple[str, ...]) -> None:
    assert bugs.judge_found(passed).right == right


@pytest.mark.parametrize("key", OPTIONS)
def test_the_nearest_mark_is_never_said_to_be_the_truth(key: str) -> None:
    marks = OPTIONS[key]
    for value in np.linspace(min(marks), max(marks), 57):
        verdict = judge_on_scale(float(value), marks, "{:.4f}".format, "about {:.2f}".format)
        assert verdict.nearest
        for mark in marks:
            told = describe_verdict(f"about {mark:.2f}", verdict)
            assert f"Measured: {value:.4f}" in told
            assert "Correct" not in told
            gap = abs(mark - value)
            is_near = all(gap <= abs(other - value) + 1e-12 for other in marks)
            assert verdict.hit(f"about {mark:.2f}") == is_near
    assert not judge_on_scale(NAN, marks, str, str).known


NUMBERS = (0.01, 0.5, 0.9, 1.1, 2.0, 9.0)


def test_an_outcome_is_what_its_words_say() -> None:
    """What each answer of `LOSSES` says is true of the run, or no answer is given."""
    met = set()
    for every in itertools.product(NUMBERS, repeat=4):
        losses, held_out = every[:2], every[2:]
        outcome = outcome_of(1.0, losses, held_out, broke=False)
        words = {
            "learns": max(losses[-1], held_out[-1]) < 0.5,
            "still": all(0.8 < loss < 1.2 for loss in every),
            "wild": max(losses) > 1.0 and min(losses[-1], held_out[-1]) > 0.8,
            "apart": losses[-1] < 1.0 and held_out[-1] > min(held_out),
            "": True,
        }
        assert words[outcome], (outcome, every)
        assert outcome_of(1.0, (*losses, NAN), held_out, broke=False) == "breaks"
        met |= {outcome}
    assert met == {*LOSSES, ""} - {"breaks"}


@pytest.mark.parametrize("first", [*SIZES, None])
@pytest.mark.parametrize("last", [0.0, 1.0, 2.5, None])
def test_a_reach_is_what_its_words_say(first: float | None, last: float | None) -> None:
    found = reach_of([last, first])
    if not last or first is None:
        assert found == ""
        return
    bounds = {"more": (10, INF), "same": (0.1, 10), "less": (1e-6, 0.1), "tiny": (0, 1e-6)}
    low, high = bounds[found]
    assert low <= first / last <= high
    assert found in REACHED


def test_what_is_told_never_calls_a_miss_correct() -> None:
    answers = ("a", "b", "c")
    for number in range(4):
        for right in itertools.combinations(answers, number):
            for nearest, guess in itertools.product((False, True), answers):
                verdict = Verdict(right, "1.5", nearest=nearest)
                told = describe_verdict(guess, verdict)
                assert verdict.hit(guess) == (guess in right)
                assert told.startswith("You predicted") == (guess not in right)
                assert ("Correct" in told) == (guess in right and not nearest)
                assert all(f"{answer}" in told for answer in right)
                assert ("None of the answers fits" in told) == (not right)
    told = describe_verdict("a", unknown("why not"))
    assert told == "You predicted: a. This cannot be judged: why not."
    assert not unknown("why not").hit("a")


# A prediction belongs to the question as it was asked.

FIXED = {
    "sentence": "one sentence, by its label",
    "vanished": "the network of the question, whatever is chosen below",
    "starts": "recorded runs on one task",
    "truncate": "no boundary changes the forward pass",
}
"""Questions whose truth nothing on the page decides."""


def test_every_question_says_what_it_is_about() -> None:
    asked = {}
    for file in sorted((ROOT / "rnn_views" / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "controls.ask":
                named = {keyword.arg for keyword in node.keywords}
                name = ast.unparse(node.args[0])
                asked[name.strip("f'")] = bool(named & {"about", "setting"}), file
    assert len(asked) >= 15
    loose = {name for name, (about, _) in asked.items() if not about}
    assert loose == set(FIXED) | {"rival-{task.key}"}  # whose name says the task
    for _, file in asked.values():
        assert "controls.show_verdict(" in file.read_text(encoding="utf-8"), file.name


def test_another_network_input_or_target_is_another_question() -> None:
    task = TASKS["sentiment"]
    network = task.network(seed=0)
    example = task.encode("the film was good")
    first = asked_of_reading(task.run(network, example))
    assert first == asked_of_reading(task.run(task.network(seed=0), example))
    others = {
        asked_of_reading(task.run(task.network(seed=1), example)),
        asked_of_reading(task.run(task.network("gru", seed=0), example)),
        asked_of_reading(task.run(network, task.encode("the film was bad"))),
        asked_of_network(network),
    }
    assert len(others | {first}) == 5
