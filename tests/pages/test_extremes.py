"""Prepared extremes on the page Training: foretold first, told then, and carried on from."""

from __future__ import annotations

import pytest

from rnn_core.failure_modes.runs import FAILURE_MODES, OUTCOMES, REACHES, RUNS
from rnn_views.failure_modes.cases import LOSSES, REACHED, SHORT, TITLES, case_of, settings_for
from rnn_views.failure_modes.gradient_flow_figure import extreme_reach
from rnn_views.links import codec
from rnn_views.links.codec import Settings
from rnn_views.links.schema import FAILURE_MODES as OFFERED
from rnn_views.links.schema import FORETOLD, STREAM_KEYS
from rnn_views.ui.runs.config import setup_of
from rnn_views.ui.runs.live_run import Run
from rnn_views.ui.training.failure_modes import figure_of
from tests.pages.conftest import App, Opener

STREAM_TASKS = ("sunspots", "adding", "temporal-order", "book")


def text(app: App) -> str:
    return " ".join(one.value.replace("\\", "") for one in app.tester.markdown)


def test_the_catalogues_agree() -> None:
    assert tuple(FAILURE_MODES) == OFFERED == tuple(SHORT) == tuple(TITLES)
    assert (*OUTCOMES, *REACHES) == FORETOLD == (*LOSSES, *REACHED)
    assert STREAM_KEYS == STREAM_TASKS


@pytest.mark.parametrize("key", FAILURE_MODES)
def test_an_extreme_is_told_when_it_is_foretold(visit: Opener, key: str) -> None:
    case = case_of(key)
    app = visit("train", view="extremes", extreme=key)
    assert "What repairs it" not in text(app)
    wrong = next(name for name in case.options if name != case.truth)
    app.press(f"ask-{key}-{list(case.options).index(wrong)}")
    assert app.query["foretold"] == wrong
    assert case.options[case.truth] in app.tester.info[0].value.replace("\\", "")
    assert "What repairs it" in text(app)
    app.press(f"ask-{key}-again").press(f"ask-{key}-{list(case.options).index(case.truth)}")
    assert app.verdicts == [f"Correct: {case.options[case.truth]}."]
    again = visit("train", **app.query)
    assert "What repairs it" in text(again)


@pytest.mark.parametrize("key", RUNS)
def test_the_settings_of_a_run_make_that_run(key: str) -> None:
    setup, trainer = setup_of(Settings(**settings_for(RUNS[key]))), RUNS[key].begin(0)
    assert setup.recipe == trainer.recipe
    assert setup.seed == trainer.seed


@pytest.mark.parametrize("key", FAILURE_MODES)
def test_one_goes_on_from_an_extreme_with_its_settings(visit: Opener, key: str) -> None:
    case = case_of(key)
    app = visit("train", view="extremes", extreme=key, foretold=case.truth)
    app.press("extreme-change")
    assert (app.query["view"], app.query["beside"]) == ("live", key)
    settings, rejected = codec.read("train", {name: [v] for name, v in app.query.items()})
    assert rejected == ()
    assert setup_of(settings).recipe == case.extreme.begin(0).recipe
    app.press("live-one")  # one update, with the recorded run in grey beside it
    assert "In grey" in " ".join(one.value for one in app.tester.caption)
    app.press("beside-back")
    assert app.query["view"] == "extremes"


@pytest.mark.parametrize("key", [key for key, one in FAILURE_MODES.items() if one.twin])
def test_the_repair_of_an_extreme_trains(visit: Opener, key: str) -> None:
    case = case_of(key)
    twin = RUNS[case.extreme.twin]
    app = visit("train", view="extremes", extreme=key, foretold=case.truth)
    # One update is enough to see that it trains, and by which recipe.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Run, "advance", one_update)
        app.press("extreme-repair")
    assert app.query["view"] == "live"
    (run,) = app.tester.session_state["unrolled"].kept["training runs"].values()
    assert run.update == 1
    assert run.trainer.recipe == twin.begin(0).recipe
    told = " ".join(one.value for one in app.tester.caption)
    assert "This one is the same run" in told
    assert "Repair it" not in told


def one_update(run: Run, pace: str) -> None:
    run.make_one()


@pytest.mark.parametrize("key", FAILURE_MODES)
def test_figures_of_an_extreme_tell_all_they_draw(key: str) -> None:
    case = case_of(key)
    for figure in (figure_of(case, told=True), extreme_reach(case)):
        assert figure.alt
        assert len(figure.table)
    assert len(figure_of(case, told=False).spec["data"]) < len(
        figure_of(case, told=True).spec["data"]
    )


@pytest.mark.parametrize("key", STREAM_TASKS)
def test_streams_are_trained_on_the_page_too(visit: Opener, key: str) -> None:
    app = visit("train", view="live", task=key)
    assert not app.warnings
    app.press("live-one")
    assert app.query["update"] == "1"


def test_other_pages_name_a_stream_they_cannot_show(visit: Opener) -> None:
    app = visit("compare", task="sunspots")
    assert any("task = “sunspots” cannot be used" in one for one in app.warnings)
