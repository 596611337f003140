"""The page Memory: every part at its defaults and extremes, twice, and by bad links."""

from __future__ import annotations

import numpy as np
import pytest

from rnn_core.tasks.generated.memory import ADDING
from rnn_core.tasks.generated.recordings import load_records
from rnn_core.tasks.generated.sunspots import SUNSPOTS, fit_ar, forecast_next
from rnn_views.comparison.seeds import starts_of
from rnn_views.memory.adding import AddingPlan, measure_profiles
from rnn_views.memory.cases import CELLS, Case, run_case
from rnn_views.memory.measurements import MOST_SPLIT, measure_lags, measure_reach
from rnn_views.memory.sunspots import SunspotPlan, forecasters, free_errors, run_all
from rnn_views.memory.units import measure_ablations
from rnn_views.number_format import format_number
from tests.pages.conftest import HOSTILE, App, Opener

PARTS = ("reach", "lags", "adding", "units", "sunspots")
SOURCES = ("random", "adding", "sentiment", "names")
FAILURE_MODES = (
    {"steps": "2"},
    {"steps": "200"},
    {"factor": "0"},
    {"factor": "10"},
    {"factor": "10", "steps": "200", "activation": "relu"},
    {"factor": "10", "steps": "200", "precision": "float32", "activation": "relu"},
    {"hidden": "1"},
    {"hidden": "128"},
    {"hidden": "1", "equal": "no"},
    {"clip": "0.001"},
    {"clip": "1000"},
    {"start": "identity"},
    {"seed": "9999"},
    {"matrix": "b_h", "cell": "lstm"},
    {"matrix": "W_xh", "cell": "gru"},
    {"unit": "128", "at": "99", "word": "good"},
    {"length": "2"},
    {"length": "100"},
    {"lr": "10"},
    {"example": "99999", "source": "sentiment"},
)
BAD = (
    "part=7",
    "source=x",
    "steps=1",
    "steps=201",
    "factor=-1",
    "factor=nan",
    "hidden=0",
    "clip=0",
    "length=1",
    "year=1709",
    "year=2010",
    "unit=0",
    "at=0",
    "lr=-1",
    "lr=1e10",
    "start=zero",
    "precision=float16",
    "seed=-1",
)


def text(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.markdown)


def charts(app: App) -> int:
    return len(app.tester.get("plotly_chart"))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_every_sequence_twice(visit: Opener, part: str, source: str) -> None:
    app = visit("memory", part=part, source=source)
    assert not app.warnings
    drawn = charts(app)
    assert drawn == {"reach": 2, "lags": 0, "adding": 0, "units": 2, "sunspots": 1}[part]
    app.run()
    assert charts(app) == drawn
    app.go("start").go("memory", part=part, source=source)
    assert charts(app) == drawn


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("query", FAILURE_MODES, ids=str)
def test_extremes(visit: Opener, part: str, query: dict[str, str]) -> None:
    app = visit("memory", part=part, **query)
    for source in ("sentiment", "adding"):
        app.go("memory", **{"part": part, "source": source, "weights": "untrained", **query})


@pytest.mark.parametrize("query", BAD)
def test_bad_values_are_named(visit: Opener, query: str) -> None:
    name, value = query.split("=")
    app = visit("memory", **{name: value})
    assert f"{name} = “{value}” cannot be used" in app.warnings[0]


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("source", SOURCES)
def test_hostile_inputs(visit: Opener, source: str, word: str) -> None:
    app = visit("memory", part="units", source=source, input=word, word=word, at="2")
    app.set("text_input", "memory-typed-word", word[:2_000])


# How far back?


@pytest.mark.parametrize("cell", CELLS)
def test_the_cards_say_what_the_engine_measures(visit: Opener, cell: str) -> None:
    found = measure_reach(Case(factor=0.75), cell)
    told = text(visit("memory", factor="0.75"))
    assert f"the gradient is **{format_number(found.reach.ratio)}** times as large" in told
    assert f"H = {found.hidden}, {found.weights:,} weights" in told


def test_trained_networks_of_the_adding_problem_can_be_measured(visit: Opener) -> None:
    app = visit("memory", source="adding", steps="30")
    found = measure_reach(Case("adding", steps=30, trained=True), "lstm")
    assert found.weights == ADDING.pretrained("lstm").size
    assert format_number(found.reach.ratio) in text(app)


