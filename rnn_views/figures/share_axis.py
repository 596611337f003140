"""An axis of shares, with ticks in percent as the text writes them; Plotly would write 97%."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor

from rnn_views.number_format import format_percent

MOST_TICKS = 6


def share_ticks(low: float = 0.0) -> dict[str, object]:
    """Return ticks from a share up to 1, as settings of an axis.

    >>> share_ticks()["tickvals"], share_ticks(0.93)["ticktext"]
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], ['92\\xa0%', '94\\xa0%', '96\\xa0%', '98\\xa0%', '100\\xa0%'])
    """
    low = min(max(low, 0.0), 1.0)
    step = next(step for step in (2, 5, 10, 20) if floor(100 * (1 - low) / step) < MOST_TICKS)
    ticks = [tick / 100 for tick in range(floor(100 * low / step) * step, 101, step)]
    return {"tickvals": ticks, "ticktext": [format_percent(tick, 0) for tick in ticks]}


def hover_shares(shares: Iterable[float]) -> list[str]:
    """Return what is shown beside the pointer at each point, for ``%{hovertext}``."""
    return [format_percent(share) for share in shares]
