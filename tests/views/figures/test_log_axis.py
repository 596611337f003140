"""Logarithmic axes: every label is the number at its place."""

from __future__ import annotations

from math import log10
from pathlib import Path

import numpy as np
import pytest

from rnn_views.figures.log_axis import log_axis

LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
FIGURES = Path(__file__).parents[3] / "rnn_views" / "figures"


def read(label: str) -> float:
    """Return the number that a label says, to someone who sees nothing but the label."""
    plain = label.replace(",", "").replace(" ", "")
    digits = plain.rstrip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    if digits == plain:
        return float(plain)
    factor = digits.removesuffix("10").rstrip("·") or "1"
    return float(f"{factor}e{plain[len(digits) :].translate(LOWERED)}")


def spans() -> list[tuple[float, float]]:
    """Return many low and high ends, narrow and wide, seeded."""
    rng = np.random.default_rng(3)
    lows = 10 ** rng.uniform(-30, 20, 300)
    widths = 10 ** np.concatenate([rng.uniform(0, 1, 150), rng.uniform(0, 30, 150)])
    special = [(0.1, 1.0), (0.5, 3e34), (1e-16, 1.0), (0.45, 0.49), (1.0, 1.0), (2e-7, 9e-7)]
    return [*special, *zip(lows.tolist(), (lows * widths).tolist(), strict=True)]


def test_every_label_says_the_value_at_which_it_stands() -> None:
    for low, high in spans():
        axis = log_axis([low, high])
        values, labels = axis["tickvals"], axis["ticktext"]
        assert [read(label) for label in labels] == pytest.approx(values, rel=1e-9), (low, high)
        assert 2 <= len(values) <= 9, (low, high, labels)
        assert values == sorted(set(values))
        bottom, top = axis["range"]
        assert all(bottom - 1e-9 <= log10(value) <= top + 1e-9 for value in values)
        assert bottom <= log10(low) <= log10(high) <= top


def test_an_axis_without_values_is_still_one() -> None:
    for values in ([], [None, 0.0, -1.0, float("inf"), float("nan")]):
        axis = log_axis(values)
        assert axis["range"][0] < axis["range"][1]
        assert axis["ticktext"]


def test_a_fixed_axis_does_not_depend_on_what_is_drawn() -> None:
    assert log_axis([1e-3], fixed=(1e-9, 1.0)) == log_axis([7.0, None], fixed=(1e-9, 1.0))


def test_no_figure_makes_a_logarithmic_axis_of_its_own() -> None:
    own = [
        file.name
        for file in FIGURES.rglob("*.py")
        if file.name != "log_axis.py" and '"type": "log"' in file.read_text(encoding="utf-8")
    ]
    assert own == []
