"""Logarithmic axes that cannot be misread: every label is the whole number.

Plotly labels ticks between powers of ten with their leading digit alone, so an axis that goes down
from 1 reads 1, 5, 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, inf, log10
from typing import Any

from rnn_views.number_format import format_number, format_power

AIR = 0.05
"""Share of the axis that is left free at both ends."""
SHORTEST = 0.05
"""Decades that an axis spans at least."""
MOST = 7
"""Ticks on one axis."""
PLAIN = range(-3, 5)
"""Powers of ten that are written out, 0.001 to 10,000, where an axis has no others."""


def log_axis(
    values: Iterable[float | None], *, fixed: tuple[float, float] | None = None
) -> dict[str, Any]:
    """Return a logarithmic axis whose ticks suit what it shows: neither crowded nor too few.

    Parameters
    ----------
    values : iterable of float
        What is drawn. None, zero, negative and infinite ones have no place on the axis.
    fixed : tuple of float, optional
        Lowest and highest value of the axis, whatever is drawn.

    >>> log_axis([1e-9, 0.0, 1.0])["ticktext"]
    ['10⁻⁸', '10⁻⁶', '10⁻⁴', '10⁻²', '1']
    >>> log_axis([0.15, None, 1.1])["ticktext"], log_axis([0.2, 0.9])["ticktext"]
    (['0.2', '0.5', '1'], ['0.2', '0.4', '0.6', '0.8'])
    """
    shown = [value for value in values if value is not None and 0 < value < inf]
    if fixed is not None:
        low, high = (log10(end) for end in fixed)
    elif shown:
        low, high = log10(min(shown)), log10(max(shown))
    else:
        low, high = -1.0, 0.0
    air = max(AIR * (high - low), (SHORTEST - (high - low)) / 2, 0.01)
    low, high = low - air, high + air
    ticks = log_ticks(low, high)
    return {
        "type": "log",
        "range": [low, high],
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": format_ticks(ticks),
    }


def log_ticks(low: float, high: float) -> list[float]:
    """Return tick values between two powers of ten.

    Powers of ten over more than two decades; 1, 2 and 5 times a power over one or two; even steps
    within less than a decade.

    Parameters
    ----------
    low, high : float
        Ends of the axis as exponents of ten.

    >>> log_ticks(-2.5, 0.5), log_ticks(-0.1, 0.1)
    ([0.01, 0.1, 1.0], [0.8, 0.9, 1.0, 1.1, 1.2])
    """
    if high - low > 2:
        step = ceil((high - low) / MOST)
        first = ceil(ceil(low) / step) * step
        return [power_of_ten(power) for power in range(first, floor(high) + 1, step)]
    if high - low > 0.8:
        powers = range(floor(low), floor(high) + 1)
        found = [times * power_of_ten(power) for power in powers for times in (1, 2, 5)]
        return [tick for tick in found if low <= log10(tick) <= high]
    return even_ticks(10**low, 10**high)


def even_ticks(low: float, high: float) -> list[float]:
    """Return three to seven round values between two others, in even steps.

    >>> even_ticks(0.19, 0.95), even_ticks(20, 21)
    ([0.2, 0.4, 0.6, 0.8], [20.0, 20.2, 20.4, 20.6, 20.8, 21.0])
    """
    rough = (high - low) / (MOST - 1)
    power = floor(log10(rough))
    step = next(
        times * power_of_ten(power)
        for times in (1, 2, 5, 10)
        if times * power_of_ten(power) >= rough
    )
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def power_of_ten(power: int) -> float:
    """Return a power of ten, rounded once.

    >>> power_of_ten(-3)
    0.001
    """
    return float(f"1e{power}")


def format_ticks(ticks: list[float]) -> list[str]:
    """Return the labels of ticks, all in one notation where they are powers of ten.

    >>> format_ticks([0.01, 0.1, 1.0]), format_ticks([1e-6, 1e-3, 1.0]), format_ticks([2e-7, 5e-7])
    (['0.01', '0.1', '1'], ['10⁻⁶', '10⁻³', '1'], ['2 · 10⁻⁷', '5 · 10⁻⁷'])
    """
    powers = [round(log10(tick)) for tick in ticks]
    whole = all(tick == power_of_ten(power) for tick, power in zip(ticks, powers, strict=True))
    if whole and not all(power in PLAIN for power in powers):
        return [format_power(power) for power in powers]
    return [format_number(tick, 3) if tick < 1000 else format_number(tick, 4) for tick in ticks]