def test_the_prediction_is_answered_by_measurement(visit: Opener) -> None:
    app = visit("memory").press("ask-half-1")
    whole, half = (measure_reach(Case(factor=factor), "rnn").reach for factor in (1.0, 0.5))
    change = float(half.norms[half.step] / whole.norms[whole.step])
    assert format_number(change) in app.verdicts[0]
    assert "The answer is: less than a billionth is left" in app.verdicts[0]
    app.press("ask-half-again")
    assert not app.verdicts


def test_overflow_is_named(visit: Opener) -> None:
    told = text(visit("memory", factor="10", steps="200", activation="relu", precision="float32"))
    assert "Not finite." in told


def test_clipping_says_by_how_much(visit: Opener) -> None:
    norm = measure_reach(Case(factor=1.5), "rnn").reach.weights_norm
    app = visit("memory", factor="1.5", clip="0.1")
    assert norm > 0.1
    assert f"clipped to 0.1: everything is multiplied by {format_number(0.1 / norm)}" in text(app)


def test_another_start_of_w_hh_changes_the_vanilla_profile() -> None:
    turned, identity = (
        measure_reach(Case(start=start), "rnn") for start in ("orthogonal", "identity")
    )
    assert turned.radius["W_hh"] == pytest.approx(identity.radius["W_hh"])
    assert not np.allclose(turned.reach.norms, identity.reach.norms)


# Where dW comes from


def test_the_sum_over_lags_is_the_norm(visit: Opener) -> None:
    split = measure_lags(Case(steps=20), "gru", "W_xh").split
    assert split.along.sum() == pytest.approx(split.total)
    app = visit("memory", part="lags", steps="20", cell="gru", matrix="W_xh")
    assert not charts(app)  # the sums would give the answer
    assert format_number(split.total, 3) not in text(app)
    app.press("ask-vanished-0")
    assert charts(app) == 2
    assert f"The bars add up to **{format_number(split.total, 3)}**" in text(app)


def test_a_long_sequence_is_cut_for_the_split(visit: Opener) -> None:
    app = visit("memory", part="lags", steps="200").press("ask-vanished-1")
    captions = " ".join(caption.value for caption in app.tester.caption)
    assert f"The first {MOST_SPLIT} of 200 steps" in captions


# The adding problem


def test_the_three_train_and_the_winner_is_measured(visit: Opener) -> None:
    app = visit("memory", part="adding", length="10", seed="1").press("ask-cell-0")
    assert "Seed 1" not in text(app)
    app.press("adding-go")
    plan = AddingPlan(10, 1)
    trainers = plan.start()
    for trainer in trainers:
        trainer.run(float("inf"))
    shown = [metric.value for metric in app.tester.metric]
    assert shown == [f"{trainer.evaluate():.3f}" for trainer in trainers]
    assert app.query["update"] == str(plan.updates)
    assert charts(app) == 2  # the curves, and the profiles of the same three networks
    networks = {cell: one.network for cell, one in zip(CELLS, trainers, strict=True)}
    profile = measure_profiles(plan.task, networks)[1]
    assert format_number(profile.reach.ratio) in text(app)
    app.go("start").go("memory", part="adding", length="10", seed="1", update=str(plan.updates))
    assert len(app.tester.metric) == 3
    app.press("adding-again")
    assert not app.tester.metric
    assert app.query["update"] == "0"


def test_what_was_recorded_waits_for_the_prediction(visit: Opener) -> None:
    app = visit("memory", part="adding")
    tables = len(app.tester.table)
    app.press("ask-cell-1")
    assert len(app.tester.table) == tables + 1
    mean = float(np.mean(load_records()["adding", "gru"].final))
    assert app.tester.table[-1].value["RMSE, mean"][1] == f"{mean:.3f}"


def test_a_link_into_a_run_is_trained_again(visit: Opener) -> None:
    app = visit("memory", part="adding", length="10", update="40").press("live-replay")
    captions = " ".join(caption.value for caption in app.tester.caption)
    assert "Waiting at update 40" in captions


def test_an_explosion_is_named_and_can_be_trained_anew(visit: Opener) -> None:
    plans = (AddingPlan(10, 0, 10.0), AddingPlan(10, 0))
    assert plans[0] != plans[1]
    app = visit("memory", part="adding", length="10", lr="10").press("adding-go")
    assert app.tester.metric or app.tester.error


# What a state keeps


