"""The lines of code that the bug lab's faults spoil, right and wrong.

They are lines of a loop over the steps; a test runs them and finds the fault's own gradients.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Lines(NamedTuple):
    """The line of code in question, as it should be and with the fault."""

    right: str
    wrong: str


_TURNED: Final = {
    "rnn": Lines("dh_next = da[t] @ W_hh.T", "dh_next = da[t] @ W_hh"),
    "gru": Lines(
        "dh_next = dh * z + sum(d @ W.T for d, W in zip(gates(da_h), gates(W_hh)))",
        "dh_next = dh * z + sum(d @ W for d, W in zip(gates(da_h), gates(W_hh)))",
    ),
    "lstm": Lines(
        "dh_next = sum(d @ W.T for d, W in zip(gates(da[t]), gates(W_hh)))",
        "dh_next = sum(d @ W for d, W in zip(gates(da[t]), gates(W_hh)))",
    ),
}
_SLOPES: Final = {
    "rnn": Lines("da[t] = dh * (1 - h[t + 1] ** 2)", "da[t] = dh"),
    "gru": Lines("da_n = dh * (1 - z) * (1 - n ** 2)", "da_n = dh * (1 - z)"),
    "lstm": Lines(
        "dc = dc_next + dh * o * (1 - np.tanh(c[t + 1]) ** 2)\nda_g = dc * i * (1 - g ** 2)",
        "dc = dc_next + dh * o\nda_g = dc * i",
    ),
}
_USES: Final = {
    "rnn": "a = x[t] @ W_xh + h[t] @ {} + b_h",
    "gru": "from_h = h[t] @ {}",
    "lstm": "a = x[t] @ W_xh + h[t] @ {} + b_h",
}


def lines_of(slug: str, cell: str) -> Lines | None:
    """Return the line a fault spoils, None for the program without one.

    >>> lines_of("untied", "rnn").wrong
    'a = x[t] @ W_xh + h[t] @ W_hh[t] + b_h'
    """
    from_h = "da_h" if cell == "gru" else "da"
    lines = {
        "dropped": Lines(
            "dh = dlogits[t] @ W_hy.T + dh_next",
            "dh = dlogits[t] @ W_hy.T",
        ),
        "transpose": _TURNED[cell],
        "slope": _SLOPES[cell],
        "sum": Lines(
            f"dW_hh = sum(h[t].T @ {from_h}[t] for t in range(T))",
            f"dW_hh = h[T - 1].T @ {from_h}[T - 1]",
        ),
        "start": Lines(
            "h[0] = np.zeros((B, H))  # each batch begins again",
            "h[0] = h[T]  # what the batch before has left",
        ),
        "targets": Lines(
            "loss, dlogits = cross_entropy(logits, targets)",
            "loss, dlogits = cross_entropy(logits[1:], targets[:-1])",
        ),
        "untied": Lines(_USES[cell].format("W_hh"), _USES[cell].format("W_hh[t]")),
    }
    return lines.get(slug)
