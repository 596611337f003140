"""The cases of the bug lab: which program a case is, what it does, and what a guess missed."""

from __future__ import annotations

from typing import Final

import numpy as np

from rnn_core.bug_lab.experiment import VARIANTS, make_batch
from rnn_core.bug_lab.faults import FAULTS, Fault
from rnn_core.bug_lab.recordings import SEEDS, BugRecord, load_records

NONE: Final = "none"
SLUGS: Final = {
    NONE: "",
    "dropped": "dh_next dropped",
    "transpose": "dh_next not transposed",
    "slope": "tanh' missing",
    "sum": "not summed",
    "start": "h0 not reset",
    "targets": "targets shifted",
    "untied": "weights untied",
}
"""A fault's name in a link, and its key in the engine."""
TOOLS: Final = {
    "check": "gradient check",
    "overfit": "overfit one example",
    "permute": "permute the batch",
    "count": "count parameters",
}
"""An instrument's name in a link, and in the engine."""
TITLES: Final = {
    "check": "Gradient check",
    "overfit": "Learn one example by heart",
    "permute": "Permute the batch",
    "count": "Count parameters",
}


_BLOCK: Final = 1_000_066
"""Of the shuffles; with this one the first case is a fault, and one with plain symptoms."""


def fault_of(slug: str) -> Fault | None:
    """Return what the engine knows of a fault, None for the program without one."""
    return FAULTS.get(SLUGS[slug])


def title_of(slug: str) -> str:
    """Return a fault as it is chosen from a list."""
    fault = fault_of(slug)
    return "Nothing is wrong" if fault is None else fault.title


def hidden_fault(number: int) -> str:
    """Return the fault of a mystery case; eight cases in a row have eight different programs.

    >>> sorted(hidden_fault(n) for n in range(1, 9)) == sorted(SLUGS)
    True
    """
    block, place = divmod(number - 1, len(SLUGS))
    order = np.random.default_rng((_BLOCK, block)).permutation(len(SLUGS))
    return list(SLUGS)[order[place]]


def seed_of(number: int) -> int:
    """Return the seed of a case's weights and batches."""
    return (number - 1) % SEEDS


def record_of(cell: str, slug: str, seed: int) -> BugRecord:
    """Return what was recorded of one program."""
    return load_records()[cell, SLUGS[slug], seed]


def verdict(record: BugRecord, tool: str, variant: str = VARIANTS[0]) -> bool | None:
    """Return whether a program passes an instrument; None where there is nothing to measure."""
    if tool != "check":
        return TOOLS[tool] not in record.failed
    check = record.checks[variant]
    return check.passed if check.rows else None


def evidence_against(cell: str, guess: str, truth: str, seed: int) -> str:
    """Return what speaks against a wrong guess: an instrument that would have shown otherwise.

    Parameters
    ----------
    cell, guess, truth : str
        `guess` and `truth` differ.
    seed : int
    """
    said, real = record_of(cell, guess, seed), record_of(cell, truth, seed)
    for tool, title in TITLES.items():
        for variant in VARIANTS if tool == "check" else VARIANTS[:1]:
            expected, found = verdict(said, tool, variant), verdict(real, tool, variant)
            if expected != found:
                how = "" if variant == VARIANTS[0] else f" ({variant})"
                return (
                    f"**{title}**{how}: with “{title_of(guess)}” it {_told(expected)}; "
                    f"this program {_told(found)}."
                )
    wrong, right = (_failing(record) for record in (said, real))
    return (
        f"**{TITLES['check']}**: with “{title_of(guess)}” the gradients of {wrong} are wrong; "
        f"here those of {right} are."
    )


def _told(passed: bool | None) -> str:
    return {True: "passes", False: "fails", None: "has nothing to differentiate"}[passed]


def _failing(record: BugRecord) -> str:
    return ", ".join(row.name for row in record.checks[VARIANTS[0]].rows if not row.passed)


def sample() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return one sequence of the lab's task: what is read, and what is to be said.

    >>> sample()[1][:2]
    ('–', '–')
    """
    x, targets = make_batch(seed=0, batch=1)
    letters = "abcd"
    read = tuple(letters[token] for token in x[:, 0])
    return read, tuple("–" if target == 0 else letters[target - 1] for target in targets[:, 0])