def test_a_changed_word_moves_only_what_comes_after(visit: Opener) -> None:
    words = run_case(Case("sentiment", trained=True, text="the film was good"), "rnn").words
    assert words == ("the", "film", "was", "good")
    app = visit(
        "memory", part="units", source="sentiment", input="the film was good", at="4", word="bad"
    )
    told = text(app)
    assert "With “bad” at step 4 it says “negative”" in told
    assert "Nothing differs before that step" in told


@pytest.mark.parametrize(
    ("source", "at", "word", "reason"),
    [
        ("sentiment", "2", "two words", "exactly one word is expected"),
        ("names", "1", "a", "the sign that starts every name"),
        ("names", "2", "ab", "exactly one letter is expected"),
        ("adding", "2", "much", "a number from −10 to 10 is expected"),
        ("random", "2", "nan", "a number from −10 to 10 is expected"),
    ],
)
def test_a_word_that_cannot_stand_there_is_refused(
    visit: Opener, source: str, at: str, word: str, reason: str
) -> None:
    app = visit("memory", part="units", source=source, at=at, word=word)
    assert any(reason in warning for warning in app.warnings)


def test_units_beyond_the_network_are_named(visit: Opener) -> None:
    app = visit("memory", part="units", source="sentiment", unit="100")
    assert any(
        "unit = “100” cannot be used: this network has 32 units" in one for one in app.warnings
    )


def test_knockouts_wait_for_the_prediction_and_say_what_is_measured(visit: Opener) -> None:
    app = visit("memory", part="units", source="adding", cell="lstm", steps="30")
    assert charts(app) == 2
    app.press("ask-knockouts-0")
    assert charts(app) == 3
    read = run_case(Case("adding", steps=30, trained=True), "lstm")
    found = measure_ablations(read)
    assert f"Without: {found.logits[0, -1, 0]:.2f}." in text(app)
    assert "RMSE on held-out data" in text(app)


def test_two_pasts_wait_for_the_prediction(visit: Opener) -> None:
    app = visit("memory", part="units", source="sentiment").press("ask-pasts-1")
    assert charts(app) == 3
    assert "of the usual distance" in app.verdicts[0]


def test_opening_the_states_from_random_numbers_takes_a_sentence(visit: Opener) -> None:
    app = visit("memory").set("segmented_control", "memory-part", "units")
    assert app.query["source"] == "sentiment"


# Sunspots


def test_the_pretrained_networks_and_the_yardsticks_predict_next_year(visit: Opener) -> None:
    for cell in CELLS:
        app = visit("memory", part="sunspots", cell=cell)
        told = app.tester.table[0].value["error, next year"].tolist()[:3]
        expected = f"{SUNSPOTS.evaluate(SUNSPOTS.pretrained(cell)):.3f}"
        assert told == [expected, f"{forecast_next(fit_ar(9)).error():.3f}", "0.416"]


def test_the_truth_waits_for_the_prediction(visit: Opener) -> None:
    app = visit("memory", part="sunspots", year="1930")
    forecasts = run_all(forecasters("rnn", SUNSPOTS.pretrained("rnn")), 1930)
    errors = free_errors(forecasts)
    assert "Error running free" not in text(app)
    app.press("ask-forecast-1930-1")
    assert f"Error running free: Vanilla {errors['Vanilla']:.2f}" in text(app)
    app.set("slider", "memory-year", 1931)
    assert "Error running free" not in text(app)


@pytest.mark.parametrize("year", ["1710", "1921", "2008", "2009"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_year_can_be_the_first(visit: Opener, cell: str, year: str) -> None:
    app = visit("memory", part="sunspots", cell=cell, year=year)
    assert charts(app) == 1
    if year == "2009":
        assert any("Nobody knows yet" in one.value for one in app.tester.caption)


def test_a_network_of_ones_own_forecasts(visit: Opener) -> None:
    app = visit("memory", part="sunspots", cell="gru", seed="2").press("adding-go")
    trainer = SunspotPlan("gru", 2).start()[0]
    trainer.run(float("inf"))
    assert app.tester.table[0].value["error, next year"][0] == f"{trainer.evaluate():.3f}"
    assert any("trained by you, update 800" in one.value for one in app.tester.caption)
    assert charts(app) == 2


# How W_hh begins


def test_the_starts_wait_for_the_prediction(visit: Opener) -> None:
    app = visit("memory")
    drawn = charts(app)
    app.press("ask-starts-0")
    assert charts(app) == drawn + 1
    mean = {one.model: one.mean for one in starts_of("french")}
    assert mean["identity"] > mean["orthogonal"]
    assert f"the identity {100 * mean['identity']:.1f}\u00a0%" in text(app)
