"""docs/results.md says what was measured: means, spreads, and a verdict that can go either way."""

from __future__ import annotations

import pytest

from rnn_core.tasks.generated.sunspots import SUNSPOTS
from scripts.app_server import ROOT
from scripts.report.measure import Row, measure_stream
from scripts.report.render import EVERY, WHY, format_all, judge, report


def row(task: str, model: str, *values: float, kind: str = "cell") -> Row:
    return Row(task, model, 8, 100, {"test": values}, 1.0, kind)


def test_mean_and_spread_are_those_of_the_seeds() -> None:
    assert format_all("digits", (0.9, 0.95, 1.0)) == "**95.0 %** (90.0 % to 100.0 %)"
    assert format_all("adding", (0.02,)) == "**0.020**"


@pytest.mark.parametrize(
    ("task", "values", "trial", "kind", "verdict"),
    [
        ("digits", (0.96, 0.97), 0.97, "cell", "within noise"),
        ("digits", (0.99, 0.99), 0.95, "cell", "better"),
        ("digits", (0.90, 0.90), 0.95, "cell", "differs"),
        ("adding", (0.02, 0.03), 0.10, "cell", "better"),
        ("adding", (0.40, 0.41), 0.20, "cell", "differs"),
        ("echo", (0.60, 0.60), 0.50, "rival", "differs"),
        ("sunspots", (0.10, 0.14), 0.15, "cell", "within noise"),
    ],
)
def test_verdicts(
    task: str, values: tuple[float, ...], trial: float, kind: str, verdict: str
) -> None:
    assert judge(row(task, "vanilla", *values, kind=kind), trial) == verdict


def test_every_row_is_in_the_report() -> None:
    rows = [
        row("digits", "vanilla", 0.9, 0.8),
        row("digits", "feed-forward", 0.7, kind="rival"),
        row("adding", "GRU", 0.02, 0.04),
        row("french", "identity", 0.99, 0.97, kind="start"),
    ]
    text = report(rows, "this machine")
    for said in ("**85.0 %** (80.0 % to 90.0 %)", "**70.0 %**", "**0.030**", "**98.0 %**"):
        assert said in text


def test_a_stream_is_measured_with_its_rivals(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    import scripts.report.measure as results

    short = replace(SUNSPOTS, recipe=replace(SUNSPOTS.recipe, updates=2), cells={})
    monkeypatch.setattr(results, "SEEDS", range(2))
    monkeypatch.setattr(results, "SUNSPOTS", short)
    rows = list(measure_stream(short))
    assert [one.model for one in rows[:3]] == ["vanilla", "GRU", "LSTM"]
    assert {"AR(9)", "persistence"} <= {one.model for one in rows}
    assert all(len(one.test) == 2 for one in rows[:3])


def test_every_figure_that_differs_has_its_reason_in_the_document() -> None:
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if "| differs" in line]
    assert f"{len(rows)} differ (why, stands in its row)" in text
    for (task, model), why in WHY.items():
        (line,) = (one for one in rows if f"| {EVERY[task].title} | {model} |" in one)
        assert line.endswith(f"| differs. {why} |")
    assert len(rows) == len(WHY)
